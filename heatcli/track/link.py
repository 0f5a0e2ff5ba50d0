"""Who is who, over the whole clip: tracklets are joined to tracks by a global assignment.

Each end of a tracklet is joined to at most one beginning, so that the likelihood of the whole is largest: the
maximum a posteriori of Zhang, Li and Nevatia (Global data association for multi-object tracking using network
flows, CVPR 2008), which with every tracklet taken once is an assignment. It is solved again and again: what
cannot be doubted is joined first, and what it looks like and where it is then helps to decide the rest (as in
Huang, Wu and Nevatia, ECCV 2008); and where people come and go is learned from what was joined.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from heatcli.settings import TrackSettings
from heatcli.track.appearance import Descriptors
from heatcli.track.appearance_model import AppearanceModel
from heatcli.track.assignment import assign, best_other
from heatcli.track.entrances import at_edge, learned
from heatcli.track.gallery import whole
from heatcli.track.link_cost import arrival, reappearance, size_evidence, still_hidden
from heatcli.track.tracklets import Tracklets

WALK_WINDOW_S = 60.0
"""For how long somebody may be hidden who turns up elsewhere: nobody can tell anymore."""
STAY_WINDOW_S = 600.0
"""For how long somebody may be hidden who turns up where they were lost."""
STAY_REACH = 4.0
"""How far that is, in lengths: four standard deviations of `link_cost.STOP_REACH`."""
SURE = 3.0
"""By how many nats a link must beat all else to be made first: one in twenty of the opposite."""
SAME_PLACE = 0.25
"""Share of those who come that come where the last one left: a camera sees two ends of a way, and a door."""
PLACE_REACH = 0.5
"""Standard deviation of where they do, in lengths: half a door is half of that, and ways differ."""
FALSE = 0.2
"""Share of what is found that is nobody, at the confidence that founds tracklets: one in five."""
FALSE_S = 1.0
"""How long that lasts in the mean: a flicker, a reflection, a bag that is carried past."""
ODD = 0.02
"""Share of links at which a box shows less than a person, or more, so that its size says nothing."""
ALIKE = 0.1
"""Share of people whom a camera cannot tell from somebody else by their clothes."""
MISSED_S = 1.0
"""Who is back so soon was missed rather than gone, which tells nothing of where people come and go."""
_NOBODY = -1
# How often where people come and go is learned.
_LESSONS = 2
# Pairs that are looked at at once, and how much a pair may lack without its looks to be kept: bounds memory.
_PAIRS_AT_ONCE = 500_000
_LOOKS_AT_ONCE = 50_000
_SLACK = 12.0
# Tracklets in view at the same time that each is compared with to learn how much looks tell.
_COMPARED = 20

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Ends and the beginnings that may follow them: which tracklets, what speaks for it, looks apart, and the
    log density of coming there by the place where the other one left, per length squared.
    """

    last: Indices
    first: Indices
    gain: Floats
    size: Floats
    near: Floats


@dataclass(frozen=True, slots=True)
class _Groups:
    """Tracklets joined so far: the first and last one of each group, how long it was seen, and its looks."""

    head: Indices
    tail: Indices
    seen_s: Floats
    looks: Descriptors


@dataclass(frozen=True, slots=True)
class _Places:
    """Log likelihood of each tracklet's end and beginning if nothing is joined to it, and of a link's end; of
    having left, and of coming next at the same place.
    """

    ends: Floats
    begins: Floats
    lost: Floats
    left: Floats
    comes: Floats


def link(
    tracklets: Tracklets, *, width: int, height: int, first_us: int, last_us: int, settings: TrackSettings
) -> Labels:
    """Tell which tracklets are one person's.

    Args:
        tracklets: n of them, in any order.
        width: of the frame in pixels.
        height: of the frame in pixels.
        first_us: media time of the first frame that was looked at.
        last_us: media time of the last one.
        settings: how people move, and how long they must be seen.

    Returns:
        (n,) int32 the number of its track, from 0 in order of first appearance; -1 for what is more likely
        nobody, or seen too briefly. Tracklets of one track do not overlap in time.
    """
    if not len(tracklets):
        return np.zeros(0, np.int32)
    clip = _Clip(tracklets, width, height, first_us, last_us, settings)
    goes, comes = clip.goes, clip.comes
    labels = clip.solve(goes, comes)
    for _ in range(_LESSONS):
        after, before = _gaps(tracklets, labels)
        goes = learned(tracklets.last, after == np.inf, (labels >= 0) & (after > MISSED_S), clip.goes)
        comes = learned(tracklets.first, before == np.inf, (labels >= 0) & (before > MISSED_S), clip.comes)
        labels = clip.solve(goes, comes)
    return labels


