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
from heatcli.store.selection import Selection
from heatcli.store.store import Store
from tests.report_stores import put_people


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A week of which ten minutes of a Saturday were watched; the other camera watched nothing in it."""
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
    return make_report(
        store=store,
        selection=Selection(),
        period=Period.around(PeriodKind.WEEKLY, date(2026, 3, 14)),
        made_at=datetime(2026, 3, 16, tzinfo=UTC),
        compare_previous=True,
    )


def test_every_camera_has_a_file_that_says_how_much_was_covered(tmp_path: Path, report: Report) -> None:
    shop, yard = write_charts(tmp_path, report, ".svg")
    assert (shop.name, yard.name) == ("charts-shop.svg", "charts-yard%2F1.svg")
    said, nothing = (" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", p.read_text())) for p in (shop, yard))
    week, before = "Week 11, 9 to 15 March 2026", "Week 10, 2 to 8 March 2026"
    assert f"{week}: 10 min of 7 d covered" in said
    assert f"{before}: nothing recorded in that time" in said
    assert f"{week}: nothing recorded in that time" in nothing
    assert f"{before}: 10 min of 7 d covered" in nothing
    for chart in (
        "Average activity",
        "Average occupancy",
        "Longest occupancy",
        "Time spent",
        "Hours of the week",
    ):
        assert chart in said
        assert chart in nothing


def test_pictures_are_drawn_as_well(tmp_path: Path, report: Report) -> None:
    shop, _ = write_charts(tmp_path, report, ".png")
    assert shop.read_bytes().startswith(b"\x89PNG")
