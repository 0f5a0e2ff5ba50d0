"""What a camera saw, drawn at random, as a selection that the page can be packed from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from heatcli.clock import time_zone
from heatcli.filters import Reason
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.report.page.pack import PageCamera
from heatcli.store.reader import CameraSelection
from heatcli.store.rows import Rows
from heatcli.zones.buckets import Buckets
from tests.zones_reference import Seen, Span, as_rows, common, own_spans

ZAGREB = time_zone("Europe/Zagreb")
SIZES = [(512, 256), (640, 480), (256, 128)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(CameraSelection):
    """A selection of rows that are there already."""

    rows: Rows = field()

    def batches(self) -> Iterator[Rows]:
        rows = self.rows.where(np.isin(self.rows.person, self.trajectories["person"].to_numpy()))
        # In two batches, which must not tell.
        half = len(rows) // 2
        yield from (part for part in (rows.where(slice(half)), rows.where(slice(half, None))) if len(part))


def drawn(
    seen: Sequence[Seen],
    own: Sequence[Sequence[Span]],
    *,
    sample_aspect: float = 1.0,
    outliers: Sequence[int] = (),
) -> Drawn:
    """Make a selection of what was seen; `outliers` are left out of it."""
    rows = as_rows(seen, own)
    people = pl.DataFrame({"person": np.unique(rows.person)}, schema={"person": pl.Int64})
    out = pl.col("person").is_in(list(outliers))
    values: dict[str, Any] = {
        "camera": "drawn",
        "clips": (),
        "own": tuple(Intervals.of(np.array(spans, np.int64).reshape(-1, 2)) for spans in own),
        "width": SIZES[0][0],
        "height": SIZES[0][1],
        "sample_aspect": sample_aspect,
        "plate": None,
        "timezone": "Europe/Zagreb",
        "observed_only": False,
        "tracking_mode": TrackingMode.BOTTOM_CENTER,
        "trajectories": people.filter(~out),
        "excluded": people.filter(out).with_columns(reason=pl.lit(str(Reason.STAY))),
        "store": Path(),
        "files": pl.DataFrame(),
        "rows": rows,
    }
    return Drawn(**values)


@dataclass(frozen=True, kw_only=True)
class World:
    """A random world.

    Attributes:
        seen: everybody.
        covered: by each clip.
        period: that is selected.
        sample_aspect: of the pixels.
        outliers: some of the people.
    """

    seen: list[Seen]
    covered: list[list[Span]]
    period: list[Span]
    sample_aspect: float
    outliers: list[int]

    def within(self, limits: Sequence[Span], *, without: Sequence[int] = ()) -> Drawn:
        """Select some of the period."""
        own = own_spans(self.covered, common(self.period, limits))
        return drawn(self.seen, own, sample_aspect=self.sample_aspect, outliers=without)


def random_world(seed: int, start_us: int) -> World:
    """Draw one: clips with holes that overlap, several sizes, people who come back or are there twice.

    Half of the points are on a raster, so that many lie on rims, edges, corners and borders.
    """
    rng = np.random.default_rng(seed)
    second = 1_000_000
    seen: list[Seen] = []
    covered: list[list[Span]] = []
    clip_start = start_us
    for clip in range(int(rng.integers(1, 4))):
        # A second is the longest step of a path, two are the longest gap in a stay.
        step = int(rng.choice([second // 5, second // 2, second, 2 * second, 66_667]))
        frames = int(rng.integers(2, 60))
        size = SIZES[int(rng.integers(len(SIZES)))]
        holes = rng.random(frames) < 0.1
        begins = clip_start + np.arange(frames) * step
        covered.append([(int(t), int(t) + step) for t, hole in zip(begins, holes, strict=True) if not hole])
        for person in range(int(rng.integers(0, 5))):
            there = rng.random(frames) < rng.choice([0.3, 0.9, 1.0])
            raster = rng.random() < 0.5
            walk = np.cumsum(rng.normal(0, 12, (frames, 2)), axis=0) + rng.uniform(0, size, 2)
            for copy in range(1 + (rng.random() < 0.2)):
                for i in np.flatnonzero(there & ~holes):
                    x, y = np.clip(walk[i] + 16 * copy, 0, size)
                    if raster:
                        x, y = 16 * round(x / 16), 16 * round(y / 16)
                    box = tuple(float(np.float32(v)) for v in (x - 8, y - 40, x + 8, y))
                    seen.append(
                        Seen(int(begins[i]), step, clip, int(i), person, box, size, copy)  # type: ignore[arg-type]  # four numbers
                    )
        clip_start = int(begins[-1]) + int(rng.integers(-2, 8)) * second // 2
    begin, end = covered[0][0][0] if covered[0] else start_us, clip_start
    period = [(begin + int(rng.integers(0, second)), max(end, begin + 2 * second))]
    return World(
        seen=seen,
        covered=covered,
        period=period,
        sample_aspect=float(rng.choice([1.0, 1.5])),
        outliers=[int(rng.integers(0, 3))],
    )


def page_camera(selection: CameraSelection, buckets: Buckets, **views: Intervals) -> PageCamera:
    """Put a selection on the page."""
    return PageCamera(selection=selection, buckets=buckets, views=views)
