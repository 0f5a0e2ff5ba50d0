"""The hottest places of a map: what belongs to a place, and that places are what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.shapes import Polygon, Zone, contains
from heatcli.zones.hot import hot_zones


def cells_in(zone: Zone, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which cells have their centre in the zone."""
    rows, columns = shape
    y, x = np.mgrid[:rows, :columns] + 0.5
    points = np.column_stack([x.ravel(), y.ravel()])
    return contains(zone.shape, points, size=(columns, rows), sample_aspect=1.0).reshape(rows, columns)


def hang_together(inside: NDArray[np.bool_]) -> bool:
    """Whether one gets from each cell to every other by edges, found by spreading from one of them."""
    reached = np.zeros_like(inside)
    reached.flat[int(np.argmax(inside))] = True
    while True:
        padded = np.pad(reached, 1)
        grown = reached | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        grown &= inside
        if (grown == reached).all():
            return bool((reached == inside).all())
        reached = grown


def hills(*places: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Sum Gaussians (x, y, height, sigma) on 30 x 40 cells."""
    y, x = np.mgrid[:30, :40]
    total = np.zeros(x.shape)
    for u, v, tall, sigma in places:
        total += tall * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * sigma**2))
    return total


def test_a_place_is_as_wide_as_its_heat_falls_by_half() -> None:
    (zone,) = hot_zones(hills((15, 12, 10.0, 3.0)), top=5, least=0.05)
    y, x = np.mgrid[:30, :40]
    half_width = 3.0 * np.sqrt(2 * np.log(2))
    assert zone.name == "hot-1"
    assert (cells_in(zone, x.shape) == (np.hypot(x - 15, y - 12) <= half_width)).all()


def test_hills_are_ranked_and_a_ripple_is_none() -> None:
    # the second hill from the left has a ripple on it
    heat = hills((8, 8, 5.0, 2.0), (28, 15, 9.0, 3.0), (33, 15, 7.0, 2.0), (8, 24, 2.0, 2.0))
    zones = hot_zones(heat, top=5, least=0.05)
    peaks = [(8, 8), (8, 24)]
    assert len(zones) == 3
    assert cells_in(zones[0], heat.shape)[15, 28]
    assert cells_in(zones[0], heat.shape)[15, 33]
    for zone, (x, y) in zip(zones[1:], peaks, strict=True):
        assert cells_in(zone, heat.shape)[y, x]
    assert [zone.name for zone in hot_zones(heat, top=2, least=0.05)] == ["hot-1", "hot-2"]
    assert len(hot_zones(heat, top=5, least=0.5)) == 2


@pytest.mark.parametrize(("dip", "places"), [(0.91, 1), (0.89, 2)])
def test_a_dip_of_a_tenth_parts_two_peaks(dip: float, places: int) -> None:
    heat = np.array([[8.0, 4 * dip, 4.0]])
    assert len(hot_zones(heat, top=5, least=0.0)) == places


def test_the_outline_has_no_idle_corners() -> None:
    heat = np.zeros((4, 8))
    heat[1:3, 2:6] = 1.0
    (zone,) = hot_zones(heat, top=1, least=0.05)
    assert isinstance(zone.shape, Polygon)
    assert set(zone.shape.corners) == {(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)}
    assert len(zone.shape.corners) == 4


def test_a_ring_does_not_enclose_what_is_in_it() -> None:
    heat = np.full((7, 7), 5.0)
    heat[0] = heat[-1] = heat[:, 0] = heat[:, -1] = 0.0
    heat[2:5, 2:5] = 1.0
    heat[3, 3] = 9.0
    zones = hot_zones(heat, top=5, least=0.05)
    assert [int(cells_in(zone, heat.shape).sum()) for zone in zones] == [1, 16]
    assert not (cells_in(zones[0], heat.shape) & cells_in(zones[1], heat.shape)).any()


def test_no_heat_is_no_place() -> None:
    assert hot_zones(np.zeros((3, 4)), top=3, least=0.05) == ()


maps = st.tuples(st.integers(1, 8), st.integers(1, 8)).flatmap(
    lambda shape: st.lists(st.integers(0, 9), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda values: np.array(values, np.float64).reshape(shape)
    )
)


@settings(max_examples=150, deadline=None)
@given(heat=maps, top=st.integers(1, 70))
def test_places_hold_their_peak_hang_together_and_do_not_overlap(heat: NDArray[np.float64], top: int) -> None:
    zones = hot_zones(heat, top=top, least=0.05)
    every = hot_zones(heat, top=heat.size, least=0.05)
    assert zones == every[:top]
    taken = np.zeros(heat.shape, np.int64)
    last = np.inf
    for zone in zones:
        inside = cells_in(zone, heat.shape)
        peak = heat[inside].max()
        assert hang_together(inside)
        assert (heat[inside] >= peak / 2).all()
        assert 0.05 * heat.max() <= peak <= last
        # no way up leads out of the place but across another: the peak is one
        where = np.argwhere(inside & (heat == peak))[0]
        for step in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            beside = tuple(where + step)
            if 0 <= beside[0] < heat.shape[0] and 0 <= beside[1] < heat.shape[1]:
                assert heat[beside] <= peak
        last = peak
        taken += inside
    assert taken.max(initial=0) <= 1
    assert bool(len(zones)) == bool(heat.max() > 0)
    if zones:
        assert cells_in(zones[0], heat.shape).flat[int(np.argmax(heat))]
