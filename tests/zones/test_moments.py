"""Positions at moments that follow each other at a constant rate."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.select.rows import Rows
from heatcli.zones.moments import MOMENT_US, ConstantRate, Moments
from heatcli.zones.stays import GAP_US

SCALE = 0.02


def rows_of(seen: list[tuple[int, int, float, float]]) -> Rows:
    """Rows of (time in µs, person, x, y in pixels), in order of time."""
    seen = sorted(seen)
    time, person, x, y = (np.array(values) for values in zip(*seen, strict=True))
    return replace(
        Rows.none(),
        person=person.astype(np.int64),
        tracklet=person.astype(np.int64),
        clip=np.zeros(len(time), np.int32),
        frame=np.arange(len(time), dtype=np.int32),
        time_us=time.astype(np.int64),
        weight_us=np.full(len(time), 1000),
        boxes=np.column_stack([x, y, x, y]).astype(np.float32),
        size=np.full((len(time), 2), 5000, np.int32),
        filled=np.zeros(len(time), np.bool_),
    )


def positions(rows: Rows, cuts: list[int]) -> Moments:
    paths = ConstantRate(SCALE)
    ends = [0, *sorted({cut % len(rows) for cut in cuts} - {0}), len(rows)]
    parts = [paths.add(rows.where(slice(*pair))) for pair in pairwise(ends)]
    # What was given out is complete.
    for earlier, later in zip(parts, [*parts[1:], paths.rest()], strict=True):
        if len(earlier) and len(later):
            assert earlier.moment[-1] < later.moment[0]
    return Moments.joined([*parts, paths.rest()])


def reference(rows: Rows) -> set[tuple[int, int, float, float]]:
    """Moment, person, x and y in metres: each person alone, one piece after the other."""
    found = set()
    for person in np.unique(rows.person):
        own = rows.where(rows.person == person)
        pieces = np.split(np.arange(len(own)), np.flatnonzero(np.diff(own.time_us) > GAP_US) + 1)
        for piece in pieces:
            time, box = own.time_us[piece], own.boxes[piece].astype(float) * SCALE
            for moment in range(-(-int(time[0]) // MOMENT_US), int(time[-1]) // MOMENT_US + 1):
                x, y = (np.interp(moment * MOMENT_US, time, box[:, side]) for side in (0, 1))
                found.add((moment, int(person), round(float(x), 6), round(float(y), 6)))
    return found


times = st.integers(0, 9_000).map(lambda ms: ms * 1000) | st.integers(0, 90).map(lambda n: n * MOMENT_US)
pixels = st.integers(0, 1000).map(float)


@given(
    seen=st.lists(
        st.tuples(times, st.integers(0, 3), pixels, pixels),
        min_size=1,
        max_size=40,
        unique_by=lambda one: one[:2],
    ),
    cuts=st.lists(st.integers(0, 40), max_size=4),
)
def test_positions_are_interpolated_however_rows_are_cut(
    seen: list[tuple[int, int, float, float]], cuts: list[int]
) -> None:
    rows = rows_of(seen)
    found = positions(rows, cuts)
    told = zip(found.moment.tolist(), found.person.tolist(), *found.xy.round(6).T.tolist(), strict=True)
    assert {tuple(one) for one in told} == reference(rows)
    assert len(found) == len(reference(rows))
    # No moment is missing within a piece, and a piece is of one person.
    for piece in np.unique(found.piece):
        own = found.moment[found.piece == piece]
        np.testing.assert_array_equal(own, np.arange(own[0], own[-1] + 1))
        assert len(np.unique(found.person[found.piece == piece])) == 1
