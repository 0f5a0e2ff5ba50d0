"""Reading the rows that a selection counts, a bounded number at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import local_time
from heatcli.select.ownership import weigh
from heatcli.select.rows import Rows, paired, row_order
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.views.placed import placed_boxes
from heatcli.store.faults import store_errors
from heatcli.store.files import live, scan

# Rows that are read at once: 120 MB.
_WINDOW_ROWS = 2_000_000

# Rows of one batch: its arrays are small enough that memory which was freed is used again, where for larger
# ones the system hands out new pages at each step.
_BATCH_ROWS = 100_000

LONGEST_DT_US = 2**31
"""Longest time in µs that a row can stand for: what `dt_us` can hold, 36 minutes."""


def read_rows(
    camera: SelectedCamera, *, everybody: bool = False, between: tuple[int, int] | None = None
) -> Iterator[Rows]:
    """Read the selected rows, in order of time; none of the batches is empty.

    Args:
        camera: camera and what is selected of it.
        everybody: whether the rows of people who were left out are read too.
        between: time from which on and before which rows are read, UTC µs; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    known = camera.known
    key = _key(known)
    read = np.ones(len(key), np.bool_) if everybody else np.isin(key, _key(camera.trajectories))
    later = known.filter(pl.col("track") != pl.col("row_track")).sort("first_us")
    parts = (later["first_us"].to_numpy(), _key(later, "row_track"), _key(later))
    who = _Who(key, known["person"].to_numpy(), read, np.column_stack(parts))
    for begin, end in _windows(camera, between):
        table = _read(camera, begin, end)
        for part in _parts(table["time"].to_numpy()):
            rows = _rows_of(camera, table[part], who)
            if camera.regions is not None:
                rows = rows.where(camera.regions.hold(rows.points(camera.tracking_mode), rows.size))
            if len(rows):
                yield rows


@dataclass(frozen=True, slots=True, eq=False)
class _Who:
    """The trajectories of a camera, in the order of `SelectedCamera.known`.

    Attributes:
        key: (n,) int64 clip and track as one number, ascending.
        person: (n,) int64 person whose trajectory it is.
        read: (n,) bool, true for trajectories whose rows are read.
        parts: (k, 3) int64 later parts of trajectories that were split, in order of time: their first time in
            UTC µs, the key of the trajectory that rows have, and the key of the part.
    """

    key: NDArray[np.int64]
    person: NDArray[np.int64]
    read: NDArray[np.bool_]
    parts: NDArray[np.int64]

    def keys(
        self, clip: NDArray[np.int32], track: NDArray[np.int32], time: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """(n,) int64 key of the trajectory of each row, or of its part."""
        stored = paired(clip, track)
        found = stored.copy()
        for first_us, whole, part in self.parts.tolist():
            found[(stored == whole) & (time >= first_us)] = part
        return found


def _key(trajectories: pl.DataFrame, track: str = "track") -> NDArray[np.int64]:
    """(n,) int64 clip and track of trajectories as one number."""
    return paired(trajectories["clip"].to_numpy(), trajectories[track].to_numpy())


def _windows(camera: SelectedCamera, between: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Cut the selected time into [from, to), UTC µs, none of which has too many rows."""
    bounds = camera.covered.bounds
    if len(bounds) == 0:
        return
    first, last = int(bounds[0, 0]) - LONGEST_DT_US, int(bounds[-1, 1])
    if between is not None:
        first, last = max(first, between[0]), min(last, between[1])
    # As a stack: the earliest part is always the last one.
    parts = [(first, last)]
    while parts:
        begin, end = parts.pop()
        files = _files_of(camera, begin, end)
        if files.is_empty():
            continue
        begin, end = max(begin, min(files["earliest"])), min(end, max(files["latest"]))
        if end - begin > 1 and _rows_within(files, begin, end) > _WINDOW_ROWS:
            middle = (begin + end) // 2
            parts += [(middle, end), (begin, middle)]
        else:
            yield begin, end


def _rows_within(files: pl.DataFrame, begin: int, end: int) -> float:
    """Estimate how many rows of files are in [begin, end), as if each had them evenly over its time."""
    shared = pl.min_horizontal("latest", pl.lit(end)) - pl.max_horizontal("earliest", pl.lit(begin))
    share = shared / (pl.col("latest") - pl.col("earliest"))
    return float(files.select((pl.col("rows") * share).sum()).item())


def _files_of(camera: SelectedCamera, begin: int, end: int) -> pl.DataFrame:
    """Leave out files that have no row whose time is in [begin, end)."""
    return camera.files.filter(pl.col("earliest") < end, pl.col("latest") > begin)


def _read(camera: SelectedCamera, begin: int, end: int) -> pl.DataFrame:
    """Read the rows whose time is in [begin, end), UTC µs, in order of time."""
    files = _files_of(camera, begin, end).sort("earliest")
    seen = pl.lit(True) if not camera.observed_only else ~pl.col("filled")
    with store_errors(camera.store):
        scanned = scan("tracks", files, camera.name)
    rows = (
        live(scanned, [clip.run for clip in camera.clips])
        .filter(pl.col("time") >= local_time(begin, UTC), pl.col("time") < local_time(end, UTC), seen)
        .select(
            "clip", "track", "tracklet", "frame", "dt_us", "x1", "y1", "x2", "y2", "filled",
            time=pl.col("time").cast(pl.Int64),
        )
    )  # fmt: skip
    with store_errors(camera.store):
        table = rows.collect()
    # Only rows of clips that overlap are not in order.
    return table if table["time"].is_sorted() else table.sort("time", maintain_order=True)


def _parts(time_us: NDArray[np.int64]) -> Iterator[slice]:
    """Cut rows, in order of time, into batches; rows of the same time stay together."""
    begin = 0
    while begin < len(time_us):
        end = begin + _BATCH_ROWS
        if end < len(time_us):
            end = int(time_us.searchsorted(time_us[end]))
            if end <= begin:
                end = int(time_us.searchsorted(time_us[begin], side="right"))
        yield slice(begin, end)
        begin = end


def _rows_of(camera: SelectedCamera, table: pl.DataFrame, who: _Who) -> Rows:
    """Return the rows of a table that count, in the order of `Rows`."""
    column = {values.name: values.to_numpy() for values in table}
    weight = weigh(camera.owned_time, column["clip"], column["time"], column["dt_us"])
    key = who.keys(column["clip"], column["track"], column["time"])
    place = np.minimum(np.searchsorted(who.key, key), max(len(who.key) - 1, 0))
    counts = np.zeros(0, np.intp)
    if len(who.key):
        counts = np.flatnonzero((weight > 0) & (who.key[place] == key) & who.read[place])
    person = who.person[place[counts]]
    time_us, clip, frame = (column[name][counts] for name in ("time", "clip", "frame"))
    order = row_order(time_us, clip, frame, person)
    kept = counts[order]
    sizes = np.array([(row.width, row.height) for row in camera.clips], dtype=np.int32).reshape(-1, 2)
    boxes = np.column_stack([column[side][kept] for side in ("x1", "y1", "x2", "y2")])
    return Rows(
        person=person[order],
        tracklet=paired(place[kept], column["tracklet"][kept]),
        clip=clip[order],
        frame=frame[order],
        time_us=time_us[order],
        weight_us=weight[kept],
        boxes=placed_boxes(boxes, clip[order], camera),
        size=sizes[clip[order]],
        filled=column["filled"][kept],
    )
