"""Candidate pairs: which tracklets may follow which. They are few, so that the assignment is sparse."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.link.link_cost import reappearance, size_evidence
from heatcli.track.link.tracklets import Tracklets

WALK_WINDOW_S = 60.0
"""Longest time in seconds that somebody who turns up elsewhere was hidden: after that, nobody can tell."""
STAY_WINDOW_S = 600.0
"""Longest time in seconds that somebody who turns up where they were lost was hidden."""
STAY_REACH = 4.0
"""Largest distance, in lengths, that counts as where they were lost: four times `link_cost.STOP_REACH`."""
PLACE_REACH = 0.35
"""Standard deviation, in lengths, of the distance from where one person leaves by a door to where the next
comes in: either passes within 0.4 m of the door's middle, and 0.6 m is a third of a person's height."""
# Number of pairs weighed at once, which bounds memory; and nats that a pair may lack before appearance is
# weighed and still be kept.
_PAIRS_AT_ONCE = 500_000
_SLACK = 12.0

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs, p of them: the end of one tracklet and the beginning of another that may follow it.

    Attributes:
        last: (p,) index of the tracklet that ends.
        first: (p,) index of the tracklet that begins.
        gain: (p,) log density of the motion from end to beginning in nats, as `reappearance` returns it.
        size: (p,) log-likelihood ratio of the sizes in nats, as `size_evidence` returns it.
        near: (p,) log density, per length squared, of the place where somebody else comes in by the door that
            the first person left by.
    """

    last: Indices
    first: Indices
    gain: Floats
    size: Floats
    near: Floats


def candidates(tracklets: Tracklets, begins: Floats, speed: float) -> Pairs:
    """Find pairs of tracklets of which the second may follow the first.

    Args:
        tracklets: tracklets of the clip, n of them.
        begins: (n,) log density that a tracklet begins at each tracklet's beginning, with its velocity.
        speed: standard deviation of each component of an object's velocity, in its own lengths per second.
    """
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
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _promising(
    tracklets: Tracklets, last: Indices, first: Indices, begins: Floats, speed: float
) -> tuple[Indices, Indices, Floats, Floats, Floats]:
    """Keep the pairs likely enough for appearance to decide; return them as the columns of `Pairs`."""
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
