"""How people move, drawn into a picture: arrows of the flow, and the paths themselves."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.clock import duration_text
from heatcli.config.settings import RenderSettings
from heatcli.heat.flow import Flow
from heatcli.heat.steps import Stepper
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.picture.colour import colorize
from heatcli.picture.legend import Legend, draw_legend
from heatcli.select.rows import Rows

# Columns of the flow's grid: few enough for arrows that can be read and do not overlap.
FLOW_COLUMNS = 32
# Percentile of the speeds that an arrow as long as its cell stands for: one runner does not shrink all other
# arrows.
_FULL_PERCENTILE = 95
# Shortest arrow, as a fraction of a cell: shorter ones come from people who go to and fro, in no direction.
_SHORTEST = 0.15
# Fractions of the picture's shorter side.
_ARROW_PART, _PATH_PART = 0.004, 0.003
_OUTLINE, _ARROW = (25, 25, 25), (255, 255, 255)
_TIP = 0.35
# Binary digits after the point in the coordinates that OpenCV draws at.
_SHIFT = 4
# Number of colours of a path from its beginning to its end.
_PATH_COLORS = 128


def draw_flow(
    picture: NDArray[np.uint8],
    legend: Legend,
    flow: Flow,
    *,
    threshold: float,
    width_m: float | None = None,
) -> tuple[NDArray[np.uint8], Legend]:
    """Draw an arrow of the mean velocity into each cell of a flow.

    Args:
        picture: (height, width, 3) uint8 BGR picture to draw over.
        legend: legend of the picture.
        flow: mean velocities over the whole picture.
        threshold: fraction of the longest time in a cell below which a cell gets no arrow, for lack of
            evidence.
        width_m: width in metres of what the picture shows; None where it is not known.

    Returns:
        Copy of the picture with the arrows, and the legend with a line that explains them.
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
    speed_text = f"{full * width:.3g} px/s" if width_m is None else f"{full * width_m:.2g} m/s"
    return result, replace(legend, extra=f"arrows: where people go, longest {speed_text}")


def _between_pixels(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return points as fixed-point numbers, which OpenCV draws between pixels."""
    return np.asarray(np.rint(points * 2**_SHIFT), np.int32)


class PathPicture:
    """The paths of people, drawn over the scene and coloured by time, the later ones on top (an aggregator).

    Two points of a person more than a second apart are not joined: the way between them is not known.

    Args:
        tracking_mode: point of a bounding box that stands for a person.
        covered: covered time, UTC µs, over which the colours run.
        ground: (height, width, 3) uint8 BGR picture to draw on.
        table: colours, as from `color_table`.
    """

    def __init__(
        self,
        *,
        tracking_mode: TrackingMode,
        covered: Intervals,
        ground: NDArray[np.uint8],
        table: NDArray[np.float32],
    ) -> None:
        self._tracking_mode, self._bounds = tracking_mode, covered.bounds
        self._picture = ground.copy()
        self._size = np.array(ground.shape[1::-1])
        self._thickness = max(1, round(self._size.min() * _PATH_PART))
        self._colors = colorize(np.linspace(0, 1, _PATH_COLORS), table)
        self._stepper = Stepper()

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        points = rows.points(self._tracking_mode)
        steps = self._stepper.add(rows, points / rows.size * self._size)
        begin, end = self._bounds[0, 0], self._bounds[-1, 1]
        color = ((steps.stop_us - begin) / (end - begin) * _PATH_COLORS).astype(np.intp)
        lines = _between_pixels(np.stack([steps.start, steps.stop], axis=1))
        for number in np.unique(color):
            cv2.polylines(
                self._picture,
                list(lines[color == number]),
                False,
                self._colors[min(number, _PATH_COLORS - 1)].tolist(),
                self._thickness,
                cv2.LINE_AA,
                _SHIFT,
            )

    def result(self) -> NDArray[np.uint8]:
        """Return the picture with the paths, (height, width, 3) uint8 BGR."""
        return self._picture


def paths_legend(title: str, *, covered: Intervals, timezone: str, table: NDArray[np.float32]) -> Legend:
    """Make the legend of paths: which colour stands for which time.

    Args:
        title: name of the camera.
        covered: covered time of the selection, UTC µs.
        timezone: IANA name of the camera's time zone.
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


def with_legend_of_paths(
    picture: NDArray[np.uint8],
    ground: NDArray[np.uint8],
    legend: Legend,
    settings: RenderSettings,
    *,
    flow: Flow | None,
    width_m: float | None = None,
) -> NDArray[np.uint8]:
    """Add arrows and a legend to a picture of paths.

    Args:
        picture: (height, width, 3) uint8 BGR ground with the paths.
        ground: (height, width, 3) uint8 BGR ground without them.
        legend: legend of the paths.
        settings: threshold of the arrows, and whether there is a legend.
        flow: mean velocities, for arrows; None for no arrows.
        width_m: width in metres of what the picture shows; None where it is not known.

    Returns:
        Copy of the picture with the arrows and the legend.
    """
    drawn = (picture != ground).any(axis=2).astype(np.float32)
    if flow is not None:
        threshold = settings.min_display_threshold
        picture, legend = draw_flow(picture, legend, flow, threshold=threshold, width_m=width_m)
    return draw_legend(picture, legend, heat=drawn) if settings.display_legend else picture
