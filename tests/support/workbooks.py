"""Reports for workbooks, and what is read back from them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl.utils import range_boundaries

from heatcli.config.models import load_config
from heatcli.names import Metric, PeriodKind
from heatcli.report.periods import Period
from heatcli.report.report import HOT_PLACES, Report, make_report
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.report_stores import put_people

MADE_AT = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
CONFIG = """
[cameras.shop]
location = "Store 12"
labels = ["doors", "ground floor"]
min_dwell_s = 5
[cameras.shop.zones]
left = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
right = { circle = [0.75, 0.5, 0.2] }
door = { line = [[0.5, 1], [0.5, 0]] }
"""
EVERYTHING = (
    CONFIG.replace("0.2] }", '0.2], passing = "left" }')
    + """line = { circle = [0.5, 0.6, 0.2], kind = "queue", service = "right" }
[cameras.shop.funnels.across]
steps = ["left", "right"]
[areas.hall]
doors = ["shop.door"]
capacity = 1
empty_at = "03:00"
"""
)
"""The same with a queue, a passing zone, a funnel and a room."""
NINE = datetime(2026, 3, 14, 8, 59, tzinfo=UTC)


def walkers() -> np.ndarray[Any, np.dtype[np.float64]]:
    """One walks from left to right in 100 s, one comes by for a moment."""
    frames = np.arange(100)
    feet = np.full((2, 100, 2), np.nan)
    feet[0] = np.column_stack([20 + 6.0 * frames, np.full(100, 200.0)])
    feet[1, 50:53] = 400, 300
    return feet


def report_of(
    folder: Path,
    clips: Sequence[tuple[str, datetime]],
    *,
    previous: bool = False,
    day: date = date(2026, 3, 14),
    kind: PeriodKind = PeriodKind.DAILY,
    config: str = CONFIG,
) -> Report:
    """Make a report of a store with clips of 100 s, each of a camera."""
    (folder / "heatcli.toml").write_text(config)
    store = Store.create_or_open(folder / "heat-store")
    times_us, dt_us = [second * 1_000_000 for second in range(100)], [1_000_000] * 100
    for number, (camera, start) in enumerate(clips):
        clip = f"{number:016x}"
        put_people(store, clip, camera=camera, start=start, times_us=times_us, dt_us=dt_us, feet=walkers())
    return make_report(
        store=store,
        selection=Selection(),
        period=Period.around(kind, day),
        made_at=MADE_AT,
        metrics=[Metric.DWELL_TIME, Metric.UNIQUE_VISITS],
        compare_previous=previous,
        hot=HOT_PLACES,
        config=load_config(folder / "heatcli.toml"),
    )


def head_row(sheet: Any, first: str) -> int:
    """Find the head of the table whose first column is called so."""
    return next(int(cell.row) for cell in sheet["A"] if cell.value == first)


def table(sheet: Any, first: str) -> list[dict[str, Any]]:
    """Read the table whose first column is called so, by its titles; numbers in the units of the report."""
    head = head_row(sheet, first)
    titles = [cell.value for cell in sheet[head] if cell.value]
    rows = []
    for cells in sheet.iter_rows(min_row=head + 1, max_col=len(titles)):
        if cells[0].value is None:
            break
        rows.append({title: in_units(cell) for title, cell in zip(titles, cells, strict=True)})
    return rows


def in_units(cell: Any) -> Any:
    """Undo what a format says: percent are parts of 1 in a spreadsheet, durations are parts of a day."""
    if isinstance(cell.value, timedelta):
        return cell.value.total_seconds()
    if isinstance(cell.value, (int, float)):
        return cell.value * {"0.0%": 100, "[h]:mm:ss": 86400}.get(cell.number_format, 1)
    return cell.value


def same(found: dict[Any, Any], wanted: dict[Any, Any]) -> None:
    assert {title for title, value in found.items() if value is None} == {
        title for title, value in wanted.items() if value is None
    }
    assert found == {
        title: pytest.approx(value, rel=1e-9, abs=1e-6) if isinstance(value, float) else value
        for title, value in wanted.items()
    }


def charted(workbook: Any, sheet: Any) -> dict[str, list[list[Any]]]:
    """Return the cells that the series of each chart of a sheet are of, by the title of the chart."""
    found: dict[str, list[list[Any]]] = {}
    for chart in sheet._charts:
        title = "".join(run.t for run in chart.title.tx.rich.p[0].r)
        found[title] = []
        for series in chart.ser:
            name, _, cells = series.val.numRef.f.rpartition("!")
            left, first, right, last = range_boundaries(cells)
            assert left == right
            column = workbook[name.strip("'")].iter_rows(first, last, left, right)
            found[title].append([in_units(cell) for (cell,) in column])
    return found
