"""Import trajectories in MOT format: `frame, id, left, top, width, height, confidence, …`, frames from 1.

The format of the MOT Challenge (Leal-Taixé et al. 2015, arXiv:1504.01942, section 3.3), which most write.
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
from heatcli.store.clips import ClipRow
from heatcli.store.commit import check_camera_name, commit_run
from heatcli.store.identity import new_run
from heatcli.store.store import Store, stored_path
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.version import __version__

# The longest that the column `dt_us` can say of a frame: 36 minutes.
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
    """Put the trajectories of a MOT file into the store, as a clip of its own.

    Args:
        store: to write to; made if there is none, once all of the file is found good.
        file: in MOT format.
        camera: whose they are.
        width: of the frame in pixels.
        height: of the frame in pixels.
        fps: frames per second, as its shortest decimal says them; a row stands for 1 / fps seconds.
        start: ISO 8601 time of the first frame, local in `timezone`.
        timezone: IANA name.
        frames: how many frames were watched, all of which are covered; None: up to the last one in the file.
        object_class: what the objects are.

    Returns:
        The clip's row.

    Raises:
        TracksError: the file cannot be imported.
        UsageError: an argument that cannot be.
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
    clip = store.clip_id(file)
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
    """Where a frame begins, in µs from the first one, rounded down."""
    return frame * 1_000_000 * fps.denominator // fps.numerator


def _timing(frames: NDArray[np.int32], fps: Fraction) -> ProcessedFrames:
    """Say when the frames that have boxes are: (n,) increasing."""
    edges = [(_begin_us(frame, fps), _begin_us(frame + 1, fps)) for frame in frames.tolist()]
    begin, end = np.array(edges, dtype=np.int64).T
    return ProcessedFrames(frames, begin, (end - begin).astype(np.int32))
