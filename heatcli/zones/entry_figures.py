"""First and last, near and apart: the figures of who enters a zone, over a period and its buckets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.zones.entries import ZoneEntries
from heatcli.zones.tally import group_at, sum_by


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFigures:
    """First and last, near and apart: the figures of one zone over a period or bucket.

    Without covered time, all but `covered_s` are None. An entry belongs to the bucket in which it happens.

    Attributes:
        covered_s: covered time T of the period or bucket, in seconds.
        entries: times that somebody came into the zone.
        re_entries: entries of people who had entered before, in the whole period.
        latency_s: time from an opening to the first entry after it, in seconds; the median of all openings in
            the bucket for which all of that time was watched; None if there is none. An opening is the
            beginning of a stretch of selected time.
        since_last_s: time from the last moment with somebody in the zone to the end of the selected time in
            the bucket, in seconds; None if not all of it was watched, or nobody has come yet.
        next_person_m: mean distance on the floor from people in the zone to the next person anywhere, in
            metres, over the time in which there is one; None without a floor plan, or if there never is.
        below_1m_pct: 100 * time of people in the zone whose next person is nearer than 1 m / time of people
            in the zone; None without a floor plan, or if nobody was in it.
        below_2m_pct: the same for 2 m.
    """

    covered_s: float
    entries: int | None = None
    re_entries: int | None = None
    latency_s: float | None = None
    since_last_s: float | None = None
    next_person_m: float | None = None
    below_1m_pct: float | None = None
    below_2m_pct: float | None = None


def entry_figures(
    found: ZoneEntries,
    covered: Intervals,
    selected: Intervals,
    bounds_us: NDArray[np.int64],
    group: NDArray[np.int64],
    covered_us: NDArray[np.int64],
) -> list[EntryFigures]:
    """Compute the figures of each group of pieces of time.

    Args:
        found: entries of the zone; its pieces of time are those of `bounds_us`, or parts of them.
        covered: time that was watched, UTC µs.
        selected: time that was selected, UTC µs.
        bounds_us: (k, 2) start and end of each piece of time, UTC µs.
        group: (k,) group that each piece belongs to.
        covered_us: (groups,) covered time of each group in µs.
    """
    groups = len(covered_us)
    if not groups:
        return []

    def of_group(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        return group_at(time_us, bounds_us, group)

    begins, ends = found.stays.begin_us, found.stays.end_us
    _, first = np.unique(found.stays.person, return_index=True)
    again = np.ones(len(begins), np.bool_)
    again[first] = False
    entries = np.bincount(of_group(begins), minlength=groups)
    re_entries = np.bincount(of_group(begins[again]), minlength=groups)

    latencies: list[list[float]] = [[] for _ in range(groups)]
    for opens, closes in selected.bounds.tolist():
        at = int(np.searchsorted(begins, opens))
        if at < len(begins) and begins[at] < closes and _watched(covered, opens, int(begins[at])):
            latencies[int(of_group(np.array([opens]))[0])].append((int(begins[at]) - opens) / 1e6)

    part = of_group(found.bounds_us[:, 0])
    known, beside, near_1m, near_2m = (
        sum_by(part, values, groups) for values in (found.known_us, found.beside_us, *found.near_us.T)
    )
    metres = np.bincount(part, found.metres_us, groups)
    last_piece = {int(one): place for place, one in enumerate(group.tolist())}
    figures = []
    for i in range(groups):
        if not covered_us[i]:
            figures.append(EntryFigures(covered_s=0.0))
            continue
        figures.append(
            EntryFigures(
                covered_s=float(covered_us[i] / 1e6),
                entries=int(entries[i]),
                re_entries=int(re_entries[i]),
                latency_s=float(np.median(latencies[i])) if latencies[i] else None,
                since_last_s=_since_last_s(begins, ends, covered, selected, bounds_us[last_piece[i]]),
                next_person_m=float(metres[i] / beside[i]) if beside[i] else None,
                below_1m_pct=float(100 * near_1m[i] / known[i]) if known[i] else None,
                below_2m_pct=float(100 * near_2m[i] / known[i]) if known[i] else None,
            )
        )
    return figures


def _since_last_s(
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    covered: Intervals,
    selected: Intervals,
    piece: NDArray[np.int64],
) -> float | None:
    """Return the time since the last visitor at the end of a piece of time, in seconds; None if unknown."""
    there = selected.intersection(Intervals.of([piece.tolist()])).bounds
    if not len(there):
        return None
    until = int(there[-1, 1])
    before = ends[begins < until]
    if not len(before):
        return None
    last = min(int(before.max()), until)
    return (until - last) / 1e6 if _watched(covered, last, until) else None


def _watched(covered: Intervals, begin_us: int, end_us: int) -> bool:
    """Whether all of some time was watched."""
    (watched_us,) = covered.overlap_us(np.array([begin_us]), np.array([end_us - begin_us])).tolist()
    return bool(watched_us == end_us - begin_us)
