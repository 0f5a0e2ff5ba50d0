"""Charts of the queues of a camera: how long they are over the day, and how long people wait."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import INK, empty_chart
from heatcli.charts.pair import PairCharts, most_of, pair_of, write_pairs
from heatcli.charts.stay_chart import draw_lengths
from heatcli.clock import duration_text
from heatcli.zones.queue_figures import QueueStatistics

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure


def write_queue_charts(path: Path, cameras: Sequence[PairCharts[QueueStatistics]]) -> None:
    """Draw two charts for each camera: people waiting over the buckets, and waits as a distribution.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera)


def _draw_camera(figure: "SubFigure", camera: PairCharts[QueueStatistics]) -> None:
    """Draw the charts of a camera's queues."""
    queues = most_of(camera.zones, lambda one: one.total.mean_length)
    said = camera.subtitle
    if len(queues) < len(camera.zones):
        said += f"; the longest {len(queues)} of {len(camera.zones)} queues are drawn"
    lengths, waits = pair_of(figure, camera.title, said, [one.queue.zone.name for one in queues])
    empty_chart(lengths, "People waiting", "people in line at a time, on average")
    draw_over_buckets(lengths, "mean_length", camera.buckets, queues, (), ())
    known = [one.waits.wait_s[np.isfinite(one.waits.wait_s)] for one in queues]
    watched = any(one.total.covered_s for one in queues)
    unit = "% of the waits that were longer; the dot: half of them"
    draw_lengths(waits, "Waits", unit, known, nobody="nobody was served" if watched else "nothing recorded")
    if any(len(one) for one in known):
        low, high = waits.get_xlim()
        for target_s in {one.queue.target_s for one in queues if one.queue.target_s is not None}:
            waits.axvline(target_s, color=INK, linewidth=1.0, linestyle=":")
            if low <= target_s <= high:
                waits.text(target_s, 104, f" {duration_text(target_s)}", size=9.5, color=INK, va="top")
