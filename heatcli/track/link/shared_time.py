"""Who is who where clips of a camera show the same time, as those of event recorders with a pre-roll do.

Trajectories of one person in two such clips are at the same place at the same time, whichever detector found
them. Where the clocks of two clips differ by a fraction of a second, they are as much later: this offset is
the one at which most people are at the same places. Trajectories are then matched one to one, in order of how
long and how closely they go together.

Clips that only seem to show the same time, by a wrong clock, show others at other places: then nobody is
matched. Somebody who stands may stand where somebody else stood on another day, so people who walk decide,
where there are any.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.track.link.one_to_one import one_to_one
from heatcli.track.link.waypoints import Waypoints

NEAR = 0.3
"""Largest distance in heights at which two detectors, or two encodings, show one person: less than half a
step, and less than two people who walk side by side are apart."""
STANDS_NEAR = 0.15
"""The same for people who stand, where no walker shows that two clips show the same time: a foot's length."""
LEAST_SHARED_US = 2_000_000
"""Least time in µs that clips share: starts that are told in whole seconds are off by up to a second each."""
AGREE = 0.5
"""Least share of the time of all people, in both clips, in which two clips that show the same time agree."""
WALKS = 1.0
"""Least extent in heights of the way of somebody who walks."""
_STEP_US = 250_000
# Offsets of clocks that are tried, in order; a later one has to be better than all before.
_OFFSETS_US = [sign * 100_000 * n for n in range(1, 13) for sign in (1, -1)]
_BETTER = 1.05
# Closeness, as a share of the most there can be, at which clocks are taken to agree as they are.
_CONVINCING = 0.7
# Most steps at which offsets of one pair of clips are tried: a minute of people.
_TRIED = 240
# Least time of people, in steps, that two clips with different people must have seen: 4 s.
_TELLING = 16

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SharedTime:
    """Pairs of clips that overlap, p of them, and who is in both.

    Attributes:
        clips: (p, 2) clips of each pair, the one that starts earlier first.
        shared_us: (p,) time that both cover, in µs.
        agrees: (p,) bool, true where people are at the same places in both.
        differs: (p,) bool, true where they are not; neither is true where there are too few people to tell.
        same: (k, 2) trajectories that are one person, the surest first.
    """

    clips: Indices
    shared_us: Times
    agrees: NDArray[np.bool_]
    differs: NDArray[np.bool_]
    same: Indices


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of clips that overlap, p of them.

    Attributes:
        clips: (p, 2) clips of each pair.
        bounds_us: (p, 2) time from which to which both cover, UTC µs.
        holes: time that both cover, UTC µs, of the pairs in which a clip has gaps.
    """

    clips: Indices
    bounds_us: Times
    holes: dict[int, Intervals]


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Where the trajectories of one clip of each pair are, at the steps of the shared time.

    Attributes:
        pair: (m,) pair of clips.
        step: (m,) number of the step, which begins `step * _STEP_US` after the epoch.
        row: (m,) trajectory.
        place: (m, 3) foot point x, y, and height, in pixels of the first clip of the pair.
    """

    pair: Indices
    step: Times
    row: Indices
    place: Floats

    def where(self, kept: NDArray[np.bool_]) -> "_Samples":
        return _Samples(self.pair[kept], self.step[kept], self.row[kept], self.place[kept])


@dataclass(frozen=True, slots=True, eq=False)
class _Meetings:
    """Pairs of trajectories, one of either clip, at one step; q of them.

    Attributes:
        sample: (q,) sample of the first clip.
        other: (q,) sample of the second clip.
        closeness: (q,) 1 at the same place, 0 where they are `NEAR` or further apart.
    """

    sample: Indices
    other: Indices
    closeness: Floats


def shared_time(
    known: pl.DataFrame, span_us: Times, broken: Mapping[int, Intervals], pairs: Indices
) -> SharedTime:
    """Compare clips of a camera that overlap, and match the people in them.

    Args:
        known: trajectories of the camera, sorted by clip and track, as in `across_clips.heads`, with their
            `waypoints`.
        span_us: (n, 2) time from which to which each clip covers, UTC µs.
        broken: time that clips with gaps cover, UTC µs, by the number of the clip.
        pairs: (p, 2) pairs of clips that may overlap, the one that starts earlier first.
    """
    begin, end = span_us[pairs].max(axis=1)[:, 0], span_us[pairs].min(axis=1)[:, 1]
    shared_us = np.maximum(end - begin, 0)
    gappy = {}
    for at in np.flatnonzero(np.isin(pairs, list(broken)).any(axis=1)).tolist():
        one, other = (broken.get(clip, Intervals.of([span_us[clip]])) for clip in pairs[at].tolist())
        gappy[at] = one.intersection(other)
        shared_us[at] = gappy[at].total_us
    kept = np.flatnonzero(shared_us >= LEAST_SHARED_US)
    holes = {number: gappy[at] for number, at in enumerate(kept.tolist()) if at in gappy}
    found = _Comparison(known, _Pairs(pairs[kept], np.column_stack([begin, end])[kept], holes))
    agrees, differs, same = found.judged()
    return SharedTime(pairs[kept], shared_us[kept], agrees, differs, same)