class _Clip:
    """What does not change while tracklets are joined."""

    def __init__(
        self,
        tracklets: Tracklets,
        width: int,
        height: int,
        first_us: int,
        last_us: int,
        settings: TrackSettings,
    ) -> None:
        speed = settings.speed_lengths_per_s
        first, last = tracklets.first, tracklets.last
        self._tracklets = tracklets
        self._min_seen_us = settings.min_seen_s * 1e6
        self.goes = at_edge(last, width=width, height=height, way=1)
        self.comes = at_edge(first, width=width, height=height, way=-1)
        self._unseen_before = still_hidden((first.time_us - first_us) / 1e6)
        self._unseen_after = still_hidden((last_us - last.time_us) / 1e6)
        duration_s = max((last_us - first_us) / 1e6, 1.0)
        # Tracklets begin anywhere in the picture; which of them are people who come is a matter of `comes`.
        self._arrival = arrival(first, speed) - np.log(duration_s)
        self._begins = self._arrival + np.log(len(tracklets) * first.length**2 / (width * height))
        self._looks = whole(tracklets.halves)
        self._likeness = AppearanceModel.fit(
            tracklets.halves, _together(tracklets), lasted_s=(last.time_us - first.time_us) / 1e6
        )
        self._pairs = _candidates(tracklets, self._begins, speed)

    def solve(self, goes: Floats, comes: Floats) -> Labels:
        """Join tracklets, as `link` says, given how likely (n,) people go and come at their ends."""
        places = _Places(
            ends=np.log(goes + (1 - goes) * self._unseen_after),
            begins=self._begins + np.log(comes + (1 - comes) * self._unseen_before),
            lost=np.log1p(-goes),
            left=np.log(goes),
            comes=self._arrival + np.log(SAME_PLACE * (1 + comes.sum())),
        )
        labels = np.arange(len(self._tracklets), dtype=np.int32)
        surely = True
        while True:
            groups = self._groups(labels)
            left, right, gain, nobody = self._gains(groups, places)
            count = len(groups.head)
            both = np.flatnonzero(nobody > 0)
            chosen = assign(
                np.concatenate([left, both]),
                np.concatenate([right, both]),
                np.concatenate([gain, nobody[both]]),
                count,
            )
            link = chosen[: len(left)]
            if surely:
                rest = np.maximum(nobody, 0)
                doubt = np.maximum(best_other(left, gain, count), rest[left])
                doubt += np.maximum(best_other(right, gain, count), rest[right])
                surely = bool((link & (gain - doubt >= SURE)).any())
                link &= (gain - doubt >= SURE) | (not surely)
            if not link.any():
                first_us = self._tracklets.first.time_us[groups.head]
                people = self._tracklets.last.time_us[groups.tail] - first_us >= self._min_seen_us
                people[both[chosen[len(left) :]]] = False
                number = np.full(count, _NOBODY, np.int32)
                kept = np.flatnonzero(people)
                number[kept[np.argsort(first_us[kept], kind="stable")]] = np.arange(len(kept))
                return number[labels]
            graph = csr_array((np.ones(link.sum()), (left[link], right[link])), (count, count))
            _, joined = connected_components(graph, directed=False)
            labels = joined[labels].astype(np.int32)

    def _groups(self, labels: Labels) -> _Groups:
        """Sum up groups of tracklets."""
        count = int(labels.max()) + 1
        by_time = np.argsort(self._tracklets.first.time_us, kind="stable")
        head, tail = np.zeros((2, count), np.intp)
        head[labels[by_time[::-1]]] = by_time[::-1]
        tail[labels[by_time]] = by_time
        seen_s = np.bincount(labels, self._tracklets.seen_s, count).astype(np.float64)
        looks = np.zeros((count, self._looks.shape[1]), np.float32)
        np.add.at(
            looks, labels, np.nan_to_num(self._looks) * self._tracklets.seen_s[:, None].astype(np.float32)
        )
        return _Groups(head, tail, seen_s, whole(looks[:, None]))

    def _gains(self, groups: _Groups, places: _Places) -> tuple[Indices, Indices, Floats, Floats]:
        """Weigh what speaks for links.

        Returns:
            Groups and groups that may follow, (p,) each; by how much that is likelier than that neither has a
            neighbour, above 0; and (groups,) by how much it is likelier that it is nobody.
        """
        number = np.full((2, len(self._tracklets)), -1)
        number[0, groups.tail] = number[1, groups.head] = np.arange(len(groups.head))
        left, right = number[0, self._pairs.last], number[1, self._pairs.first]
        open_ends = np.flatnonzero((left >= 0) & (right >= 0))
        left, right = left[open_ends], right[open_ends]
        ends, begins = places.ends[groups.tail], places.begins[groups.head]
        size = self._pairs.size[open_ends]
        # Neither has a neighbour: a place where one has left is likely one where another one comes.
        door = places.left[groups.tail][left] + places.comes[groups.head][right] + self._pairs.near[open_ends]
        apart = np.logaddexp(ends[left] + begins[right], door)
        gain = self._pairs.gain[open_ends] + places.lost[groups.tail][left] - apart
        hopeful = np.flatnonzero(gain + size > -self._likeness.limit)
        left, right, gain, size = left[hopeful], right[hopeful], gain[hopeful], size[hopeful]
        for part in np.split(np.arange(len(gain)), np.arange(_LOOKS_AT_ONCE, len(gain), _LOOKS_AT_ONCE)):
            unlike = self._likeness.cost(groups.looks[left[part]], groups.looks[right[part]])
            gain[part] -= np.logaddexp(np.log(1 - ALIKE) + unlike, np.log(ALIKE))
        gain += np.logaddexp(np.log(1 - ODD) + size, np.log(ODD))
        better = gain > 0
        nobody = np.log(FALSE) + self._begins[groups.head] - groups.seen_s / FALSE_S - ends - begins
        return left[better], right[better], gain[better], nobody


