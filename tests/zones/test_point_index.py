"""Finding the points in a shape by where they are is finding them one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.shapes import Circle, Polygon, Shape, contains
from heatcli.zones.point_index import points_inside

# Eighths and sixty-fourths stand on the sides of squares, and 1 on the border of the frame.
fractions = st.one_of(
    st.floats(0, 1, allow_nan=False), st.sampled_from([0.0, 1 / 64, 0.125, 0.5, 63 / 64, 1.0])
)
circles = st.builds(Circle, fractions, fractions, st.floats(1e-3, 1.5))


@st.composite
def triangles(draw: st.DrawFn) -> Polygon:
    """Corners apart from each other, so that there is an area."""
    x, y, width, height = (draw(fractions) * 0.9 for _ in range(4))
    width, height = width / 2 + 0.01, height / 2 + 0.01
    return Polygon(((x, y), (x + width, y), (x, y + height)))


@given(
    shapes=st.lists(st.one_of(circles, triangles()), min_size=1, max_size=6),
    places=st.lists(st.tuples(fractions, fractions), max_size=30),
    sizes=st.lists(st.sampled_from([(640, 360), (1920, 1080), (360, 640)]), min_size=30, max_size=30),
    sample_aspect=st.sampled_from([1.0, 1.5, 0.75]),
)
def test_the_same_points_are_inside(
    shapes: list[Shape], places: list[tuple[float, float]], sizes: list[tuple[int, int]], sample_aspect: float
) -> None:
    size = np.array(sizes[: len(places)], np.int32).reshape(-1, 2)
    points: NDArray[np.float64] = np.array(places, np.float64).reshape(-1, 2) * size
    found = points_inside(shapes, points, size=size, sample_aspect=sample_aspect)
    for shape, inside in zip(shapes, found, strict=True):
        one_by_one = np.flatnonzero(contains(shape, points, size=size, sample_aspect=sample_aspect))
        assert inside.tolist() == one_by_one.tolist()
