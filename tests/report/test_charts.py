"""The charts of a report: what is said on them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from heatcli.names import PeriodKind
from heatcli.report.charts import write_charts
from heatcli.report.periods import Period
from heatcli.report.report import Report, make_report
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.report_stores import put_people


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten minutes of a Saturday, and at the other camera of the Saturday before."""
    store = Store.create_or_open(tmp_path_factory.mktemp("charts") / "heat-store")
    feet = np.full((1, 10, 2), 100.0)
    for camera, clip, day in (("shop", "a" * 16, 14), ("yard/1", "b" * 16, 7)):
        put_people(
            store,
            clip,
            camera=camera,
            start=datetime(2026, 3, day, 9, tzinfo=UTC),
            times_us=[60_000_000 * minute for minute in range(10)],
            dt_us=[60_000_000] * 10,
            feet=feet,
        )
    return store


@pytest.fixture(scope="module")
def report(store: Store) -> Report:
    """A week of which ten minutes of a Saturday were watched; the other camera watched nothing in it."""
    return make_report(
        store=store,
        selection=Selection(),
        period=Period.around(PeriodKind.WEEKLY, date(2026, 3, 14)),
        made_at=datetime(2026, 3, 16, tzinfo=UTC),
        compare_previous=True,
    )


def words(path: Path) -> list[str]:
    """Read the texts of an SVG."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))


def test_every_camera_has_a_file_that_says_how_much_was_covered(tmp_path: Path, report: Report) -> None:
    shop, yard = write_charts(tmp_path, report, ".svg")
    assert (shop.name, yard.name) == ("charts-shop.svg", "charts-yard%2F1.svg")
    said, nothing = (" ".join(words(path)) for path in (shop, yard))
    week, before = "Week 11, 9 to 15 March 2026", "Week 10, 2 to 8 March 2026"
    assert f"{week}: 10 min of 7 d covered" in said
    assert f"{before}: nothing recorded in that time" in said
    assert f"{week}: nothing recorded in that time" in nothing
    assert f"{before}: 10 min of 7 d covered" in nothing
    for chart in (
        "Average activity",
        "Time occupied",
        "Longest occupancy",
        "Time spent",
        "Hours of the week",
    ):
        assert chart in said
        assert chart in nothing


def test_the_whole_frame_is_drawn_without_zones_and_that_is_not_called_none(
    tmp_path: Path, report: Report
) -> None:
    shop, _ = write_charts(tmp_path, report, ".svg")
    assert "whole frame" in words(shop)
    assert "no zones" not in " ".join(words(shop))


def test_a_day_has_only_its_own_hours_of_the_week(tmp_path: Path, report: Report, store: Store) -> None:
    day = make_report(
        store=store,
        selection=Selection(cameras=("shop",)),
        period=Period.around(PeriodKind.DAILY, date(2026, 3, 14)),
        made_at=datetime(2026, 3, 16, tzinfo=UTC),
    )
    of_day, of_week = (set(words(write_charts(tmp_path, one, ".svg")[0])) for one in (day, report))
    weekdays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
    assert (of_day & weekdays, of_week & weekdays) == ({"Sat"}, weekdays)


def test_pictures_are_drawn_as_well(tmp_path: Path, report: Report) -> None:
    shop, _ = write_charts(tmp_path, report, ".png")
    assert shop.read_bytes().startswith(b"\x89PNG")
