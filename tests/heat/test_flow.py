"""Where people go: against a slow definition, and as it is drawn."""

import itertools
import math
from collections import defaultdict
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.heat.flow import Flow, FlowField
from heatcli.heat.grid import Grid
from heatcli.intervals import Intervals
from heatcli.names import ColorMap, TrackingMode
from heatcli.picture.colour import color_table
from heatcli.picture.legend import Legend
from heatcli.picture.movement import PathPicture, draw_flow, paths_legend
from tests.heat.test_metrics import selections
from tests.support.aggregation import fed
from tests.support.heat_reference import Row, as_rows, cell_of, in_picture, position

TABLE = color_table(ColorMap.TURBO)


@given(selections())
def test_flow_is_the_way_of_all_steps_by_their_time(selection: tuple[list[Row], Grid, list[int]]) -> None:
    rows, grid, cuts = selection
    aspect = 0.75
    ways: dict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for person in {row.person for row in rows}:
        for a, b in itertools.pairwise(in_picture([row for row in rows if row.person == person])):
            seconds = (b.time_us - a.time_us) / 1e6
            if seconds <= 1:
                (x0, y0), (x1, y1) = position(a, grid), position(b, grid)
                way = (x1 - x0) / grid.columns, (y1 - y0) / grid.rows * aspect, seconds
                ways[cell_of((x0 + x1) / 2, (y0 + y1) / 2, grid)].append(way)
    batches = [as_rows(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True) if a < b]
    field = FlowField(grid, tracking_mode=TrackingMode.BOTTOM_CENTER, aspect=aspect)
    found = fed(field, batches).result()
    assert found.velocity.shape == (grid.rows, grid.columns, 2)
    for row, column in np.ndindex(grid.shape):
        steps = ways[column, row]
        time_s = sum(step[2] for step in steps)
        assert found.time_s[row, column] == pytest.approx(time_s)
        if not steps:
            assert np.isnan(found.velocity[row, column]).all()
            assert np.isnan(found.speed[row, column])
            continue
        mean = [sum(step[axis] for step in steps) / time_s for axis in (0, 1)]
        assert found.velocity[row, column] == pytest.approx(mean, abs=1e-12)
        length = sum(math.hypot(*step[:2]) for step in steps)
        assert found.speed[row, column] == pytest.approx(length / time_s, abs=1e-12)


def flow_of(velocity: list[list[tuple[float, float]]], time_s: list[list[float]]) -> Flow:
    array = np.array(velocity)
    return Flow(array, np.hypot(array[..., 0], array[..., 1]), np.array(time_s))


def changed(picture: NDArray[np.uint8], ground: NDArray[np.uint8]) -> list[list[bool]]:
    """In which quarters of a picture something is drawn."""
    # The outline of an arrow that is as long as its cell reaches a few pixels into the next one.
    halves = [slice(0, 95), slice(105, 200)]
    return [[bool((picture[y, x] != ground[y, x]).any()) for x in halves] for y in halves]


def test_arrows_stand_where_people_go_and_point_there() -> None:
    nan = math.nan
    going = flow_of(
        [[(0.2, 0.0), (0.0, 0.0)], [(nan, nan), (0.1, 0.0)]],
        [[10.0, 10.0], [0.0, 0.1]],  # in the last cell too little time to go by
    )
    ground = np.full((200, 200, 3), 100, np.uint8)
    legend = paths_legend("till", covered=Intervals.of([]), timezone="UTC", table=TABLE)
    picture, legend = draw_flow(ground, legend, going, threshold=0.05)
    assert changed(picture, ground) == [[True, False], [False, False]]
    # The 95th percentile of 0 and 0.2 frame widths a second, in a picture of 200 pixels.
    assert legend.extra == "arrows: where people go, longest 38 px/s"
    # The head is at the right end.
    columns = np.flatnonzero((picture[:100, :100] != 100).any(axis=(0, 2)))
    assert (columns.min(), columns.max()) == (pytest.approx(0, abs=2), pytest.approx(99, abs=2))
    heights = (picture[:100, :100] != 100).any(axis=2).sum(axis=0)
    assert heights[50:].max() > 2 * heights[:50].max()

    for velocity, time_s, said in (((0.0, 0.0), 9.0, "nobody moves"), ((nan, nan), 0.0, "")):
        _, legend = draw_flow(ground, legend, flow_of([[velocity]], [[time_s]]), threshold=0.05)
        assert legend.extra == said


def test_paths_have_the_colour_of_their_time_and_no_line_where_nobody_knows() -> None:
    second = 1_000_000
    size = (200, 200)

    def row(time_us: int, frame: int, x: float, y: float) -> Row:
        return Row(time_us, 0, frame, 7, second, (x, y - 9, x, y), size)

    # A second from one point to the next, then three seconds without any.
    points = [
        row(0, 0, 20, 50),
        row(second, 1, 80, 50),
        row(4 * second, 2, 150, 150),
        row(5 * second, 3, 190, 150),
    ]
    covered = Intervals.of([[0, 6 * second]])
    ground = np.zeros((200, 200, 3), np.uint8)
    paths = PathPicture(tracking_mode=TrackingMode.BOTTOM_CENTER, covered=covered, ground=ground, table=TABLE)
    picture = fed(paths, [as_rows(points[:3]), as_rows(points[3:])]).result()
    assert (picture[60:140] == 0).all()
    for (x, y), moment in (((50, 50), 1 / 6), ((170, 150), 5 / 6)):
        np.testing.assert_allclose(picture[y, x], TABLE[round(moment * 255)], atol=30)


def test_the_legend_of_paths_has_local_times_and_dates_where_they_are_needed() -> None:
    begin = epoch_us(datetime(2026, 3, 14, 9, tzinfo=UTC))

    def legend(length_s: int) -> Legend:
        covered = Intervals.of([[begin, begin + length_s * 1_000_000]])
        return paths_legend("till", covered=covered, timezone="Europe/Zagreb", table=TABLE)

    assert legend(75).marks[0] == ((0.0, "10:00:00"), (1.0, "10:01:15"))
    assert legend(75).caption == "paths, coloured by the time of day"
    assert legend(86_400).marks[0] == ((0.0, "2026-03-14 10:00"), (1.0, "2026-03-15 10:00"))
    assert legend(86_400).caption == "paths, coloured by time"
