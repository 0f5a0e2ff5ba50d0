"""Where people come and go: at the frame's edge, and by doors that are learned from the clip."""

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.track.link.tracklets import Ends

EDGE = 0.23
"""Distance from the frame's edge at which leaving people are last seen, in lengths: half a person's width."""
EDGE_S = 0.5
"""Seconds within which a person who walks towards the frame's edge must reach it: detectors lose people
before they have left, and look only now and then."""
AT_EDGE, ELSEWHERE = 0.98, 0.05
"""Prior probability that a person who vanishes at the frame's edge, or elsewhere, has left, before doors are
learned: people turn round at the edge now and then, and the middle of a picture seldom has a door."""
ENOUGH = 5.0
"""Number of people at a place who weigh as much as the prior probability: a place has a door or has none, so
few are enough to tell."""
# Side of a grid cell in lengths, and number of cells to each side that count as nearby.
_CELL, _REACH = 0.25, 4

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def at_edge(ends: Ends, *, width: int, height: int, way: int) -> Floats:
    """Return the probability that people come or go where tracklets begin or end, by the frame's edge alone.

    Args:
        ends: beginnings or ends of n tracklets.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        way: 1 for people who go, -1 for people who come.

    Returns:
        (n,) prior probability that the person went, or came, there.
    """
    around = EDGE * ends.length[:, None] * np.array([-1, -1, 1, 1])
    soon = ends.box + np.tile(way * EDGE_S * ends.velocity, 2) + around
    leaves = cut_by_edge(soon, width=width, height=height).any(axis=1)
    return np.where(leaves, AT_EDGE, ELSEWHERE)


def learned(places: Floats, *, gone: Floats, counts: Mask, prior: Floats) -> Floats:
    """Return the probability that people come or go at each place, learned from other ends nearby.

    A way in is a way out. But whether people turn round at the frame's edge says nothing of a door beside it.

    Args:
        places: (n, 2) where tracklets begin and end, in lengths of people.
        gone: (n,) probability that somebody came or went there, given the links so far.
        counts: (n,) mask of the ends that are believed to be a person's and tell of coming and going.
        prior: (n,) prior probability that somebody came or went there, as `at_edge` returns it.

    Returns:
        (n,) share of people who came or went, among the ends within about a length and `ENOUGH` people with
        the prior probability; the end itself does not count.
    """
    cell = ((places - places.min(axis=0)) / _CELL).astype(np.intp) + _REACH
    x, y = cell.T
    edge = (prior > ELSEWHERE).astype(np.intp)

    def nearby(weight: Floats) -> Floats:
        grid = np.zeros((*cell.max(axis=0) + _REACH + 1, 2))
        np.add.at(grid, (x, y, edge), weight)
        steps = range(-_REACH, _REACH + 1)
        return sum((grid[x + i, y + j, edge] for i in steps for j in steps), -weight)

    return (nearby(gone * counts) + ENOUGH * prior) / (nearby(counts.astype(np.float64)) + ENOUGH)
