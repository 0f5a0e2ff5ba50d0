"""Make the pictures of page.md and draw.md: `python -m docs.make_page [FOLDER]`. They are of a made-up day.

Four cameras see parts of the sample clip. What they recorded is its truth, played at half the speed again and
again with more or fewer of its people, so that the hours differ; in between they record nothing. It takes
Playwright and Chromium.
"""

import sys
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.commands.zones import zones_page
from heatcli.config.models import load_config
from heatcli.names import PeriodKind
from heatcli.report.page.build import write_page
from heatcli.report.periods import Period
from heatcli.report.report import HOT_PLACES, make_report
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from samples.make_store import SEED
from samples.shop.film import Film
from tests.support.browser import chromium
from tests.support.report_stores import HEIGHT, WIDTH, put_people

DOCS = Path(__file__).parent
_SAMPLE = DOCS.parent / "samples"
_ZONE = ZoneInfo("Europe/Zagreb")
# Of the truth, 900 frames at 12.5 a second, every sixth is taken for a second.
_EVERY, _LOOP_S, _HOUR_S = 6, 150, 3600
_DAY = {9: 0.2, 10: 0.35, 11: 0.5, 12: 0.9, 13: 0.75, 15: 0.4, 16: 0.55, 17: 0.95, 18: 0.6}

_CONFIGURATION = """\
timezone = "Europe/Zagreb"

[cameras."shop floor"]
location = "Store 12"
labels = ["ground floor"]
[cameras."shop floor".zones]
till = { circle = [0.567, 0.638, 0.091] }
shelf = { polygon = [[0.339, 0.408], [0.54, 0.412], [0.541, 0.473], [0.317, 0.467]] }
entrance = { polygon = [[0.211, 0.391], [0.307, 0.393], [0.251, 0.518], [0.131, 0.515]] }
staff = { polygon = [[0.673, 0.515], [0.853, 0.52], [0.995, 0.792], [0.735, 0.783]] }

[cameras.till]
location = "Store 12"
labels = ["ground floor", "tills"]

[cameras.entrance]
location = "Store 12"
labels = ["doors"]

[cameras.warehouse]
location = "Depot"

[views.mornings]
hours = "09:00-12:00"
[views.doors]
labels = ["doors"]
"""


@dataclass(frozen=True, slots=True)
class _Camera:
    """A camera that sees a part of the sample.

    Attributes:
        name: of the camera.
        left: of the part, in pixels.
        top: of the part.
        zoom: how much larger it shows things.
        hours: by hour of the day, which part of the sample's people there are.
    """

    name: str
    left: int
    top: int
    zoom: int
    hours: dict[int, float]


_CAMERAS = (
    _Camera("shop floor", 0, 0, 1, _DAY),
    _Camera("till", 320, 130, 2, {hour: part for hour, part in _DAY.items() if hour > 9}),
    _Camera("entrance", 0, 80, 2, {8: 0.1, **_DAY}),
)


