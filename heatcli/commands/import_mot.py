"""The work behind `heatcli import`: from files in MOT format to trajectories in the store.

Lines are `frame, id, left, top, width, height, confidence, …`, with frames from 1: the format of the MOT
Challenge (Leal-Taixé et al. 2015, arXiv:1504.01942, section 3.3), which most trackers write.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.concerns import Concern
from heatcli.analysis.erased import without_erased
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
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun, check_camera_name, commit_runs
from heatcli.store.identity import new_run
from heatcli.store.journal import Deed, note_rows
from heatcli.store.store import Store, stored_path
from heatcli.store.writing import writing
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.version import __version__

# Largest fraction of the boxes whose centres may be out of the frame. Ground truth has boxes of people who
# are half out of it, and few of people who are out.
_MOST_OUTSIDE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class MotFormat:
    """What files in MOT format do not say themselves.

    Attributes:
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        fps: frames per second, taken as its shortest decimal; a row stands for 1 / fps seconds.
        frames: number of frames that were watched, all of them covered; None for those up to the last one of
            each file.
        object_class: class of the objects.
    """

    width: int
    height: int
    fps: float
    frames: int | None = None
    object_class: str = "person"


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
) -> ClipRow:
    """Put the trajectories in one MOT file into the store; see `import_mot_files`, and `MotFormat`."""
    (row,) = import_mot_files(
        store,
        files=[file],
        format_=MotFormat(width=width, height=height, fps=fps, frames=frames, object_class=object_class),
        camera=camera,
        start=start,
        timezone=timezone,
        config=config,
    )
    return row


def import_mot_files(
    store: Store,
    *,
    files: Sequence[Path],
    format_: MotFormat,
    camera: str | None = None,
    start: str | None = None,
    timezone: str | None = None,
    config: Config | None = None,
    warn: Callable[[Concern, str], None] | None = None,
) -> list[ClipRow]:
    """Put the trajectories in MOT files into the store, each file as a clip of its own: all of them or none.

    Args:
        store: heat store to write to; made if it does not exist, once all files have been checked.
        files: files of trajectories in MOT format, at least one.
        format_: what the files do not say themselves.
        camera: name of the camera that saw the trajectories; None for the one of the configuration whose
            `sources` claim the file.
        start: time of the first frame, for a single file of a camera: ISO 8601, local in `timezone` unless it
            carries an offset; None for what the configuration or the name of each file says.
        timezone: IANA name of the camera's time zone; None for what the configuration says, or else UTC.
        config: configuration (`heatcli.toml`); None for the defaults.
        warn: receiver of a line of text, and its kind, where something is assumed or odd; None for nobody.

    Returns:
        Rows of the new clips, in the order of the files.

    Raises:
        TracksError: a file cannot be imported.
        InputError: the name of a file does not say clearly when it was recorded.
        UsageError: an argument is invalid, or two files are the same.
        StoreError: the store cannot be written.
    """
    check_size(format_.width, format_.height)
    if not FRAME_RATE.holds(format_.fps):
        raise UsageError(f"--fps {format_.fps}: is not possible; give a number, {FRAME_RATE}")
    jobs = _jobs(files, config or Config(), Options(camera=camera, start=start, timezone=timezone))
    read = [_read(job, format_) for job in jobs]
    store = Store.create_or_open(store.path)
    catalog = Catalog(store)
    runs: list[NewRun] = []
    known: dict[tuple[str, str], Path] = {}
    for one in read:
        row = one.row(catalog.clip_id(one.job.path))
        twin = known.setdefault((row.camera, row.clip), one.job.path)
        if twin is not one.job.path:
            raise UsageError(f"{one.job.path}: has the same bytes as {twin}; leave one of them out")
        key = RunKey(row.camera, row.clip, row.run, row.start)
        tracks = tracks_frames(key, one.timing, one.seen)
        trajectories = trajectories_frame(key, one.timing, one.seen, [format_.object_class], {})
        runs.append(NewRun(clip=row, tracks=tracks, trajectories=trajectories, plate=None))
    with writing(store.path):
        rows = commit_runs(store, [without_erased(store, run) for run in runs])
    note_rows(store, Deed.IMPORT, rows)
    if warn is not None:
        for job, row in zip(jobs, rows, strict=True):
            for concern, warning in (
                (Concern.ZONE, assumed_zone_warning(job)),
                (Concern.OVERLAP, overlap_warning(store, row)),
            ):
                if warning is not None:
                    warn(concern, warning)
    return rows


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read and found good.

    Attributes:
        job: camera and time zone of the file.
        began: time of the first frame.
        state: size and modification time of the file.
        seen: observations in the file.
        timing: times of the frames that have boxes.
        watched: number of frames that were watched.
        format_: what the file does not say itself.
    """

    job: Job
    began: ClipStart
    state: FileState
    seen: Observations
    timing: ProcessedFrames
    watched: int
    format_: MotFormat

    def row(self, clip: str) -> ClipRow:
        """Return the row of `clips` under a new run; `clip` is the id of the file."""
        form, time = self.format_, self.began.time
        duration_us = _begin_us(self.watched, Fraction(str(form.fps)))
        said = {"format": "mot", "fps": form.fps, "frames": self.watched, "object_class": form.object_class}
        settings = json.dumps(said, sort_keys=True)
        return ClipRow(
            camera=self.job.camera,
            clip=clip,
            run=new_run(),
            path=stored_path(self.job.path),
            bytes=self.state.size,
            mtime=self.state.mtime_ns,
            start=time,
            start_source=self.began.source,
            timezone=self.job.zone.key,
            duration_us=duration_us,
            width=form.width,
            height=form.height,
            sample_aspect=1.0,
            rotation=0,
            fps=form.fps,
            sample_fps=0.0,
            frames_decoded=self.watched,
            frames_failed=0,
            frames_processed=self.watched,
            coverage=Intervals.of([[0, duration_us]]).shift(epoch_us(time)),
            detector="import",
            weights=None,
            weights_sha256=None,
            settings=settings,
            settings_hash=settings_hash(settings),
            heatcli_version=__version__,
        )


