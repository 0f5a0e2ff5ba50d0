"""Charts of exposure: how many of those who come by stop, and for how long."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import empty_chart
from heatcli.charts.pair import PairCharts, most_of, pair_of, write_pairs
from heatcli.charts.stay_chart import draw_lengths
from heatcli.zones.exposure import FoundExposure

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure


def write_exposure_charts(path: Path, cameras: Sequence[PairCharts[FoundExposure]]) -> None:
    """Draw two charts for each camera: who stops, over the buckets, and stops as a distribution.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera)


def _draw_camera(figure: "SubFigure", camera: PairCharts[FoundExposure]) -> None:
    """Draw the charts of one camera."""
    zones = most_of(camera.zones, lambda one: one.total.passers)
    left, right = pair_of(figure, camera.title, camera.subtitle, [one.zone.name for one in zones])
    empty_chart(left, "Stopped", "% of the people who came by")
    draw_over_buckets(left, "engagement_pct", camera.buckets, zones, (), ())
    watched = any(one.total.covered_s for one in zones)
    unit = "% of the stops that were longer; the dot: half of them"
    nobody = "nobody stopped" if watched else "nothing recorded"
    draw_lengths(right, "Stops", unit, [one.stops_s for one in zones], nobody=nobody)
