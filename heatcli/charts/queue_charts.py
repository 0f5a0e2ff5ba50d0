"""Charts of the queues of a camera: how long they are over the day, and how long people wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import COLORS, INK, QUIET, empty_chart, figure_file
from heatcli.charts.stay_chart import draw_lengths
from heatcli.clock import duration_text
from heatcli.zones.buckets import Bucket
from heatcli.zones.queue_figures import QueueStatistics

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

# Queues that are drawn: one for each colour.
_MOST = len(COLORS)

# In inches: width and height of the charts of a camera. Letters in a line of text.
_WIDTH, _HEIGHT = 12.0, 4.4
_LETTERS = 150


@dataclass(frozen=True, slots=True)
class QueueCharts:
    """The content of the charts of one camera's queues.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        buckets: buckets of the period.
        queues: statistics of the queues by bucket; the longest few are drawn.
    """

    title: str
    subtitle: str
    buckets: tuple[Bucket, ...]
    queues: tuple[QueueStatistics, ...]


def write_queue_charts(path: Path, cameras: Sequence[QueueCharts]) -> None:
    """Draw two charts for each camera: people waiting over the buckets, and waits as a distribution.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    with figure_file(path, width=_WIDTH, height=_HEIGHT * len(cameras)) as figure:
        parts = figure.subfigures(len(cameras), 1, squeeze=False)[:, 0]
        for part, camera in zip(parts, cameras, strict=True):
            _draw_camera(part, camera)


def _draw_camera(figure: "SubFigure", camera: QueueCharts) -> None:
    """Draw the charts of a camera's queues."""
    from matplotlib.lines import Line2D

    longest = sorted(camera.queues, key=lambda one: -(one.total.mean_length or 0.0))[:_MOST]
    queues = [one for one in camera.queues if one in longest]
    said = camera.subtitle
    if len(queues) < len(camera.queues):
        said += f"; the longest {len(queues)} of {len(camera.queues)} queues are drawn"
    figure.text(0.06, 0.94, camera.title, size=17, weight="bold", color=INK, va="center")
    figure.text(0.06, 0.89, "\n".join(wrap(said, _LETTERS)), size=10.5, color=QUIET, va="top")
    handles = [
        Line2D([], [], color=color, linewidth=1.8, marker="o", markersize=4.5)
        for color in COLORS[: len(queues)]
    ]
    names = [one.queue.zone.name for one in queues]
    figure.legend(handles, names, loc="upper left", bbox_to_anchor=(0.055, 0.85), ncols=_MOST, frameon=False)
    grid = figure.add_gridspec(1, 2, left=0.06, right=0.975, top=0.63, bottom=0.14, wspace=0.16)
    lengths = figure.add_subplot(grid[0, 0])
    empty_chart(lengths, "People waiting", "people in line at a time, on average")
    draw_over_buckets(lengths, "mean_length", camera.buckets, queues, (), ())
    waits = figure.add_subplot(grid[0, 1])
    known = [one.waits.wait_s[np.isfinite(one.waits.wait_s)] for one in queues]
    watched = any(one.total.covered_s for one in queues)
    unit = "% of the waits that were longer; the dot: half of them"
    draw_lengths(waits, "Waits", unit, known, nobody="nobody was served" if watched else "nothing recorded")
    target_s = next((one.target_s for one in queues if one.target_s is not None), None)
    if target_s is not None and any(len(one) for one in known):
        waits.axvline(target_s, color=INK, linewidth=1.0, linestyle=":")
        low, high = waits.get_xlim()
        if low <= target_s <= high:
            waits.text(target_s, 104, f" {duration_text(target_s)}", size=9.5, color=INK, va="top")
