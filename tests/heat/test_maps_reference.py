"""Whole heat maps, of any metric, tracking point, region and smoothing, against their slow definitions."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.geometry import tracking_points
from heatcli.heat.grid import Grid
from heatcli.heat.heatmap import HeatMaps
from heatcli.heat.smoothing import smoothing_sigma
from heatcli.intervals import Intervals
from heatcli.names import Metric, TrackingMode
from heatcli.select.rows import Rows
from heatcli.shapes import Polygon, contains
from tests.heat.test_metrics import selections
from tests.support.aggregation import camera_of, fed
from tests.support.heat_reference import Row, as_rows, reference, tracking_point
from tests.support.zones_reference import exact

COVERED_US = 12_345_678
# A concave one, one with an edge on a border of cells, and one that crosses itself.
REGIONS = (
    Polygon(((0.1, 0.1), (0.9, 0.2), (0.5, 0.5), (0.8, 0.95), (0.05, 0.9))),
    Polygon(((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))),
    Polygon(((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9))),
)


def is_inside(polygon: Polygon, row: Row, mode: TrackingMode) -> bool:
    """Whether the point is in the polygon by the even-odd rule, in exact fractions; far borders are in it."""
    x, y = (Fraction(value) / size for value, size in zip(tracking_point(row, mode), row.size, strict=True))
    x, y = (min(value, Fraction(math.nextafter(1, 0))) for value in (x, y))
    corners = [(exact(a), exact(b)) for a, b in polygon.corners]
    crossed = 0
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay <= y) != (by <= y):
            crossed += ax + (y - ay) / (by - ay) * (bx - ax) <= x
    return crossed % 2 == 1


def blurred(grid: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Blur with a Gaussian along rows, then columns, over a picture that is mirrored as often as it takes."""
    reach = int(4 * sigma + 0.5)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (reach, reach)
        mirrored = np.pad(grid, pad, mode="symmetric")
        grid = np.apply_along_axis(np.convolve, axis, mirrored, weights / weights.sum(), mode="valid")
    return grid


@given(
    selections(),
    st.sampled_from(Metric),
    st.sampled_from(TrackingMode),
    st.none() | st.sampled_from(REGIONS),
    st.sampled_from([0, 1, 24, 60]),
)
def test_any_map_equals_brute_force(
    selection: tuple[list[Row], Grid, list[int]],
    metric: Metric,
    mode: TrackingMode,
    region: Polygon | None,
    smoothing: int,
) -> None:
    rows, grid, cuts = selection
    batches = [as_rows(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    camera = camera_of(
        [Intervals.of([(0, COVERED_US)])], width=grid.columns, height=grid.rows, tracking_mode=mode
    )
    maps = HeatMaps(
        camera, RenderSettings(metric=metric, grid_resolution=grid.columns, reach=0, smoothing=smoothing)
    )
    kept = [batch if region is None else in_region(batch, region, mode) for batch in batches]
    found = fed(maps, kept).result()[metric]
    counted = [row for row in rows if region is None or is_inside(region, row, mode)]
    raw = reference(counted, metric, grid, COVERED_US, mode)
    sigma = smoothing_sigma(smoothing, grid.columns, 0)
    value = blurred(raw, sigma) if sigma else raw
    least = max(raw.max(), 1e-300)
    np.testing.assert_allclose(found.raw, raw, rtol=0, atol=1e-9 * least)
    np.testing.assert_allclose(found.value, value, rtol=0, atol=1e-9 * least)


def in_region(rows: Rows, region: Polygon, mode: TrackingMode) -> Rows:
    width, height = rows.size.T
    points = tracking_points(rows.boxes, mode, width=width, height=height)
    return rows.where(contains(region, points, size=rows.size, sample_aspect=1.0))
