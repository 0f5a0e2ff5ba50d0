"""The difference between two periods or two cameras, behind `heatcli compare`."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.blocks import HOUR_US, BlockSums
from heatcli.heat.compare import Change, Comparison, Sample, change, compare
from heatcli.heat.heatmap import place_in_picture, reach_in
from heatcli.heat.reach import Reach
from heatcli.heat.smoothing import smooth, smoothing_sigma
from heatcli.names import By
from heatcli.select.one_pass import OnePass
from heatcli.select.selected_camera import SelectedCamera
from heatcli.zones.buckets import buckets_of

# From this many watched days on, in both periods together, days are compared and not hours: hours of one day
# have much in common, so that they tell less than as many hours on different days. That many days tell
# enough, also as one against 27, and up to there all hours fit into memory.
_MANY_DAYS = 28

# Places of a region that changed by at least this part of its largest change are those that changed most.
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the picture that differs by more than chance.

    Attributes:
        x: horizontal place that `change` is of, as a fraction of the frame: the one nearest to the region's
            middle of those that changed most; without a reach, the middle itself.
        y: vertical place that `change` is of.
        area_pct: area of the region in percent of the frame.
        change: change of the metric at that place; without a reach, summed over the region's cells.
        p: probability that chance alone makes a region as large anywhere in the map.
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
        a: first selection.
        b: second selection, whose scene is drawn.
        by: unit of time that is compared: hours or days.
        blocks: numbers of hours or days that were watched, in a and in b.
        anybody: whether anybody who counts was seen, in a and in b.
        found: result of the comparison.
        regions: regions that differ by more than chance, the largest first, as numbered in `found.cluster`.
        place: where people count for a cell of the map, in words that end a sentence.
    """

    a: SelectedCamera
    b: SelectedCamera
    by: By
    blocks: tuple[int, int]
    anybody: tuple[bool, bool]
    found: Comparison
    regions: tuple[Region, ...]
    place: str

    @property
    def name(self) -> str:
        """Name of the camera, or of both cameras."""
        same = self.a.name == self.b.name
        return self.b.name if same else f"{self.a.name} and {self.b.name}"

    @property
    def verdict(self) -> str:
        """Result of the comparison in a few words."""
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
    """Name the periods for which something is missing."""
    return " and ".join(name for name, some in zip("ab", has, strict=True) if not some)


def compare_cameras(a: SelectedCamera, b: SelectedCamera, settings: RenderSettings) -> CameraComparison:
    """Compare two selections, each of one camera."""
    by = By.DAY if sum(len(_bounds(camera, By.DAY)) for camera in (a, b)) >= _MANY_DAYS else By.HOUR
    bounds = [_bounds(camera, by) for camera in (a, b)]
    # One grid for both: where the frames differ in shape, places are compared as fractions of the frame.
    reach = reach_in(b, settings)
    of_a, of_b = (_sample(*pair, reach, settings) for pair in zip((a, b), bounds, strict=True))
    found = compare(of_a, of_b)
    regions = [_region(of_a, of_b, found, number, reach) for number in range(1, len(found.p) + 1)]
    blocks = len(bounds[0]), len(bounds[1])
    anybody = bool(of_a.total.any()), bool(of_b.total.any())
    place = place_in_picture(reach.grid, settings.reach, width=b.width, height=b.height)
    return CameraComparison(a, b, by, blocks, anybody, found, tuple(regions), place)


def _bounds(camera: SelectedCamera, by: By) -> NDArray[np.int64]:
    """(blocks, 2) UTC µs of the hours or days on the camera's clock that were watched, in full or in part."""
    covered = camera.covered
    bounds = buckets_of(by, covered=covered, zone=ZoneInfo(camera.timezone)).bounds_us
    return bounds[covered.overlap_us(bounds[:, 0], bounds[:, 1] - bounds[:, 0]) > 0]


def _sample(
    camera: SelectedCamera, bounds: NDArray[np.int64], reach: Reach, settings: RenderSettings
) -> Sample:
    """Sum up each hour or day of a selection as a grid, smoothed as maps are."""
    reading = OnePass(camera)
    blocks = reading.counted(BlockSums(camera, bounds, metric=settings.metric, reach=reach))
    reading.run()
    sums = blocks.result()
    sigma = smoothing_sigma(settings.smoothing, reach.grid.columns, settings.reach)
    watched_us = camera.covered.overlap_us(bounds[:, 0], bounds[:, 1] - bounds[:, 0])
    for block, one in enumerate(sums):
        sums[block] = smooth(one, sigma)
    return Sample(sums, watched_us / HOUR_US)


def _region(a: Sample, b: Sample, found: Comparison, number: int, reach: Reach) -> Region:
    """Sum up one cluster of cells, by its number."""
    cells = found.cluster == number
    strength = np.where(cells, np.abs(found.difference), 0.0)
    y, x = np.indices(cells.shape) + 0.5
    middle = [float(np.average(place, weights=strength)) for place in (y, x)]
    counted = cells
    if not reach.is_cell:
        # Circles around neighbouring places have most of their people in common, so their sum says nothing.
        far = np.where(strength >= _MOST * strength.max(), np.hypot(y - middle[0], x - middle[1]), np.inf)
        counted = np.zeros_like(cells)
        counted.flat[far.argmin()] = True
        middle = [float(place[counted][0]) for place in (y, x)]
    rows, columns = cells.shape
    return Region(
        x=middle[1] / columns,
        y=middle[0] / rows,
        area_pct=100 * float(cells.mean()),
        change=change(a, b, counted),
        p=found.p[number - 1],
    )
