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

from heatcli.config.settings import TrackSettings
from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.appearance_model import AppearanceModel
from heatcli.track.appearance.gallery import whole
from heatcli.track.link.assignment import assign, best_other
from heatcli.track.link.candidates import candidates
from heatcli.track.link.entrances import at_edge, learned
from heatcli.track.link.hidden_time import still_hidden
from heatcli.track.link.link_cost import arrival
from heatcli.track.link.tracklets import Tracklets

SURE = 3.0
"""By how many nats a link must beat all else to be made first: one in twenty of the opposite."""
SAME_PLACE = 0.25
"""Share of those who come that come where the last one left: a camera sees two ends of a way, and a door."""
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
# Pairs whose appearance is compared at once: bounds memory.
_PAIRS_AT_ONCE = 50_000
# Tracklets in view at the same time that each is compared with to learn how much appearance tells.
_COMPARED = 20

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Tracklets joined so far: first and last one of each group, how long it was seen, and its appearance."""

    head: Indices
    tail: Indices
    seen_s: Floats
    appearance: Descriptors


@dataclass(frozen=True, slots=True)
class _Links:
    """Who is who: the track of each tracklet, or `_NOBODY`; and the probability that the same person was seen
    after it, and before it: 0 where nothing was joined.
    """

    labels: Labels
    after: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class _Places:
    """Log likelihood of each tracklet's end and beginning if nothing is joined to it; of not being seen again
    and not before, in the same stretch without a hole; of a link's end; of having left, and of coming next at
    the same place.
    """

    ends: Floats
    begins: Floats
    gone: Floats
    new: Floats
    lost: Floats
    left: Floats
    comes: Floats


def link(
    tracklets: Tracklets, *, width: int, height: int, watched_us: NDArray[np.int64], settings: TrackSettings
) -> Labels:
    """Tell which tracklets are one person's.

    Args:
        tracklets: n of them, in any order.
        width: of the frame in pixels.
        height: of the frame in pixels.
        watched_us: (k, 2) media time of the first and last frame of each stretch without a hole, in order.
        settings: how people move, and how long they must be seen.

    Returns:
        (n,) int32 the number of its track, from 0 in order of first appearance; -1 for what is more likely
        nobody, or seen too briefly. Tracklets of one track do not overlap in time.
    """
    if not len(tracklets):
        return np.zeros(0, np.int32)
    clip = _Clip(tracklets, width, height, watched_us, settings)
    goes, comes = clip.goes, clip.comes
    links = clip.solve(goes, comes)
    for _ in range(_LESSONS):
        goes, comes = clip.learn(links, goes, comes)
        links = clip.solve(goes, comes)
    return links.labels


class _Clip:
    """What does not change while tracklets are joined."""

    def __init__(
        self,
        tracklets: Tracklets,
        width: int,
        height: int,
        watched_us: NDArray[np.int64],
        settings: TrackSettings,
    ) -> None:
        speed = settings.speed_lengths_per_s
        first, last = tracklets.first, tracklets.last
        self._tracklets = tracklets
        self._min_seen_us = settings.min_seen_s * 1e6
        self.goes = at_edge(last, width=width, height=height, way=1)
        self.comes = at_edge(first, width=width, height=height, way=-1)
        from_us, until_us = watched_us.T
        self._unseen_before = still_hidden((first.time_us - from_us[0]) / 1e6)
        self._unseen_after = still_hidden((until_us[-1] - last.time_us) / 1e6)
        since_us = first.time_us - from_us[np.searchsorted(from_us, first.time_us, "right") - 1]
        rest_us = until_us[np.searchsorted(until_us, last.time_us)] - last.time_us
        self._unseen_since, self._unseen_rest = still_hidden(since_us / 1e6), still_hidden(rest_us / 1e6)
        duration_s = max((until_us[-1] - from_us[0]) / 1e6, 1.0)
        # Tracklets begin anywhere in the picture; which of them are people who come is a matter of `comes`.
        self._arrival = arrival(first, speed) - np.log(duration_s)
        self._begins = self._arrival + np.log(len(tracklets) * first.length**2 / (width * height))
        self._appearance = whole(tracklets.half_embeddings)
        self._appearance_model = AppearanceModel.fit(
            tracklets.half_embeddings, _together(tracklets), lasted_s=(last.time_us - first.time_us) / 1e6
        )
        self._pairs = candidates(tracklets, self._begins, speed)

    def learn(self, links: _Links, goes: Floats, comes: Floats) -> tuple[Floats, Floats]:
        """Tell anew how likely (n,) people go and come at the ends of tracklets, from what was joined."""
        first, last = self._tracklets.first, self._tracklets.last
        places = np.concatenate([last.position, first.position]) / np.median(last.length)
        before_us, after_us = _gaps(self._tracklets, links.labels)
        counts = np.concatenate([after_us, before_us]) > MISSED_S * 1e6
        counts &= np.tile(links.labels >= 0, 2)
        # Whoever was not seen again has left, or stayed hidden.
        left = np.concatenate([goes, comes])
        left /= left + (1 - left) * np.concatenate([self._unseen_after, self._unseen_before])
        gone = left * (1 - np.concatenate([links.after, links.before]))
        prior = np.concatenate([self.goes, self.comes])
        goes, comes = np.split(learned(places, gone=gone, counts=counts, prior=prior), 2)
        return goes, comes

    def solve(self, goes: Floats, comes: Floats) -> _Links:
        """Join tracklets, given how likely (n,) people go and come at their ends."""
        places = _Places(
            ends=np.log(goes + (1 - goes) * self._unseen_after),
            begins=self._begins + np.log(comes + (1 - comes) * self._unseen_before),
            gone=np.log(goes + (1 - goes) * self._unseen_rest),
            new=np.log(comes + (1 - comes) * self._unseen_since),
            lost=np.log1p(-goes),
            left=np.log(goes),
            comes=self._arrival + np.log(SAME_PLACE * (1 + comes.sum())),
        )
        labels = np.arange(len(self._tracklets), dtype=np.int32)
        after, before = np.zeros((2, len(labels)))
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
                return _Links(number[labels], after, before)
            likely = 1 / (1 + np.exp(-gain[link]))
            after[groups.tail[left[link]]] = before[groups.head[right[link]]] = likely
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
        appearance = np.zeros((count, self._appearance.shape[1]), np.float32)
        np.add.at(
            appearance,
            labels,
            np.nan_to_num(self._appearance) * self._tracklets.seen_s[:, None].astype(np.float32),
        )
        return _Groups(head, tail, seen_s, whole(appearance[:, None]))

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
        hopeful = np.flatnonzero(gain + size > -self._appearance_model.limit)
        left, right, gain, size = left[hopeful], right[hopeful], gain[hopeful], size[hopeful]
        for part in np.split(np.arange(len(gain)), np.arange(_PAIRS_AT_ONCE, len(gain), _PAIRS_AT_ONCE)):
            unlike = self._appearance_model.cost(
                groups.appearance[left[part]], groups.appearance[right[part]]
            )
            gain[part] -= np.logaddexp(np.log(1 - ALIKE) + unlike, np.log(ALIKE))
        gain += np.logaddexp(np.log(1 - ODD) + size, np.log(ODD))
        better = gain > 0
        # Where people's tracklets are short, it tells less that one has ended so soon.
        ends_per_s = len(self._tracklets) / self._tracklets.seen_s.sum()
        nobody = np.log(FALSE) + np.log1p(1 / (FALSE_S * ends_per_s)) - groups.seen_s / FALSE_S
        # Whoever is there when a stretch begins or ends may have come or gone unseen.
        nobody -= places.gone[groups.tail] + places.new[groups.head]
        return left[better], right[better], gain[better], nobody


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
    """Give µs from the last one of its track to each tracklet, and to the next one: (n,), or inf."""
    order = np.lexsort((tracklets.first.time_us, labels))
    gap = (tracklets.first.time_us[order][1:] - tracklets.last.time_us[order][:-1]).astype(np.float64)
    gap[np.diff(labels[order]) != 0] = np.inf
    before, after = np.full((2, len(labels)), np.inf)
    before[order[1:]] = after[order[:-1]] = gap
    return before, after
