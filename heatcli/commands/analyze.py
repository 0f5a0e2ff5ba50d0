"""The work behind `heatcli analyze`: frames -> detections -> tracklets -> trajectories -> store."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import partial
from pathlib import Path

from heatcli.analysis.clip_row import clip_row, start_of
from heatcli.analysis.concerns import Concern
from heatcli.analysis.config_faults import config_faults
from heatcli.analysis.due import Due
from heatcli.analysis.file_faults import file_faults
from heatcli.analysis.file_lengths import named_length_us
from heatcli.analysis.follow import Followed, follow
from heatcli.analysis.models import Models
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, assumed_zone_warning, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.reanalysis import Reanalysis
from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.analysis.sources import FileState, check_complete, check_unchanged, configured_clips, find_clips
from heatcli.analysis.worker import Do, in_worker
from heatcli.config.models import Config
from heatcli.config.settings import TrackSettings
from heatcli.errors import BusyError, InputError, UsageError
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import check_camera_name, commit_run
from heatcli.store.last_config import note_config
from heatcli.store.store import Store
from heatcli.track.appearance.descriptor_bytes import to_bytes
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.track.smooth.smooth import smooth
from heatcli.video.frame import VideoInfo
from heatcli.video.reader import VideoReader


def analyze_clips(
    *,
    sources: Sequence[str] = (),
    store: Path,
    progress: Progress,
    config: Config | None = None,
    options: Options | None = None,
    force: bool = False,
    reanalyse: bool = False,
    dry_run: bool = False,
    forks: bool = False,
) -> list[ClipResult]:
    """Analyse clips into a store. A clip that fails does not stop the others.

    Args:
        sources: files, folders and globs of clips; none for the `sources` of the configuration.
        store: folder of the heat store; made if it does not exist.
        progress: receiver of progress reports, who may be asked.
        config: configuration (`heatcli.toml`); None for the defaults.
        options: options of the user; None for none.
        force: whether clips that the store has with the same settings are analysed again.
        reanalyse: whether more than a day's recordings may be analysed again because of a setting.
        dry_run: whether nothing is analysed, only found out what would be.
        forks: whether the work is done in a fork of this process, so that a library that crashes takes only
            one clip with it. Not for a process that has threads, or has used a store.

    Returns:
        Results of the clips, and of the sources that name no clip.

    Raises:
        UsageError: an option, the configuration or the model is invalid.
        StoreError: the store cannot be written.
    """
    config, options = config or Config(), options or Options()
    clips, missing = find_clips(sources) if sources else (configured_clips(config), {})
    planned = plan(clips, config, options)
    if options.camera is not None:
        check_camera_name(options.camera)
    else:
        for concern, message in config_faults(config, clips):
            progress.warn(concern, message)
    results = [ClipResult(source, "failed", message=str(error)) for source, error in missing.items()]
    results += [
        ClipResult(str(clip), "failed", message=message, concern=Concern.UNCLAIMED)
        for clip, message in planned.unclaimed.items()
    ]
    for result in results:
        progress.end(result)
    if not planned.jobs:
        return results
    how = _How(store, config.file, force=force, reanalyse=reanalyse, dry_run=dry_run)
    open_work = partial(_open_work, jobs=planned.jobs, how=how)
    with in_worker(open_work, progress) if forks else open_work(progress) as do:
        progress.expect(len(planned.jobs))
        for job in planned.jobs:
            result = _done(job, do, is_named=bool(sources))
            results.append(result)
            progress.end(result)
    return results


def _done(job: Job, do: Do, *, is_named: bool) -> ClipResult:
    """Do a job; an error of its clip becomes the result."""
    try:
        check_camera_name(job.camera)
    except UsageError as error:
        # The camera's name comes from this file or its configuration: the other clips go on.
        return ClipResult(str(job.path), "failed", job.camera, message=f"{job.path}: {error}")
    try:
        return do(job)
    except BusyError as error:
        return ClipResult(str(job.path), "busy" if is_named else "left", job.camera, message=str(error))
    except InputError as error:
        return ClipResult(str(job.path), "failed", job.camera, message=str(error))
    except MemoryError:
        message = f"{job.path}: takes more memory than there is; run it again with more, or cut it into parts"
        return ClipResult(str(job.path), "failed", job.camera, message=message)


@dataclass(frozen=True, slots=True)
class _How:
    """What the user wants to be done with all clips: see `analyze_clips`."""

    store: Path
    config_file: Path | None
    _: KW_ONLY
    force: bool
    reanalyse: bool
    dry_run: bool


@contextmanager
def _open_work(progress: Progress, *, jobs: Sequence[Job], how: _How) -> Iterator[Do]:
    """Open the store and choose the models for all jobs, before the first is done.

    Raises:
        UsageError: no job has its model, or the settings are invalid.
        StoreError: the store cannot be written.
    """
    if how.dry_run and not how.store.exists():
        yield _planned
        return
    with Models() as models:
        work = _Work(Store.create_or_open(how.store), progress, models, how)
        if how.config_file is not None and not how.dry_run:
            note_config(how.store, how.config_file)
        work.look_ahead(jobs)
        yield work.do


def _planned(job: Job) -> ClipResult:
    """Return the result for a job that would be done.

    Raises:
        InputError: the job cannot be done, because it is not known when the clip was recorded.
    """
    job.known_start()
    return ClipResult(str(job.path), "planned", job.camera)


def _lacks_model(job: Job, error: UsageError) -> ClipResult:
    """Return the result of a job whose model is missing or cannot do what is asked of it."""
    message = f"{job.path}: {error}"
    return ClipResult(str(job.path), "failed", job.camera, message=message, concern=Concern.MISSING)


class _Work:
    """Does jobs one after the other."""

    def __init__(self, store: Store, progress: Progress, models: Models, how: _How) -> None:
        self._store = store
        self._catalog = Catalog(store)
        self._progress = progress
        self._models = models
        reanalysis = Reanalysis(allowed=how.reanalyse, ask=progress.ask)
        self._due = Due(
            store, self._catalog, models, progress, reanalysis, force=how.force, dry_run=how.dry_run
        )

    def look_ahead(self, jobs: Sequence[Job]) -> None:
        """Choose the models for all jobs, and count what a changed setting does to all clips.

        Raises:
            UsageError: no job has its model.
            StoreError: the store cannot be read.
        """
        errors = {job.path: error for job in jobs if (error := self._models.fault(job.settings)) is not None}
        if len(errors) == len(jobs):
            raise errors[jobs[0].path]
        self._due.look_ahead([job for job in jobs if job.path not in errors])

    def do(self, job: Job) -> ClipResult:
        """Analyse a clip, unless the store has it with the same settings.

        Raises:
            InputError: the clip cannot be analysed.
            StoreError: the store cannot be written.
        """
        state = check_complete(job.path)
        fault = self._models.fault(job.settings)
        if fault is not None:
            return _lacks_model(job, fault)
        clip = self._catalog.clip_id(job.path)
        planned = self._due.result(job, clip)
        if isinstance(planned, ClipResult):
            return planned
        began = time.perf_counter()
        try:
            row = self._analyze(planned, state, clip, self._models.resolved(job.settings))
        except UsageError as error:
            # The model of this camera is damaged, or cannot do what is asked of it: the other cameras go on.
            return _lacks_model(job, error)
        return ClipResult(str(job.path), "analysed", job.camera, row, time.perf_counter() - began)

    def _analyze(self, job: Job, state: FileState, clip: str, settings: str) -> ClipRow:
        models = self._models.load(job.settings, partial(self._progress.warn, Concern.EXPORT))
        with VideoReader(
            job.path,
            masks=job.settings.masks,
            raw_fps=job.settings.fps,
            raw_length_us=named_length_us(job.path),
        ) as video:
            # Better now than after an hour of decoding.
            start_of(job, video.info, video.info.duration_us or 0)
            followed = follow(job, video, models, self._progress)
            timeline, info = video.timeline, video.info
            for fault in file_faults(video):
                self._progress.warn(Concern.FAULT, fault)
        # The recorder may have gone on writing: the frames that came later would be missing for ever.
        check_unchanged(job.path, state)
        frames = ProcessedFrames(timeline.index(), timeline.pts_us(), timeline.dt_us())
        row = clip_row(job, state, clip, settings, models.detector, timeline, info)
        if row.start_source == "mtime":
            self._progress.warn(
                Concern.GUESSED,
                f"{job.path}: nothing says when it was recorded; taking {row.local_start} from the "
                "file's modification time; say it with --start",
            )
        assumed = assumed_zone_warning(job)
        if assumed is not None:
            self._progress.warn(Concern.ZONE, assumed)
        tracks = _tracks(followed, frames, info, job.settings.track, models.describer.kind)
        key = RunKey(row.camera, row.clip, row.run, row.start)
        row = commit_run(
            self._store,
            clip=row,
            tracks=tracks_frames(key, frames, tracks.seen),
            trajectories=trajectories_frame(
                key, frames, tracks.seen, models.detector.classes, tracks.descriptors, tracks.attributes
            ),
            plate=followed.plate,
        )
        overlap = overlap_warning(self._store, row)
        if overlap is not None:
            self._progress.warn(Concern.OVERLAP, overlap)
        return row


@dataclass(frozen=True, slots=True)
class _Tracks:
    """Rows of all trajectories, and their descriptors and attributes by `track`, where there are any."""

    seen: Observations
    descriptors: dict[int, bytes]
    attributes: dict[int, tuple[str, ...]]


def _tracks(
    followed: Followed, frames: ProcessedFrames, info: VideoInfo, settings: TrackSettings, kind: bytes
) -> _Tracks:
    """Link tracklets into trajectories, once all frames are processed; descriptors are of the given kind."""
    linked, half_embeddings = link_tracklets(
        followed.tracker.finish(),
        followed.tracker.half_embeddings(),
        frames=frames.index,
        pts_us=frames.pts_us,
        dt_us=frames.dt_us,
        width=info.width,
        height=info.height,
        settings=settings,
    )
    seen = smooth(
        linked,
        frames=frames.index,
        pts_us=frames.pts_us,
        width=info.width,
        height=info.height,
        speed=settings.speed_lengths_per_s,
    )
    descriptors = enumerate(to_bytes(half_embeddings, kind), start=1)
    sightings = followed.sightings
    return _Tracks(
        seen,
        {track: value for track, value in descriptors if value is not None},
        {} if sightings is None else sightings.attributes(linked),
    )
