"""Which clip owns the time where clips of a camera overlap, and how much of each row counts. Pure arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.clips import ClipRow

_FOREVER = 2**60


def own_times(clips: Sequence[ClipRow], limits: Intervals) -> list[Intervals]:
    """Divide the covered time of one camera among its clips.

    Where two clips cover the same moment, the one that starts earlier owns it, then the one with the smaller
    id. A clip that starts earlier but did not cover the moment does not own it.

    Args:
        clips: clips of one camera, sorted by (start, clip); no coverage begins before its clip's start.
        limits: limits of the selection, UTC µs; time outside does not count.

    Returns:
        Time that each clip owns, UTC µs: disjoint sets whose union is all covered time within the limits.
    """
    owned = []
    claimed = Intervals.of([])
    claimed_end = -_FOREVER
    for clip, coverage in zip(clips, _within([clip.coverage for clip in clips], limits), strict=True):
        start_us = epoch_us(clip.start)
        if claimed_end > start_us:
            owned.append(coverage.difference(claimed))
            # Time that was claimed before this clip's start overlaps no later clip either.
            ahead = claimed.intersection(Intervals.of([[start_us, _FOREVER]]))
            claimed = ahead.union(coverage)
        else:
            owned.append(coverage)
            claimed = coverage
        if len(claimed.bounds):
            claimed_end = int(claimed.bounds[-1, 1])
    return owned


def _within(coverages: Sequence[Intervals], limits: Intervals) -> list[Intervals]:
    """Cut covered times at limits. Only the few clips that contain a limit are cut."""
    pieces = [len(coverage.bounds) for coverage in coverages]
    clip = np.repeat(np.arange(len(pieces)), pieces)
    begin, end = np.concatenate([np.zeros((0, 2), np.int64), *(one.bounds for one in coverages)]).T
    kept = limits.overlap_us(begin, end - begin)
    # Summed in float64: exact below 2**53 µs, 285 years.
    outside_us = np.bincount(clip, end - begin - kept, minlength=len(pieces))
    return [
        coverage if outside == 0 else coverage.intersection(limits)
        for coverage, outside in zip(coverages, outside_us, strict=True)
    ]


def weigh(
    owned_time: Sequence[Intervals],
    clip: NDArray[np.int32],
    time_us: NDArray[np.int64],
    dt_us: NDArray[np.integer],
) -> NDArray[np.int64]:
    """Return how much of each row's [time, time + dt) is owned by its clip.

    Args:
        owned_time: time that each clip owns, UTC µs.
        clip: (n,) index into `owned_time` for each row.
        time_us: (n,) start of each row, UTC µs.
        dt_us: (n,) time that each row stands for, in µs.

    Returns:
        (n,) time of each row that counts, in µs.
    """
    there = np.bincount(clip, minlength=len(owned_time)) > 0
    index = (np.cumsum(there) - 1)[clip]
    bounds = [owned_time[number].bounds for number in np.flatnonzero(there).tolist()]
    ends = np.array([(part[0, 0], part[-1, 1]) if len(part) else (0, 0) for part in bounds], np.int64)
    first, last = ends.reshape(-1, 2).T
    # The times of all clips on one line, with gaps between them: one look-up instead of one per clip.
    shift = np.cumsum(last - first + 1) - last
    line = Intervals(
        np.concatenate(
            [np.zeros((0, 2), np.int64), *(part + by for part, by in zip(bounds, shift, strict=True))]
        )
    )
    begin = np.clip(time_us, first[index], last[index])
    end = np.clip(time_us + dt_us, first[index], last[index])
    return line.overlap_us(begin + shift[index], end - begin)
