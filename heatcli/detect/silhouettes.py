"""Silhouettes of upright people at all foot points where somebody may stand, and the foreground under them.

Sums under a silhouette, which is three rectangles, come from an integral image (Crow 1984), for all foot
points of a frame at once.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.scene import PersonSize
from heatcli.geometry import foot_points

BACKGROUND, FOREGROUND, SHADOW = 0, 1, 2

# Silhouette of a walking person: heights at which head, torso and legs begin and end, as fractions of the
# box's height from its top; and half the width of head, of arms and torso, and of legs, as fractions of its
# width.
_EDGES = np.array([0.0, 0.17, 0.6, 1.0])
_HALF_WIDTHS = np.array([0.22, 0.42, 0.33])
_PART_AREA = sum((np.diff(_EDGES) * 2 * _HALF_WIDTHS).tolist())
# By class of pixel: twice what it speaks for a person, and 1, so that it is whole and not negative.
NOTHING = 1
_CODES = np.zeros(256, np.uint8)
_CODES[[BACKGROUND, SHADOW, FOREGROUND]] = 0, NOTHING, 3
# Step of the grid on which foot points are tried, as a share of a person's height.
_STEP = 1 / 24

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def silhouette_area(height: Floats, size: PersonSize) -> Floats:
    """Return the areas in square pixels of the silhouettes of people of these heights, (n,) pixels."""
    area: Floats = _PART_AREA * size.aspect * height**2
    return area


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """Silhouettes of people who stand at some foot points.

    Attributes:
        x: (n,) int64 foot points, in pixels of the frame.
        y: (n,) int64 likewise.
        height: (n,) expected heights in pixels.
        area: (n,) areas in square pixels, also of what is cut.
        left: (3, n) int64 left edges of head, torso and legs, cut to the frame.
        right: (3, n) int64 right edges.
        top: (3, n) int64 top edges.
        bottom: (3, n) int64 bottom edges.
        pixels: (n,) numbers of pixels, without what is cut.
    """

    x: Integers
    y: Integers
    height: Floats
    area: Floats
    left: Integers
    right: Integers
    top: Integers
    bottom: Integers
    pixels: Integers

    def only(self, members: slice) -> "Silhouettes":
        """Return some of the silhouettes."""
        return Silhouettes(
            self.x[members],
            self.y[members],
            self.height[members],
            self.area[members],
            self.left[:, members],
            self.right[:, members],
            self.top[:, members],
            self.bottom[:, members],
            self.pixels[members],
        )

    def explained(self, coded: NDArray[np.uint8], corners: Integers) -> Floats:
        """Return the foreground under each silhouette, less holes, as a share of its area, (n,).

        Args:
            coded: `codes` of a part of the frame.
            corners: `corners` of the silhouettes in that part.
        """
        share: Floats = (sums(coded, corners) - self.pixels) / 2 / self.area
        return share

    def corners(self, *, width: int, origin: tuple[int, int] = (0, 0)) -> Integers:
        """Return where the corners of silhouettes are in the integral image of a part of the frame.

        Args:
            width: width of the part in pixels.
            origin: left upper corner of the part, x and y.

        Returns:
            (4, 3, n) indices: two of the corners that are added, then two that are subtracted.
        """
        left, right = self.left - origin[0], self.right - origin[0]
        top, bottom = (self.top - origin[1]) * (width + 1), (self.bottom - origin[1]) * (width + 1)
        return np.stack([bottom + right, top + left, top + right, bottom + left])


def sums(image: NDArray[np.uint8], corners: Integers) -> Integers:
    """Return the sum of an image's pixels under each silhouette, (n,)."""
    plus, more, minus, less = cv2.integral(image).ravel()[corners]
    total: Integers = (plus + more - minus - less).sum(axis=0)
    return total


def tried(
    groups: Integers, size: PersonSize, *, width: int, height: int
) -> tuple[Silhouettes, list[slice], Integers]:
    """Place silhouettes wherever somebody of a group of blobs may stand.

    Args:
        groups: (g, 4) bounding boxes of the groups, x1 y1 x2 y2 in whole pixels.
        size: expected size of a person.
        width: width of the frame in pixels.
        height: height of the frame in pixels.

    Returns:
        Silhouettes of all groups, one group after the other; which are those of each group; and (g, 4) part
        of the frame, x1 y1 x2 y2 in pixels, to which each group's silhouettes are cut.
    """
    tall = size.heights(foot_points(groups.astype(np.float64)))
    x1, y1, x2, y2 = groups.T
    # Margins that hold nearly every silhouette.
    wide = size.aspect * tall
    left, right = (x1 - wide).astype(np.int64), (x2 + wide).astype(np.int64) + 1
    top, bottom = (y1 - tall / 2).astype(np.int64), (y2 + tall).astype(np.int64) + 1
    group, column, row = _grid(groups, tall)
    tallness = size.heights(np.column_stack([column, row]))
    reach = (_HALF_WIDTHS * size.aspect)[:, np.newaxis] * tallness
    up = (1 - _EDGES)[:, np.newaxis] * tallness
    part = np.column_stack(
        [np.maximum(left, 0), np.maximum(top, 0), np.minimum(right, width), np.minimum(bottom, height)]
    )
    # Rounded within the margins, whose corner is a whole pixel.
    left, top = left[group], top[group]
    low_x, low_y, high_x, high_y = part[group].T
    edges_x = [
        np.clip(np.rint(column - left + side * reach).astype(np.int64) + left, low_x, high_x)
        for side in (-1, 1)
    ]
    edges_y = np.clip(np.rint(row - top - up).astype(np.int64) + top, low_y, high_y)
    left, right = edges_x
    top, bottom = edges_y[:-1], edges_y[1:]
    silhouettes = Silhouettes(
        column,
        row,
        tallness,
        silhouette_area(tallness, size),
        left,
        right,
        top,
        bottom,
        ((right - left) * (bottom - top)).sum(axis=0),
    )
    ends = np.cumsum(np.bincount(group, minlength=len(groups))).tolist()
    return silhouettes, [slice(*bounds) for bounds in pairwise([0, *ends])], part


def _grid(groups: Integers, tall: Floats) -> tuple[Integers, Integers, Integers]:
    """Return the foot points that are tried, row by row: number of the group, x and y, (n,) each."""
    x1, y1, x2, y2 = groups.T
    step = np.maximum(1, np.rint(tall * _STEP)).astype(np.int64)
    first, last = (y1 + tall / 3).astype(np.int64), (y2 + 2 * tall / 3).astype(np.int64)
    columns, rows = -((x1 - x2 - 1) // step), -((first - last) // step)
    count = columns * rows
    group = np.repeat(np.arange(len(groups)), count)
    row, column = np.divmod(np.arange(len(group)) - (np.cumsum(count) - count)[group], columns[group])
    return group, x1[group] + column * step[group], first[group] + row * step[group]


def codes(foreground: NDArray[np.uint8], visible: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Write twice what each pixel speaks for a person, and 1.

    Foreground speaks for a person, and background half as much against one, since clothes of the colour of
    the floor leave holes. Shadow says nothing, as it may be a dark leg; nor does background where occluders
    hide people.
    """
    return np.asarray(cv2.max(cv2.LUT(foreground, _CODES), 1 - visible), np.uint8)
