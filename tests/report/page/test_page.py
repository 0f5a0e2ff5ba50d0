"""One camera on the page: its numbers are those of the command line, by pointer and by keys."""

import re
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from heatcli.answers.zone_table import table_lines
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.report.page.build import write_page
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.page_tab import (
    COLUMNS,
    DAY,
    ZAGREB,
    Sample,
    Tab,
    figures,
    on_screen,
    point_at,
    report_of,
    settle,
    table,
    text_of,
    walk,
)


def test_the_circle_shows_the_numbers_of_the_command_line_to_the_digit(
    browser: Browser, sample: Sample
) -> None:
    places = [(0.567, 0.638), (0.42, 0.44), (0.25, 0.45), (0.83, 0.65), (0.1, 0.95)]
    seen = set()
    with Tab(browser, sample.page, "#camera=store") as tab:
        for x, y in places:
            for radius in (0.04, 0.091, 0.2):
                tab.locator("#tools input").fill(str(radius))
                point_at(tab, x, y)
                title = text_of(tab, "#subject")
                circle = ",".join(re.findall(r"\d\.\d{4}", title))
                seen.add(circle)
                assert float(circle.split(",")[0]) == pytest.approx(x, abs=0.002)
                assert figures(tab) == table(sample, ZoneQuery(circles=(circle,)))
    assert len(seen) == 15


def test_the_circle_at_first_says_what_the_colour_in_its_middle_says(
    browser: Browser, sample: Sample
) -> None:
    with Tab(browser, sample.page, "#camera=store&metric=occupancy_pct") as tab:
        assert text_of(tab, "#legend p") == "Percent of the time with somebody within 32 px"
        assert text_of(tab, "#subject").endswith("radius 0.0500")
        # It begins at the hottest place, where the scale ends.
        hottest = float(text_of(tab, "#legend .ticks span >> nth=-1"))
        assert float(figures(tab)["occupancy_pct"]) == pytest.approx(hottest, rel=0.05)


def test_the_till_of_the_configuration_has_its_numbers_and_those_of_the_day_before(
    browser: Browser, sample: Sample
) -> None:
    with Tab(browser, sample.page, "#camera=store") as tab:
        tab.get_by_role("button", name=re.compile("^till")).click()
        assert text_of(tab, "#subject") == "till"
        assert figures(tab) == table(sample, ZoneQuery(names=("till",)))
        assert "1 min 12 s of 24 h covered; before: Friday, 13 March 2026, 1 min covered" in text_of(
            tab, "#subject-note"
        )
        said = tab.locator("#figures .before").all_inner_texts()
        assert [text.startswith("before: ") for text in said] == [True, True, True, False, True, True]
        assert "Friday, 13 March 2026" in text_of(tab, "#key")


def test_the_hottest_places_are_those_of_the_command_line(browser: Browser, sample: Sample) -> None:
    for address, hours in (("", ()), ("&hoursFrom=10&hoursTo=11", ("10:00-11:00",)), ("&outliers=true", ())):
        (wanted,) = zone_report(
            store=sample.store,
            selection=Selection(
                cameras=("store",), dates=((DAY, DAY),), hours=hours, filter_outliers="outliers" in address
            ),
            query=ZoneQuery(top=5),
            config=load_config(sample.config),
        )
        assert len(wanted.zones) == 5
        with Tab(browser, sample.page, f"#camera=store{address}") as tab:
            for place, found in enumerate(wanted.zones, start=1):
                button = tab.locator("#hottest button").nth(place - 1)
                assert f"{found.total.occupancy_pct:.1f} % occupied" in button.inner_text()
                assert f"at {found.zone.peak[0]:.3f}, {found.zone.peak[1]:.3f}" in button.inner_text()  # type: ignore[index]
                button.click()
                assert text_of(tab, "#subject") == f"Hottest place {place}"
                assert "pinned" in text_of(tab, "#subject-note")
                head, *rows = table_lines([replace(wanted, zones=(found,), everybody=(found.total,))])
                total = dict(zip(head, rows[0], strict=True))
                assert figures(tab) == {field: total[column] for field, column in COLUMNS.items()}
            tab.get_by_role("button", name="Copy argument").click()
            tab.get_by_text("Copied argument.").wait_for()
            shape = tab.evaluate("navigator.clipboard.readText()").removeprefix("--polygon ")
            if not address:
                assert table(sample, ZoneQuery(polygons=(shape,))) == figures(tab)
            tab.locator("#hottest button").nth(4).click()
            assert "pinned" not in text_of(tab, "#subject-note")


