"""From a foreground mask to bounding boxes: one per person, also where people touch or cover each other.

Blobs that may belong together are explained jointly. A silhouette, of the size that a person has at its foot
point, is placed where it explains most foreground. The next one is placed on what is left, and each time the
earlier ones may move again (coordinate ascent on the explained foreground, as in crowd segmentation by
Rittscher et al. 2005 and Ge and Collins 2009). Parts of one person, people side by side and one behind
another need no rules of their own: a silhouette spans the gap, or a second one explains the rest.
"""

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.scene import PersonSize
from heatcli.detect.silhouettes import (
    FOREGROUND,
    NOTHING,
    Silhouettes,
    codes,
    silhouette_area,
    sums,
    tried,
)
from heatcli.geometry import foot_points

# Least share of a silhouette that foreground is compared with, where occluders or the picture's edge hide
# more.
_LEAST_VISIBLE = 0.3
# Half axes of the ellipse around a foot point in which there is no other one, as fractions of a person's
# width and height: two bodies do not stand in one place.
_BODY = (0.8, 0.2)
# Largest gaps between blobs that are explained jointly, in heights of a person: across, between a body and
# its arm; up and down, between head and feet where an occluder hides the rest.
_GAP = (0.1, 0.6)
# Most people sought in one group: more of them look the same as a lorry or a local change of light.
_MOST_TOGETHER = 20
# Share of a person's area below which blobs are dropped as specks.
_SPECK = 0.01
# Largest relative difference from the expected height at which a single person's box is measured from the
# blob; beyond it a part is hidden, or something else is attached, and the expected box is better.
_MEASURED = 0.2
# Most pixels of a mask whose parts can be numbered with 16 bits: parts of single pixels, with gaps between.
_MOST_NUMBERED = 4 * (2**16 - 1)


