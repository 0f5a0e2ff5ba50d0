"""Runs with rows that are easy to predict, for tests of the store. Importable by child processes."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.intervals import Intervals
from heatcli.select.reader import read_rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import ClipRow
from heatcli.store.commit import commit_run
from heatcli.store.identity import new_run
from heatcli.store.schema import TRACKS, TRAJECTORIES
from heatcli.store.store import Store

START = datetime(2026, 3, 14, 23, 59, 50, tzinfo=UTC)
STEP_US = 1_000_000


def clip_row(
    camera: str = "door",
    clip: str = "c0ffee0000000000",
    *,
    start: datetime = START,
    frames: int = 20,
    coverage: Intervals | None = None,
    **changes: Any,
) -> ClipRow:
    """A clip of one frame a second, all of it watched unless `coverage` says otherwise."""
    start_us = epoch_us(start)
    values: dict[str, Any] = {
        "camera": camera,
        "clip": clip,
        "run": new_run(),
        "path": "/videos/door.mp4",
        "bytes": 1234,
        "mtime": 1_700_000_000_123_456_789,
        "start": start,
        "start_source": "option",
        "timezone": "Europe/Zagreb",
        "duration_us": frames * STEP_US,
        "width": 640,
        "height": 360,
        "sample_aspect": 1.0,
        "rotation": 0,
        "fps": 1.0,
        "sample_fps": 0.0,
        "frames_decoded": frames,
        "frames_failed": 0,
        "frames_processed": frames,
        "coverage": coverage or Intervals.of([[start_us, start_us + frames * STEP_US]]),
        "detector": "motion",
        "weights": None,
        "weights_sha256": None,
        "settings": "{}",
        "settings_hash": "1",
        "heatcli_version": "0",
        **changes,
    }
    return ClipRow(**values)


def track_rows(row: ClipRow, tracks: int = 2, *, version: int = 0) -> pl.DataFrame:
    """Everybody is in every frame of the clip; `version` tells two analyses of a clip apart."""
    frame = np.repeat(np.arange(row.frames_processed), tracks)
    track = np.tile(np.arange(1, tracks + 1), row.frames_processed)
    time = pl.lit(row.start).cast(pl.Datetime("us", "UTC")) + pl.duration(microseconds="pts_us")
    return (
        pl.DataFrame(
            {"frame": frame, "track": track, "pts_us": frame * STEP_US, "x1": track * 10.0 + version}
        )
        .with_columns(time=time, camera=pl.lit(row.camera), clip=pl.lit(row.clip), run=pl.lit(row.run))
        .with_columns(
            tracklet="track",
            dt_us=STEP_US,
            y1=20.0,
            x2=pl.col("x1") + 8,
            y2=40.0,
            conf=0.5,
            filled=pl.col("frame") % 5 == 4,
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TRACKS.items())
    )


def trajectory_rows(row: ClipRow, tracks: int = 2, *, groups: dict[int, str] | None = None) -> pl.DataFrame:
    """Odd tracks are persons and even ones are cars; `groups` names the person of some tracks."""
    track = np.arange(1, tracks + 1)
    return (
        pl.DataFrame(
            {
                "track": track,
                "object_class": [("car", "person")[number % 2] for number in track],
                "person": [(groups or {}).get(int(number)) for number in track],
            },
            schema_overrides={"person": pl.String},
        )
        .with_columns(
            camera=pl.lit(row.camera),
            clip=pl.lit(row.clip),
            run=pl.lit(row.run),
            first=pl.lit(row.start),
            last=pl.lit(row.start + timedelta(seconds=row.frames_processed - 1)),
            present_us=row.frames_processed * STEP_US,
            filled_us=0,
            tracklets=1,
            attributes=pl.lit(["red"]),
            path_px=0.0,
            range_px=0.0,
            first_x=pl.col("track") * 10.0 + 4,
            first_y=40.0,
            last_x=pl.col("track") * 10.0 + 4,
            last_y=40.0,
            median_x=pl.col("track") * 10.0 + 4,
            median_y=40.0,
            **dict.fromkeys(("median_height_px", "first_height_px", "last_height_px"), pl.lit(20.0)),
            **dict.fromkeys(("first_vx", "first_vy", "last_vx", "last_vy"), None),
            waypoints=pl.lit(None),
            descriptor=pl.lit(b"\x00\xff"),
            alive=None,
            known_visit=None,
            known_person=None,
            known_staff=None,
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TRAJECTORIES.items())
    )


def put(
    store: Store,
    row: ClipRow,
    *,
    tracks: int = 2,
    version: int = 0,
    groups: dict[int, str] | None = None,
    plate: NDArray[np.uint8] | None = None,
) -> ClipRow:
    """Commit a clip, its tracks in two chunks."""
    rows = track_rows(row, tracks, version=version)
    half = len(rows) // 2
    return commit_run(
        store,
        clip=row,
        tracks=[rows[:half], rows[half:]],
        trajectories=trajectory_rows(row, tracks, groups=groups),
        plate=plate,
    )


def live_rows(store: Store) -> set[tuple[str, str, int, float, int]]:
    """What a reader gets: (camera, clip, frame, x1, weight) of every row, each of them once."""
    found: list[tuple[str, str, int, float, int]] = []
    for camera in selected_cameras(store, Selection()):
        for rows in read_rows(camera):
            columns = (rows.clip, rows.frame, rows.boxes[:, 0], rows.weight_us)
            for clip, frame, x1, weight in zip(*(column.tolist() for column in columns), strict=True):
                found.append((camera.name, camera.clips[clip].clip, frame, x1, weight))
    assert len(set(found)) == len(found)
    return set(found)


def expected_rows(
    row: ClipRow, tracks: int = 2, *, version: int = 0
) -> set[tuple[str, str, int, float, int]]:
    """What `live_rows` gives for a clip that `put` has put."""
    return {
        (row.camera, row.clip, frame, track * 10.0 + version, STEP_US)
        for frame in range(row.frames_processed)
        for track in range(1, tracks + 1)
    }


def put_and_die(folder: Path, function: str, call: int, when: str) -> None:
    """Commit version 1 of the clip in a child process that is killed within.

    Args:
        folder: of the store.
        function: dotted name of the function at which to die.
        call: at which of its calls, from 1.
        when: `before` or `after` it does its work.
    """
    module = import_module(function.rpartition(".")[0])
    name = function.rpartition(".")[2]
    original: Callable[..., object] = getattr(module, name)
    calls = 0

    def deadly(*args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **options)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, deadly)
    put(Store.open(folder), clip_row(), version=1, plate=np.full((36, 64, 3), 1, np.uint8))
    sys.exit(f"{function} was not called {call} times")


def put_again_and_again(folder: Path, ready: Barrier) -> None:
    """Commit versions 1 to 8 of the clip in turn until killed."""
    store = Store.open(folder)
    ready.wait()
    while True:
        for version in range(1, 9):
            put(store, clip_row(), version=version)


def put_clips(folder: Path, ready: Barrier, clips: list[str], version: int) -> None:
    """Commit clips one after the other, into a store that may have to be created, together with others."""
    ready.wait()
    store = Store.create_or_open(folder)
    for clip in clips:
        put(store, clip_row(clip=clip, start=START + timedelta(hours=int(clip, 16))), version=version)


def put_on_small_disk(folder: Path, largest_file: int) -> str:
    """Commit where no file may become larger than some bytes; return the error."""
    import resource

    from heatcli.errors import StoreError

    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    try:
        put(Store.open(folder), clip_row(frames=5000), version=1)
    except StoreError as error:
        return str(error)
    return "no error"