def test_periods_that_were_not_covered_for_as_long_are_compared_by_the_hour(
    browser: Browser, sample: Sample
) -> None:
    # 60 s were watched on the day before, and 72 s on this one.
    before, now = (
        zone_report(
            store=sample.store,
            selection=Selection(cameras=("store",), dates=((day, day),)),
            query=ZoneQuery(polygons=("0,0,1,0,1,1,0,1",)),
        )[0]
        .zones[0]
        .total.unique_visits
        for day in (DAY - timedelta(1), DAY)
    )
    assert now is not None
    assert before is not None
    with Tab(browser, sample.page, "#camera=store&zone=0") as tab:
        said = tab.locator("#figures [data-field=unique_visits] .before").inner_text()
        assert said == f"{now / 72 * 3600:.1f} per covered hour, before: {before / 60 * 3600:.1f}"
        assert "visits are compared per covered hour" in text_of(tab, "#subject-note")
        tab.locator("#back").click()
        settle(tab)
        assert tab.locator(".card", has_text="Sample shop").locator(".before").first.inner_text() == said
        assert text_of(tab, "#covered") == (
            "3 cameras · 1 min 12 s (store) to 3 min 20 s (door) of 24 h covered, nothing at attic"
        )


def test_a_circle_is_pinned_let_go_and_copied(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store") as tab:
        point_at(tab, 0.5, 0.6)
        tab.mouse.down()
        tab.mouse.up()
        pinned = figures(tab)
        point_at(tab, 0.2, 0.2)
        assert figures(tab) == pinned
        tab.get_by_role("button", name="Copy argument").click()
        tab.get_by_text("Copied argument.").wait_for()
        argument = tab.evaluate("navigator.clipboard.readText()")
        option, circle = argument.split()
        assert option == "--circle"
        assert table(sample, ZoneQuery(circles=(circle,))) == pinned
        tab.get_by_label("Name of the zone").fill('the "new" till')
        tab.get_by_role("button", name="Copy for heatcli.toml").click()
        tab.get_by_text("Copied for heatcli.toml.").wait_for()
        zones = tomllib.loads(tab.evaluate("navigator.clipboard.readText()"))["cameras"]["store"]["zones"]
        assert zones == {'the "new" till': {"circle": [float(part) for part in circle.split(",")]}}
        point_at(tab, 0.2, 0.2)
        tab.mouse.down()
        tab.mouse.up()
        point_at(tab, 0.21, 0.21)
        assert figures(tab) != pinned


def test_everything_on_the_map_can_be_done_with_keys(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store") as tab:
        canvas = tab.get_by_role("application", name="Map of store, with a circle to move")
        canvas.focus()
        before = text_of(tab, "#subject")
        for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "+"):
            tab.keyboard.press(key)
        settle(tab)
        moved = text_of(tab, "#subject")
        assert moved != before
        numbers = [[float(part) for part in re.findall(r"\d\.\d{4}", text)] for text in (before, moved)]
        assert [to - was for was, to in zip(*numbers, strict=True)] == pytest.approx(
            [-0.019, -0.02, 0.005], abs=1e-9
        )
        tab.keyboard.press("Enter")
        assert "pinned" in text_of(tab, "#subject-note")
        tab.keyboard.press("Escape")
        assert "pinned" not in text_of(tab, "#subject-note")
        tab.get_by_role("button", name="Draw polygon").press("Enter")
        for key in ("Space", "ArrowLeft", "Space", "ArrowDown", "Space", "Space", "Backspace", "Enter"):
            tab.keyboard.press(key)
        assert text_of(tab, "#subject") == "Polygon of 3 corners"
        assert "--polygon " in text_of(tab, "#pinned")


def test_the_keyboard_stops_only_where_a_key_does_something(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=door") as tab:
        stops = []
        while "BODY" not in stops:
            tab.keyboard.press("Tab")
            stops.append(tab.evaluate("document.activeElement.tagName"))
        assert set(stops) == {"A", "BUTTON", "SELECT", "INPUT", "CANVAS", "SUMMARY", "BODY"}
        assert stops.count("CANVAS") == 1


def test_a_polygon_is_drawn_with_the_pointer(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store") as tab:
        tab.get_by_role("button", name="Draw polygon").click()
        for x, y in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.8)):
            point_at(tab, x, y)
            tab.mouse.click(*on_screen(tab, x, y))
        tab.mouse.dblclick(*on_screen(tab, 0.3, 0.8))
        assert text_of(tab, "#subject") == "Polygon of 4 corners"
        shape = text_of(tab, "#pinned code >> nth=0").removeprefix("--polygon ")
        assert figures(tab) == table(sample, ZoneQuery(polygons=(shape,)))


def test_the_chart_shows_the_chosen_figure_of_what_is_looked_at(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=door&zone=0") as tab:
        lines = {}
        for field in ("Average activity", "Time occupied", "Longest occupancy"):
            tab.locator("#chart-field").select_option(label=field)
            assert text_of(tab, "#chart-title").startswith(field)
            lines[field] = tab.evaluate("[...Bokeh.documents[0].get_model_by_name('now').data.y]")
        known = {field: {place: y for place, y in enumerate(line) if y == y} for field, line in lines.items()}
        assert known["Longest occupancy"] == {9: 100.0, 15: 100.0}
        assert known["Average activity"] == {9: 100.0, 15: 100.0}
        grey = tab.evaluate("[...Bokeh.documents[0].get_model_by_name('uncovered').data.from]")
        assert grey == list(range(24))  # of two of them a part
        tab.get_by_text("These numbers as a table").click()
        row = tab.get_by_role("row").filter(has=tab.get_by_role("rowheader", name="09:00"))
        cells = row.inner_text().split("\t")
        assert cells[:4] == ["09:00", "100.0", "100.0", "100.0"]
        assert cells[-1] == "1 min 40 s of 1 h"


def test_a_camera_that_is_opened_again_has_its_heat(browser: Browser, sample: Sample) -> None:
    heat = """() => {
      const {width, height} = document.querySelector("#map canvas");
      const context = document.querySelector("#map canvas").getContext("2d");
      return context.getImageData(0, 0, width, height).data.some((one) => one > 0);
    }"""
    with Tab(browser, sample.page, "#camera=store") as tab:
        assert tab.evaluate(heat)
        tab.locator("#back").click()
        tab.locator("#cards").get_by_role("link", name="store", exact=True).click()
        settle(tab)
        assert tab.evaluate(heat)


def test_an_absolute_scale_is_of_the_metric_of_the_report(
    browser: Browser, sample: Sample, tmp_path: Path
) -> None:
    report = report_of(sample.store, sample.config)
    write_page(tmp_path, replace(report, settings=report.settings.model_copy(update={"max_value": 600.0})))
    with (
        Tab(browser, sample.page, "#camera=store&metric=avg_occupancy") as tab,
        Tab(browser, tmp_path / "report.html", "#camera=store") as absolute,
    ):
        assert text_of(absolute, "#legend .ticks span >> nth=-1") == "600"
        absolute.get_by_text("Look of the map").click()
        absolute.locator("#look-controls select >> nth=0").select_option("avg_occupancy")
        assert text_of(absolute, "#legend") == text_of(tab, "#legend")


def test_a_polygon_that_is_being_drawn_outlasts_other_changes(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store") as tab:
        draw = tab.get_by_role("button", name="Draw polygon")
        draw.click()
        for x, y in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.8)):
            tab.mouse.click(*on_screen(tab, x, y))
        tab.locator("#chart-field").select_option("occupancy_pct")
        tab.locator("#map canvas.top").press("Enter")
        assert text_of(tab, "#subject") == "Polygon of 3 corners"
        for _ in range(2):
            draw.click()
        assert text_of(tab, "#subject").startswith("Circle")
        draw.click()
        assert draw.get_attribute("aria-pressed") == "true"
        tab.keyboard.press("Escape")
        assert draw.get_attribute("aria-pressed") == "false"


def test_what_was_typed_stays_while_other_things_change(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=store&zone=circle%3D0.5,0.5,0.1") as tab:
        # There is a search where there are many zones.
        tab.locator("#zones input").evaluate("(input) => { input.hidden = false }")
        tab.get_by_label("Name of the zone").fill("window")
        tab.get_by_label("Search zones").fill("till")
        tab.locator("#chart-field").select_option("occupancy_pct")
        tab.get_by_role("slider", name="To hour").fill("12")
        assert '"window"' not in text_of(tab, "#pinned")
        assert "window = {" in text_of(tab, "#pinned")
        assert tab.get_by_label("Name of the zone").input_value() == "window"
        assert tab.locator("#zones input").input_value() == "till"
        assert tab.locator("#zones li:visible").count() == 1


def test_what_was_moved_last_is_not_told_of_a_camera_that_is_closed(browser: Browser, sample: Sample) -> None:
    with Tab(browser, sample.page, "#camera=door&zone=0") as tab:
        tab.evaluate("""() => {
          const from = document.querySelector("#ends input"), moment = performance.now();
          // Both at once, however slow the machine is.
          performance.now = () => moment;
          for (const hour of [3, 4]) {
            from.value = hour;
            from.dispatchEvent(new Event("input"));
          }
          document.getElementById("back").click();
          delete performance.now;
        }""")
        tab.wait_for_timeout(200)  # what a slider says while it moves waits for longer than a frame
        assert text_of(tab, "#chosen").startswith("Chosen: 03:00 to 24:00.")
    with Tab(browser, sample.page, "#camera=door") as tab:
        point_at(tab, 0.5, 0.5)
        tab.evaluate("""() => {
          const at = {clientX: 200, clientY: 300, pointerType: "mouse"};
          document.querySelector("#map .top").dispatchEvent(new PointerEvent("pointermove", at));
          document.getElementById("back").click();
        }""")
        settle(tab)


@pytest.mark.slow
def test_a_thousand_zones_scroll_and_are_found(browser: Browser, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    walk(store, "shop", datetime(2026, 3, 14, 10, tzinfo=ZAGREB), "a" * 16)
    zones = "\n".join(f"z{i} = {{ circle = [{i % 40 / 40}, {i // 40 / 25}, 0.02] }}" for i in range(1000))
    (tmp_path / "c.toml").write_text(f"[cameras.shop.zones]\n{zones}\n")
    write_page(tmp_path, report_of(store, tmp_path / "c.toml"))
    with Tab(browser, tmp_path / "report.html", "#camera=shop") as tab:
        assert tab.locator("#zones button").count() == 1001
        assert tab.locator("#zones ul").evaluate("(list) => list.scrollHeight > list.clientHeight")
        tab.get_by_label("Search zones").fill("z77")
        assert tab.locator("#zones li:visible").count() == 11
        tab.get_by_role("button", name=re.compile("^z777 ")).click()
        assert text_of(tab, "#subject") == "z777"


def test_numbers_are_rounded_as_on_the_command_line(browser: Browser, sample: Sample) -> None:
    chance = np.random.default_rng(5)
    # What is exactly in the middle, what only looks like it, and anything.
    values = [0.25, 0.75, 2.5, 12.25, 100.0625, 0.15, 1.005, 0.0005]
    values += (chance.random(200) * 10.0 ** chance.integers(-3, 6, 200)).tolist()
    write = """async ([values, decimals]) => {
      const {fixed} = await import("heatcli/format.js");
      return values.map((value) => fixed(value, decimals));
    }"""
    with Tab(browser, sample.page) as tab:
        for decimals in (0, 1, 3):
            assert tab.evaluate(write, [values, decimals]) == [f"{value:.{decimals}f}" for value in values]
