"""A row of the table `clips`: all that is known of one clip of one camera."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.store.schema import CLIPS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """One clip of one camera, as last analysed.

    Attributes:
        camera: name of the camera; together with `clip` the key.
        clip: hash of the file's bytes (`heatcli.store.identity`).
        run: id of the live analysis of the clip.
        path: absolute path at which the file was found.
        bytes: size of the file in bytes.
        mtime: modification time of the file, ns since 1970.
        start: UTC time of the clip's first frame.
        start_source: source that `start` is known from.
        timezone: time zone of the camera, IANA name.
        duration_us: media time from the first frame to the end of the last.
        width: width of a frame in pixels, after rotation.
        height: height of a frame in pixels, after rotation.
        sample_aspect: width of a pixel divided by its height.
        rotation: rotation that was applied, in degrees clockwise.
        fps: average frame rate of the file; None where unknown.
        sample_fps: frames per second that were asked for; 0 means every frame, None as few as were needed.
        frames_decoded: number of frames that were decoded.
        frames_failed: number of frames that were not decoded, show damage, or show another view than most.
        frames_processed: number of frames that rows are about, looked at or not.
        frames_looked_at: number of frames in which the detector looked for objects; None where unknown.
        frames_quiet: number of frames passed over because nothing moved; None where unknown.
        coverage: time that was watched, UTC µs.
        detector: name of the detector: `yolo`, `motion`, or what an import names.
        weights: model of the detector; None for a detector without one.
        weights_sha256: SHA-256 of the model's bytes; None for a detector without a model.
        settings: all resolved settings, as JSON.
        settings_hash: hash of the settings and of the algorithm's version.
        heatcli_version: version of heatcli that analysed the clip.
        rows: number of the clip's rows in `tracks`; set by the commit.
        trajectories: number of the clip's rows in `trajectories`; set by the commit.
        plate: path within the store of the picture of the empty scene; None where there is none; set by the
            commit.
        analysed_at: UTC time of the commit; set by the commit.

    Raises:
        ValueError: the coverage begins before the clip.
    """

    camera: str
    clip: str
    run: str
    path: str
    bytes: int
    mtime: int
    start: datetime
    start_source: str
    timezone: str
    duration_us: int
    width: int
    height: int
    sample_aspect: float
    rotation: int
    fps: float | None
    sample_fps: float | None
    frames_decoded: int
    frames_failed: int
    frames_processed: int
    coverage: Intervals
    detector: str
    weights: str | None
    weights_sha256: str | None
    settings: str
    settings_hash: str
    heatcli_version: str
    rows: int = 0
    trajectories: int = 0
    plate: str | None = None
    analysed_at: datetime | None = None
    frames_looked_at: int | None = None
    frames_quiet: int | None = None

    def __post_init__(self) -> None:
        if (self.coverage.bounds < epoch_us(self.start)).any():
            raise ValueError(f"coverage must not begin before the clip, at {self.start}")

    @property
    def local_start(self) -> str:
        """Start of the clip on its camera's clock, with the offset from UTC: `2026-03-14 10:00:00+01:00`."""
        return self.start.astimezone(ZoneInfo(self.timezone)).isoformat(" ", "seconds")

    @property
    def covered_us(self) -> int:
        """Time for which the clip was watched, in µs."""
        return self.coverage.total_us


_NAMES = [field.name for field in fields(ClipRow)]


def clips_frame(rows: Sequence[ClipRow]) -> pl.DataFrame:
    """Return rows as a frame of the table `clips`."""
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in CLIPS.names()}
    columns["coverage"] = [
        [{"from": begin, "to": end} for begin, end in row.coverage.bounds.tolist()] for row in rows
    ]
    return pl.DataFrame(columns, schema=CLIPS)


def clip_rows(frame: pl.DataFrame) -> list[ClipRow]:
    """Return the rows of a frame of the table `clips`, by camera, start and clip."""
    rows = []
    for values in frame.sort("camera", "start", "clip").select(_NAMES).iter_rows(named=True):
        rows.append(ClipRow(coverage=coverage_of(values.pop("coverage")), **values))
    return rows


def coverage_of(pieces: Iterable[Mapping[str, int]]) -> Intervals:
    """Return a value of the column `coverage` of the table `clips` as a set of moments, UTC µs."""
    pairs = [(piece["from"], piece["to"]) for piece in pieces]
    return Intervals(np.array(pairs, dtype=np.int64).reshape(-1, 2))
