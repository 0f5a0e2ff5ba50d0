"""The work behind `heatcli import`: from a file in MOT format to trajectories in the store.

Lines are `frame, id, left, top, width, height, confidence, …`, with frames from 1: the format of the MOT
Challenge (Leal-Taixé et al. 2015, arXiv:1504.01942, section 3.3), which most trackers write.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.concerns import Concern
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, assumed_zone_warning, plan, settings_hash
from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.analysis.sources import FileState
from heatcli.clock import epoch_us
from heatcli.config.bounds import FRAME_RATE, check_size
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.formats.mot import read_mot
from heatcli.intervals import Intervals
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import check_camera_name, commit_run
from heatcli.store.identity import new_run
from heatcli.store.overlaps import overlap_warning
from heatcli.store.store import Store, stored_path
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.version import __version__

# Largest fraction of the boxes whose centres may be out of the frame. Ground truth has boxes of people who
# are half out of it, and few of people who are out.
_MOST_OUTSIDE = 0.1


def import_mot(
    store: Store,
    *,
    file: Path,
    camera: str | None = None,
    width: int,
    height: int,
    fps: float,
    start: str | None = None,
    timezone: str | None = None,
    frames: int | None = None,
    object_class: str = "person",
    config: Config | None = None,
    warn: Callable[[Concern, str], None] | None = None,
) -> ClipRow:
    """Put the trajectories in a MOT file into the store, as a clip of its own.

    Args:
        store: heat store to write to; made if it does not exist, once the whole file has been checked.
        file: file of trajectories in MOT format.
        camera: name of the camera that saw the trajectories; None for the one of the configuration whose
            `sources` claim the file.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        fps: frames per second, taken as its shortest decimal; a row stands for 1 / fps seconds.
        start: time of the first frame, ISO 8601, local in `timezone` unless it carries an offset; None for
            what the configuration or the file's name says.
        timezone: IANA name of the camera's time zone; None for what the configuration says, or else UTC.
        frames: number of frames that were watched, all of them covered; None for those up to the file's last
            one.
        object_class: class of the objects.
        config: configuration (`heatcli.toml`); None for the defaults.
        warn: receiver of a line of text, and its kind, where something is assumed or odd; None for nobody.

    Returns:
        Row of the new clip.

    Raises:
        TracksError: the file cannot be imported.
        InputError: the file's name does not say clearly when it was recorded.
        UsageError: an argument is invalid.
        StoreError: the store cannot be written.
    """
    job = _job(file, config or Config(), Options(camera=camera, start=start, timezone=timezone))
    began = job.known_start()
    if began is None:
        raise UsageError(f"{file}: nothing says when it was recorded; say it with --start")
    check_camera_name(job.camera)
    check_size(width, height)
    if not FRAME_RATE.holds(fps):
        raise UsageError(f"--fps {fps}: is not possible; give a number, {FRAME_RATE}")
    rate = Fraction(str(fps))
    time = began.time
    state = FileState.of(file)
    seen = read_mot(file)
    _check_inside(file, seen.boxes, width, height)
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
        camera=job.camera,
        clip=clip,
        run=new_run(),
        path=stored_path(file),
        bytes=state.size,
        mtime=state.mtime_ns,
        start=time,
        start_source=began.source,
        timezone=job.zone.key,
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
    if warn is not None:
        for concern, warning in (
            (Concern.ZONE, assumed_zone_warning(job)),
            (Concern.OVERLAP, overlap_warning(store, row)),
        ):
            if warning is not None:
                warn(concern, warning)
    key = RunKey(job.camera, clip, row.run, time)
    return commit_run(
        store,
        clip=row,
        tracks=tracks_frames(key, timing, seen),
        trajectories=trajectories_frame(key, timing, seen, [object_class], {}),
        plate=None,
    )


def _job(file: Path, config: Config, options: Options) -> Job:
    """Find out which camera the file is of, and when it was recorded.

    Raises:
        UsageError: no camera is named, and none or several of the configuration claim the file.
    """
    planned = plan([file], config, options)
    for reason in planned.unclaimed.values():
        raise UsageError(reason)
    if options.camera is None and config.camera_of(file) is None:
        raise UsageError(f"{file}: no camera of the configuration claims it; name its camera with --camera")
    return planned.jobs[0]


def _check_inside(file: Path, boxes: NDArray[np.float32], width: int, height: int) -> None:
    """Refuse (n, 4) boxes that are not of a frame of this size.

    Raises:
        UsageError: more than a few of the boxes have their centre out of the frame.
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    outside = ((centres < 0) | (centres > (width, height))).any(axis=1)
    if outside.mean() > _MOST_OUTSIDE:
        right, bottom = np.ceil(boxes[:, 2:].max(axis=0)).astype(int).tolist()
        raise UsageError(
            f"--size {width}x{height}: {outside.mean():.0%} of the boxes in {file} are out of such a frame; "
            f"they reach to {right},{bottom}; give the size of their frame"
        )


def _begin_us(frame: int, fps: Fraction) -> int:
    """Return the time at which a frame begins, in µs since the first one, rounded down."""
    return frame * 1_000_000 * fps.denominator // fps.numerator


def _timing(frames: NDArray[np.int32], fps: Fraction) -> ProcessedFrames:
    """Return the times of the frames that have boxes, whose (n,) numbers are increasing."""
    edges = [(_begin_us(frame, fps), _begin_us(frame + 1, fps)) for frame in frames.tolist()]
    begin, end = np.array(edges, dtype=np.int64).T
    return ProcessedFrames(frames, begin, (end - begin).astype(np.int32))
