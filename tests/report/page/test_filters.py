"""What counts on the page: hours and ranges by the clock of each camera, and whether outliers do."""

from datetime import date, datetime
from math import isnan
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.sync_api import Browser

from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.names import By, PeriodKind
from heatcli.report.page.build import write_page
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.page_tab import DAY, ZAGREB, Sample, Tab, figures, report_of, settle, text_of, walk
from tests.support.report_stores import put_people

# In Zagreb the clock shows 02:00 twice on the first of these days, and on the second not at all.
TWICE, NEVER = date(2026, 10, 25), date(2026, 3, 29)


def page_of_two_zones(folder: Path, day: date) -> Path:
    """Make a page of a camera in Zagreb and of one whose clock shows UTC."""
    store = Store.create_or_open(folder / "store")
    for place, (camera, timezone) in enumerate({"reykjavik": "UTC", "zagreb": "Europe/Zagreb"}.items()):
        start = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo(timezone))
        walk(store, camera, start, f"{place}" * 16, people=1, timezone=timezone)
    (folder / "c.toml").write_text("")
    write_page(folder, report_of(store, folder / "c.toml", day=day))
    return folder / "report.html"


def test_only_chosen_hours_count(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=door&zone=0") as tab:
        assert figures(tab)["unique_visits"] == "6"
        tab.get_by_role("slider", name="To hour").fill("12")
        assert figures(tab)["unique_visits"] == "3"
        assert "1 min 40 s of 12 h covered" in text_of(tab, "#camera-note")
        tab.get_by_role("slider", name="To hour").fill("9")
        assert figures(tab)["unique_visits"] == "–"
        assert "nothing recorded" in text_of(tab, "#subject-note")
        tab.get_by_role("button", name="Whole period").click()
        tab.get_by_role("slider", name="From", exact=True).fill("12")
        assert figures(tab)["unique_visits"] == "3"
        tab.wait_for_url("**from=2026-03-14+12*")
        assert tab.evaluate("Bokeh.documents[1].get_model_by_name('chosen').start") == 12


def test_the_range_tool_chooses_whole_hours(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=door&zone=0") as tab:
        box = tab.locator("#overview").bounding_box()
        assert box is not None
        tab.locator("#overview").scroll_into_view_if_needed()
        box = tab.locator("#overview").bounding_box()
        assert box is not None
        # The left edge of the range is at the left end of the axis.
        tab.mouse.move(box["x"] + 48, box["y"] + 20)
        tab.mouse.down()
        tab.mouse.move(box["x"] + 48 + (box["width"] - 64) * 12.2 / 24, box["y"] + 20, steps=8)
        tab.mouse.up()
        tab.get_by_text("Part of the period: 12:00–24:00").wait_for()
        tab.wait_for_url("**from=2026-03-14+12*")
        settle(tab)
        assert figures(tab)["unique_visits"] == "3"
        assert tab.evaluate("Bokeh.documents[1].get_model_by_name('chosen').start") == 12


def test_hours_that_the_clock_shows_twice_are_chosen_in_their_order(browser: Browser, tmp_path: Path) -> None:
    page = page_of_two_zones(tmp_path, TWICE)
    first, second, once = (f"2026-10-25 02:00{offset}" for offset in ("+02:00", "+01:00", ""))
    range_ = "(({start, end}) => [start, end])(Bokeh.documents[1].get_model_by_name('chosen'))"
    with Tab(browser, page) as tab:

        def chosen(start: str | None, end: str | None, camera: str = "zagreb") -> list[int]:
            """Choose hours; return the range of buckets that count at a camera."""
            if start:
                tab.locator("#from").select_option(start)
            if end:
                tab.locator("#to").select_option(end)
            tab.locator("#cards").get_by_role("link", name=camera).click()
            settle(tab)
            found: list[int] = tab.evaluate(range_)
            tab.locator("#reset").click()
            tab.locator("#back").click()
            return found

        assert tab.locator("#from option").all_inner_texts()[1:6] == [
            *("01:00", "02:00", "02:00+02:00", "02:00+01:00", "03:00")
        ]
        assert chosen(first, second) == [2, 4]
        assert chosen(second, None) == [3, 25]
        assert chosen(once, None) == [2, 25]
        assert chosen(None, once) == [0, 4]
        assert chosen(second, None, "reykjavik") == [2, 24]
        west = [f"2026-11-01 {clock}" for clock in ("00:00", "01:00-04:00", "01:00-05:00", "02:00")]
        order = "async (labels) => (await import('heatcli/time.js')).allLabels([{buckets: labels}])"
        assert tab.evaluate(order, west[::-1]) == west


def test_the_axis_has_the_hours_of_the_camera_that_is_open(browser: Browser, tmp_path: Path) -> None:
    axis = "[...Bokeh.documents[1].get_model_by_name('buckets').major_label_overrides.values()]"
    with Tab(browser, page_of_two_zones(tmp_path, NEVER)) as tab:
        hours = {}
        for name in ("zagreb", "reykjavik"):
            tab.locator("#cards").get_by_role("link", name=name).click()
            settle(tab)
            hours[name] = tab.evaluate(axis)
            tab.locator("#back").click()
    assert hours["reykjavik"] == [f"{hour:02}:00" for hour in range(0, 24, 2)]
    assert hours["zagreb"] == ["00:00", *(f"{hour:02}:00" for hour in range(3, 24, 2))]


def test_outliers_can_be_left_out(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    (tmp_path / "c.toml").write_text(
        '[cameras.shop]\nstaff_zones = ["counter"]\n'
        "[cameras.shop.zones]\ncounter = { circle = [0.05, 0.2, 0.1] }\n"
    )
    times = [second * 1_000_000 for second in range(100)]
    start = datetime(2026, 3, 14, 10, tzinfo=ZAGREB)
    seller = np.column_stack([np.full(100, 30.0), np.full(100, 70.0)])
    visitor = np.column_stack([np.linspace(300, 600, 100), np.full(100, 200.0)])
    feet = np.stack([seller, visitor])
    put_people(store, "a" * 16, start=start, times_us=times, dt_us=[1_000_000] * 100, feet=feet)
    later = start.replace(hour=12)
    put_people(store, "b" * 16, start=later, times_us=times, dt_us=[1_000_000] * 100, feet=feet[1:])
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    with Tab(browser, tmp_path / "report.html", "#camera=shop&zone=0") as tab:

        def activity() -> list[float]:
            overview = "Bokeh.documents[1].get_model_by_name('activity').data.y"
            return [value for value in tab.evaluate(f"Array.from({overview})") if not isnan(value)]

        def bars() -> list[float]:
            return [float(str(bar.get_attribute("height"))) for bar in tab.locator(".spark .present").all()]

        assert figures(tab)["unique_visits"] == "3"
        assert activity() == [100, 50]
        assert "too few" not in text_of(tab, "#camera-note")
        tab.locator("#outliers").check()
        assert figures(tab)["unique_visits"] == "2"
        assert "1 left out as outliers" in text_of(tab, "#camera-note")
        assert "people are too few" in text_of(tab, "#camera-note")
        assert activity() == [100, 100]
        tab.locator("#back").click()
        tab.locator(".card").get_by_text("2", exact=True).wait_for()
        assert bars() == [100, 100]


def test_each_map_has_its_own_switch_and_says_why_somebody_is_left_out(
    browser: Browser, tmp_path: Path
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    zones = "zones = { counter = { circle = [0.05, 0.2, 0.1] } }"
    schedule = 'schedule = ["mon-sun 09:00-12:00"]'
    (tmp_path / "c.toml").write_text(
        f'[cameras.shop]\nstaff_zones = ["counter"]\n{zones}\n[cameras.yard]\n{schedule}\n'
    )
    seller = np.column_stack([np.full(1500, 30.0), np.full(1500, 70.0)])
    visitor = np.column_stack([np.linspace(300, 600, 1500), np.full(1500, 200.0)])
    for clip, camera, feet in (("a" * 16, "shop", [seller, visitor]), ("b" * 16, "yard", [visitor])):
        put_people(
            store, clip, camera=camera, feet=np.stack(feet),
            start=datetime(2026, 3, 14, 11, 45, 7, tzinfo=ZAGREB),
            times_us=[second * 1_000_000 for second in range(1500)], dt_us=[1_000_000] * 1500,
        )  # fmt: skip
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    with Tab(browser, tmp_path / "report.html") as tab:

        def visitors() -> list[str]:
            settle(tab)
            return tab.locator(".card .facts div:first-child dd > span:first-child").all_inner_texts()

        assert visitors() == ["2", "1"]
        tab.get_by_role("switch", name="Filter outliers at shop").check()
        assert visitors() == ["1", "1"]
        tab.locator("#outliers").check()
        assert visitors() == ["1", "0"]
        tab.get_by_role("switch", name="Filter outliers at yard").uncheck()
        assert visitors() == ["1", "1"]
        tab.wait_for_url("**otherwise=yard*")
        tab.locator("#list").get_by_role("link", name="yard").click()
        assert not tab.locator("#outliers-here").is_checked()
        assert text_of(tab, "#left-out-title") == "1 person taken for an outlier, and counted"
        tab.locator("#outliers-here").check()
        assert text_of(tab, "#left-out-title") == "1 person left out as outliers"
        tab.locator("#left-out-title").click()
        (row,) = tab.locator("#left-out-rows tr").all()
        assert row.inner_text().split("\n") == [
            *("2026-03-14 11:45:07", f"{'b' * 16}:1", "\t14 min 53 s\tpresent outside opening hours"),
            "10 min 6 s, more than 10 min",
        ]
        tab.locator("#list").get_by_role("link", name="shop").click()
        assert "seen first or mostly in a staff zone" in text_of(tab, "#left-out-rows")
        tab.get_by_role("slider", name="From hour").fill("13")
        settle(tab)
        assert not tab.locator("#left-out").is_visible()


def test_zones_and_lines_are_of_what_is_chosen(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for hour, people in ((9, 3), (15, 1)):
        walk(store, "door", datetime(2026, 3, 14, hour, 30, tzinfo=ZAGREB), f"{hour:016d}", people=people)
    (tmp_path / "c.toml").write_text(
        "[cameras.door.zones]\nleft = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }\n"
        "gate = { line = [[0.5, 1], [0.5, 0]] }\n"
    )
    config = load_config(tmp_path / "c.toml")
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    with Tab(browser, tmp_path / "report.html", "#camera=door") as tab:
        for hours in ((9, 10), (9, 16), (15, 16), (20, 21), (0, 24)):
            tab.get_by_role("slider", name="To hour").fill("24")
            tab.get_by_role("slider", name="From hour").fill(str(hours[0]))
            tab.get_by_role("slider", name="To hour").fill(str(hours[1]))
            tab.wait_for_timeout(300)
            (wanted,) = zone_report(
                store=store,
                selection=Selection(dates=((DAY, DAY),), hours=(f"{hours[0]:02}:00-{hours[1]:02}:00",)),
                query=ZoneQuery(),
                config=config,
            )
            share, line = wanted.zones[0].total.occupancy_pct, wanted.lines[0].total
            left, gate = tab.locator("#zones li .about").all_inner_texts()[1:]
            if share is None:
                assert (left, gate.strip()) == ("–", "")
                continue
            assert left == f"{share:.1f} % occupied"
            assert gate.startswith(f"→ {line.left_to_right} ← {line.right_to_left}")
            assert f"{line.persons} people" in gate


@pytest.mark.parametrize("day", [DAY, TWICE, NEVER])
def test_one_day_of_a_month_shows_its_hours(browser: Browser, tmp_path: Path, day: date) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for place, (hour, people) in enumerate(((0, 1), (1, 2), (10, 3))):
        start = datetime(day.year, day.month, day.day, hour, 59, tzinfo=ZAGREB)
        walk(store, "door", start, f"{place:016d}", people=people)
    (tmp_path / "c.toml").write_text("")
    write_page(tmp_path, report_of(store, tmp_path / "c.toml", kind=PeriodKind.MONTHLY, day=day))
    (wanted,) = zone_report(
        store=store, by=By.HOUR, selection=Selection(dates=((day, day),)),
        query=ZoneQuery(polygons=("0.25,0,1,0,1,1,0.25,1",)),
    )  # fmt: skip
    address = "#camera=door&zone=polygon%3D0.25,0,1,0,1,1,0.25,1"
    with Tab(browser, tmp_path / "report.html", f"{address}&from={day}&to={day}") as tab:
        found = tab.evaluate("""() => {
          const {x, y, label} = Bokeh.documents[0].get_model_by_name("now").data;
          return [[...label], [...y].map((one) => (one === one ? one : null))];
        }""")
        names = [bucket.label[11:] for bucket in wanted.buckets]
        assert found == [names, [one.activity_pct for one in wanted.zones[0].buckets]]
        assert len(names) == {DAY: 24, TWICE: 25, NEVER: 23}[day]
        tab.get_by_text("These numbers as a table").click()
        settle(tab)
        assert tab.locator("#table tbody th").all_inner_texts() == names
        tab.locator("#back").click()
        settle(tab)
        assert tab.locator(".spark .present").count() == sum(
            one.covered_s > 0 for one in wanted.zones[0].buckets
        )


def test_one_month_of_a_year_shows_its_days(browser: Browser, sample: Sample, tmp_path: Path) -> None:
    write_page(tmp_path, report_of(sample.store, sample.config, kind=PeriodKind.ANNUAL))
    with Tab(browser, tmp_path / "report.html", "#camera=door&zone=0&from=2026-03&to=2026-03") as tab:
        line = tab.evaluate("[...Bokeh.documents[0].get_model_by_name('now').data.y]")
        assert (len(line), [at for at, y in enumerate(line) if y == y]) == (31, [13])
        assert text_of(tab, "#key").startswith("Mar 2026")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [PeriodKind.WEEKLY, PeriodKind.MONTHLY, PeriodKind.ANNUAL])
def test_longer_periods_are_charted_by_days_and_months(
    browser: Browser, sample: Sample, tmp_path: Path, kind: PeriodKind
) -> None:
    report = report_of(sample.store, sample.config, kind=kind)
    write_page(tmp_path, report)
    place = {PeriodKind.WEEKLY: 5, PeriodKind.MONTHLY: 13, PeriodKind.ANNUAL: 2}[kind]
    with Tab(browser, tmp_path / "report.html", "#camera=door&zone=0") as tab:
        line = tab.evaluate("[...Bokeh.documents[0].get_model_by_name('now').data.y]")
        assert [at for at, y in enumerate(line) if y == y] == [place]
        assert figures(tab)["unique_visits"] == "6"


def test_the_page_tells_whom_it_leaves_out_as_things(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    (tmp_path / "c.toml").write_text(
        '[cameras.shop]\nstaff_zones = ["counter"]\n'
        "[cameras.shop.zones]\ncounter = { circle = [0.05, 0.2, 0.1] }\n"
    )
    feet = np.stack([np.column_stack([np.full(20, x), np.full(20, 70.0)]) for x in (30.0, 300.0, 500.0)])
    put_people(
        store,
        "a" * 16,
        start=datetime(2026, 3, 14, 10, tzinfo=ZAGREB),
        times_us=[second * 1_000_000 for second in range(20)],
        dt_us=[1_000_000] * 20,
        feet=feet,
        alive=[0.9, 0.2, 0.9],
    )
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    with Tab(browser, tmp_path / "report.html", "#camera=shop&zone=0") as tab:
        assert figures(tab)["unique_visits"] == "2"
        assert "1 of 3 people left out: 1 never alive" in text_of(tab, "#camera-note")
        tab.locator("#outliers").check()
        assert figures(tab)["unique_visits"] == "1"
        said = text_of(tab, "#camera-note")
        assert "1 of 3 people left out: 1 never alive" in said
        assert "1 left out as outliers" in said
