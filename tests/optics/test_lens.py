"""Lenses: as OpenCV has them, and as straight lines tell them."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.optics.lens import BrownLens, DivisionLens, FisheyeLens, Lens
from heatcli.optics.projection import FloorProjection
from heatcli.optics.straight_lines import straighten

Floats = NDArray[np.float64]
SIZE = (1920.0, 1080.0)
CENTRE = (950.0, 545.0)
GRID = np.stack(np.meshgrid(np.linspace(0, 1, 25), np.linspace(0, 1, 15)), axis=-1).reshape(-1, 2)


def matrix(focal: tuple[float, float]) -> Floats:
    return np.array([[focal[0], 0, CENTRE[0]], [0, focal[1], CENTRE[1]], [0, 0, 1]])


def pixels(points: Floats) -> Floats:
    """(n, 1, 2): where (0, 0) is the middle of the first pixel."""
    return (points * SIZE - 0.5)[:, None]


@st.composite
def brown_lenses(draw: st.DrawFn) -> BrownLens:
    return BrownLens(
        size=SIZE,
        focal=(draw(st.floats(900, 3000)), draw(st.floats(900, 3000))),
        centre=CENTRE,
        radial=(draw(st.floats(-0.35, 0.3)), draw(st.floats(-0.05, 0.2)), draw(st.floats(-0.02, 0.05))),
        tangential=(draw(st.floats(-0.01, 0.01)), draw(st.floats(-0.01, 0.01))),
    )


@given(brown_lenses())
def test_brown_is_that_of_opencv(lens: BrownLens) -> None:
    distortion = np.array([*lens.radial[:2], *lens.tangential, lens.radial[2]])
    rays = lens.rays(GRID)
    shown = np.isfinite(rays).all(axis=1)
    assert (shown | (np.linalg.norm(GRID - 0.5, axis=1) > 0.2)).all()
    # There and back, by OpenCV's own formula and by ours.
    seen = cv2.projectPoints(rays[shown], np.zeros(3), np.zeros(3), matrix(lens.focal), distortion)[0]
    np.testing.assert_allclose(seen, pixels(GRID[shown]), atol=1e-5)
    np.testing.assert_allclose(lens.points(rays[shown]), GRID[shown], atol=1e-9)


def test_brown_undistorts_as_opencv_does() -> None:
    """OpenCV's iteration converges where the distortion is mild, as in the calibration of the street."""
    lens = BrownLens(
        size=SIZE, focal=(2696.36, 2696.36), centre=CENTRE, radial=(-0.6, 4.7, 0), tangential=(0, -0.008)
    )
    criteria = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 500, 1e-15)
    theirs = cv2.undistortPoints(
        pixels(GRID), matrix(lens.focal), np.array([-0.6, 4.7, 0, -0.008]), None, None, None, criteria
    )
    np.testing.assert_allclose(lens.rays(GRID)[:, :2], theirs[:, 0], atol=1e-12)


@given(st.floats(200, 900), st.tuples(*[st.floats(-0.02, 0.02)] * 4))
def test_fisheye_is_that_of_opencv(focal: float, radial: tuple[float, float, float, float]) -> None:
    lens = FisheyeLens(size=SIZE, focal=(focal, focal * 1.01), centre=CENTRE, radial=radial)
    rays = lens.rays(GRID)
    ahead = rays[:, 2] > 0.1
    assert ahead.any()
    camera = matrix(lens.focal), np.array(radial)
    seen = cv2.fisheye.projectPoints(rays[ahead][:, None], np.zeros(3), np.zeros(3), *camera)[0]
    np.testing.assert_allclose(seen, pixels(GRID[ahead]), atol=1e-5)
    shown = np.isfinite(rays).all(axis=1)
    np.testing.assert_allclose(lens.points(rays[shown]), GRID[shown], atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(rays[shown], axis=1), 1)


def test_fisheye_undistorts_as_opencv_does() -> None:
    lens = FisheyeLens(size=SIZE, focal=(700.0, 700.0), centre=CENTRE, radial=(-0.02, 0.003, -0.001, 0.0001))
    theirs = cv2.fisheye.undistortPoints(pixels(GRID), matrix(lens.focal), np.array(lens.radial))[:, 0]
    rays = lens.rays(GRID)
    # OpenCV stops at a right angle as seen, which is less in the world.
    ahead = rays[:, 2] > 0.15
    assert ahead.sum() > 300
    np.testing.assert_allclose(rays[ahead, :2] / rays[ahead, 2:], theirs[ahead], rtol=1e-9)


@pytest.mark.parametrize(
    ("lens", "limit"),
    [
        # 1 + 3 k1 r² is 0 at r = 0.9129, which is seen at 0.9129 · (1 − 0.4 · 0.8333).
        (
            BrownLens(size=(2000, 2000), focal=(1000, 1000), centre=(999.5, 999.5), radial=(-0.4, 0, 0)),
            0.6086,
        ),
        # 1 + 3 k1 t² is 0 at t = 1.2910, which is seen at 1.2910 · (1 − 0.2 · 1.6667).
        (
            FisheyeLens(size=(2000, 2000), focal=(1000, 1000), centre=(999.5, 999.5), radial=(-0.2, 0, 0, 0)),
            0.8607,
        ),
        # The half diagonal is √2, and 1 − 2 r² is 0 at r = 1 / √2 of it.
        (DivisionLens(size=(2000, 2000), l1=-2.0), 1.0),
    ],
)
def test_nothing_is_shown_where_a_lens_folds_over(lens: Lens, limit: float) -> None:
    away = np.array([0.99, 1.01]) * limit
    (inside, outside) = lens.rays(np.column_stack([0.5 + away / 2, [0.5, 0.5]]))
    assert np.isfinite(inside).all()
    assert np.isnan(outside).all()
    # Light from beyond the fold would be seen inside: it is not shown there.
    beyond = np.array([[np.sin(1.4), 0, np.cos(1.4)]])
    if isinstance(lens, BrownLens | FisheyeLens):
        assert np.isnan(lens.points(beyond)).all()


