"""Charts of exposure: how many of those who come by stop, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from heatcli.charts.bucket_chart import draw_over_buckets
from heatcli.charts.figure import empty_chart
from heatcli.charts.pair import most_of, pair_of, write_pairs
from heatcli.charts.stay_chart import draw_lengths
from heatcli.zones.buckets import Bucket
from heatcli.zones.exposure import ExposureFigures

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure


@dataclass(frozen=True, slots=True, eq=False)
class ChartedExposure:
    """The exposure of one zone.

    Attributes:
        name: name of the zone.
        total: figures of the whole period.
        buckets: figures of each bucket.
        stops_s: (n,) length of each stop in seconds.
    """

    name: str
    total: ExposureFigures
    buckets: Sequence[ExposureFigures]
    stops_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExposureCharts:
    """The content of the charts of one camera.

    Attributes:
        title: title of the charts.
        subtitle: further text, such as how much was covered.
        buckets: buckets of the period.
        zones: zones with a passing zone around them; those that most people come by are drawn.
    """

    title: str
    subtitle: str
    buckets: tuple[Bucket, ...]
    zones: tuple[ChartedExposure, ...]


def write_exposure_charts(path: Path, cameras: Sequence[ExposureCharts]) -> None:
    """Draw two charts for each camera: who stops, over the buckets, and stops as a distribution.

    Args:
        path: path of the `.png` or `.svg` file, replaced if it exists.
        cameras: content of each camera's charts, at least one.

    Raises:
        OutputError: the file cannot be written.
    """
    write_pairs(path, cameras, _draw_camera)


def _draw_camera(figure: "SubFigure", camera: ExposureCharts) -> None:
    """Draw the charts of one camera."""
    zones = most_of(camera.zones, lambda one: one.total.passers)
    left, right = pair_of(figure, camera.title, camera.subtitle, [one.name for one in zones])
    empty_chart(left, "Stopped", "% of the people who came by")
    draw_over_buckets(left, "engagement_pct", camera.buckets, zones, (), ())
    watched = any(one.total.covered_s for one in zones)
    unit = "% of the stops that were longer; the dot: half of them"
    nobody = "nobody stopped" if watched else "nothing recorded"
    draw_lengths(right, "Stops", unit, [one.stops_s for one in zones], nobody=nobody)
