"""Heat maps: the selected rows of a camera in, grids of values out."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.decay import Decay
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import UNITS, MetricGrids
from heatcli.heat.reach import Reach
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.names import AccumulationMode, Metric
from heatcli.select.mergeable import State
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """One metric of one camera over a grid.

    Attributes:
        raw: (rows, columns) float64 values in `unit` of what is in each cell, not smoothed; NaN where no time
            is covered and the metric is a rate.
        value: (rows, columns) float64 values in `unit` of what is within reach of each cell's centre,
            smoothed; these are drawn.
        metric: name of the metric, a `Metric`, `DENSITY` or `SPEED`; where heat decays, each moment counts
            by its weight, in T too.
        unit: unit of the values.
        covered_s: covered time of the selection in seconds, which is not weighted where heat decays.
        width: width of the camera's frame in stored pixels.
        height: height of the camera's frame in stored pixels.
        camera: name of the camera.
        reach: radius of the circle around each cell's centre in which people count for `value`: a fraction of
            the frame's width, metres on a floor plan, 0 where they count in the cell itself.
        place: where people count for `value`, in words that end a sentence; empty for a density.
    """

    raw: NDArray[np.float64]
    value: NDArray[np.float64]
    metric: str
    unit: str
    covered_s: float
    width: int
    height: int
    camera: str
    reach: float = 0.0
    place: str = ""

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
        self._reach = reach_in(camera, settings)
        self._grids = MetricGrids(
            [settings.metric] if metrics is None else metrics,
            reach=self._reach,
            tracking_mode=camera.tracking_mode,
            decay=self._decay,
        )

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._grids.add(rows)

    @property
    def key(self) -> str | None:
        """Text that decides what is kept of a stretch of time; None where heat decays."""
        return self._grids.key

    def part(self) -> MetricGrids:
        """Return what sums up the rows of a stretch of time alone."""
        return self._grids.part()

    def merge(self, state: State) -> None:
        """Take what was kept of a stretch of time."""
        self._grids.merge(state)

    def result(self) -> dict[Metric, HeatMap]:
        """Return the map of each metric."""
        camera, decay, grid = self._camera, self._decay, self._reach.grid
        reach = self._settings.reach
        sigma = smoothing_sigma(self._settings.smoothing, grid.columns, reach)
        found = self._grids.result(camera.covered_us if decay is None else decay.covered_us)
        return {
            metric: HeatMap(
                raw=values.cells,
                value=smooth(values.within, sigma),
                metric=metric,
                unit=UNITS[metric],
                covered_s=camera.covered_us / 1e6,
                width=camera.width,
                height=camera.height,
                camera=camera.name,
                reach=reach,
                place=place_in_picture(grid, reach, width=camera.width, height=camera.height),
            )
            for metric, values in found.items()
        }


def reach_in(camera: SelectedCamera, settings: RenderSettings) -> Reach:
    """Make the grid of a camera's map, with the circles around its cells in which people count."""
    width, height = camera.width, camera.height
    grid = Grid.over(columns=settings.grid_resolution, width=width, height=height)
    return Reach.in_picture(
        settings.reach, grid, width=width, height=height, sample_aspect=camera.sample_aspect
    )


def place_in_picture(grid: Grid, reach: float, *, width: int, height: int) -> str:
    """Say where people count for a place of a map, in stored pixels, as the end of a sentence.

    Args:
        grid: cells of the map.
        reach: radius of the circle around each cell's centre as a fraction of the frame's width; 0 for the
            cell itself.
        width: width of the frame in stored pixels.
        height: height of the frame in stored pixels.
    """
    if reach:
        return f"within {reach * width:.3g} px"
    return f"in a cell of {width / grid.columns:.3g} × {height / grid.rows:.3g} px"
