"""Reading the rows that a selection counts, a bounded number at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us, local_time
from heatcli.geometry import tracking_points
from heatcli.select.ownership import weigh
from heatcli.select.rows import Rows, paired
from heatcli.select.selected_camera import SelectedCamera
from heatcli.store.faults import store_errors
from heatcli.store.files import DAY_US, live, scan

# Rows that one batch should not exceed by much: some 300 MB while they are put in order.
_BATCH_ROWS = 2_000_000

# A row stands for no more than what `dt_us` can hold, 36 minutes.
_LONGEST_DT_US = 2**31


def read_rows(camera: SelectedCamera) -> Iterator[Rows]:
    """Read the selected rows, in order of time; none of the batches is empty.

    Raises:
        StoreError: the store cannot be read.
    """
    known = camera.trajectories.sort("clip", "track")
    tracks = paired(known["clip"].to_numpy(), known["track"].to_numpy())
    persons = known["person"].to_numpy()
    for begin, end in _windows(camera):
        rows = _read(camera, begin, end, tracks, persons)
        if camera.regions is not None:
            width, height = rows.size.T
            points = tracking_points(rows.boxes, camera.tracking_mode, width=width, height=height)
            rows = rows.where(camera.regions.hold(points, rows.size))
        if len(rows):
            yield rows


def _windows(camera: SelectedCamera) -> Iterator[tuple[int, int]]:
    """Cut the selected time into [from, to), UTC µs, at midnights and where a day has too many rows."""
    bounds = camera.covered.bounds
    if len(bounds) == 0:
        return
    first, last = int(bounds[0, 0]) - _LONGEST_DT_US, int(bounds[-1, 1])
    for date in _files_of(camera, first, last)["date"].unique().sort():
        midnight = epoch_us(datetime.combine(date, time(), tzinfo=UTC))
        begin, end = max(first, midnight), min(last, midnight + DAY_US)
        files = _files_of(camera, begin, end)
        if len(files):
            begin, end = max(begin, min(files["earliest"])), min(end, max(files["latest"]))
            pieces = max(1, -(-int(files["rows"].sum()) // _BATCH_ROWS))
            yield from pairwise(begin + (end - begin) * cut // pieces for cut in range(pieces + 1))


def _files_of(camera: SelectedCamera, begin: int, end: int) -> pl.DataFrame:
    """Leave out files that have no row whose time is in [begin, end)."""
    return camera.files.filter(pl.col("earliest") < end, pl.col("latest") > begin)


def _read(
    camera: SelectedCamera, begin: int, end: int, tracks: NDArray[np.int64], persons: NDArray[np.int64]
) -> Rows:
    """Read the rows whose time is in [begin, end).

    Args:
        camera: what of the camera counts.
        begin: UTC µs.
        end: UTC µs.
        tracks: keys of the selected trajectories, sorted.
        persons: whose trajectories they are.
    """
    files = _files_of(camera, begin, end).sort("earliest")
    seen = pl.lit(True) if not camera.observed_only else ~pl.col("filled")
    rows = (
        live(scan("tracks", files["path"], camera.name), [clip.run for clip in camera.clips])
        .filter(pl.col("time") >= local_time(begin, UTC), pl.col("time") < local_time(end, UTC), seen)
        .select(
            "clip", "track", "tracklet", "frame", "dt_us", "x1", "y1", "x2", "y2", "filled",
            time=pl.col("time").cast(pl.Int64),
        )
    )  # fmt: skip
    with store_errors(camera.store):
        column = {values.name: values.to_numpy() for values in rows.collect()}
    weight = weigh(camera.owned_time, column["clip"], column["time"], column["dt_us"])
    key = paired(column["clip"], column["track"])
    place = np.minimum(np.searchsorted(tracks, key), max(len(tracks) - 1, 0))
    counts = np.flatnonzero((weight > 0) & (tracks[place] == key)) if len(tracks) else np.zeros(0, np.intp)
    person = persons[place[counts]]
    time_us, clip, frame = (column[name][counts] for name in ("time", "clip", "frame"))
    order = row_order(time_us, clip, frame, person)
    kept = counts[order]
    sizes = np.array([(row.width, row.height) for row in camera.clips], dtype=np.int32).reshape(-1, 2)
    return Rows(
        person=person[order],
        tracklet=paired(place[kept], column["tracklet"][kept]),
        clip=clip[order],
        frame=frame[order],
        time_us=time_us[order],
        weight_us=weight[kept],
        boxes=np.column_stack([column[side][kept] for side in ("x1", "y1", "x2", "y2")]),
        size=sizes[clip[order]],
        filled=column["filled"][kept],
    )


def row_order(
    time_us: NDArray[np.int64], clip: NDArray[np.int32], frame: NDArray[np.int32], person: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Return the order that `Rows` has: by time, clip, frame and person.

    Rows are stored by clip and frame, in long runs that are in order but for the persons within a moment.
    Merging such runs is cheap, so the moments are put in order first, and then the persons within each.

    Args:
        time_us: (n,) UTC µs.
        clip: (n,)
        frame: (n,)
        person: (n,) not negative.

    Returns:
        (n,) indices.
    """
    order = np.lexsort((frame, clip, time_us))
    begins = np.zeros(len(order), dtype=np.bool_)
    for values in (time_us, clip, frame):
        begins[1:] |= np.diff(values[order]) != 0
    within = np.cumsum(begins) * (person.max(initial=0) + 1) + person[order]
    return order[np.argsort(within, kind="stable")]
