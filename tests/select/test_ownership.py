"""Each moment of a camera, and what a row weighs, belongs to one clip."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatcli.intervals import Intervals
from heatcli.select.ownership import own_times, weigh
from heatcli.store.clips import ClipRow
from tests.support.store_runs import clip_row

_END = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _intervals(begin: int = 0) -> st.SearchStrategy[Intervals]:
    moment = st.integers(begin, _END)
    return st.lists(st.tuples(moment, moment).map(sorted), max_size=4).map(Intervals.of)


@st.composite
def _clips(draw: st.DrawFn) -> list[ClipRow]:
    """Clips of a few µs that overlap, with gaps, sorted by (start, clip)."""
    rows = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, _END))
        rows.append(
            clip_row(
                clip=f"{number:016x}",
                start=_EPOCH + timedelta(microseconds=start),
                coverage=draw(_intervals(start)),
            )
        )
    return sorted(rows, key=lambda row: (row.start, row.clip))


def _moments(intervals: Intervals) -> set[int]:
    return {moment for begin, end in intervals.bounds.tolist() for moment in range(begin, end)}


def _owners(clips: list[ClipRow], limits: Intervals) -> dict[int, int]:
    """Whose each µs is, by looking at each one: the first clip in (start, id) that covers it."""
    covered = [_moments(row.coverage) for row in clips]
    return {
        moment: next(index for index, moments in enumerate(covered) if moment in moments)
        for moment in _moments(limits)
        if any(moment in moments for moments in covered)
    }


@given(clips=_clips(), limits=_intervals())
def test_each_moment_is_owned_by_the_clip_that_starts_earlier(
    clips: list[ClipRow], limits: Intervals
) -> None:
    owners = _owners(clips, limits)
    found = own_times(clips, limits)
    for index, own in enumerate(found):
        assert _moments(own) == {moment for moment, owner in owners.items() if owner == index}


@given(
    clips=_clips().filter(bool),
    limits=_intervals(),
    rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, _END), st.integers(0, 12)), max_size=20),
)
def test_a_row_weighs_what_its_clip_owns_of_it(
    clips: list[ClipRow], limits: Intervals, rows: list[tuple[int, int, int]]
) -> None:
    owners = _owners(clips, limits)
    table = np.array([(clip % len(clips), time, dt) for clip, time, dt in rows], dtype=np.int64).reshape(
        -1, 3
    )
    weight = weigh(
        own_times(clips, limits), table[:, 0].astype(np.int32), table[:, 1], table[:, 2].astype(np.int32)
    )
    assert weight.tolist() == [
        sum(owners.get(moment) == clip for moment in range(time, time + dt))
        for clip, time, dt in table.tolist()
    ]
