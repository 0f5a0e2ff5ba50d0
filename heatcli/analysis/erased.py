"""What is left of a clip of which a part was erased on request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from heatcli.analysis.plan import Job
from heatcli.clock import epoch_us
from heatcli.errors import ErasedError
from heatcli.geometry import foot_points
from heatcli.intervals import Intervals
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun
from heatcli.store.erasures import Erasure, read_erasures, whole_time
from heatcli.store.schema import TABLES, conform
from heatcli.store.store import Store
from heatcli.track.link.waypoints import waypoint_rows
from heatcli.track.summary import place_of


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a clip.

    Attributes:
        clip: row of the clip, whose coverage lacks the time that was erased for the whole picture.
        tracks: rows of `tracks` that are left.
        trajectories: rows of `trajectories` that are left, told anew where some of their rows are gone, and
            then without a descriptor.
        touched: numbers of the trajectories that have lost rows.
    """

    clip: ClipRow
    tracks: pl.DataFrame
    trajectories: pl.DataFrame
    touched: frozenset[int]


def check_stored(store: Store, job: Job, start: datetime, length_us: int) -> None:
    """Refuse a clip of which nothing may be stored, before it is decoded.

    Args:
        store: store that knows what was erased on request.
        job: plan for the clip.
        start: UTC time of its first frame.
        length_us: its length in µs, as far as its file says; 0 where it does not: what is left of it is then
            known once it is decoded.

    Raises:
        ErasedError: all of it was erased, or it is older than what is kept.
        StoreError: the store cannot be read.
    """
    if job.kept_for is not None and start < datetime.now(UTC) - job.kept_for:
        raise ErasedError(
            f"{job.path}: is older than `tracks` of [privacy] keeps; not analysed: raise that to keep it"
        )
    begin = epoch_us(start)
    recorded = Intervals.of([[begin, begin + length_us]])
    erased = whole_time(erasures_of(store, job.camera, start, length_us))
    if length_us and not recorded.difference(erased).total_us:
        raise _erased(job.path)


def erasures_of(store: Store, camera: str, start: datetime, length_us: int) -> list[Erasure]:
    """Return what was erased on request of the time of a recording.

    Raises:
        StoreError: the store cannot be read.
    """
    begin = epoch_us(start)
    return [one for one in read_erasures(store.path) if one.is_at(camera, begin, length_us)]


def without_erased(store: Store, run: NewRun) -> NewRun:
    """Leave out of a run, just before it is written, what was erased on request.

    Raises:
        ErasedError: nothing of it is left.
        StoreError: the store cannot be read.
    """
    erasures = erasures_of(store, run.clip.camera, run.clip.start, run.clip.duration_us)
    if not erasures:
        return run
    tracks = [conform("tracks", rows) for rows in run.tracks]
    trajectories = conform("trajectories", run.trajectories)
    nobody = pl.DataFrame(schema=TABLES["tracks"])
    rest = rest_of(run.clip, pl.concat([nobody, *tracks]), trajectories, erasures)
    if rest is None:
        raise _erased(run.clip.path)
    # The picture of the empty scene may show what was erased.
    return NewRun(clip=rest.clip, tracks=[rest.tracks], trajectories=rest.trajectories, plate=None)


def _erased(path: Path | str) -> ErasedError:
    return ErasedError(f"{path}: was erased with `heatcli purge`; nothing of it is stored")


def rest_of(
    clip: ClipRow, tracks: pl.DataFrame, trajectories: pl.DataFrame, erasures: Sequence[Erasure]
) -> Rest | None:
    """Return what is left of a clip; None where nothing is.

    Args:
        clip: row of the clip.
        tracks: its rows of `tracks`.
        trajectories: its rows of `trajectories`.
        erasures: times and places of this clip of which nothing may be stored, at least one.
    """
    whole = whole_time(erasures)
    start_us = epoch_us(clip.start)
    recorded = Intervals.of([[start_us, start_us + clip.duration_us]])
    coverage = clip.coverage.difference(whole)
    if not recorded.difference(whole).total_us + coverage.total_us:
        return None
    gone = np.zeros(len(tracks), np.bool_)
    for one in erasures:
        gone |= one.has(tracks, clip)
    touched = frozenset(tracks.filter(gone)["track"].to_list())
    left = tracks.filter(~gone)
    own = left.filter(pl.col("track").is_in(touched)).sort("track", "frame")
    anew = [
        _told(trajectories.row(row, named=True), of_track) for row, of_track in _by_track(trajectories, own)
    ]
    kept = trajectories.filter(~pl.col("track").is_in(touched))
    told = pl.concat([kept, pl.DataFrame(anew, schema=kept.schema)]).sort("track")
    return Rest(replace(clip, coverage=coverage), left, told, touched)


def _by_track(trajectories: pl.DataFrame, rows: pl.DataFrame) -> list[tuple[int, pl.DataFrame]]:
    """Return the row of each trajectory that has rows, and these."""
    at = {track: row for row, track in enumerate(trajectories["track"])}
    groups = rows.group_by("track", maintain_order=True)
    return [(at[track], own) for (track,), own in groups if track in at]


def _told(was: dict[str, object], rows: pl.DataFrame) -> dict[str, object]:
    """Tell a trajectory anew from the rows that it has left; what it looks like is told no more."""
    time_us = rows["pts_us"].to_numpy()
    boxes = rows.select("x1", "y1", "x2", "y2").to_numpy().astype(np.float64)
    foot, height = foot_points(boxes), boxes[:, 3] - boxes[:, 1]
    way = waypoint_rows(time_us)
    points = zip((time_us[way] - time_us[0]).tolist(), foot[way].tolist(), height[way].tolist(), strict=True)
    return {
        **was,
        "first": rows["time"][0],
        "last": rows["time"][-1],
        "present_us": rows["dt_us"].sum(),
        "filled_us": rows.filter("filled")["dt_us"].sum(),
        "tracklets": rows["tracklet"].n_unique(),
        **place_of(time_us, foot, height),
        "waypoints": None
        if was["waypoints"] is None
        else [{"us": us, "x": x, "y": y, "height_px": tall} for us, (x, y), tall in points],
        "descriptor": None,
    }
