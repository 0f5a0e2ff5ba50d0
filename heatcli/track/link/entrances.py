"""Where people come and go: at the frame's edge, and by doors that the clip shows."""

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.track.link.tracklets import Ends

EDGE = 0.23
"""How far from the frame's edge who leaves is still found, in lengths: half the width of a person."""
EDGE_S = 0.5
"""How soon somebody is there who goes there: detectors lose people who leave, and look now and then."""
AT_EDGE, ELSEWHERE = 0.98, 0.05
"""Probability that who vanishes at the frame's edge, or elsewhere, has left, before the clip tells of doors:
people turn round at the edge now and then, and the middle of a picture seldom has a door."""
ENOUGH = 5.0
"""How many people must have come or gone at a place to be believed as much as what is said above: a place has
a door or has none, so that few tell."""
# What is nearby is found in cells of so many lengths, and so many cells to each side.
_CELL, _REACH = 0.25, 4

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def at_edge(ends: Ends, *, width: int, height: int, way: int) -> Floats:
    """Probability that people come, or go, where tracklets begin or end, as far as the frame's edge tells.

    Args:
        ends: n of them.
        width: of the frame in pixels.
        height: of the frame in pixels.
        way: 1 for those who go, -1 for those who come.

    Returns:
        (n,) probabilities.
    """
    around = EDGE * ends.length[:, None] * np.array([-1, -1, 1, 1])
    soon = ends.box + np.tile(way * EDGE_S * ends.velocity, 2) + around
    leaves = cut_by_edge(soon, width=width, height=height).any(axis=1)
    return np.where(leaves, AT_EDGE, ELSEWHERE)


def learned(places: Floats, *, gone: Floats, counts: Mask, prior: Floats) -> Floats:
    """Probability that people come or go, as the other ends of tracklets nearby tell.

    A way in is a way out. But whether people turn round at the frame's edge says nothing of a door beside it.

    Args:
        places: (n, 2) where tracklets begin and end, in lengths of people.
        gone: (n,) probability that somebody came or went there, for all that is known.
        counts: (n,) whether it is believed to be a person at all.
        prior: (n,) probability before anything was known, as `at_edge` gives it.

    Returns:
        (n,) the share of those who came or went, within about a length, and of `ENOUGH` others with the
        prior; the end itself does not count.
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
