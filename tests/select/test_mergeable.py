"""What is kept of stretches of time, put together in any order, is what comes of all rows, to the bit."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMaps
from heatcli.intervals import Intervals
from heatcli.names import By, Metric
from heatcli.report.page.pieces import pieces_of
from heatcli.report.page.points import PagePoints
from heatcli.select.mergeable import State, counted_from_0, numbered
from heatcli.select.rows import Rows, unpaired
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Circle, CountingLine, Line, Polygon, Zone
from heatcli.store.partials import Partials
from heatcli.zones.buckets import buckets_of
from heatcli.zones.lines import LineCrossings
from heatcli.zones.statistics import ZoneFigures
from heatcli.zones.week import WeekPresence
from tests.support.aggregation import fed
from tests.support.page_worlds import ZAGREB, random_world, selection_of
from tests.support.zones_reference import as_rows
from tests.support.zones_scenes import ALWAYS, SECOND, batches_of, us, walk

ZONES = [
    Zone("circle", Circle(0.5, 0.5, 0.2)),
    Zone("frame", Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))),
    Zone("left", Polygon(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))),
]
LINES = [
    CountingLine("across", Line((0.5, 1.0), (0.5, 0.0))),
    CountingLine("along", Line((0.0, 0.5), (1.0, 0.4))),
]
# Just before an hour begins, which is also a day and a month.
START_US = us("2026-05-31 21:59:30")


def maps(camera: SelectedCamera) -> HeatMaps:
    return HeatMaps(camera, RenderSettings(grid_resolution=32), list(Metric))


def zones(by: By | None) -> Callable[[SelectedCamera], ZoneFigures]:
    def of(camera: SelectedCamera) -> ZoneFigures:
        buckets = None if by is None else buckets_of(by, covered=camera.covered, zone=ZAGREB)
        return ZoneFigures(camera, ZONES, buckets)

    return of


def lines(camera: SelectedCamera) -> LineCrossings:
    return LineCrossings(camera, LINES, buckets_of(By.HOUR, covered=camera.covered, zone=ZAGREB))


def points(camera: SelectedCamera) -> PagePoints:
    hours, covered = buckets_of(By.HOUR, covered=camera.covered, zone=ZAGREB), camera.covered
    return PagePoints(camera, pieces_of(hours, selected=covered, covered=covered, zone=ZAGREB, views={}))


AGGREGATORS: dict[str, Callable[[SelectedCamera], Any]] = {
    "maps": maps,
    "zones": zones(None),
    "zones by hour": zones(By.HOUR),
    "zones by month": zones(By.MONTH),
    "zones by weekday": zones(By.DAY_OF_WEEK),
    "lines": lines,
    "week": WeekPresence,
    "points of the page": points,
}


def parts_of(rows: Rows, cuts: list[int]) -> list[Rows]:
    """Cut rows where the time changes, into parts that are not empty."""
    begins = np.flatnonzero(np.diff(rows.time_us, prepend=-1))
    at = sorted({int(begins[cut % len(begins)]) for cut in cuts}) if len(begins) else []
    return [part for part in batches_of(rows, at) if len(part)]


@pytest.mark.parametrize("name", AGGREGATORS)
@given(
    seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 10**6), max_size=5), order=st.randoms()
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_parts_in_any_order_give_the_whole(name: str, seed: int, cuts: list[int], order: Any) -> None:
    camera = random_world(seed, START_US).within(ALWAYS)
    make = AGGREGATORS[name]
    whole = fed(make(camera), [camera.rows]).result()
    states = []
    for rows in parts_of(camera.rows, cuts):
        part = fed(make(camera).part(), batches_of(rows, [len(rows) // 2]))
        states.append(renumbered(part.state(), rows))
    order.shuffle(states)
    merged = make(camera)
    for state in states:
        merged.merge(state)
    same(merged.result(), whole)


@given(
    near=st.lists(st.sampled_from([247, 250, 255, 257, 262, 265]), max_size=8),
    cuts=st.lists(st.integers(0, 10), max_size=4),
    order=st.randoms(),
)
@settings(max_examples=100, deadline=None)
def test_who_stays_on_a_line_through_whole_parts_crosses_it_once_it_is_sure(
    near: list[int], cuts: list[int], order: Any
) -> None:
    """People are 40 pixels high: between 246 and 266 nobody knows on which side they are."""
    seen = walk(START_US, [(x, 128) for x in (200, *near, 300)])
    rows = as_rows(seen, [ALWAYS])
    camera = selection_of(rows, [Intervals.of([[START_US, START_US + 100 * SECOND]])])
    whole = fed(lines(camera), [rows]).result()
    states = [fed(lines(camera).part(), [part]).state() for part in parts_of(rows, cuts)]
    order.shuffle(states)
    merged = lines(camera)
    for state in states:
        merged.merge(state)
    same(merged.result(), whole)
    assert whole[0].total.left_to_right == 1


def renumbered(state: State, rows: Rows) -> State:
    """Give persons and trajectories the numbers that they have within the part, and their own back."""
    persons, trajectories = np.unique(rows.person), np.unique(unpaired(rows.tracklet)[0])
    return numbered(counted_from_0(state, persons, trajectories), persons, trajectories)


def same(found: Any, wanted: Any) -> None:
    """Compare whatever results consist of, floats to the last bit."""
    if found is wanted:
        return
    if isinstance(wanted, np.ndarray):
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == wanted.dtype
    elif is_dataclass(wanted):
        for field in fields(wanted):
            same(getattr(found, field.name), getattr(wanted, field.name))
    elif isinstance(wanted, dict | tuple | list):
        assert len(found) == len(wanted)
        pairs = [(found[key], wanted[key]) for key in wanted] if isinstance(wanted, dict) else []
        for one, other in pairs or zip(found, wanted, strict=True):
            same(one, other)
    else:
        assert found == wanted


@pytest.mark.parametrize("name", AGGREGATORS)
def test_a_state_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    day = date(2026, 5, 31)
    for seed in range(3):
        camera = random_world(seed, START_US).within(ALWAYS)
        state = fed(AGGREGATORS[name](camera).part(), [camera.rows]).state()
        Partials(tmp_path, "Einfahrt / Süd").write(day, f"{seed}" * 64, state, runs=["a-run"])
        found = Partials(tmp_path, "Einfahrt / Süd").read(day, f"{seed}" * 64)
        assert found is not None
        same(found, dict(state))