@given(st.floats(-0.95, 0.3), st.floats(-0.2, 0.1))
def test_the_division_model_maps_back(l1: float, l2: float) -> None:
    lens = DivisionLens(size=SIZE, l1=l1, l2=l2)
    rays = lens.rays(GRID)
    shown = np.isfinite(rays).all(axis=1)
    assert (shown | (np.linalg.norm(GRID - 0.5, axis=1) > 0.3)).all()
    np.testing.assert_allclose(lens.points(rays[shown]), GRID[shown], atol=1e-9)


LENSES: dict[str, Lens] = {
    "barrel": BrownLens(size=SIZE, focal=(1200, 1200), centre=(959.5, 539.5), radial=(-0.3, 0.08, 0)),
    "pincushion": BrownLens(size=SIZE, focal=(1600, 1600), centre=(959.5, 539.5), radial=(0.15, 0, 0)),
    "fisheye": FisheyeLens(size=SIZE, focal=(800, 800), centre=(959.5, 539.5)),
    "division": DivisionLens(size=SIZE, l1=-0.4),
}


def marked(lens: Lens, count: int, *, noise_px: float, seed: int = 5) -> list[Floats]:
    """Lines across the picture, each with eight points along it."""
    random = np.random.default_rng(seed)
    lines: list[Floats] = []
    while len(lines) < count:
        ends = random.uniform(0.04, 0.96, (2, 2))
        if np.linalg.norm(ends[1] - ends[0]) > 0.5:
            begin, end = (ray / np.linalg.norm(ray) for ray in lens.rays(ends))
            share = np.linspace(0, 1, 8)[:, None]
            points = lens.points(begin + share * (end - begin))
            lines.append((points + random.normal(0, noise_px, points.shape) / SIZE).clip(0, 1))
    return lines


@pytest.mark.parametrize("name", LENSES)
def test_lines_that_are_straight_tell_the_lens(name: str) -> None:
    """A floor through the lens that lines have told is right to some centimetres in 10 metres."""
    true = LENSES[name]
    # A camera 4 m above the floor that looks 50 degrees down: where on it each point of the picture is.
    tilt = np.radians(50)
    axes = np.array([[1, 0, 0], [0, -np.sin(tilt), np.cos(tilt)], [0, -np.cos(tilt), -np.sin(tilt)]])
    if isinstance(true, DivisionLens):
        focal = np.hypot(*SIZE) / 2 / 1100
        rays = true.rays(GRID) * (focal, focal, 1) @ axes
    else:
        rays = true.rays(GRID) @ axes
    places = np.column_stack([rays[:, 0], -rays[:, 1]]) * (4 / -rays[:, 2:])
    near = (rays[:, 2] < 0) & (np.linalg.norm(places, axis=1) < 10)
    chosen = np.flatnonzero(near)[:: near.sum() // 9]
    found = straighten(marked(true, 8, noise_px=0.7), SIZE)
    assert 0.4 < found.rms_px < 1.2
    errors = [
        np.linalg.norm(
            FloorProjection.fit(GRID[chosen], places[chosen], lens).apply(GRID[near]) - places[near], axis=1
        )
        for lens in (found.lens, None)
    ]
    assert np.median(errors[0]) < 0.03
    assert errors[0].max() < 0.25
    assert np.median(errors[1]) > 3 * np.median(errors[0])


def test_a_lens_without_distortion_is_told_as_such() -> None:
    plain = BrownLens(size=SIZE, focal=(1500, 1500), centre=(959.5, 539.5))
    found = straighten(marked(plain, 8, noise_px=0.5), SIZE)
    assert abs(found.lens.l1) < 0.02
    assert found.lens.l2 == 0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        # through the middle, where every lens leaves them straight
        (
            [
                [(0.1, 0.1), (0.3, 0.3), (0.6, 0.6), (0.9, 0.9)],
                [(0.1, 0.5), (0.4, 0.5), (0.6, 0.5), (0.9, 0.5)],
            ],
            "do not tell",
        ),
        # short
        (
            [[(0.1, 0.1), (0.12, 0.1), (0.13, 0.1), (0.14, 0.1)], [(0.8, 0.5), (0.8, 0.51), (0.8, 0.52)]],
            "do not tell",
        ),
        ([[(0.1, 0.1), (0.5, 0.05), (0.9, 0.1)]], "too few points"),
        # a zigzag
        (
            [
                [(0.1, 0.1), (0.3, 0.2), (0.6, 0.1), (0.9, 0.2)],
                [(0.1, 0.9), (0.4, 0.95), (0.6, 0.95), (0.9, 0.9)],
            ],
            "line 1",
        ),
    ],
)
def test_lines_that_do_not_tell_are_refused(lines: list[list[tuple[float, float]]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        straighten([np.array(line) for line in lines], SIZE)
