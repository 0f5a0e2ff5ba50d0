"""The people in recorded frames: boxes with the number of the track, and recent paths."""

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.heat.steps import LONGEST_STEP_US
from heatcli.picture.panel import font_size
from heatcli.picture.text import draw_text, text_width
from heatcli.select.feed import RowFeed
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

# Length of the path that is drawn behind each person, in µs.
_TRAIL_US = 5_000_000
# Width of lines, in font sizes.
_LINE_PART = 0.15
# Binary digits after the point in the coordinates that OpenCV draws at.
_SHIFT = 4
# Step in hue, in degrees, from one number to the next: by the golden angle, people in sight differ in colour.
_GOLDEN_ANGLE = 137.508


class People:
    """Draws the selected people into frames that follow each other in time (an aggregator).

    Args:
        selection: selected time and people of the camera.
        width: width of the pictures in pixels.
        height: height of the pictures in pixels.
    """

    def __init__(self, selection: SelectedCamera, *, width: int, height: int) -> None:
        self._feed = RowFeed()
        self._recent: Rows | None = None
        self._tracking_mode = selection.tracking_mode
        self._size = np.array([width, height])
        self._font = font_size(width, height)
        names = selection.trajectories.group_by("clip", "person").agg(pl.col("track").min())
        self._names = {(clip, person): str(track) for clip, person, track in names.iter_rows()}

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._feed.add(rows)

    def draw(self, picture: NDArray[np.uint8], time_us: int) -> None:
        """Draw the people who are there at a moment, in place. All rows up to it must have been added.

        Args:
            picture: (height, width, 3) uint8 BGR picture to draw into.
            time_us: the moment, UTC µs, later than that of the previous call.
        """
        new = self._feed.before(time_us + 1)
        known = [rows for rows in (self._recent, new) if rows is not None]
        if not known:
            return
        rows = Rows.joined(known)
        rows = rows.where(rows.time_us > time_us - _TRAIL_US)
        self._recent = rows
        there = np.flatnonzero(time_us < rows.time_us + rows.weight_us)
        for number in there.tolist():
            trail = rows.person[: number + 1] == rows.person[number]
            self._draw_one(picture, rows.where(np.flatnonzero(trail)))

    def _draw_one(self, picture: NDArray[np.uint8], way: Rows) -> None:
        """Draw one person; the last row of their path is the present."""
        color = _color(int(way.person[-1]))
        thickness = max(1, round(self._font * _LINE_PART))
        points = way.points(self._tracking_mode)
        steps = np.flatnonzero(np.diff(way.time_us) > LONGEST_STEP_US) + 1
        lines = [
            np.rint(line * 2**_SHIFT).astype(np.int32)
            for line in np.split(points / way.size * self._size, steps)
        ]
        cv2.polylines(picture, lines, False, color, thickness, cv2.LINE_AA, _SHIFT)
        corners = way.boxes[-1].reshape(2, 2) / way.size[-1] * self._size
        (left, top), (right, bottom) = np.rint(corners).astype(int).tolist()
        cv2.rectangle(picture, (left, top), (right, bottom), color, thickness)
        name = self._names[int(way.clip[-1]), int(way.person[-1])]
        baseline = top - thickness - 2 if top > 1.5 * self._font else bottom + self._font
        plate = (left, baseline - self._font), (left + text_width(name, self._font) + 4, baseline + 2)
        cv2.rectangle(picture, *plate, color, cv2.FILLED)
        draw_text(picture, name, x=left + 2, baseline=baseline, size=self._font, grey=0)


def _color(number: int) -> tuple[int, int, int]:
    """Return the colour of a person, BGR."""
    hue = round(number * _GOLDEN_ANGLE / 2) % 180
    blue, green, red = cv2.cvtColor(np.array([[[hue, 150, 255]]], np.uint8), cv2.COLOR_HSV2BGR)[0, 0].tolist()
    return blue, green, red
