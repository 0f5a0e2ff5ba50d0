"""Which tracklets may follow which: few of all pairs, so that an assignment among them is sparse."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.track.link.link_cost import reappearance, size_evidence
from heatcli.track.link.tracklets import Tracklets

WALK_WINDOW_S = 60.0
"""For how long somebody may be hidden who turns up elsewhere: nobody can tell anymore."""
STAY_WINDOW_S = 600.0
"""For how long somebody may be hidden who turns up where they were lost."""
STAY_REACH = 4.0
"""How far that is, in lengths: four standard deviations of `link_cost.STOP_REACH`."""
PLACE_REACH = 0.35
"""Standard deviation of how far from where one left by a door the next comes in, in lengths: either passes it
within 0.4 m of its middle, and 0.6 m is a third of a person."""
# Pairs that are looked at at once, and how much a pair may lack without appearance to be kept: bounds memory.
_PAIRS_AT_ONCE = 500_000
_SLACK = 12.0

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ends and the beginnings that may follow them, p of them.

    Attributes:
        last: (p,) the tracklet that ends.
        first: (p,) the one that begins.
        gain: (p,) nats that motion says for it, as `reappearance` gives them.
        size: (p,) nats that size says for it.
        near: (p,) log density of coming, by a door, where the other one left by it, per length squared.
    """

    last: Indices
    first: Indices
    gain: Floats
    size: Floats
    near: Floats


def candidates(tracklets: Tracklets, begins: Floats, speed: float) -> Pairs:
    """Find pairs of tracklets of which the second may follow the first.

    Args:
        tracklets: n of them.
        begins: (n,) log density of a tracklet that begins there and moves so.
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
    """Keep the pairs for which enough speaks that appearance may decide, and say how much does."""
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
