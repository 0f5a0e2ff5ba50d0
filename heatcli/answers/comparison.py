"""The work behind `heatcli compare`: what differs between two periods, or two cameras."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.blocks import HOUR_US, BlockSums
from heatcli.heat.compare import Change, Comparison, Sample, change, compare
from heatcli.heat.grid import Grid
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.names import By
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.buckets import buckets_of

# From so many watched days on, of both periods together, days are compared, not hours: those of a day have
# much in common, so that they tell less than as many hours on different days. So many days tell enough, one
# against 27 too, and there are never more hours than fit into memory.
_MANY_DAYS = 28


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that differs by more than chance.

    Attributes:
        x: of its middle, where each cell weighs by how much it differs, as a fraction of the frame.
        y: likewise.
        area_pct: of the frame.
        change: of the metric, summed up over its cells.
        p: how often chance alone makes as large a region anywhere in the map.
    """

    x: float
    y: float
    area_pct: float
    change: Change
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class CameraComparison:
    """How two selections differ.

    Attributes:
        a: the one.
        b: the other; it has the picture.
        by: whether hours or days were compared.
        blocks: how many of them were watched, in a and in b.
        anybody: whether anybody came who counts, in a and in b.
        found: the difference.
        regions: what differs by more than chance, the largest first, as numbered in `found.cluster`.
    """

    a: SelectedCamera
    b: SelectedCamera
    by: By
    blocks: tuple[int, int]
    anybody: tuple[bool, bool]
    found: Comparison
    regions: tuple[Region, ...]

    @property
    def name(self) -> str:
        """Name of the camera, or of both."""
        same = self.a.name == self.b.name
        return self.b.name if same else f"{self.a.name} and {self.b.name}"

    @property
    def verdict(self) -> str:
        """What came of it, in a few words."""
        if not all(self.blocks):
            return f"nothing was recorded in {_lacking(self.blocks)}"
        if not any(self.anybody):
            return f"nobody came in {_lacking(self.anybody)}"
        units = f"{self.blocks[0]} and {self.blocks[1]} {self.by}s"
        if not self.found.can_tell:
            return f"{units} are too few to tell change from chance"
        count = len(self.regions)
        found = f"{units}: {count or 'no'} region{'' if count == 1 else 's'} changed beyond chance"
        return found if all(self.anybody) else f"{found}; nobody came in {_lacking(self.anybody)}"


def _lacking(has: tuple[object, object]) -> str:
    """Name the periods that have none of something."""
    return " and ".join(name for name, some in zip("ab", has, strict=True) if not some)


def compare_cameras(a: SelectedCamera, b: SelectedCamera, settings: RenderSettings) -> CameraComparison:
    """Compare two selections, each of one camera."""
    by = By.DAY if sum(len(_bounds(camera, By.DAY)) for camera in (a, b)) >= _MANY_DAYS else By.HOUR
    bounds = [_bounds(camera, by) for camera in (a, b)]
    # One grid for both; where the frames have different shapes, fractions of the frame are compared.
    grid = Grid.over(columns=settings.grid_resolution, width=b.width, height=b.height)
    of_a, of_b = (_sample(*pair, grid, settings) for pair in zip((a, b), bounds, strict=True))
    found = compare(of_a, of_b)
    regions = [
        _region(of_a, of_b, found, found.cluster == number, p) for number, p in enumerate(found.p, start=1)
    ]
    blocks = len(bounds[0]), len(bounds[1])
    anybody = bool(of_a.total.any()), bool(of_b.total.any())
    return CameraComparison(a, b, by, blocks, anybody, found, tuple(regions))


def _bounds(camera: SelectedCamera, by: By) -> NDArray[np.int64]:
    """(blocks, 2) UTC µs of the hours or days, by the camera's clock, of which any time was watched."""
    covered = camera.covered
    bounds = buckets_of(by, covered=covered, zone=ZoneInfo(camera.timezone)).bounds_us
    return bounds[covered.overlap_us(bounds[:, 0], bounds[:, 1] - bounds[:, 0]) > 0]


def _sample(
    camera: SelectedCamera, bounds: NDArray[np.int64], grid: Grid, settings: RenderSettings
) -> Sample:
    """Sum up the blocks of a selection, smoothed as maps are."""
    reading = OnePass(camera)
    blocks = reading.counted(BlockSums(camera, bounds, metric=settings.metric, grid=grid))
    reading.run()
    sums = blocks.result()
    sigma = smoothing_sigma(settings.smoothing, grid.columns)
    watched_us = camera.covered.overlap_us(bounds[:, 0], bounds[:, 1] - bounds[:, 0])
    for block, one in enumerate(sums):
        sums[block] = smooth(one, sigma)
    return Sample(sums, watched_us / HOUR_US)


def _region(a: Sample, b: Sample, found: Comparison, cells: NDArray[np.bool_], p: float) -> Region:
    """Sum up a cluster."""
    y, x = np.nonzero(cells)
    weight = np.abs(found.difference[cells])
    rows, columns = cells.shape
    return Region(
        x=float(np.average(x + 0.5, weights=weight) / columns),
        y=float(np.average(y + 0.5, weights=weight) / rows),
        area_pct=100 * float(cells.mean()),
        change=change(a, b, cells),
        p=p,
    )
