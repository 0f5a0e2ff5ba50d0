"""Which points are in a circle or polygon, and what can be wrong with one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.config.named_shapes import zones_of
from heatcli.config.places import ZoneConfig
from heatcli.errors import UsageError
from heatcli.shapes import Circle, Line, Polygon, Shape, Zone, circle_of, contains, polygon_of

SIZE = (640, 360)


def inside(shape: Shape, *points: tuple[float, float], sample_aspect: float = 1.0) -> list[bool]:
    found = contains(shape, np.array(points, dtype=np.float64), size=SIZE, sample_aspect=sample_aspect)
    return [bool(value) for value in found]


def every_pixel(step: float = 1.0) -> NDArray[np.float64]:
    """Points all over the frame, all of its border included."""
    across, down = np.meshgrid(np.arange(0, 640 + step, step), np.arange(0, 360 + step, step))
    return np.column_stack([across.ravel(), down.ravel()])


def times_counted(points: NDArray[np.float64], polygons: list[Polygon]) -> NDArray[np.int64]:
    counts = np.zeros(len(points), dtype=np.int64)
    for polygon in polygons:
        counts += contains(polygon, points, size=SIZE, sample_aspect=1.0)
    return counts


def test_the_rim_of_a_circle_belongs_to_it() -> None:
    circle = Circle(0.4, 0.5, 0.1)  # centre 256, 180; radius 64 px
    assert inside(circle, (256, 180), (320, 180), (192, 180), (256, 244), (256, 116)) == [True] * 5
    assert inside(circle, (320.001, 180), (191.999, 180), (256, 244.001), (256, 115.999)) == [False] * 4


def test_a_circle_is_round_on_the_screen_where_pixels_are_not_square() -> None:
    """Pixels twice as wide as high: 64 columns are as long as 128 lines."""
    circle = Circle(0.5, 0.5, 0.1)
    assert inside(circle, (384, 180), (320, 308), sample_aspect=2.0) == [True, True]
    assert inside(circle, (385, 180), (320, 309), sample_aspect=2.0) == [False, False]


def test_left_and_top_edges_belong_to_a_polygon_right_and_bottom_do_not() -> None:
    square = Polygon(((0.1, 0.1), (0.3, 0.1), (0.3, 0.2), (0.1, 0.2)))  # 64..192 x 36..72
    assert inside(square, (64, 50), (100, 36), (64, 36)) == [True] * 3
    assert inside(square, (192, 50), (100, 72), (192, 72), (192, 36), (64, 72)) == [False] * 5


def test_an_overlap_of_a_polygon_with_itself_is_outside() -> None:
    star = Polygon(((0.5, 0.0), (0.8, 0.9), (0.0, 0.35), (1.0, 0.35), (0.2, 0.9)))
    assert inside(star, (320, 180), (320, 60)) == [False, True]


def test_the_size_of_the_frame_may_change_from_point_to_point() -> None:
    points = np.array([[320.0, 180.0], [320.0, 180.0]])
    size = np.array([[640, 360], [1280, 720]], dtype=np.int32)
    for shape in (Circle(0.5, 0.5, 0.1), Polygon(((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)))):
        assert contains(shape, points, size=size, sample_aspect=1.0).tolist() == [True, False]


def test_a_point_on_the_far_border_is_in_the_zone_that_touches_it() -> None:
    corner = Polygon(((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)))
    assert inside(corner, (640, 360), (640, 180), (320, 360)) == [True] * 3


# No two cuts closer than a hundred-thousandth of the frame: a polygon without an area is refused.
cuts = st.lists(st.integers(1, 99_999), max_size=4, unique=True).map(
    lambda inner: [0.0, *(n / 100_000 for n in sorted(inner)), 1.0]
)


@given(columns=cuts, rows=cuts)
def test_cells_of_any_width_count_every_point_once(columns: list[float], rows: list[float]) -> None:
    cells = [
        Polygon(((x1, y1), (x2, y1), (x2, y2), (x1, y2)))
        for x1, x2 in itertools.pairwise(columns)
        for y1, y2 in itertools.pairwise(rows)
    ]
    # Beside points of a raster, those on the very edges and the corners of cells.
    edges = np.array(list(itertools.product(columns, rows))) * SIZE
    points = np.concatenate([every_pixel(40), edges])
    assert (times_counted(points, cells) == 1).all()


def on_border(side: str, u: float) -> tuple[float, float]:
    """Go along a side of the frame: top, right, bottom or left, clockwise."""
    return {"t": (u, 0.0), "r": (1.0, u), "b": (1 - u, 1.0), "l": (0.0, 1 - u)}[side]


unit = st.integers(0, 64).map(lambda n: n / 64)


@given(middle=st.tuples(unit, unit), around=st.lists(st.tuples(unit, st.sampled_from("ltrb")), min_size=3))
def test_triangles_around_a_point_count_every_point_once(
    middle: tuple[float, float], around: list[tuple[float, str]]
) -> None:
    named = {(side, u) for u, side in around if u < 1} | {(side, 0.0) for side in "trbl"}
    border = [on_border(side, u) for side, u in sorted(named, key=lambda at: ("trbl".index(at[0]), at[1]))]
    triangles = []
    for a, b in zip(border, [*border[1:], border[0]], strict=True):
        if (b[0] - a[0]) * (middle[1] - a[1]) != (b[1] - a[1]) * (middle[0] - a[0]):
            triangles.append(Polygon((middle, a, b)))
    assert (times_counted(every_pixel(8), triangles) == 1).all()


def test_shapes_of_the_command_line() -> None:
    assert circle_of("0.4, 0.5,0.1") == Circle(0.4, 0.5, 0.1)
    assert polygon_of("0.1,0.2,0.5,0.6") == polygon_of("0.1,0.2,0.5,0.2,0.5,0.6,0.1,0.6")
    assert polygon_of("0,0,1,0,1,1") == Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("0.4,0.5", "'0.4,0.5': a circle is X,Y,R, three numbers, got 2"),
        ("0.4,0.5,0.1,0.2", "got 4"),
        ("0.4,0.5,big", "a circle is X,Y,R, numbers with commas between them"),
        ("", "numbers with commas"),
        ("0.4,1.5,0.1", "1.5 is not a fraction of the frame, from 0 to 1"),
        ("0.4,nan,0.1", "nan is not a fraction"),
        ("0.4,0.5,0", "a radius must be positive, got 0"),
    ],
)
def test_no_circle(text: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        circle_of(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("0.1,0.1,0.2", "an even number of numbers, got 3"),
        ("0.1,0.1", "at least three corners, got 1"),
        ("0.1,0.1,0.2,0.1", "on one line"),
        ("320,180,400,200", "320 is not a fraction .* divide pixels by the frame's width"),
        ("0.1,0.1,0.2,0.2,0.3,0.3,0.7,0.7", "must have an area, but all its corners are on one line"),
        ("0.1,0.1,0.2,-0.2,0.3,0.3", "-0.2 is not a fraction"),
        ("0.1;0.1", "a polygon is X,Y,X,Y,..., numbers with commas"),
    ],
)
def test_no_polygon(text: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        polygon_of(text)


def test_a_line_of_no_length_is_none() -> None:
    with pytest.raises(ValueError, match="end elsewhere"):
        Line((0.1, 0.2), (0.1, 0.2))


def test_zones_of_the_configuration() -> None:
    corners = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.2))
    configured = {"till": ZoneConfig(circle=(0.4, 0.5, 0.1)), "shelf": ZoneConfig(polygon=corners)}
    assert zones_of(configured) == (Zone("till", Circle(0.4, 0.5, 0.1)), Zone("shelf", Polygon(corners)))
