"""Reading the rows that a selection counts, a bounded number at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us, local_time
from heatcli.geometry import tracking_points
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.store.clips import ClipRow
from heatcli.store.faults import store_errors
from heatcli.store.files import DAY_US, live, scan
from heatcli.select.ownership import weigh
from heatcli.select.rows import Rows, paired

# Rows that one batch should not exceed by much: some 300 MB while they are put in order.
_BATCH_ROWS = 2_000_000

# A row stands for no more than what `dt_us` can hold, 36 minutes.
_LONGEST_DT_US = 2**31


class Regions(Protocol):
    """Parts of a camera's frame that are of interest."""

    @property
    def outlines(self) -> Sequence[tuple[str, Sequence[tuple[float, float]]]]:
        """Names, empty for those that have none, and corners as fractions of the frame."""
        ...

    def hold(self, points: NDArray[np.float64], size: NDArray[np.int32]) -> NDArray[np.bool_]:
        """(n,) which of (n, 2) points in stored pixels are in any of them, of frames of (n, 2) pixels."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSelection:
    """What a selection means for one camera.

    Attributes:
        camera: its name.
        clips: those that count for some of the selected time, sorted by (start, clip).
        own: for each clip the time that it alone counts for, UTC µs, within the selection.
        width: of the newest of these clips, in pixels; of the camera's newest clip if there are none.
        height: of the same clip, in pixels.
        sample_aspect: of the same clip, width of a pixel divided by its height.
        plate: file of the same clip's empty scene; None where there is none.
        timezone: IANA name.
        observed_only: whether rows whose position was interpolated are left out.
        tracking_mode: which point of a box stands for a person.
        trajectories: one row per trajectory that counts: the columns of `heatcli.select.persons.persons`, but
            `clip` is the index into these `clips`.
        excluded: one row per trajectory that was recorded in the selected time and does not count: the same
            columns, and `reason` (text, `heatcli.select.who_counts.Reason`), `value` and `limit` (float64, what it was
            judged by; null where the reason has no number).
        note: what the user should know of the choice; None if there is nothing.
        regions: of interest; only rows whose tracking point is in one are read. None for the whole frame.
        store: folder of the store.
        files: of `tracks` for this camera, as `heatcli.store.files.data_files` lists them.
    """

    camera: str
    clips: tuple[ClipRow, ...]
    own: tuple[Intervals, ...]
    width: int
    height: int
    sample_aspect: float
    plate: Path | None
    timezone: str
    observed_only: bool
    tracking_mode: TrackingMode
    trajectories: pl.DataFrame
    excluded: pl.DataFrame
    store: Path
    files: pl.DataFrame
    note: str | None = None
    regions: Regions | None = None

    @property
    def covered(self) -> Intervals:
        """Time in the selection that was watched, UTC µs; where clips overlap it is there once."""
        return Intervals.of(np.concatenate([np.zeros((0, 2), np.int64), *(own.bounds for own in self.own)]))

    @property
    def covered_us(self) -> int:
        """T: how much time in the selection was watched, in µs."""
        return self.covered.total_us

    @property
    def detectors(self) -> tuple[str, ...]:
        """What found the selected rows, each named once; more than one means that they do not compare."""
        return tuple(sorted({clip.detector for clip in self.clips}))

    def everybody(self) -> Self:
        """Return the selection with those that were left out."""
        left_out = self.excluded.select(self.trajectories.columns)
        return replace(
            self, trajectories=pl.concat([self.trajectories, left_out]), excluded=self.excluded.clear()
        )

    def batches(self) -> Iterator[Rows]:
        """Read the selected rows, in order of time; none of the batches is empty.

        Raises:
            StoreError: the store cannot be read.
        """
        known = self.trajectories.sort("clip", "track")
        tracks = paired(known["clip"].to_numpy(), known["track"].to_numpy())
        persons = known["person"].to_numpy()
        for begin, end in self._windows():
            rows = self._read(begin, end, tracks, persons)
            if self.regions is not None:
                width, height = rows.size.T
                points = tracking_points(rows.boxes, self.tracking_mode, width=width, height=height)
                rows = rows.where(self.regions.hold(points, rows.size))
            if len(rows):
                yield rows

    def _windows(self) -> Iterator[tuple[int, int]]:
        """Cut the selected time into [from, to), UTC µs, at midnights and where a day has too many rows."""
        bounds = self.covered.bounds
        if len(bounds) == 0:
            return
        first, last = int(bounds[0, 0]) - _LONGEST_DT_US, int(bounds[-1, 1])
        for date in self._files_of(first, last)["date"].unique().sort():
            midnight = epoch_us(datetime.combine(date, time(), tzinfo=UTC))
            begin, end = max(first, midnight), min(last, midnight + DAY_US)
            files = self._files_of(begin, end)
            if len(files):
                begin, end = max(begin, min(files["earliest"])), min(end, max(files["latest"]))
                pieces = max(1, -(-int(files["rows"].sum()) // _BATCH_ROWS))
                yield from pairwise(begin + (end - begin) * cut // pieces for cut in range(pieces + 1))

    def _files_of(self, begin: int, end: int) -> pl.DataFrame:
        """Leave out files that have no row whose time is in [begin, end)."""
        return self.files.filter(pl.col("earliest") < end, pl.col("latest") > begin)

    def _read(self, begin: int, end: int, tracks: NDArray[np.int64], persons: NDArray[np.int64]) -> Rows:
        """Read the rows whose time is in [begin, end).

        Args:
            begin: UTC µs.
            end: UTC µs.
            tracks: keys of the selected trajectories, sorted.
            persons: whose trajectories they are.
        """
        files = self._files_of(begin, end).sort("earliest")
        seen = pl.lit(True) if not self.observed_only else ~pl.col("filled")
        rows = (
            live(scan("tracks", files["path"], self.camera), [clip.run for clip in self.clips])
            .filter(pl.col("time") >= local_time(begin, UTC), pl.col("time") < local_time(end, UTC), seen)
            .select(
                "clip", "track", "tracklet", "frame", "dt_us", "x1", "y1", "x2", "y2", "filled",
                time=pl.col("time").cast(pl.Int64),
            )
        )  # fmt: skip
        with store_errors(self.store):
            column = {values.name: values.to_numpy() for values in rows.collect()}
        weight = weigh(self.own, column["clip"], column["time"], column["dt_us"])
        key = paired(column["clip"], column["track"])
        place = np.minimum(np.searchsorted(tracks, key), max(len(tracks) - 1, 0))
        counts = (
            np.flatnonzero((weight > 0) & (tracks[place] == key)) if len(tracks) else np.zeros(0, np.intp)
        )
        person = persons[place[counts]]
        time_us, clip, frame = (column[name][counts] for name in ("time", "clip", "frame"))
        order = row_order(time_us, clip, frame, person)
        kept = counts[order]
        sizes = np.array([(row.width, row.height) for row in self.clips], dtype=np.int32).reshape(-1, 2)
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
