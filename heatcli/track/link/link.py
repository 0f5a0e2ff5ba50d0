"""Global assignment: joins the tracklets of a whole clip to tracks, one per person.

Ends of tracklets are joined to beginnings, one to one, with the largest likelihood: the maximum a posteriori
of Zhang, Li and Nevatia (Global data association for multi-object tracking using network flows, CVPR 2008),
an assignment if every tracklet is used once. Sure links come first, and the longer tracks help to decide the
rest (Huang, Wu and Nevatia, ECCV 2008); where people come and go is learned from the links.
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
from heatcli.track.link.together import in_view_together
from heatcli.track.link.tracklets import Tracklets

SURE = 3.0
"""Nats by which a link must beat all alternatives to be made first: one error in twenty."""
SAME_PLACE = 0.25
"""Share of the people who come in where the last one left: a camera sees two ends of a way, and a door."""
FALSE = 0.2
"""Share of false detections at the confidence that begins tracklets: one in five."""
FALSE_S = 1.0
"""Mean duration of a false tracklet in seconds: a flicker, a reflection, a bag that is carried past."""
ODD = 0.02
"""Share of links at which a box shows less or more than one person, so that its size says nothing."""
ALIKE = 0.1
"""Share of people whom a camera cannot tell from somebody else by their clothes."""
MISSED_S = 1.0
"""Longest gap in seconds that counts as a miss of the detector: it says nothing of coming and going."""
_NOBODY = -1
# Number of times that the places where people come and go are learned.
_LESSONS = 2
# Number of pairs whose appearance is compared at once, which bounds memory.
_PAIRS_AT_ONCE = 50_000

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups of tracklets joined so far.

    Attributes:
        head: (groups,) index of each group's first tracklet.
        tail: (groups,) index of each group's last tracklet.
        seen_s: (groups,) time for which each group was seen, in seconds.
        appearance: (groups, D) mean descriptor of each group; NaN where unknown.
    """

    head: Indices
    tail: Indices
    seen_s: Floats
    appearance: Descriptors


@dataclass(frozen=True, slots=True)
class _Links:
    """Result of the assignment.

    Attributes:
        labels: (n,) int32 number of each tracklet's track, or `_NOBODY`.
        after: (n,) probability of the link from each tracklet's end; 0 where there is none.
        before: (n,) probability of the link to each tracklet's beginning; 0 where there is none.
    """

    labels: Labels
    after: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class _Places:
    """Log likelihoods of what may have happened at the ends and beginnings of tracklets.

    Attributes:
        ends: (n,) log likelihood of an end that no link leaves.
        begins: (n,) log likelihood of a beginning that no link reaches.
        gone: (n,) log probability of not being seen again in the same stretch of video without a hole.
        new: (n,) log probability of not having been seen before in the same stretch.
        lost: (n,) log probability of an end at which the person has not left.
        left: (n,) log probability of an end at which the person has left.
        comes: (n,) log density of a beginning at which the next person comes where the last one left.
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
    """Find the tracklets that are one person's.

    Args:
        tracklets: tracklets of the clip, n of them, in any order.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        watched_us: (k, 2) media times in µs of the first and last frame of each stretch without a hole.
        settings: speed of people, and how long they must be seen.

    Returns:
        (n,) int32 number of each tracklet's track, from 0 in order of first appearance; -1 for false
        tracklets and people seen too briefly. Tracklets of one track do not overlap in time.
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
    """The parts of the problem that stay the same while tracklets are joined."""

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
        # People come in along lines, as edges and walls: as many begin in each pixel far away as near.
        # `comes` says how likely each tracklet is a person who comes in.
        self._arrival = arrival(first, speed) - np.log(duration_s)
        line = first.length * np.median(first.length)
        self._begins = self._arrival + np.log(len(tracklets) * line / (width * height))
        self._appearance = whole(tracklets.half_embeddings)
        self._appearance_model = AppearanceModel.fit(
            tracklets.half_embeddings,
            in_view_together(first.time_us, last.time_us),
            lasted_s=(last.time_us - first.time_us) / 1e6,
        )
        self._pairs = candidates(tracklets, self._begins, speed)

    def learn(self, links: _Links, goes: Floats, comes: Floats) -> tuple[Floats, Floats]:
        """Learn from the links the probabilities (n,) of going at ends and of coming at beginnings."""
        first, last = self._tracklets.first, self._tracklets.last
        places = np.concatenate([last.position, first.position]) / np.median(last.length)
        before_us, after_us = _gaps(self._tracklets, links.labels)
        counts = np.concatenate([after_us, before_us]) > MISSED_S * 1e6
        counts &= np.tile(links.labels >= 0, 2)
        # A person who was not seen again has left, or stayed hidden.
        left = np.concatenate([goes, comes])
        left /= left + (1 - left) * np.concatenate([self._unseen_after, self._unseen_before])
        gone = left * (1 - np.concatenate([links.after, links.before]))
        prior = np.concatenate([self.goes, self.comes])
        goes, comes = np.split(learned(places, gone=gone, counts=counts, prior=prior), 2)
        return goes, comes

    def solve(self, goes: Floats, comes: Floats) -> _Links:
        """Join tracklets, given the probabilities (n,) of going at ends and of coming at beginnings."""
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
        """Compute the log-likelihood ratios of links and of false tracklets.

        Returns:
            (p,) index of a group, and (p,) index of a group that may follow it; (p,) gain in nats of that
            link over no link at either, above 0; and (groups,) gain in nats of each group being nobody.
        """
        number = np.full((2, len(self._tracklets)), -1)
        number[0, groups.tail] = number[1, groups.head] = np.arange(len(groups.head))
        left, right = number[0, self._pairs.last], number[1, self._pairs.first]
        open_ends = np.flatnonzero((left >= 0) & (right >= 0))
        left, right = left[open_ends], right[open_ends]
        ends, begins = places.ends[groups.tail], places.begins[groups.head]
        size = self._pairs.size[open_ends]
        # Without the link: a place where one person has left is likely one where another one comes.
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
        # Where people's tracklets are short, a short tracklet is less likely to be nobody's.
        ends_per_s = len(self._tracklets) / self._tracklets.seen_s.sum()
        nobody = np.log(FALSE) + np.log1p(1 / (FALSE_S * ends_per_s)) - groups.seen_s / FALSE_S
        # A person in view when a stretch begins or ends may have come or gone unseen.
        nobody -= places.gone[groups.tail] + places.new[groups.head]
        return left[better], right[better], gain[better], nobody


def _gaps(tracklets: Tracklets, labels: Labels) -> tuple[Floats, Floats]:
    """Return the gaps in µs before and after each tracklet within its track, (n,) each; inf without one."""
    order = np.lexsort((tracklets.first.time_us, labels))
    gap = (tracklets.first.time_us[order][1:] - tracklets.last.time_us[order][:-1]).astype(np.float64)
    gap[np.diff(labels[order]) != 0] = np.inf
    before, after = np.full((2, len(labels)), np.inf)
    before[order[1:]] = after[order[:-1]] = gap
    return before, after
