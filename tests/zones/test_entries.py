"""Entries, first and last, near and apart: against a slow reference on random scenes."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.optics.projection import FloorProjection
from heatcli.shapes import Circle, Polygon, Zone
from heatcli.zones.entries import Entries
from heatcli.zones.entry_figures import EntryFigures, entry_figures
from tests.support.aggregation import camera_of, fed
from tests.support.queue_reference import foot, tall
from tests.support.zones_reference import Seen, Span, as_rows, bridged, common, is_inside, length, own_spans

SECOND = 1_000_000
ALWAYS = [(-(2**60), 2**60)]
SQUARE = Zone("square", Polygon(((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75))))
DISC = Zone("disc", Circle(0.5, 0.5, 0.125))
# In the zones, at their rims just near enough and just too far, and elsewhere. A body has 40 pixels.
PLACES = [
    (200, 120),
    (300, 130),
    (127, 100),
    (119, 100),
    (117, 100),
    (264, 120),
    (329, 128),
    (331, 128),
    (20, 200),
]
# 40 pixels to the metre.
FLOOR = FloorProjection(np.diag([512 / 40, 256 / 40, 1.0]))
HALVES = [(0, 20 * SECOND), (20 * SECOND, 100 * SECOND)]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Seen], list[Span]]:
    """Draw people who go from place to place, a frame each half second, and what was watched."""
    seen = []
    for person in range(draw(st.integers(1, 4))):
        frame = draw(st.integers(0, 30))
        stop = st.tuples(st.sampled_from(PLACES), st.integers(1, 6), st.integers(0, 6))
        for (x, y), frames, pause in draw(st.lists(stop, min_size=1, max_size=8)):
            for _ in range(frames):
                box = (x - 8.0, y - 40.0, x + 8.0, float(y))
                seen.append(Seen(frame * SECOND // 2, SECOND // 2, 0, frame, person, box))
                frame += 1
            frame += max(0, pause - 2)
    gap = draw(st.integers(0, 40))
    bounds = Intervals.of(
        [(0, gap * SECOND), ((gap + draw(st.integers(0, 3))) * SECOND, 100 * SECOND)]
    ).bounds
    return seen, [(int(a), int(b)) for a, b in bounds.tolist()]


def rim(zone: Zone, one: Seen) -> float:
    """Distance of the foot from the outline, looked for in small steps along it."""
    x, y = foot(one)
    if isinstance(zone.shape, Circle):
        return abs(math.dist((x, y), (zone.shape.x * 512, zone.shape.y * 256)) - zone.shape.radius * 512)
    corners = [(u * 512, v * 256) for u, v in zone.shape.corners]
    return min(
        math.dist((x, y), (ax + (bx - ax) * t / 512, ay + (by - ay) * t / 512))
        for (ax, ay), (bx, by) in itertools.pairwise([*corners, corners[0]])
        for t in range(513)
    )


def stays(seen: list[Seen], zone: Zone, person: int) -> list[Span]:
    """Follow one person, row by row: in the zone until away from it, or unseen, for too long."""
    found, is_in, last = [], False, -(2**60)
    for one in sorted((row for row in seen if row.person == person), key=lambda row: row.time_us):
        if one.time_us - last > 2 * SECOND:
            is_in = False
        last = one.time_us + one.dt_us
        is_in = is_inside(zone.shape, one.box, one.size, 1.0) or (
            is_in and rim(zone, one) <= 0.25 * tall(one)
        )
        if is_in:
            found.append((one.time_us, last))
    return bridged(found, 2 * SECOND)


def reference(
    seen: list[Seen], covered: list[Span], selected: list[Span], zone: Zone, bucket: Span
) -> dict[str, float | int | None]:
    own = {person: stays(seen, zone, person) for person in {one.person for one in seen}}
    begins = sorted(begin for spans in own.values() for begin, _ in spans)
    again = [begin for spans in own.values() for begin, _ in spans[1:]]
    waits = []
    for opens, closes in selected:
        first = next((begin for begin in begins if opens <= begin < closes), None)
        if first is None or not bucket[0] <= opens < bucket[1]:
            continue
        if length(common(covered, [(opens, first)])) == first - opens:
            waits.append((first - opens) / 1e6)
    ends = common(selected, [bucket])
    since = None
    if ends:
        until = ends[-1][1]
        before = [end for spans in own.values() for begin, end in spans if begin < until]
        if before and length(common(covered, [(min(max(before), until), until)])) == until - min(
            max(before), until
        ):
            since = (until - min(max(before), until)) / 1e6
    near = {1: 0, 2: 0}
    known = beside = 0
    metres = 0.0
    for one in seen:
        part = (one.time_us, one.time_us + one.dt_us)
        lasts = length(common(common([part], own[one.person]), [bucket]))
        if not lasts or not any(a <= one.time_us < b for a, b in own[one.person]):
            continue
        is_there = is_inside(zone.shape, one.box, one.size, 1.0) or rim(zone, one) <= 0.25 * tall(one)
        if not is_there:
            continue
        others = [o for o in seen if o.time_us == one.time_us and o.person != one.person]
        known += lasts
        if others:
            distance = min(math.dist(foot(one), foot(o)) for o in others) / 40
            beside += lasts
            metres += lasts * distance
            for limit in near:
                near[limit] += lasts * (distance < limit)
    return {
        "entries": sum(bucket[0] <= begin < bucket[1] for begin in begins),
        "re_entries": sum(bucket[0] <= begin < bucket[1] for begin in again),
        "latency_s": float(np.median(waits)) if waits else None,
        "since_last_s": since,
        "next_person_m": metres / beside if beside else None,
        "below_1m_pct": 100 * near[1] / known if known else None,
        "below_2m_pct": 100 * near[2] / known if known else None,
    }


@settings(max_examples=150, deadline=None)
@given(scenes(), st.sampled_from([SQUARE, DISC]), st.booleans(), st.integers(1, 9))
def test_entries_are_those_of_the_reference(
    scene: tuple[list[Seen], list[Span]], zone: Zone, has_floor: bool, batch: int
) -> None:
    seen, covered = scene
    seen = [one for one in seen if any(a <= one.time_us < b for a, b in covered)]
    if not seen:
        return
    selected = [(0, 15 * SECOND), (16 * SECOND, 100 * SECOND)]
    own = own_spans([covered], selected)
    watched = Intervals.of(own[0])
    camera = replace(camera_of([watched]))
    rows = as_rows(seen, own)
    cuts = np.unique(np.searchsorted(rows.time_us, np.unique(rows.time_us)[::batch]))
    batches = [rows.where(np.arange(a, b)) for a, b in itertools.pairwise([*cuts.tolist(), len(rows)])]
    bounds, group = np.array(HALVES), np.arange(2)
    (found,) = fed(Entries(camera, [zone], bounds, FLOOR if has_floor else None), batches).result()
    begin, end = bounds.T
    covered_us = watched.overlap_us(begin, end - begin)
    time = Intervals.of(selected)
    told = entry_figures(found, watched, time, bounds, group, covered_us)
    (whole,) = entry_figures(
        found,
        watched,
        time,
        np.array([[0, 100 * SECOND]]),
        np.zeros(1, np.int64),
        covered_us.sum(keepdims=True),
    )
    counted = [one for one in seen if common([(one.time_us, one.time_us + one.dt_us)], own[0])]
    for figures, bucket in ((whole, (0, 100 * SECOND)), *zip(told, HALVES, strict=True)):
        if not figures.covered_s:
            assert figures == EntryFigures(covered_s=0.0)
            continue
        expected = reference(counted, own[0], selected, zone, bucket)
        if not has_floor:
            expected |= dict.fromkeys(("next_person_m", "below_1m_pct", "below_2m_pct"))
        assert {name: getattr(figures, name) for name in expected} == pytest.approx(expected), bucket
    for name in ("entries", "re_entries"):
        assert getattr(whole, name) == sum(getattr(one, name) or 0 for one in told)
