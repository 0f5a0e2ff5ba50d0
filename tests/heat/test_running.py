"""A heat map that is followed through time."""

import tracemalloc
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.running import RunningMap
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric
from heatcli.select.feed import RowFeed
from tests.heat.test_metrics import fading, grids_of
from tests.support.aggregation import camera_of, fed
from tests.support.heat_reference import Row, as_rows


def ended(rows: list[Row], own: list[Intervals], end_us: int) -> tuple[list[Row], list[Intervals]]:
    """Return what a selection that ends there has of the rows and of the time."""
    until = Intervals.of([[-(2**60), end_us]])
    cut = [one.intersection(until) for one in own]
    kept = []
    for row in rows:
        # Frames are at least 100 ms apart, and what is counted of each is shorter.
        weight = int(cut[row.clip].overlap_us(np.array([row.time_us]), np.array([100_000]))[0])
        if weight:
            kept.append(replace(row, weight_us=weight))
    return kept, cut


@given(fading(), st.data())
def test_at_each_moment_it_is_the_map_of_the_selection_that_ends_there(
    selection: tuple[list[Row], Grid, list[int], list[Intervals], float], data: st.DataObject
) -> None:
    rows, grid, cuts, own, window_s = selection
    bounds = sorted({int(us) for one in own for us in one.bounds.ravel()} | {1_000_000})
    moments = data.draw(st.lists(st.integers(bounds[0] - 100, bounds[-1] + 100), max_size=4), "moments")
    moments += data.draw(st.lists(st.sampled_from(bounds), max_size=4), "bounds")
    smoothing = data.draw(st.sampled_from([0, 24]), "smoothing")
    reach = data.draw(st.sampled_from([0.0, 0.05, 0.25]), "reach")
    batches = [as_rows(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    metric = data.draw(st.sampled_from(list(Metric)), "metric")
    mode = data.draw(st.sampled_from(list(AccumulationMode)), "mode")
    settings = RenderSettings(
        metric=metric,
        grid_resolution=grid.columns,
        reach=reach,
        smoothing=smoothing,
        accumulation_mode=mode,
        **({"window_seconds": window_s} if mode is AccumulationMode.DECAYING else {}),
    )
    running = fed(RunningMap(camera_of(own, width=grid.columns, height=grid.rows), settings), batches)
    for moment in sorted(moments):
        kept, cut = ended(rows, own, moment)
        decay = None
        covered_us: float = sum(one.total_us for one in cut)
        if mode is AccumulationMode.DECAYING:
            decay = Decay.towards_the_end(cut, window_s)
            covered_us = decay.covered_us
        # The frame has a pixel for each cell, and so have circles.
        grids = grids_of(grid, decay, radius=reach * grid.columns, squash=1)
        expected = fed(grids, [as_rows(kept)]).result(covered_us)[metric].within
        expected = smooth(expected, smoothing_sigma(smoothing, grid.columns, reach))
        peak = max(expected.max(), 1.0)
        np.testing.assert_allclose(running.at(moment), expected, rtol=0, atol=1e-9 * peak)


def test_every_row_is_handed_out_once_and_in_time() -> None:
    rows = [Row(us, 0, us, 0, 5, (0, 0, 1, 1), (4, 4)) for us in (10, 20, 20, 30, 40)]
    feed = fed(RowFeed(), [as_rows(part) for part in (rows[:2], rows[2:4], rows[4:])])
    handed = [
        [] if (batch := feed.before(moment)) is None else batch.time_us.tolist()
        for moment in (10, 11, 30, 31, 99)
    ]
    assert handed == [[], [10], [20, 20], [30], [40]]


def test_people_who_visited_take_memory_only_where_they_were() -> None:
    people = 40
    rows = [Row(100_000 * i, 0, i, i, 100_000, (0, 0, 50 + 5 * i, 60 + i), (400, 225)) for i in range(people)]
    settings = RenderSettings(metric=Metric.UNIQUE_VISITS, reach=0.01, smoothing=0)
    own = [Intervals.of([[0, 100_000 * people]])]
    running = fed(RunningMap(camera_of(own, width=400, height=225), settings), [as_rows(rows)])
    running.at(100_000)
    tracemalloc.start()
    try:
        assert running.at(100_000 * people).sum() > people
        growth = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # A number for each person and cell of the map would be 4.6 MB, and 100 MB for each cell of the fine grid.
    assert growth < 1_000_000
