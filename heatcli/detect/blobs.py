"""From a foreground mask to bounding boxes: one per person, also where people touch or cover each other.

Blobs that may belong together are explained jointly. A silhouette, of the size that a person has at its foot
point, is placed where it explains most foreground. The next one is placed on what is left, and each time the
earlier ones may move again (coordinate ascent on the explained foreground, as in crowd segmentation by
Rittscher et al. 2005 and Ge and Collins 2009). Parts of one person, people side by side and one behind
another need no rules of their own: a silhouette spans the gap, or a second one explains the rest.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from heatcli.detect.scene import PersonSize
from heatcli.geometry import foot_points

BACKGROUND, FOREGROUND, SHADOW = 0, 1, 2

# Silhouette of a walking person: (top, bottom, half width) of head, of arms and torso, and of legs, as
# fractions of the box's height and width.
_PARTS = ((0.0, 0.17, 0.22), (0.17, 0.6, 0.42), (0.6, 1.0, 0.33))
_PART_AREA = sum((bottom - top) * 2 * half for top, bottom, half in _PARTS)
# Weight of background inside a silhouette against a person, where foreground has weight 1 for a person: half,
# because clothes of the colour of the floor leave holes. Shadow has weight 0: it may be a dark leg.
_HOLE = 0.5
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
# Share of a person's area below which blobs are dropped as specks; and step of the grid on which foot points
# are tried, as a share of a person's height.
_SPECK = 0.01
_STEP = 1 / 24
# Largest relative difference from the expected height at which a single person's box is measured from the
# blob; beyond it a part is hidden, or something else is attached, and the expected box is better.
_MEASURED = 0.2


def blobs(foreground: NDArray[np.uint8], size: PersonSize) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the connected components of the foreground, without specks.

    Args:
        foreground: (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`.
        size: expected size of a person.

    Returns:
        (n, 4) bounding boxes x1 y1 x2 y2 in pixels; and (n,) areas in square pixels.
    """
    mask = (foreground == FOREGROUND).astype(np.uint8)
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:].astype(np.float64)
    x, y, width, height, area = stats.T
    keep = area >= _SPECK * size.aspect * size.usual**2
    return np.column_stack([x, y, x + width, y + height])[keep], area[keep]