def blobs(foreground: NDArray[np.uint8], size: PersonSize) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the connected components of the foreground, without specks.

    Args:
        foreground: (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`.
        size: expected size of a person.

    Returns:
        (n, 4) bounding boxes x1 y1 x2 y2 in pixels; and (n,) areas in square pixels.
    """
    mask = cv2.inRange(foreground, FOREGROUND, FOREGROUND)
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        return np.zeros((0, 4)), np.zeros(0)
    # Blobs are numbered in pairs of rows and columns: an even corner leaves their order as it is.
    left, top, right, bottom = left & ~1, top & ~1, left + width, top + height
    # Numbers of 16 bits, where they are sure to do, make it three times as fast.
    numbers = cv2.CV_16U if mask.size <= _MOST_NUMBERED else cv2.CV_32S
    parts = cv2.connectedComponentsWithStats(mask[top:bottom, left:right], connectivity=8, ltype=numbers)
    x, y, wide, tall, area = parts[2][1:].astype(np.float64).T
    x, y = x + left, y + top
    keep = area >= _SPECK * size.aspect * size.usual**2
    return np.column_stack([x, y, x + wide, y + tall])[keep], area[keep]


def find_people(
    foreground: NDArray[np.uint8], visible: NDArray[np.uint8], size: PersonSize, *, least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the people in a mask.

    Args:
        foreground: (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`.
        visible: (height, width) uint8 mask, 0 where occluders hide people, else 1.
        size: expected size of a person.
        least: least share of the visible silhouette that the foreground must fill, less holes.

    Returns:
        (n, 4) boxes x1 y1 x2 y2 in pixels, within the picture; and (n,) share in 0..1 of the visible part of
        the expected silhouette that the foreground fills, less holes.
    """
    groups = _groups(*blobs(foreground, size), size, least)
    found = _explained(foreground, visible, groups, size, least) if len(groups) else []
    result = np.array(found).reshape(-1, 5)
    height, width = foreground.shape
    result[:, :4] = np.clip(result[:, :4], 0, (width, height, width, height))
    inside = (result[:, 0] < result[:, 2]) & (result[:, 1] < result[:, 3])
    return result[inside, :4], np.clip(result[inside, 4], 0.0, 1.0)


def _groups(
    boxes: NDArray[np.float64], area: NDArray[np.float64], size: PersonSize, least: float
) -> NDArray[np.int64]:
    """Join blobs that may belong to one person; return the boxes of groups large enough for one, (g, 4)."""
    if not len(boxes):
        return np.zeros((0, 4), np.int64)
    group = _connected(_near(boxes, size))
    members = [boxes[group == k] for k in range(group.max() + 1)]
    joined = np.array([[*some[:, :2].min(axis=0), *some[:, 2:].max(axis=0)] for some in members])
    whole = silhouette_area(size.heights(foot_points(joined)), size)
    large = np.bincount(group, area) >= least * _LEAST_VISIBLE * whole
    return joined[large].astype(np.int64)


def _near(boxes: NDArray[np.float64], size: PersonSize) -> NDArray[np.bool_]:
    """(n, n) which blobs may belong to one person."""
    height = size.heights(foot_points(boxes))
    height = np.minimum(height[:, None], height)
    gap = np.maximum(boxes[:, None, :2], boxes[:, :2]) - np.minimum(boxes[:, None, 2:], boxes[:, 2:])
    near: NDArray[np.bool_] = (gap[..., 0] <= _GAP[0] * height) & (gap[..., 1] <= _GAP[1] * height)
    return near


def _connected(near: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return numbers of the groups in which each is near another, (n,), in the order of first members."""
    first = np.arange(len(near))
    while True:
        nearest = np.where(near, first, len(near)).min(axis=1)
        if (nearest == first).all():
            return np.unique(first, return_inverse=True)[1]
        first = nearest


def _explained(
    foreground: NDArray[np.uint8],
    visible: NDArray[np.uint8],
    groups: NDArray[np.int64],
    size: PersonSize,
    least: float,
) -> list[tuple[float, ...]]:
    """Return the people who explain groups of blobs: x1, y1, x2, y2 in pixels and filled share."""
    height, width = foreground.shape
    silhouettes, members, parts = tried(groups, size, width=width, height=height)
    coded = codes(foreground, visible)
    corners = silhouettes.corners(width=width)
    seen = np.maximum(sums(visible, corners) / silhouettes.area, _LEAST_VISIBLE)
    explained = silhouettes.explained(coded, corners)
    gain = explained * silhouettes.area
    tall = size.heights(foot_points(groups.astype(np.float64))).tolist()
    found: list[tuple[float, ...]] = []
    for blob, some, (x1, y1, x2, y2), high in zip(
        groups.tolist(), members, parts.tolist(), tall, strict=True
    ):
        first = int(np.argmax(gain[some]))
        share = float(explained[some][first] / seen[some][first])
        if share < least:
            continue
        group = _Group(silhouettes.only(some), seen[some], coded[y1:y2, x1:x2], origin=(x1, y1), size=size)
        people = group.explain(first, share, least)
        if len(people) == 1:
            ((k, share),) = people
            found.append((*_measured(foreground, blob, high, size.aspect, group.expected(k)), share))
        else:
            found += [(*group.expected(k), share) for k, share in people]
    return found


class _Group:
    """Silhouettes of blobs that are explained jointly, of which some are chosen.

    Args:
        silhouettes: silhouettes that are tried.
        seen: (n,) share of each that can be seen.
        coded: `codes` of the part of the frame that holds them all.
        origin: left upper corner of that part, x and y.
        size: expected size of a person.
    """

    def __init__(
        self,
        silhouettes: Silhouettes,
        seen: NDArray[np.float64],
        coded: NDArray[np.uint8],
        *,
        origin: tuple[int, int],
        size: PersonSize,
    ) -> None:
        self._tried, self._seen, self._coded = silhouettes, seen, coded
        self._origin, self._aspect = origin, size.aspect
        self._found: dict[frozenset[int], tuple[int, float]] = {}

    def explain(self, first: int, share: float, least: float) -> list[tuple[int, float]]:
        """Choose silhouettes that explain the foreground.

        Args:
            first: number of the silhouette that explains most of it.
            share: filled share of that silhouette.
            least: least share of a silhouette to be chosen.

        Returns:
            Number and filled share of each.
        """
        chosen, shares = [first], [share]
        # The least foreground, in pixels, that fills enough of a silhouette.
        enough = least * float((self._seen * self._tried.area).min())
        while len(chosen) < _MOST_TOGETHER and self._left(chosen) >= enough:
            candidate, share = self._best(chosen)
            if share < least:
                break
            chosen.append(candidate)
            shares.append(share)
            for k in self._touching(chosen):
                chosen[k], shares[k] = self._best(chosen[:k] + chosen[k + 1 :])
        return list(zip(chosen, shares, strict=True))

    def _touching(self, chosen: list[int]) -> list[int]:
        """Return the positions in `chosen` of the last silhouette and of those whose boxes touch its box."""
        x, y, height = self._tried.x[chosen], self._tried.y[chosen], self._tried.height[chosen]
        across = np.abs(x - x[-1]) <= self._aspect * np.maximum(height, height[-1])
        down = np.abs(y - y[-1]) <= np.maximum(height, height[-1])
        return np.flatnonzero(across & down).tolist()

    def _left(self, others: list[int]) -> int:
        """Count the pixels of the foreground left by `others`."""
        return int(np.count_nonzero(self._without(others) > NOTHING))

    def _best(self, others: list[int]) -> tuple[int, float]:
        """Find the silhouette that explains most of the foreground left by `others`, and its filled share."""
        # People are asked about anew whenever another one has moved, and most have not.
        key = frozenset(others)
        if key not in self._found:
            self._found[key] = self._best_beside(others)
        return self._found[key]

    def _best_beside(self, others: list[int]) -> tuple[int, float]:
        tried = self._tried
        free = np.ones(len(tried.x), np.bool_)
        for k in others:
            across = (tried.x - tried.x[k]) / (_BODY[0] * self._aspect * tried.height[k])
            down = (tried.y - tried.y[k]) / (_BODY[1] * tried.height[k])
            free &= across**2 + down**2 >= 1
        gain = np.where(free, tried.explained(self._without(others), self._corners), -1.0)
        best = int(np.argmax(gain * tried.area))
        return best, float(gain[best] / self._seen[best])

    @cached_property
    def _corners(self) -> NDArray[np.int64]:
        return self._tried.corners(width=self._coded.shape[1], origin=self._origin)

    def _without(self, others: list[int]) -> NDArray[np.uint8]:
        """Return `codes` of the part, but those under `others` say nothing."""
        tried, (left, top) = self._tried, self._origin
        coded = self._coded.copy()
        for k in others:
            for part in range(len(tried.top)):
                rows = slice(tried.top[part, k] - top, tried.bottom[part, k] - top)
                coded[rows, tried.left[part, k] - left : tried.right[part, k] - left] = NOTHING
        return coded

    def expected(self, k: int) -> tuple[float, float, float, float]:
        """Return the box of a silhouette."""
        x, y, height = (float(one[k]) for one in (self._tried.x, self._tried.y, self._tried.height))
        reach = self._aspect * height / 2
        return x - reach, y - height, x + reach, y


def _measured(
    foreground: NDArray[np.uint8],
    blob: list[int],
    tall: float,
    aspect: float,
    expected: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Return a lone person's box: rows of the blob, about its centre of mass, which limbs hardly move."""
    x1, y1, x2, y2 = blob
    if abs((y2 - y1) / tall - 1) > _MEASURED:
        return expected
    columns = np.count_nonzero(foreground[y1:y2, x1:x2] == FOREGROUND, axis=0)
    x = x1 + float((np.arange(len(columns)) + 0.5) @ columns / columns.sum())
    reach = aspect * tall / 2
    return x - reach, y1, x + reach, y2