def _candidates(tracklets: Tracklets, begins: Floats, speed: float) -> _Pairs:
    """Find pairs of tracklets of which the second may follow the first."""
    order = np.argsort(tracklets.first.time_us, kind="stable")
    begin_us, end_us = tracklets.first.time_us[order], tracklets.last.time_us
    low = np.searchsorted(begin_us, end_us, "right")
    high = np.searchsorted(begin_us, end_us + round(STAY_WINDOW_S * 1e6), "right")
    cuts = np.searchsorted(np.cumsum(high - low), np.arange(0, (high - low).sum() + 1, _PAIRS_AT_ONCE))
    parts = []
    for own in np.split(np.arange(len(tracklets)), np.unique(cuts)[1:]):
        count = high[own] - low[own]
        last = np.repeat(own, count)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        first = order[np.repeat(low[own], count) + offset]
        parts.append(_promising(tracklets, last, first, begins, speed))
    return _Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _promising(
    tracklets: Tracklets, last: Indices, first: Indices, begins: Floats, speed: float
) -> tuple[Indices, Indices, Floats, Floats, Floats]:
    """Keep the pairs for which enough speaks that looks may decide, and say how much does."""
    ends, starts = tracklets.last, tracklets.first
    gap_us = starts.time_us[first] - ends.time_us[last]
    move = (starts.position[first] - ends.position[last]) / ends.length[last][:, None]
    kept = (np.abs(move).max(axis=1) <= STAY_REACH) | (gap_us <= WALK_WINDOW_S * 1e6)
    kept &= tracklets.class_id[last] == tracklets.class_id[first]
    last, first, move = last[kept], first[kept], move[kept]
    end, start = ends.take(last), starts.take(first)
    gain, size = reappearance(end, start, speed), size_evidence(end, start)
    kept = gain + size - begins[first] + _SLACK > 0
    near = -0.5 * (move[kept] ** 2).sum(axis=1) / PLACE_REACH**2 - np.log(2 * np.pi * PLACE_REACH**2)
    return last[kept], first[kept], gain[kept], size[kept], near


def _together(tracklets: Tracklets) -> Indices:
    """Give (p, 2) pairs of tracklets that are in view at one time."""
    order = np.argsort(tracklets.first.time_us, kind="stable")
    pairs = []
    for step in range(1, min(_COMPARED, len(order) - 1) + 1):
        one, other = order[:-step], order[step:]
        pairs.append(
            np.column_stack([one, other])[tracklets.first.time_us[other] <= tracklets.last.time_us[one]]
        )
    return np.concatenate([np.zeros((0, 2), np.intp), *pairs])


def _gaps(tracklets: Tracklets, labels: Labels) -> tuple[Floats, Floats]:
    """Give seconds from each tracklet to the next one of its track, and from the last one: (n,), or inf."""
    order = np.lexsort((tracklets.first.time_us, labels))
    gap = (tracklets.first.time_us[order][1:] - tracklets.last.time_us[order][:-1]) / 1e6
    gap[np.diff(labels[order]) != 0] = np.inf
    after, before = np.full((2, len(labels)), np.inf)
    after[order[:-1]] = before[order[1:]] = gap
    return after, before
