"""The work behind `heatcli import`: from a file in MOT format to trajectories in the store.

Lines are `frame, id, left, top, width, height, confidence, …`, with frames from 1: the format of the MOT
Challenge (Leal-Taixé et al. 2015, arXiv:1504.01942, section 3.3), which most trackers write.
"""

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.plan import settings_hash
from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.analysis.sources import FileState
from heatcli.clock import epoch_us, read_time, time_zone, to_utc
from heatcli.errors import UsageError
from heatcli.formats.mot import read_mot
from heatcli.intervals import Intervals
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import check_camera_name, commit_run
from heatcli.store.identity import new_run
from heatcli.store.store import Store, stored_path
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.version import __version__

# The longest time that a frame can stand for in the column `dt_us`: 36 minutes.
_LONGEST_FRAME_US = 2**31 - 1


def import_mot(
    store: Store,
    *,
    file: Path,
    camera: str,
    width: int,
    height: int,
    fps: float,
    start: str,
    timezone: str = "UTC",
    frames: int | None = None,
    object_class: str = "person",
) -> ClipRow:
    """Put the trajectories in a MOT file into the store, as a clip of its own.

    Args:
        store: heat store to write to; made if it does not exist, once the whole file has been checked.
        file: file of trajectories in MOT format.
        camera: name of the camera that saw the trajectories.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        fps: frames per second, taken as its shortest decimal; a row stands for 1 / fps seconds.
        start: time of the first frame, ISO 8601, local in `timezone` unless it carries an offset.
        timezone: IANA name of the camera's time zone.
        frames: number of frames that were watched, all of them covered; None for those up to the file's last
            one.
        object_class: class of the objects.

    Returns:
        Row of the new clip.

    Raises:
        TracksError: the file cannot be imported.
        UsageError: an argument is invalid.
        StoreError: the store cannot be written.
    """
    check_camera_name(camera)
    if not 1e6 / _LONGEST_FRAME_US <= fps <= 1e6:
        raise UsageError(
            f"--fps {fps}: a frame stands for a µs at least and 36 minutes at most; give 0.000466 to 1e6"
        )
    rate = Fraction(str(fps))
    time = to_utc(read_time(start), time_zone(timezone))
    state = FileState.of(file)
    seen = read_mot(file)
    last = int(seen.frame.max()) + 1
    watched = last if frames is None else frames
    if watched < last:
        raise UsageError(f"--frames {watched}: {file} has boxes up to frame {last}; give at least that many")
    duration_us = _begin_us(watched, rate)
    try:
        time + timedelta(microseconds=duration_us)
    except OverflowError as error:
        raise UsageError(
            f"{file}: {watched} frames at --fps {fps} last beyond the year 9999; check both"
        ) from error
    timing = _timing(np.unique(seen.frame), rate)
    store = Store.create_or_open(store.path)
    clip = Catalog(store).clip_id(file)
    settings = json.dumps(
        {"format": "mot", "fps": fps, "frames": watched, "object_class": object_class}, sort_keys=True
    )
    row = ClipRow(
        camera=camera,
        clip=clip,
        run=new_run(),
        path=stored_path(file),
        bytes=state.size,
        mtime=state.mtime_ns,
        start=time,
        start_source="option",
        timezone=timezone,
        duration_us=duration_us,
        width=width,
        height=height,
        sample_aspect=1.0,
        rotation=0,
        fps=fps,
        sample_fps=0.0,
        frames_decoded=watched,
        frames_failed=0,
        frames_processed=watched,
        coverage=Intervals.of([[0, duration_us]]).shift(epoch_us(time)),
        detector="import",
        weights=None,
        weights_sha256=None,
        settings=settings,
        settings_hash=settings_hash(settings),
        heatcli_version=__version__,
    )
    key = RunKey(camera, clip, row.run, time)
    return commit_run(
        store,
        clip=row,
        tracks=tracks_frames(key, timing, seen),
        trajectories=trajectories_frame(key, timing, seen, [object_class], {}),
        plate=None,
    )


def _begin_us(frame: int, fps: Fraction) -> int:
    """Return the time at which a frame begins, in µs since the first one, rounded down."""
    return frame * 1_000_000 * fps.denominator // fps.numerator


def _timing(frames: NDArray[np.int32], fps: Fraction) -> ProcessedFrames:
    """Return the times of the frames that have boxes, whose (n,) numbers are increasing."""
    edges = [(_begin_us(frame, fps), _begin_us(frame + 1, fps)) for frame in frames.tolist()]
    begin, end = np.array(edges, dtype=np.int64).T
    return ProcessedFrames(frames, begin, (end - begin).astype(np.int32))
