"""What a camera saw, drawn at random, as a selection that the page can be packed from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from heatcli.clock import time_zone
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.report.page.pack import PageCamera, pack_cameras
from heatcli.report.page.pieces import pieces_of
from heatcli.report.page.points import PagePeople, PagePoints
from heatcli.select.one_pass import OnePass
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import Reason
from heatcli.shapes import CountingLine
from heatcli.zones.buckets import Buckets
from heatcli.zones.lines import LineCrossings
from tests.support.aggregation import fed
from tests.support.zones_reference import Seen, Span, as_rows, common, own_spans

ZAGREB = time_zone("Europe/Zagreb")
SIZES = [(512, 256), (640, 480), (256, 128)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(SelectedCamera):
    """A selection of rows that are there already."""

    rows: Rows = field()

    def everybody(self) -> Self:
        """Return the selection with those who were left out."""
        return replace(self, trajectories=self.known, excluded=self.excluded.clear())


def batches_of(camera: SelectedCamera) -> Iterator[Rows]:
    """Return the rows of who counts, drawn or stored."""
    if not isinstance(camera, Drawn):
        yield from read_rows(camera)
        return
    rows = camera.rows.where(np.isin(camera.rows.person, camera.trajectories["person"].to_numpy()))
    # In two batches, which must not tell.
    yield rows.where(slice(len(rows) // 2))
    yield rows.where(slice(len(rows) // 2, None))


def people_of(
    camera: SelectedCamera, buckets: Buckets, lines: Sequence[CountingLine] = (), **views: Intervals
) -> PagePeople:
    """Return the people of a selection, drawn or stored, as a page shows them."""
    pieces = pieces_of(
        buckets, selected=camera.covered, covered=camera.covered, zone=ZoneInfo(camera.timezone), views=views
    )
    points = PagePoints(camera, pieces)
    if isinstance(camera, Drawn):
        crossings = fed(LineCrossings(camera, lines), batches_of(camera.everybody())).result()
        people = fed(points, batches_of(camera.everybody())).result()
        return replace(people, crossings=tuple(one.crossings for one in crossings))
    reading = OnePass(camera)
    reading.among(points.trajectories, points)
    reading.run()
    return points.result()


def selection_of(
    rows: Rows,
    own: Sequence[Intervals],
    *,
    size: tuple[int, int] = SIZES[0],
    sample_aspect: float = 1.0,
    outliers: Sequence[int] = (),
) -> Drawn:
    """Make a selection of rows; `outliers` are left out of it."""
    persons = np.unique(rows.person)
    people = pl.DataFrame({"person": persons, "clip": 0 * persons, "track": persons}).cast(pl.Int64)
    out = pl.col("person").is_in(list(outliers))
    values: dict[str, Any] = {
        "name": "drawn",
        "clips": (),
        "owned_time": tuple(own),
        "width": size[0],
        "height": size[1],
        "sample_aspect": sample_aspect,
        "plate": None,
        "timezone": "Europe/Zagreb",
        "limits": Selection().limits("Europe/Zagreb"),
        "asked": Selection(),
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
        return selection_of(
            as_rows(self.seen, own),
            [Intervals.of(np.array(spans, np.int64).reshape(-1, 2)) for spans in own],
            sample_aspect=self.sample_aspect,
            outliers=without,
        )


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


def packed(
    selection: SelectedCamera, buckets: Buckets, lines: Sequence[CountingLine] = (), **views: Intervals
) -> dict[str, Any]:
    """Pack a page that shows one camera."""
    (camera,) = pack_cameras([PageCamera(people_of(selection, buckets, lines, **views), buckets)])
    return camera


def camera_day(seed: int, *, start_us: int, hours: float, fps: int = 5, people: float = 8.0) -> Drawn:
    """Draw a busy shop: people come, go from place to place, stand a while at each and go.

    They walk at about a metre a second, which is 100 pixels here, and sway when they stand. Their paths are
    smooth, as those of the store are.
    """
    rng = np.random.default_rng(seed)
    frames, size, step = int(hours * 3600 * fps), (1280, 720), 1_000_000 // fps
    shelves = rng.uniform((100.0, 200.0), (1180.0, 700.0), (30, 2))
    visit_s = 120.0
    parts = []
    for person in range(int(hours * 3600 * people / visit_s)):
        begin = int(rng.integers(0, frames))
        count = min(int(fps * (5 + rng.exponential(visit_s - 5))), frames - begin)
        stops = rng.choice(shelves, 2 + count // (5 * fps)) + rng.normal(0, 20, (2 + count // (5 * fps), 2))
        stops[0] = (rng.choice([20.0, 1260.0]), rng.uniform(300, 700))
        walks_s = np.hypot(*np.diff(stops, axis=0).T) / rng.normal(100, 15, len(stops) - 1).clip(50)
        stands_s = rng.exponential(12, len(stops) - 1)
        arrive_s = np.cumsum(np.column_stack([walks_s, stands_s]).ravel())
        when = np.append(0.0, arrive_s)
        where = np.repeat(stops, 2, axis=0)[1:]
        times = (np.arange(count + 6 * fps) - 3 * fps) / fps
        path = np.column_stack([np.interp(times, when, axis) for axis in where.T])
        path += np.cumsum(rng.normal(0, 1.5, path.shape), axis=0)
        # A second of smoothing: nobody turns on the spot at full speed.
        kernel = np.hanning(2 * fps + 1) / np.hanning(2 * fps + 1).sum()
        smooth = np.column_stack([np.convolve(axis, kernel, "same") for axis in path.T])
        points = np.clip(smooth[3 * fps : 3 * fps + count], 0, size)
        parts.append((np.full(count, person), begin + np.arange(count), points))
    who, frame, places = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((who, frame))
    who, frame, (x, y) = who[order], frame[order], places[order].T
    rows = Rows(
        person=who.astype(np.int64),
        tracklet=who.astype(np.int64) << 32,
        clip=np.zeros(len(who), np.int32),
        frame=frame.astype(np.int32),
        time_us=start_us + frame * step,
        weight_us=np.full(len(who), step, np.int64),
        boxes=np.column_stack([x - 20, y - 120, x + 20, y]).astype(np.float32),
        size=np.tile(np.array(size, np.int32), (len(who), 1)),
        filled=np.zeros(len(who), np.bool_),
    )
    return selection_of(rows, [Intervals.of([[start_us, start_us + frames * step]])], size=size)
