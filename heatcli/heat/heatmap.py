"""A heat map: selected rows in, a grid of values out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import UNITS, metric_grids
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.intervals import Intervals
from heatcli.names import AccumulationMode, Metric, TrackingMode
from heatcli.select.rows import Rows

DENSITY = "density"
"""What the values of a kernel density are, in the place of a metric's name."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """One metric of one camera over a grid.

    Attributes:
        raw: (rows, columns) float64 in `unit`, before smoothing; NaN where no time is covered and the metric
            is a rate.
        value: (rows, columns) float64 in `unit`, smoothed: what is drawn.
        metric: what the values are, a `Metric` or `DENSITY`; where heat decays, each moment counts by its
            weight, in T too.
        unit: of the values; that of `dwell_time` is per cell.
        covered_s: covered time of the selection in seconds, each of them whole also where heat decays.
        width: of the camera's frame in stored pixels.
        height: of the camera's frame in stored pixels.
        camera: its name.
    """

    raw: NDArray[np.float64]
    value: NDArray[np.float64]
    metric: str
    unit: str
    covered_s: float
    width: int
    height: int
    camera: str

    @property
    def hottest(self) -> float | None:
        """The largest smoothed value; None where no value is known."""
        known = self.value[np.isfinite(self.value)]
        return float(known.max()) if known.size else None


def heat_map(
    batches: Iterable[Rows],
    *,
    settings: RenderSettings,
    tracking_mode: TrackingMode,
    camera: str,
    width: int,
    height: int,
    own: Sequence[Intervals],
) -> HeatMap:
    """Compute a heat map of the settings' metric, as `heat_maps` computes several."""
    (heat,) = heat_maps(
        batches,
        metrics=[settings.metric],
        settings=settings,
        tracking_mode=tracking_mode,
        camera=camera,
        width=width,
        height=height,
        own=own,
    ).values()
    return heat


def heat_maps(
    batches: Iterable[Rows],
    *,
    metrics: Collection[Metric],
    settings: RenderSettings,
    tracking_mode: TrackingMode,
    camera: str,
    width: int,
    height: int,
    own: Sequence[Intervals],
) -> dict[Metric, HeatMap]:
    """Compute heat maps of several metrics in one pass over the rows.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        metrics: what the maps are of.
        settings: grid and smoothing.
        tracking_mode: which point of a box stands for a person.
        camera: name of the camera.
        width: of its frame in stored pixels.
        height: of its frame in stored pixels.
        own: for each clip the time that it alone counts for, UTC µs: `SelectedCamera.own`.
    """
    grid = Grid.over(columns=settings.grid_resolution, width=width, height=height)
    covered_us = sum(one.total_us for one in own)
    decay = None
    if settings.accumulation_mode is AccumulationMode.DECAYING:
        decay = Decay.towards_the_end(own, settings.window_seconds)
    grids = metric_grids(
        batches,
        metrics=metrics,
        grid=grid,
        tracking_mode=tracking_mode,
        covered_us=covered_us if decay is None else decay.covered_us,
        decay=decay,
    )
    return {
        metric: HeatMap(
            raw=raw,
            value=smooth(raw, smoothing_sigma(settings.smoothing, grid.columns)),
            metric=metric,
            unit=UNITS[metric],
            covered_s=covered_us / 1e6,
            width=width,
            height=height,
            camera=camera,
        )
        for metric, raw in grids.items()
    }
