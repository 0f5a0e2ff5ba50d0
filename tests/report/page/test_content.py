"""What a page says is of the moment at which its report was made, and of the clock on the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from heatcli.report.page.content import CHARTED, page_content
from heatcli.report.report import Report
from heatcli.store.store import Store
from tests.support.page_tab import ZAGREB, report_of, walk


def report_of_walks(folder: Path, times: list[datetime], day: date) -> Report:
    store = Store.create_or_open(folder / "store")
    for place, start in enumerate(times):
        walk(store, "door", start, f"{place:016d}")
    (folder / "c.toml").write_text("")
    return report_of(store, folder / "c.toml", day=day, previous=True)


def before_of(report: Report) -> list[list[float | None]]:
    content: Any = page_content(report)[0]
    chart: list[list[float | None]] = content["cameras"][0]["areas"][0]["before"]["chart"]
    return chart


@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)]
)
def test_hours_stand_beside_those_of_the_same_clock(tmp_path: Path, day: date) -> None:
    evening = datetime(day.year, day.month, day.day, 22, 10, tzinfo=ZAGREB)
    report = report_of_walks(tmp_path, [evening - timedelta(1), evening], day)
    chart, occupancy = before_of(report), CHARTED.index("occupancy_pct")
    labels = [bucket.label for bucket in report.cameras[0].figures.buckets]
    assert len(chart) == len(labels)
    known = [label for label, row in zip(labels, chart, strict=True) if row[occupancy] is not None]
    assert known == [f"{day} 22:00"]


def test_what_comes_into_the_store_meanwhile_is_not_in_the_page(tmp_path: Path) -> None:
    day = datetime(2026, 3, 14, 10, tzinfo=ZAGREB)
    report = report_of_walks(tmp_path, [day], day.date())
    wanted = page_content(report)
    walk(report.store, "door", day.replace(hour=12), "a" * 16)
    walk(report.store, "attic", day, "b" * 16)
    assert page_content(report) == wanted


def test_the_page_tells_of_whom_it_cannot_judge_before_outliers_are_left_out(tmp_path: Path) -> None:
    day = datetime(2026, 3, 14, 10, tzinfo=ZAGREB)
    content: Any = page_content(report_of_walks(tmp_path, [day], day.date()))[0]
    assert content["cameras"][0]["note"] is None
    assert "people are too few" in content["cameras"][0]["outliers_note"]


def test_when_it_was_made_is_told_by_the_cameras_clock(tmp_path: Path) -> None:
    day = datetime(2026, 3, 14, 10, tzinfo=ZAGREB)
    report = report_of_walks(tmp_path, [day], day.date())
    report = replace(report, made_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    content: Any = page_content(report)[0]
    assert content["made"] == "2026-07-02 01:30 CEST"
