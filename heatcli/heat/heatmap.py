"""Heat maps: the selected rows of a camera in, grids of values out."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import UNITS, MetricGrids
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.names import AccumulationMode, Metric
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera

DENSITY = "density"
"""Name of a kernel density, in the place of a metric's name."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """One metric of one camera over a grid.

    Attributes:
        raw: (rows, columns) float64 values in `unit`, before smoothing; NaN where no time is covered and the
            metric is a rate.
        value: (rows, columns) float64 values in `unit`, smoothed; these are drawn.
        metric: name of the metric, a `Metric` or `DENSITY`; where heat decays, each moment counts by its
            weight, in T too.
        unit: unit of the values, for `dwell_time` per cell.
        covered_s: covered time of the selection in seconds, which is not weighted where heat decays.
        width: width of the camera's frame in stored pixels.
        height: height of the camera's frame in stored pixels.
        camera: name of the camera.
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


class HeatMaps:
    """Heat maps of one camera, one for each metric (an aggregator).

    Args:
        camera: camera and what is selected of it.
        settings: accumulation, grid and smoothing.
        metrics: metrics to make maps of; None for the metric of the settings.
    """

    def __init__(
        self, camera: SelectedCamera, settings: RenderSettings, metrics: Collection[Metric] | None = None
    ) -> None:
        self._camera, self._settings = camera, settings
        self._decay = None
        if settings.accumulation_mode is AccumulationMode.DECAYING:
            self._decay = Decay.towards_the_end(camera.owned_time, settings.window_seconds)
        self._grid = Grid.over(columns=settings.grid_resolution, width=camera.width, height=camera.height)
        self._grids = MetricGrids(
            [settings.metric] if metrics is None else metrics,
            grid=self._grid,
            tracking_mode=camera.tracking_mode,
            decay=self._decay,
        )

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._grids.add(rows)

    def result(self) -> dict[Metric, HeatMap]:
        """Return the map of each metric."""
        camera, decay = self._camera, self._decay
        sigma = smoothing_sigma(self._settings.smoothing, self._grid.columns)
        grids = self._grids.result(camera.covered_us if decay is None else decay.covered_us)
        return {
            metric: HeatMap(
                raw=raw,
                value=smooth(raw, sigma),
                metric=metric,
                unit=UNITS[metric],
                covered_s=camera.covered_us / 1e6,
                width=camera.width,
                height=camera.height,
                camera=camera.name,
            )
            for metric, raw in grids.items()
        }
