"""Hiding people in recorded frames: in each person's box stands the empty scene, or coarse pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.names import HidingStyle
from heatcli.picture.draw import fit
from heatcli.select.rows import Rows, unpaired

AHEAD_US = 1_000_000
"""How far behind and before a moment the boxes are looked at that hide somebody at it, in µs."""
# Boxes of this time before and behind are hidden together, in µs: nobody is ahead of their box then, nor
# beside it where a box trembles. Where there are none, the nearest one within `AHEAD_US` is: people are there
# before they are first found, and after.
_AROUND_US = 500_000
# Part of a box by which it is grown on each side: arms, bags and shadows reach beyond.
_MARGIN = 0.15
# A scene that looks like the frame in the middle of a person's box shows that person, who was there in all
# of the clip: so many of its pixels differ by no more than so many levels.
_SAME_PART, _SAME_LEVELS = 0.5, 20
# Cells across the longer side of a box of coarse pixels: a face is less than one of them.
_CELLS = 8
# Grey of a silhouette.
_GREY = 128


class Hiding:
    """Hides people in frames that follow each other in time (an aggregator).

    Args:
        scene: (height, width, 3) uint8 BGR picture of the empty scene; None for a style that needs none.
        style: what stands in the place of a person.

    Attributes:
        people: number of different people who were hidden.
        present_us: time that they were in the picture, summed, in µs.
        unseen_us: part of this in which nobody was detected at their place, which was interpolated, in µs.
    """

    def __init__(self, scene: NDArray[np.uint8] | None, style: HidingStyle) -> None:
        self._scene, self._style = scene, style
        self._rows = Rows.none()
        self._known: set[int] = set()
        self.present_us = self.unseen_us = 0

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._rows = Rows.joined([self._rows, rows])
        self._known.update(np.unique(rows.person).tolist())
        self.present_us += int(rows.weight_us.sum())
        self.unseen_us += int(rows.weight_us[rows.filled].sum())

    @property
    def unseen_pct(self) -> float | None:
        """Part of `present_us` that is `unseen_us`, in percent; None where there was nobody."""
        return 100 * self.unseen_us / self.present_us if self.present_us else None

    @property
    def people(self) -> int:
        """Number of different people who were hidden."""
        return len(self._known)

    def hide(self, image: NDArray[np.uint8], time_us: int) -> NDArray[np.uint8]:
        """Return a frame without people. All rows up to `AHEAD_US` behind it must have been added.

        Args:
            image: (height, width, 3) uint8 BGR frame.
            time_us: time of the frame, UTC µs, not before that of the call before.
        """
        self._rows = self._rows.where(self._rows.time_us + self._rows.weight_us > time_us - AHEAD_US)
        near = self._rows.where(self._rows.time_us < time_us + AHEAD_US)
        if not len(near):
            return image
        height, width = image.shape[:2]
        scene = None if self._scene is None else fit(self._scene, width, height)
        hidden = image.copy()
        # How far each row's own time is from the moment.
        off = np.maximum(near.time_us - time_us, time_us - near.time_us - near.weight_us).clip(0)
        trajectory, _ = unpaired(near.tracklet)
        corners = near.boxes / np.tile(near.size, 2) * np.tile((width, height), 2)
        present = []
        for one in np.unique(trajectory):
            own = np.flatnonzero(trajectory == one)
            around = own[off[own] <= _AROUND_US]
            now = own[off[own].argmin()]
            shows = scene is not None and _looks_like(scene, image, corners[now])
            boxes = corners[around if len(around) else [now]]
            self._hide_one(hidden, boxes, scene, coarsely=shows or scene is None)
            present.append(corners[now])
        if self._style is HidingStyle.SILHOUETTE:
            for x1, y1, x2, y2 in present:
                middle, size = ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1)
                cv2.ellipse(hidden, (middle, size, 0.0), (_GREY,) * 3, cv2.FILLED, cv2.LINE_AA)
        return hidden

    def _hide_one(
        self,
        picture: NDArray[np.uint8],
        boxes: NDArray[np.float64],
        scene: NDArray[np.uint8] | None,
        *,
        coarsely: bool,
    ) -> None:
        """Hide what is in any of the boxes of one person, in place."""
        corners = np.append(boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0))
        margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2]).max(axis=0)
        height, width = picture.shape[:2]
        left, top = np.floor(corners[:2] - margin).clip(0).astype(int).tolist()
        right, bottom = np.ceil(corners[2:] + margin).clip(0, (width, height)).astype(int).tolist()
        if right <= left or bottom <= top:
            return  # out of the picture
        part = picture[top:bottom, left:right]
        if scene is not None:
            part[:] = scene[top:bottom, left:right]
        if not coarsely:
            return
        cell = max(right - left, bottom - top) / _CELLS
        coarse = max(1, round((right - left) / cell)), max(1, round((bottom - top) / cell))
        small = cv2.resize(part, coarse, interpolation=cv2.INTER_AREA)
        part[:] = cv2.resize(small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)


def _looks_like(scene: NDArray[np.uint8], image: NDArray[np.uint8], box: NDArray[np.float64]) -> bool:
    """Tell whether a scene shows in the middle of a box what the frame does: somebody may be in it."""
    x1, y1, x2, y2 = box
    height, width = image.shape[:2]
    left, right = np.clip([x1 + (x2 - x1) / 4, x2 - (x2 - x1) / 4], 0, width).astype(int)
    top, bottom = np.clip([y1 + (y2 - y1) / 4, y2 - (y2 - y1) / 4], 0, height).astype(int)
    middle = slice(top, bottom + 1), slice(left, right + 1)
    differs = cv2.absdiff(scene[middle], image[middle]).max(axis=2)
    return not differs.size or bool((differs <= _SAME_LEVELS).mean() > _SAME_PART)
