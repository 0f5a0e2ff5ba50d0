"""`report.xlsx`: that its cells are the numbers of the report, and that it is a workbook worth opening."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from heatcli.answers.transitions import ways
from heatcli.answers.zone_table import EVERYBODY, FIELDS, LINE_FIELDS, TOTAL
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.report.report import Report
from heatcli.report.report_json import report_summary
from heatcli.report.workbook.figures import FIGURES
from heatcli.report.workbook.write import write_workbook
from tests.support.workbooks import MADE_AT, NINE, charted, report_of, same, table


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Of `shop`, which watched from 9:59 local time, as the day before, and `gone`, which did only then."""
    clips = [("shop", NINE), ("shop", NINE - timedelta(1)), ("gone", NINE - timedelta(1))]
    return report_of(tmp_path_factory.mktemp("report"), clips, previous=True)


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_workbook(tmp_path_factory.mktemp("workbook"), report)
    return path


@pytest.fixture(scope="module")
def workbook(file: Path) -> Any:
    return openpyxl.load_workbook(file)


def told(places: dict[str, Any]) -> list[dict[str, Any]]:
    """What the workbook has to say of a zone or line of `report.json`, by the titles of its columns."""
    rows = []
    for bucket in (*places["buckets"], *({"label": name, **places[name]} for name in (TOTAL, EVERYBODY))):
        local = {end: bucket.get(end) and datetime.fromisoformat(bucket[end]) for end in ("from", "to")}
        rows.append(
            {
                "Period": bucket["label"],
                **{end.capitalize(): time and time.replace(tzinfo=None) for end, time in local.items()},
                **{FIGURES[field][0].title: bucket.get(field) for field in FIGURES},
            }
        )
    return rows


def test_zones_have_every_number_of_the_json(workbook: Any, report: Report) -> None:
    summary: dict[str, Any] = report_summary(report)
    gone, shop = summary["cameras"]
    wanted = told(gone["frame"])[:-1]  # nobody is left out of nobody
    for place in (shop["frame"], *shop["zones"], *shop["lines"]):
        wanted += told(place)
    found = table(workbook["Zones"], "Camera")
    assert [one.pop("Camera") for one in found] == 25 * ["gone"] + 4 * 26 * ["shop"]
    names = [name for name in ("left", "right", "door") for _ in range(26)]
    assert [one.pop("Zone or line") for one in found] == (25 + 26) * ["whole frame"] + names
    assert [one.pop("Selected") for one in found] == [3600 if one["From"] else 86400 for one in wanted]
    for one, two in zip(found, wanted, strict=True):
        same(one, two)
    assert found[-2]["People across"] == 1


def test_every_field_has_a_column_and_a_meaning(workbook: Any) -> None:
    assert tuple(FIGURES) == (*FIELDS, *LINE_FIELDS)
    meanings = {cell.value for cell in workbook["Notes"]["A"]}
    assert {column.title for column, _ in FIGURES.values()} <= meanings


def test_a_camera_has_its_figures_beside_those_of_the_period_before(workbook: Any, report: Report) -> None:
    summary: dict[str, Any] = report_summary(report)
    _, shop = summary["cameras"]
    found = table(workbook["shop"], "Period")
    compared = ("Visitors", "Average activity", "Time occupied", "Longest occupancy")
    for one, now, before in zip(found, told(shop["frame"]), told(shop["previous"]["frame"]), strict=True):
        same(
            {title: one[title] for title in now if title in one},
            {title: now[title] for title in now if title in one},
        )
        same(
            {title: one[f"{title} before"] for title in compared},
            {title: before[title] for title in compared},
        )
    # At nine one minute was watched, at ten 40 seconds, and nothing else.
    assert [one["Covered"] for one in found][8:12] == [0, 60, 40, 0]
    assert found[9]["Visitors before"] == found[9]["Visitors"] == 1
    assert [one["Visitors"] for one in found][-2:] == [1, 2]
    assert {one["Visitors before"] for one in table(workbook["gone"], "Period")} == {None, 1, 2}


