"""One person, one tracklet: where a detector finds somebody twice, as a whole and as the upper half.

Suppression of double boxes, which knows one frame only, leaves a half within a whole alone: it may be a child
before an adult. Over time they differ: two people never keep their heads in one place, whoever is in front.
"""

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import cut_by_edge
from heatcli.track.motion_model import POSITION_ERROR
from heatcli.track.observations import Observations

_WITHIN = 0.8
"""Least share of a half that lies within the whole, and of the sightings of both in which it does: boxes err
by a tenth of their size."""

Indices = NDArray[np.intp]


def split_doubles(
    seen: Observations, pts_us: NDArray[np.int64], *, least_us: float
) -> tuple[Observations, Indices]:
    """Leave out the rows of tracklets that are a part of somebody who has another tracklet at the time.

    A tracklet is a part of a larger one if, for all the time that both are seen, it lies within that, with
    its head where the other has it. What it shows before and after goes on as tracklets of its own, which may
    continue the other.

    Args:
        seen: rows of n tracklets, by ascending frame; tracklets are numbered from 1.
        pts_us: (len(seen),) media time of each row in µs.
        least_us: least time in µs for which both must be seen.

    Returns:
        Rows of the k tracklets that are left, numbered from 1; and (k,) index of the tracklet that each is a
        part of.
    """
    whole, part = _nested(seen)
    order = np.argsort(seen.tracklet, kind="stable")
    rows_of = np.split(order, np.flatnonzero(np.diff(seen.tracklet[order])) + 1)
    doubled = np.zeros(len(seen), np.bool_)
    pair = np.lexsort((part, seen.tracklet[part], seen.tracklet[whole]))
    whole, part = whole[pair], part[pair]
    ends = np.flatnonzero(
        np.diff(seen.tracklet[whole]).astype(bool) | np.diff(seen.tracklet[part]).astype(bool)
    )
    for one, other in zip(np.split(whole, ends + 1), np.split(part, ends + 1), strict=True):
        if not len(one) or pts_us[other[-1]] - pts_us[other[0]] < least_us or not _one_head(seen, one, other):
            continue
        own = rows_of[seen.tracklet[other[0]] - 1]
        shared = np.intersect1d(seen.frame[rows_of[seen.tracklet[one[0]] - 1]], seen.frame[own])
        if len(other) >= _WITHIN * len(shared):
            doubled[own[(seen.frame[own] >= shared[0]) & (seen.frame[own] <= shared[-1])]] = True
    if not doubled.any():
        return seen, np.arange(int(seen.tracklet.max(initial=0)))
    kept = order[~doubled[order]]
    tracklet = seen.tracklet[kept]
    # Whatever was left out in between ends a tracklet.
    before = np.cumsum(doubled[order])[~doubled[order]]
    begins = (np.diff(tracklet, prepend=-1) != 0) | (np.diff(before, prepend=-1) != 0)
    number = np.zeros(len(seen), np.int32)
    number[kept] = np.cumsum(begins)
    left = np.flatnonzero(~doubled)
    return (
        Observations(
            frame=seen.frame[left],
            track=number[left],
            tracklet=number[left],
            boxes=seen.boxes[left],
            confidence=seen.confidence[left],
            class_id=seen.class_id[left],
            filled=seen.filled[left],
        ),
        tracklet[begins] - 1,
    )


def _nested(seen: Observations) -> tuple[Indices, Indices]:
    """Find pairs of rows of one frame and class of which the second, smaller one lies within the first."""
    boxes = seen.boxes.astype(np.float64)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    found = []
    step = 1
    while True:
        one = np.flatnonzero(seen.frame[:-step] == seen.frame[step:])
        if not len(one):
            break
        other = one + step
        common = np.minimum(boxes[one, 2:], boxes[other, 2:]) - np.maximum(boxes[one, :2], boxes[other, :2])
        inside = common.clip(0).prod(axis=1) >= _WITHIN * np.minimum(area[one], area[other])
        inside &= seen.class_id[one] == seen.class_id[other]
        pair = np.column_stack([one, other])[inside]
        smaller = area[pair[:, 0]] < area[pair[:, 1]]
        pair[smaller] = pair[smaller, ::-1]
        found.append(pair)
        step += 1
    pairs = np.concatenate([np.zeros((0, 2), np.intp), *found])
    pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
    return pairs[:, 0], pairs[:, 1]


def _one_head(seen: Observations, whole: Indices, part: Indices) -> bool:
    """Tell whether the heads of two tracklets are in one place, by k boxes of each in the same frames."""
    one, other = (seen.boxes[rows].astype(np.float64) for rows in (whole, part))
    # Where the picture ends above somebody, no head is seen.
    shown = ~cut_by_edge(one, width=np.inf, height=np.inf)[:, 1]
    if not shown.any():
        return False
    one, other = one[shown], other[shown]
    across = (one[:, 0] + one[:, 2] - other[:, 0] - other[:, 2]) / 2
    off = np.column_stack([across, one[:, 1] - other[:, 1]]) / (one[:, 3] - one[:, 1])[:, None]
    return bool((np.median(np.abs(off), axis=0) <= POSITION_ERROR).all())