def find_people(
    foreground: NDArray[np.uint8], visible: NDArray[np.float32], size: PersonSize, *, least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the people in a mask.

    Args:
        foreground: (height, width) uint8 class of each pixel: `BACKGROUND`, `FOREGROUND` or `SHADOW`.
        visible: (height, width) mask, 0 where occluders hide people, else 1.
        size: expected size of a person.
        least: least share of the visible silhouette that the foreground must fill, less holes.

    Returns:
        (n, 4) boxes x1 y1 x2 y2 in pixels, within the picture; and (n,) share in 0..1 of the visible part of
        the expected silhouette that the foreground fills, less holes.
    """
    boxes, area = blobs(foreground, size)
    found: list[tuple[float, ...]] = []
    groups, group = connected_components(_near(boxes, size), directed=False) if len(boxes) else (0, boxes)
    for members in (group == k for k in range(groups)):
        x1, y1 = boxes[members, :2].min(axis=0)
        x2, y2 = boxes[members, 2:].max(axis=0)
        foot = foot_points(np.array([x1, y1, x2, y2]))
        if area[members].sum() >= least * _LEAST_VISIBLE * _silhouette_area(size.heights(foot), size)[0]:
            found += _Group(foreground, visible, size, (int(x1), int(y1), int(x2), int(y2))).explain(least)
    result = np.array(found).reshape(-1, 5)
    height, width = foreground.shape
    result[:, :4] = np.clip(result[:, :4], 0, (width, height, width, height))
    inside = (result[:, 0] < result[:, 2]) & (result[:, 1] < result[:, 3])
    return result[inside, :4], np.clip(result[inside, 4], 0.0, 1.0)


def _near(boxes: NDArray[np.float64], size: PersonSize) -> NDArray[np.bool_]:
    """(n, n) which blobs may belong to one person."""
    height = size.heights(foot_points(boxes))
    height = np.minimum(height[:, None], height)
    gap = np.maximum(boxes[:, None, :2], boxes[:, :2]) - np.minimum(boxes[:, None, 2:], boxes[:, 2:])
    near: NDArray[np.bool_] = (gap[..., 0] <= _GAP[0] * height) & (gap[..., 1] <= _GAP[1] * height)
    return near


def _silhouette_area(height: NDArray[np.float64], size: PersonSize) -> NDArray[np.float64]:
    return _PART_AREA * size.aspect * height**2


class _Group:
    """Blobs that are explained jointly, cropped with a margin that holds every silhouette tried."""

    def __init__(
        self,
        foreground: NDArray[np.uint8],
        visible: NDArray[np.float32],
        size: PersonSize,
        blob: tuple[int, int, int, int],
    ) -> None:
        x1, y1, x2, y2 = self._blob = blob
        tall = self._tall = float(size.heights(foot_points(np.array(blob)))[0])
        left, right = int(x1 - size.aspect * tall), int(x2 + size.aspect * tall) + 1
        top, bottom = int(y1 - tall / 2), int(y2 + tall) + 1
        frame_height, frame_width = foreground.shape
        source = np.s_[max(top, 0) : bottom, max(left, 0) : right]
        inside = np.s_[max(-top, 0) : frame_height - top, max(-left, 0) : frame_width - left]
        self._weight = np.zeros((bottom - top, right - left), np.float32)
        self._visible = np.zeros_like(self._weight)
        self._visible[inside] = visible[source]
        # Indexed by BACKGROUND, FOREGROUND, SHADOW.
        values = np.array([-_HOLE, 1.0, 0.0], np.float32)[foreground[source]]
        self._weight[inside] = np.where(values < 0, values * visible[source], values)
        self._columns = (foreground[y1:y2, x1:x2] == FOREGROUND).sum(axis=0)
        self._origin = (left, top)
        self._size = size
        step = max(1, round(tall * _STEP))
        y, x = np.mgrid[int(y1 + tall / 3) : int(y2 + 2 * tall / 3) : step, x1 : x2 + 1 : step]
        self._x, self._y = x.ravel() - left, y.ravel() - top
        self._height = size.heights(np.column_stack([self._x + left, self._y + top]))
        self._area = _silhouette_area(self._height, size)
        self._rectangles = [self._rectangle(*part) for part in _PARTS]
        stride = self._weight.shape[1] + 1
        self._corners = np.stack(
            [
                [y * stride + x for y, x in ((y2, x2), (y1, x1), (y1, x2), (y2, x1))]
                for x1, y1, x2, y2 in self._rectangles
            ],
            axis=1,
        )
        self._seen = np.maximum(self._sums(self._visible), _LEAST_VISIBLE)

    def _rectangle(self, top: float, bottom: float, half: float) -> tuple[NDArray[np.int64], ...]:
        """Return x1, y1, x2, y2 of a part of the silhouette at every candidate, clipped to the crop."""
        reach = half * self._size.aspect * self._height
        limit_y, limit_x = self._weight.shape
        x1, x2 = (np.clip(np.rint(self._x + side * reach), 0, limit_x).astype(np.int64) for side in (-1, 1))
        y1, y2 = (
            np.clip(np.rint(self._y - self._height * (1 - part)), 0, limit_y).astype(np.int64)
            for part in (top, bottom)
        )
        return x1, y1, x2, y2

    def _sums(self, image: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of an image under each candidate's silhouette, divided by the silhouette's area."""
        a, b, c, d = cv2.integral(image).ravel()[self._corners]
        total: NDArray[np.float64] = (a + b - c - d).sum(axis=0) / self._area
        return total

    def explain(self, least: float) -> list[tuple[float, ...]]:
        """Return the people who explain the foreground: x1, y1, x2, y2 in frame pixels and filled share."""
        chosen: list[int] = []
        shares: list[float] = []
        while len(chosen) < _MOST_TOGETHER:
            candidate, share = self._best(chosen)
            if share < least:
                break
            chosen.append(candidate)
            shares.append(share)
            for k in self._touching(chosen) if len(chosen) > 1 else []:
                chosen[k], shares[k] = self._best(chosen[:k] + chosen[k + 1 :])
        if len(chosen) == 1:
            return [(*self._measured(chosen[0]), shares[0])]
        return [(*self._expected(k), share) for k, share in zip(chosen, shares, strict=True)]

    def _touching(self, chosen: list[int]) -> list[int]:
        """Return the positions in `chosen` of the last candidate and of those whose boxes touch its box."""
        x, y, height = self._x[chosen], self._y[chosen], self._height[chosen]
        across = np.abs(x - x[-1]) <= self._size.aspect * np.maximum(height, height[-1])
        down = np.abs(y - y[-1]) <= np.maximum(height, height[-1])
        return np.flatnonzero(across & down).tolist()

    def _best(self, others: list[int]) -> tuple[int, float]:
        """Find the candidate that explains most of the foreground left by `others`, and its filled share."""
        weight = self._weight.copy()
        free = np.ones(len(self._x), np.bool_)
        for k in others:
            for x1, y1, x2, y2 in self._rectangles:
                weight[y1[k] : y2[k], x1[k] : x2[k]] = 0
            across = (self._x - self._x[k]) / (_BODY[0] * self._size.aspect * self._height[k])
            down = (self._y - self._y[k]) / (_BODY[1] * self._height[k])
            free &= across**2 + down**2 >= 1
        gain = np.where(free, self._sums(weight), -1.0)
        best = int(np.argmax(gain * self._area))
        return best, float(gain[best] / self._seen[best])

    def _expected(self, k: int) -> tuple[float, float, float, float]:
        x, y = self._x[k] + self._origin[0], self._y[k] + self._origin[1]
        reach = self._size.aspect * self._height[k] / 2
        return x - reach, y - self._height[k], x + reach, y

    def _measured(self, k: int) -> tuple[float, float, float, float]:
        """Return a lone person's box: rows of the blob, about its centre of mass, which limbs hardly move."""
        x1, y1, _, y2 = self._blob
        if abs((y2 - y1) / self._tall - 1) > _MEASURED:
            return self._expected(k)
        x = x1 + float(np.average(np.arange(len(self._columns)) + 0.5, weights=self._columns))
        reach = self._size.aspect * self._tall / 2
        return x - reach, y1, x + reach, y2