def test_the_hour_that_comes_twice_finds_its_like_once(tmp_path: Path) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past two, and an hour later again
    clips = [("shop", first - timedelta(1)), ("shop", first), ("shop", first + timedelta(hours=1))]
    report = report_of(tmp_path, clips, previous=True, day=date(2026, 10, 25))
    (path,) = write_workbook(tmp_path, report)
    rows = table(openpyxl.load_workbook(path)["shop"], "Period")[:-2]
    assert len(rows) == 25
    twice = [row for row in rows if row["From"] == datetime(2026, 10, 25, 2)]
    assert [row["Period"][-6:] for row in twice] == ["+02:00", "+01:00"]
    assert [(row["Visitors"], row["Visitors before"]) for row in twice] == [(1, 1), (1, None)]


def test_charts_are_of_the_cells_that_they_say(workbook: Any, report: Report) -> None:
    shop = report.cameras[1]
    assert shop.previous is not None
    found = charted(workbook, workbook["shop"])
    for title, field in (
        ("Visitors per covered hour", "visits_per_covered_hour"),
        ("Average activity", "activity_pct"),
        ("Time occupied", "occupancy_pct"),
        ("Longest occupancy", "longest_occupancy_s"),
    ):
        # The period before is behind this one, and so it comes first.
        wanted = [[getattr(one, field) for one in side.frame.buckets] for side in (shop.previous, shop)]
        for values, these in zip(found.pop(title), wanted, strict=True):
            same(dict(enumerate(values)), dict(enumerate(these)))
    # One stay of 100 s; on the day before likewise.
    assert found == {"Time spent": [[100], [100]]}
    assert {chart.display_blanks for chart in workbook["shop"]._charts} == {"gap"}
    assert charted(workbook, workbook["gone"]) == {}


def test_how_long_people_stayed_in_a_time_that_nobody_watched_is_not_known(tmp_path: Path) -> None:
    (path,) = write_workbook(tmp_path, report_of(tmp_path, [("shop", NINE)], previous=True))
    rows = table(openpyxl.load_workbook(path)["shop"], "Stay")
    assert [list(row.values())[:5] for row in rows] == [["1 min to 2 min", 1, 100, None, None]]


def test_the_week_is_a_matrix_with_a_colour_scale(workbook: Any, report: Report) -> None:
    sheet = workbook["shop"]
    (corner,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "Hour")
    cells = sheet.iter_rows(
        min_row=corner.row + 1, max_row=corner.row + 24, min_col=corner.column + 1, max_col=corner.column + 7
    )
    found = np.array([[np.nan if cell.value is None else cell.value for cell in row] for row in cells])
    np.testing.assert_allclose(found, report.cameras[1].week.avg_occupancy.T, rtol=1e-9)
    assert np.argwhere(np.isfinite(found)).tolist() == [[9, 5], [10, 5]]  # a Saturday
    rules = [rule.type for area in sheet.conditional_formatting for rule in area.rules]
    assert rules.count("colorScale") == 1


def test_the_summary_has_key_figures_links_and_maps(workbook: Any, report: Report) -> None:
    sheet = workbook["Summary"]
    assert sheet["A1"].value == "Saturday, 14 March 2026"
    gone, shop = table(sheet, "Camera")
    total = report.cameras[1].frame.total
    assert (shop["Camera"], shop["Location"], shop["Labels"]) == ("shop", "Store 12", "doors, ground floor")
    assert (shop["Covered"], shop["Selected"]) == (100, pytest.approx(86400))
    assert (shop["Visitors"], shop["Most at once"]) == (1, 1)
    assert shop["People at a time"] == pytest.approx(total.avg_occupancy)
    assert shop["Busiest hour"] == datetime(2026, 3, 14, 9)
    assert (shop["Visitors before"], shop["Change"]) == (1, 0)
    assert (gone["Covered"], gone["Visitors"], gone["Busiest hour"], gone["Change"]) == (0, None, None, None)
    assert (gone["Visitors before"], gone["Covered before"]) == (2, 100)
    assert (shop["Visitors per covered hour"], shop["Visitors per covered hour before"]) == (36, 36)
    assert [sheet[cell].hyperlink.location for cell in ("A6", "A7")] == ["'gone'!A1", "'shop'!A1"]
    assert len(sheet._images) == 4  # two cameras, two metrics


