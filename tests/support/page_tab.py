"""A page of a report in a browser, and what it has to say, for tests of the page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from playwright.sync_api import Browser, Dialog, Page, Request

from heatcli.answers.zone_table import table_lines
from heatcli.commands.import_mot import import_mot
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.names import PeriodKind
from heatcli.report.page.build import write_page
from heatcli.report.periods import Period
from heatcli.report.report import HOT_PLACES, Report, make_report
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.places import ROOT
from tests.support.report_stores import put_people

DAY = date(2026, 3, 14)
ZAGREB = ZoneInfo("Europe/Zagreb")
CONFIG = (
    (ROOT / "samples/heatcli.toml").read_text()
    + """
[cameras.door]
location = "Depot"
labels = ["doors"]
[cameras.attic]
[views.mornings]
hours = "09:00-12:00"
[views.doors]
labels = ["doors"]
[views.red]
objects_to_track = "person.red"
"""
)
# What a table of `heatcli zone` calls the figures that the page shows.
COLUMNS = {
    "detections_pct": "SHARE %",
    "occupancy_pct": "OCCUPIED %",
    "longest_occupancy_s": "LONGEST s",
    "unique_visits": "VISITORS",
    "median_stay_s": "MEDIAN s",
    "avg_occupancy": "PEOPLE",
}


def walk(
    store: Store, camera: str, start: datetime, clip: str, people: int = 3, timezone: str = "Europe/Zagreb"
) -> None:
    """Record a hundred seconds in which people walk across the picture."""
    x = np.linspace(20, 620, 100)
    feet = np.stack([np.column_stack([x, np.full(100, 90.0 + 80 * one)]) for one in range(people)])
    times = [second * 1_000_000 for second in range(100)]
    plate = np.full((360, 640, 3), 200, np.uint8)
    put_people(
        store,
        clip,
        start=start,
        times_us=times,
        dt_us=[1_000_000] * 100,
        feet=feet,
        camera=camera,
        timezone=timezone,
        plate=plate,
    )


def report_of(
    store: Store,
    config: Path,
    *,
    kind: PeriodKind = PeriodKind.DAILY,
    day: date = DAY,
    previous: bool = False,
) -> Report:
    return make_report(
        store=store,
        selection=Selection(),
        period=Period.around(kind, day),
        made_at=datetime(2026, 3, 15, 2, tzinfo=UTC),
        compare_previous=previous,
        people=True,
        hot=HOT_PLACES,
        config=load_config(config),
    )


@dataclass(frozen=True)
class Sample:
    """The sample's truth and two cameras more, and the page of their day."""

    store: Store
    config: Path
    page: Path


def make_sample(folder: Path) -> Sample:
    """Make the sample's store and page in a folder."""
    store = Store.create_or_open(folder / "store")
    config = folder / "heatcli.toml"
    config.write_text(CONFIG)
    truth = (ROOT / "samples/store.gt.txt").read_text()
    for day, lines, frames in ((13, truth[: len(truth) // 2], 750), (14, truth, 900)):
        (folder / f"{day}.txt").write_text(lines[: lines.rindex("\n") + 1])
        import_mot(
            store, file=folder / f"{day}.txt", camera="store", width=640, height=360, fps=12.5,
            start=f"2026-03-{day}T10:00", timezone="Europe/Zagreb", frames=frames,
        )  # fmt: skip
    walk(store, "door", datetime(2026, 3, 14, 9, 30, tzinfo=ZAGREB), "a" * 16)
    walk(store, "door", datetime(2026, 3, 14, 15, 30, tzinfo=ZAGREB), "b" * 16)
    walk(store, "attic", datetime(2026, 2, 1, tzinfo=ZAGREB), "c" * 16)
    write_page(folder, report_of(store, config, previous=True))
    return Sample(store, config, folder / "report.html")


class Tab:
    """A tab in which everything that a page must not do is noted."""

    def __init__(self, browser: Browser, file: Path, address: str = "", *, width: int = 1280) -> None:
        self.file = file
        self.faults: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", self._asked)
        self.page.on("request", self._requested)
        self.page.goto(f"{file.as_uri()}{address}")
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Request) -> None:
        if not request.url.startswith(("data:", self.file.as_uri())):
            self.faults.append(f"request of {request.url}")

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.page.context.close()
        assert not self.faults


def figures(tab: Page) -> dict[str, str]:
    """Return the numbers of hot-zone details, without their units, once nothing is waiting to change them."""
    settle(tab)
    cells = tab.locator("#figures > div")
    values = {cell.get_attribute("data-field"): cell.locator(".value").inner_text() for cell in cells.all()}
    return {field or "": text.split()[0] for field, text in values.items()}


def table(sample: Sample, places: ZoneQuery) -> dict[str, str]:
    """Return the numbers of a zone at the camera `store` as `heatcli zone` writes them."""
    reports = zone_report(
        store=sample.store,
        selection=Selection(cameras=("store",), dates=((DAY, DAY),)),
        query=places,
        config=load_config(sample.config),
    )
    head, *rows = table_lines(reports)
    total = dict(zip(head, rows[-1], strict=True))
    return {field: total[column].replace("-", "–") for field, column in COLUMNS.items()}


def text_of(tab: Page, selector: str) -> str:
    settle(tab)
    return tab.locator(selector).inner_text()


def settle(tab: Page) -> None:
    """Wait until what was asked for is on the screen.

    A slider that is moved twice tells of the second move up to 120 ms later (`SELDOM_MS` in `dom.js`). Timers
    of a page fire in the order in which they are due, so one that is due after that comes after the slider's.
    """
    drawn = "requestAnimationFrame(() => requestAnimationFrame(done))"
    tab.evaluate(f"new Promise((done) => setTimeout(() => {drawn}, 150))")


def point_at(tab: Page, x: float, y: float) -> None:
    """Move the pointer to a place on the map."""
    tab.locator("#map").scroll_into_view_if_needed()
    tab.mouse.move(*on_screen(tab, x, y))
    settle(tab)


def on_screen(tab: Page, x: float, y: float) -> tuple[float, float]:
    """Return where a place on the map is on the screen."""
    box = tab.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]
