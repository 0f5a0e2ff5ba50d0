"""Where people come and go: at the frame's edge, and by doors that the clip shows."""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.tracklets import Ends

EDGE = 0.25
"""How near to the frame's edge a box is that somebody leaves with, in lengths: half the width of a person."""
EDGE_S = 0.5
"""How soon somebody is there who goes there: detectors lose people who leave, and look now and then."""
AT_EDGE, ELSEWHERE = 0.98, 0.05
"""Probability that who vanishes at the frame's edge, or elsewhere, has left, before the clip tells of doors:
people turn round at the edge now and then, and the middle of a picture seldom has a door."""
ENOUGH = 20.0
"""How many people must have come or gone at a place to be believed as much as what is said above."""

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
    x, y = (way * EDGE_S * ends.velocity).T
    x1, y1, x2, y2 = ends.box.T
    nearest = np.min([x1 + x, y1 + y, width - x2 - x, height - y2 - y], axis=0)
    return np.where(nearest < EDGE * ends.length, AT_EDGE, ELSEWHERE)


def learned(ends: Ends, final: Mask, counts: Mask, prior: Floats) -> Floats:
    """Probability that people come, or go, as the other tracklets nearby tell.

    Args:
        ends: n of them.
        final: (n,) whether nothing was linked to it, for all that is known.
        counts: (n,) whether it is believed to be a person at all.
        prior: (n,) probability before anything was known.

    Returns:
        (n,) the share of those within about a length that nothing was linked to, and of `ENOUGH` others with
        the prior; the end itself does not count.
    """
    cell = (ends.position / np.median(ends.length)).astype(np.intp)
    cell -= cell.min(axis=0)
    shape = cell.max(axis=0) + 3
    x, y = cell.T + 1

    def nearby(which: Mask) -> Floats:
        grid = np.zeros(shape)
        np.add.at(grid, (x[which], y[which]), 1)
        return sum((grid[x + i, y + j] for i in (-1, 0, 1) for j in (-1, 0, 1)), -which.astype(np.float64))

    return (nearby(final & counts) + ENOUGH * prior) / (nearby(counts) + ENOUGH)