class _Comparison:
    """Compares the clips of all pairs at once."""

    def __init__(self, known: pl.DataFrame, pairs: _Pairs) -> None:
        self._pairs = pairs
        self._waypoints = Waypoints.of(known)
        self._kind = known["object_class"].rank("dense").to_numpy()
        self._free = known["person"].is_null().to_numpy()
        clips = known["clip"].to_numpy()
        self._rows = np.searchsorted(clips, [pairs.clips, pairs.clips + 1])
        size = known.select("width", "height").to_numpy().astype(np.float64)
        first, other = (np.minimum(self._rows[0, :, side], max(len(known) - 1, 0)) for side in (0, 1))
        self._scale = size[first] / size[other] if len(known) else np.ones((len(pairs.clips), 2))

    def judged(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Indices]:
        """Return `agrees`, `differs` and `same` of `SharedTime`."""
        count = len(self._pairs.clips)
        one, other = self._samples(0), self._samples(1)
        meetings = self._meetings(one, other)
        closeness = self._closeness(one, meetings)
        fewer = np.minimum(*(np.bincount(side.pair, minlength=count) for side in (one, other)))
        open_pairs = (fewer > 0) & (closeness < _CONVINCING * fewer)
        if open_pairs.any():
            offset_us = self._offsets(one, open_pairs)
            if offset_us.any():
                other = self._samples(1, offset_us)
                meetings = self._meetings(one, other)
        return self._matched(one, other, meetings)

    def _samples(
        self, side: int, offset_us: Times | None = None, wanted: NDArray[np.bool_] | None = None
    ) -> _Samples:
        """Find where the people of one clip of each pair are.

        Args:
            side: 0 for the first clip of each pair, 1 for the other one.
            offset_us: (p,) how much later than the first clip's the clock of this one is, in µs.
            wanted: (p,) bool, pairs that are wanted; None for all.
        """
        begin, end = self._rows[:, :, side]
        count = end - begin if wanted is None else np.where(wanted, end - begin, 0)
        pair = np.repeat(np.arange(len(count)), count)
        row = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count - begin, count)
        late = np.zeros(len(count), np.int64) if offset_us is None else offset_us
        low, high = self._pairs.bounds_us[pair].T
        ways = self._waypoints
        low = -(-np.maximum(ways.first_us[row] - late[pair], low) // _STEP_US)
        high = np.minimum(ways.last_us[row] - late[pair], high - 1) // _STEP_US
        steps = np.where(self._free[row], np.maximum(high - low + 1, 0), 0)
        step = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps - low, steps)
        pair, row = np.repeat(pair, steps), np.repeat(row, steps)
        place = ways.at(row, step * _STEP_US + late[pair])
        if side == 1:
            place = place * np.column_stack([self._scale, self._scale[:, 1]])[pair]
        kept = np.isfinite(place[:, 0]) & (place[:, 2] > 0)
        for hole, shared in self._pairs.holes.items():
            within = np.flatnonzero(pair == hole)
            kept[within] &= shared.contains(step[within] * _STEP_US)
        return _Samples(pair, step, row, place).where(kept)

    def _meetings(self, one: _Samples, other: _Samples) -> _Meetings:
        """Find all pairs of samples of one pair of clips, step and class that are near each other."""
        first = self._pairs.bounds_us[:, 0] // _STEP_US
        length = self._pairs.bounds_us[:, 1] // _STEP_US - first + 2
        base = np.cumsum(length) - length - first
        mine, theirs = base[one.pair] + one.step, base[other.pair] + other.step
        order = np.argsort(theirs, kind="stable")
        low = np.searchsorted(theirs[order], mine)
        count = np.searchsorted(theirs[order], mine, side="right") - low
        sample = np.repeat(np.arange(len(mine)), count)
        at = order[np.arange(len(sample)) - np.repeat(np.cumsum(count) - count - low, count)]
        (x, y, tall), (x2, y2, tall2) = one.place[sample].T, other.place[at].T
        closeness = 1 - np.hypot(x - x2, y - y2) / (NEAR * np.sqrt(tall * tall2))
        closeness[self._kind[one.row[sample]] != self._kind[other.row[at]]] = 0.0
        return _Meetings(sample, at, np.maximum(closeness, 0.0))

    def _closeness(self, one: _Samples, meetings: _Meetings) -> Floats:
        """Return how close each person of the first clip is to the nearest of the other, summed: (p,)."""
        best = np.zeros(len(one.pair))
        np.maximum.at(best, meetings.sample, meetings.closeness)
        total: Floats = np.bincount(one.pair, best, len(self._pairs.clips)).astype(np.float64)
        return total

    def _offsets(self, one: _Samples, open_pairs: NDArray[np.bool_]) -> Times:
        """Return how much later the clock of the other clip of each pair is, in µs; 0 unless that is better.

        Args:
            one: samples of the first clips.
            open_pairs: (p,) bool, pairs whose clocks do not agree as they are.
        """
        count = np.bincount(one.pair, minlength=len(open_pairs))
        number = np.arange(len(one.pair)) - (np.cumsum(count) - count)[one.pair]
        stride = -(-count // _TRIED)
        few = one.where(open_pairs[one.pair] & (number % np.maximum(stride, 1)[one.pair] == 0))
        offset_us = np.zeros(len(open_pairs), np.int64)
        best = self._closeness(few, self._meetings(few, self._samples(1, offset_us, open_pairs)))
        for tried_us in _OFFSETS_US:
            other = self._samples(1, np.full(len(open_pairs), tried_us), open_pairs)
            closeness = self._closeness(few, self._meetings(few, other))
            better = closeness > _BETTER * best
            offset_us[better], best[better] = tried_us, closeness[better]
        return offset_us

    def _matched(
        self, one: _Samples, other: _Samples, meetings: _Meetings
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Indices]:
        """Match trajectories one to one, and judge by them whether clips show the same time."""
        pairs, people = len(self._pairs.clips), len(self._kind)
        mine = one.pair[meetings.sample] * people + one.row[meetings.sample]
        met, at = np.unique(mine * people + other.row[meetings.other], return_inverse=True)
        together = np.bincount(at, minlength=len(met))
        near = np.bincount(at, meetings.closeness > 0, len(met))
        closeness = np.bincount(at, meetings.closeness, len(met)).astype(np.float64)
        mine, theirs = np.divmod(met, max(people, 1))
        pair, row = np.divmod(mine, max(people, 1))
        goes = np.flatnonzero((2 * near >= together) & (near > 0))
        chosen = goes[one_to_one(mine[goes], (pair * people + theirs)[goes], -closeness[goes])]

        seen, agreed, walked, walked_alike = np.zeros((4, pairs))
        for samples, who in ((one, mine), (other, pair * people + theirs)):
            walkers = _walkers(samples, people)
            seen += np.bincount(samples.pair, minlength=pairs)
            moves = np.isin(samples.pair * people + samples.row, walkers)
            walked += np.bincount(samples.pair, moves, pairs)
            agreed += np.bincount(pair[chosen], near[chosen], pairs)
            moves = np.isin(who[chosen], walkers)
            walked_alike += np.bincount(pair[chosen], near[chosen] * moves, pairs)
        close = np.bincount(pair[chosen], closeness[chosen], pairs)
        stands = (walked == 0) & (2 * close >= (1 - STANDS_NEAR / NEAR) * agreed)
        agrees = (agreed > 0) & (agreed >= AGREE * seen)
        agrees &= stands | ((walked > 0) & (walked_alike >= AGREE * walked))
        chosen = chosen[agrees[pair[chosen]]]
        chosen = chosen[np.argsort(-closeness[chosen], kind="stable")]
        same = np.column_stack([row[chosen], theirs[chosen]])
        return agrees, ~agrees & (seen >= _TELLING), same


def _walkers(samples: _Samples, people: int) -> Times:
    """Return the trajectories whose way is long enough, each as its pair of clips * `people` + its row."""
    key, at = np.unique(samples.pair * people + samples.row, return_inverse=True)
    low, high = np.full((len(key), 3), np.inf), np.full((len(key), 3), -np.inf)
    np.minimum.at(low, at, samples.place)
    np.maximum.at(high, at, samples.place)
    extent: Floats = np.hypot(*(high - low)[:, :2].T) / high[:, 2]
    walkers: Times = key[extent >= WALKS]
    return walkers