def _read(job: Job, form: MotFormat) -> _Read:
    """Read a file and check it.

    Raises:
        TracksError: the file cannot be imported.
        InputError: the name of the file does not say clearly when it was recorded.
        UsageError: an argument does not fit the file.
    """
    file, rate = job.path, Fraction(str(form.fps))
    began = job.known_start()
    if began is None:
        raise UsageError(f"{file}: nothing says when it was recorded; say it with --start")
    check_camera_name(job.camera)
    state = FileState.of(file)
    seen = read_mot(file)
    _check_inside(file, seen.boxes, form.width, form.height)
    last = int(seen.frame.max()) + 1
    watched = last if form.frames is None else form.frames
    if watched < last:
        raise UsageError(f"--frames {watched}: {file} has boxes up to frame {last}; give at least that many")
    try:
        began.time + timedelta(microseconds=_begin_us(watched, rate))
    except OverflowError as error:
        raise UsageError(
            f"{file}: {watched} frames at --fps {form.fps} last beyond the year 9999; check both"
        ) from error
    return _Read(job, began, state, seen, _timing(np.unique(seen.frame), rate), watched, form)


def _jobs(files: Sequence[Path], config: Config, options: Options) -> list[Job]:
    """Find out which camera each file is of, and when it was recorded.

    Raises:
        UsageError: no camera is named, and none or several of the configuration claim a file; or one start is
            given for several files of a camera.
    """
    planned = plan(list(files), config, options)
    for reason in planned.unclaimed.values():
        raise UsageError(reason)
    for file in files:
        if options.camera is None and config.camera_of(file) is None:
            raise UsageError(
                f"{file}: no camera of the configuration claims it; name its camera with --camera"
            )
    return planned.jobs


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
