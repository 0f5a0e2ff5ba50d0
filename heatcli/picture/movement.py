"""How people move, drawn into a picture: arrows of the flow, and the paths themselves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.clock import duration_text
from heatcli.geometry import tracking_points
from heatcli.heat.flow import Flow
from heatcli.heat.steps import Stepper
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.picture.colour import colorize
from heatcli.picture.legend import Legend
from heatcli.select.rows import Rows

# Cells of the flow across a picture: arrows in them are long enough to be read, and none hides another.
FLOW_COLUMNS = 32
# An arrow as long as its cell stands for the speed that so many percent of all do not exceed: one runner does
# not make everybody else's arrow vanish.
_FULL_PERCENTILE = 95
# Shorter arrows, in parts of a cell, are those of people who come and go: no direction is drawn.
_SHORTEST = 0.15
# Against the shorter side of the picture.
_ARROW_PART, _PATH_PART = 0.004, 0.003
_OUTLINE, _ARROW = (25, 25, 25), (255, 255, 255)
_TIP = 0.35
# Binary places of the coordinates that OpenCV draws between pixels.
_SHIFT = 4
# Colours of a path change in so many steps from begin to end.
_PATH_COLORS = 128


def draw_flow(
    picture: NDArray[np.uint8], legend: Legend, flow: Flow, *, threshold: float
) -> tuple[NDArray[np.uint8], Legend]:
    """Draw an arrow of the mean velocity into each cell of a flow.

    Args:
        picture: (height, width, 3) uint8 BGR.
        legend: of the picture.
        flow: over the whole picture.
        threshold: fraction of the longest time in a cell below which a cell has too little to go by.

    Returns:
        A copy with the arrows, and the legend that also says what they mean.
    """
    result = picture.copy()
    rows, columns = flow.time_s.shape
    height, width = picture.shape[:2]
    enough = flow.time_s > threshold * flow.time_s.max(initial=0.0)
    speed = np.hypot(flow.velocity[..., 0], flow.velocity[..., 1])
    full = float(np.percentile(speed[enough], _FULL_PERCENTILE)) if enough.any() else 0.0
    if full == 0:
        return result, replace(legend, extra="nobody moves" if enough.any() else "")
    cell = np.array([width / columns, height / rows])
    thickness = max(1, round(min(height, width) * _ARROW_PART))
    for row, column in np.argwhere(enough & (speed >= _SHORTEST * full)).tolist():
        half_way = flow.velocity[row, column] / max(full, speed[row, column]) * cell[0] / 2
        centre = (np.array([column, row]) + 0.5) * cell
        begin, end = (_between_pixels(centre + half) for half in (-half_way, half_way))
        for color, extra in ((_OUTLINE, 2), (_ARROW, 0)):
            cv2.arrowedLine(
                result, begin.tolist(), end.tolist(), color, thickness + extra, cv2.LINE_AA, _SHIFT, _TIP
            )
    return result, replace(legend, extra=f"arrows: where people go, longest {full * width:.3g} px/s")


def _between_pixels(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return points as the whole numbers by which OpenCV draws between pixels."""
    return np.asarray(np.rint(points * 2**_SHIFT), np.int32)


def draw_paths(
    picture: NDArray[np.uint8],
    batches: Iterable[Rows],
    *,
    tracking_mode: TrackingMode,
    covered: Intervals,
    table: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Draw the paths of people, coloured by time, the later ones over the earlier ones.

    Two points of a person more than a second apart are not joined: nobody knows the way between them.

    Args:
        picture: (height, width, 3) uint8 BGR.
        batches: selected rows of one camera, as `read_rows` yields them.
        tracking_mode: which point of a box stands for a person.
        covered: time of the selection; the colours go from its begin to its end.
        table: colours, as from `color_table`.

    Returns:
        A copy with the paths.
    """
    result = picture.copy()
    size = np.array(picture.shape[1::-1])
    thickness = max(1, round(size.min() * _PATH_PART))
    colors = colorize(np.linspace(0, 1, _PATH_COLORS), table)
    stepper = Stepper()
    for rows in batches:
        width, height = rows.size.T
        points = tracking_points(rows.boxes, tracking_mode, width=width, height=height)
        steps = stepper.add(rows, points / rows.size * size)
        begin, end = covered.bounds[0, 0], covered.bounds[-1, 1]
        color = ((steps.stop_us - begin) / (end - begin) * _PATH_COLORS).astype(np.intp)
        lines = _between_pixels(np.stack([steps.start, steps.stop], axis=1))
        for number in np.unique(color):
            bgr = colors[min(number, _PATH_COLORS - 1)].tolist()
            cv2.polylines(result, list(lines[color == number]), False, bgr, thickness, cv2.LINE_AA, _SHIFT)
    return result


def paths_legend(title: str, *, covered: Intervals, timezone: str, table: NDArray[np.float32]) -> Legend:
    """Say which colours stand for which time.

    Args:
        title: whose paths they are.
        covered: time of the selection.
        timezone: IANA name, of the camera.
        table: colours, as from `color_table`.
    """
    marks: tuple[tuple[float, str], ...] = ((0.0, ""),)
    caption = "paths"
    if len(covered.bounds):
        ends = [
            datetime.fromtimestamp(us / 1e6, ZoneInfo(timezone)).replace(tzinfo=None)
            for us in (covered.bounds[0, 0], covered.bounds[-1, 1])
        ]
        same_day = ends[0].date() == ends[1].date()
        texts = [f"{end:%H:%M:%S}" if same_day else f"{end:%Y-%m-%d %H:%M}" for end in ends]
        marks = ((0.0, texts[0]), (1.0, texts[1]))
        caption = f"paths, coloured by {'the time of day' if same_day else 'time'}"
    watched_s = covered.total_us / 1e6
    return Legend(
        title=title,
        note=f"{duration_text(watched_s)} watched" if watched_s else "nothing watched",
        caption=caption,
        colors=table,
        shown=np.ones(len(table), np.float32),
        marks=(marks,),
    )