def test_periods_that_were_not_covered_for_as_long_are_compared_by_the_hour(tmp_path: Path) -> None:
    clips = [("shop", NINE), ("shop", NINE - timedelta(1)), ("shop", NINE - timedelta(hours=22))]
    (path,) = write_workbook(tmp_path, report_of(tmp_path, clips, previous=True))
    workbook = openpyxl.load_workbook(path)
    (shop,) = table(workbook["Summary"], "Camera")
    # One visitor in 100 s, after two in 200 s.
    assert (shop["Visitors"], shop["Visitors before"]) == (1, 2)
    assert (shop["Covered"], shop["Covered before"]) == (100, 200)
    assert shop["Visitors per covered hour"] == shop["Visitors per covered hour before"] == 36
    assert shop["Change"] == 0
    notes = " ".join(str(cell.value) for cell in workbook["Notes"]["B"])
    assert "visitors are compared per covered hour" in notes


def test_the_hottest_places_are_listed(workbook: Any, report: Report) -> None:
    found = table(workbook["Hottest places"], "Camera")
    (wanted,) = zone_report(
        store=report.store, selection=report.selection, query=ZoneQuery(top=5), config=report.config
    )[1:]
    assert {row["Camera"] for row in found} == {"shop"}
    assert [row["Zone or line"] for row in found] == [one.zone.name for one in wanted.zones]
    for row, one in zip(found, wanted.zones, strict=True):
        assert one.zone.peak is not None
        assert (row["X"], row["Y"]) == pytest.approx([100 * part for part in one.zone.peak])
        assert row["Left"] < row["X"] < row["Right"]
        assert (row["Visitors"], row["Time occupied"]) == (
            one.total.unique_visits,
            pytest.approx(one.total.occupancy_pct),
        )


def test_coverage_of_cameras_is_not_added_up(workbook: Any) -> None:
    said = workbook["Summary"]["A2"].value
    watched = "each 1 min 40 s of 24 h covered, nothing at gone"
    assert said == f"Daily report · 2 cameras · {watched} · clock of Europe/Zagreb"


def test_transitions_are_listed(workbook: Any, report: Report) -> None:
    found = table(workbook["Transitions"], "Camera")
    assert [(one["Way"], one["From"], one["To"], one["Times"]) for one in found] == [
        (way.kind, way.origin, way.target, way.count)
        for camera in report.cameras
        for way in ways(camera.figures)
    ]
    assert (found[0]["Way"], found[0]["From"], found[0]["To"], found[0]["Share"]) == (
        *("transition", "left", "right"),
        100,
    )


def test_notes_tell_what_one_must_know(workbook: Any) -> None:
    sheet = workbook["Notes"]
    said = [(row[0].value, row[1].value) for row in sheet.iter_rows(max_col=2) if row[1].value]
    assert ("shop", "1 of 2 people left out: 1 present too briefly") in said
    assert ("gone", "nothing recorded in that time; nothing in 24 rows of its table") in said
    assert ("dates", "2026-03-14..2026-03-14") in said
    (configured,) = (text for name, text in said if name == "gone" and "not in the configuration" in text)
    assert configured
    assert dict(said)["Period"].startswith("Saturday, 14 March 2026")


def test_sheets_are_set_up_for_reading_and_for_paper(workbook: Any) -> None:
    assert workbook.sheetnames == [
        *("Summary", "gone", "shop", "Zones", "Entries", "Groups", "Hottest places", "Transitions", "Notes"),
    ]
    assert workbook.active.title == "Summary"
    for name, frozen in (("Summary", "B6"), ("shop", "A4"), ("Zones", "C5"), ("Transitions", "C5")):
        sheet = workbook[name]
        assert sheet.freeze_panes == frozen
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(column.width > 7 for column in sheet.column_dimensions.values())
    zones = workbook["Zones"]
    nine = 5 + 25 + 9  # below the head and the other camera
    formats = {cell.value: below.number_format for cell, below in zip(zones[4], zones[nine], strict=True)}
    assert (formats["From"], formats["Covered"]) == ("yyyy-mm-dd hh:mm", "[h]:mm:ss")
    assert (formats["Time occupied"], formats["Visitors"]) == ("0.0%", "#,##0")


def test_no_cell_is_a_formula_or_an_error(workbook: Any) -> None:
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"n", "s", "d"}


def test_the_same_report_gives_the_same_bytes(file: Path, report: Report, tmp_path: Path) -> None:
    (again,) = write_workbook(tmp_path, report)
    assert again.read_bytes() == file.read_bytes()
    assert openpyxl.load_workbook(again).properties.created == MADE_AT.replace(tzinfo=None)