def make_store(folder: Path) -> Store:
    """Make the store in a folder, of two days."""
    store = Store.create_or_open(folder)
    chance = np.random.default_rng(12)
    scene = _scene()
    for place, camera in enumerate(_CAMERAS):
        part = scene[camera.top :, camera.left :][: HEIGHT // camera.zoom, : WIDTH // camera.zoom]
        plate = np.asarray(cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
        for day, share in ((13, 0.8), (14, 1.0)):
            for hour, crowd in camera.hours.items():
                put_people(
                    store,
                    f"{place:014d}{hour + 24 * (day - 13):02d}",
                    camera=camera.name,
                    start=datetime(2026, 3, day, hour, tzinfo=_ZONE),
                    times_us=[second * 1_000_000 for second in range(_HOUR_S)],
                    dt_us=[1_000_000] * _HOUR_S,
                    feet=_feet(camera, crowd * share, chance),
                    plate=plate,
                )
    nobody = np.full((1, 1, 2), 180.0)
    start = datetime(2026, 3, 2, tzinfo=_ZONE)
    put_people(store, "f" * 16, camera="warehouse", start=start, times_us=[0], dt_us=[1], feet=nobody)
    return store


def _feet(camera: _Camera, share: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """Let people walk for an hour; returns (people, seconds, 2) pixels, NaN where somebody is not seen."""
    truth = np.loadtxt(_SAMPLE / "store.gt.txt", delimiter=",", usecols=range(6))
    truth = truth[truth[:, 0] % _EVERY == 0]
    second = (truth[:, 0] // _EVERY).astype(int) - 1
    people, who = np.unique(truth[:, 1], return_inverse=True)
    walked = np.full((len(people), _LOOP_S, 2), np.nan)
    walked[who, second] = np.column_stack([truth[:, 2] + truth[:, 4] / 2, truth[:, 3] + truth[:, 5]])
    walked = (walked - (camera.left, camera.top)) * camera.zoom
    walked[~((walked > 0) & (walked < (WIDTH, HEIGHT))).all(axis=2)] = np.nan
    loops = []
    for loop in range(_HOUR_S // _LOOP_S):
        here = walked[chance.random(len(people)) < share]
        # Nobody walks where somebody walked before, to the pixel.
        moved = here + chance.normal(0, 6 * camera.zoom, (len(here), 1, 2))
        hour = np.full((len(here), _HOUR_S, 2), np.nan)
        hour[:, loop * _LOOP_S : (loop + 1) * _LOOP_S] = moved
        loops.append(hour[np.isfinite(moved[:, :, 0]).any(axis=1)])
    return np.concatenate(loops)


def _scene() -> NDArray[np.uint8]:
    """Draw the shop without anybody in it, BGR."""
    film = Film((), SEED)
    # The mean of some frames has little of the sensor's noise.
    picture = np.mean([film.frame(index)[0] for index in range(8)], axis=0)
    return np.asarray(picture[:, :, ::-1].round(), np.uint8)


def make_page(store: Store, folder: Path) -> Path:
    """Make the page of the store in a folder; return its file."""
    configuration = folder / "heatcli.toml"
    configuration.write_text(_CONFIGURATION, encoding="utf-8")
    report = make_report(
        store=store,
        selection=Selection(),
        period=Period.around(PeriodKind.DAILY, date(2026, 3, 14)),
        made_at=datetime(2026, 3, 15, 2, 0, tzinfo=UTC),
        compare_previous=True,
        people=True,
        hot=HOT_PLACES,
        config=load_config(configuration),
    )
    [page] = write_page(folder, report)
    return page


def take_pictures(page: Path, folder: Path) -> None:
    """Take the pictures of both views."""
    with chromium() as browser:
        for name, address in (("main", ""), ("detail", "#camera=shop+floor&zone=1")):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(f"{page.resolve().as_uri()}{address}")
            tab.wait_for_selector("html[data-ready]", state="attached")
            tab.wait_for_timeout(500)  # the browser draws once more after the last script
            tab.screenshot(path=folder / f"page-{name}.png", full_page=True)


def take_drawing(store: Store, folder: Path, output: Path) -> None:
    """Draw a line, a mask and a zone, and take the picture of the page."""
    with chdir(folder):
        config = load_config(Path("heatcli.toml"))
        page = folder / "zones.html"
        zones_page(store=store, config=config, camera="shop floor", output=page)
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1440, "height": 860})
        tab.goto(page.resolve().as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached")
        scene = tab.locator("#scene").bounding_box()
        assert scene is not None
        for tool, places in (
            ("line", [(0.35, 0.42), (0.12, 0.56)]),
            ("mask", [(0.105, 0.05), (0.2, 0.05), (0.2, 0.33), (0.13, 0.37)]),
            ("polygon", [(0.33, 0.62), (0.56, 0.75), (0.5, 0.95), (0.2, 0.9), (0.2, 0.72)]),
        ):
            tab.click(f'[data-tool="{tool}"]')
            for x, y in places:
                tab.mouse.click(scene["x"] + x * scene["width"], scene["y"] + y * scene["height"])
            if tool != "line":  # which two ends make
                tab.keyboard.press("Enter")
            tab.keyboard.type({"line": "door", "mask": "door pane", "polygon": "tasting"}[tool])
            tab.keyboard.press("Enter")
        tab.wait_for_timeout(200)
        tab.screenshot(path=output / "draw.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        store, output = (
            make_store(Path(name) / "heat-store"),
            Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS,
        )
        take_pictures(make_page(store, Path(name)), output)
        take_drawing(store, Path(name), output)
