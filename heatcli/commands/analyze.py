"""The work behind `heatcli analyze`: frames -> detections -> tracklets -> trajectories -> store."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heatcli.analysis.clip_row import clip_row
from heatcli.analysis.file_faults import file_faults
from heatcli.analysis.file_lengths import named_length_us
from heatcli.analysis.follow import Followed, follow
from heatcli.analysis.models import Models
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan, settings_hash
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.analysis.sources import FileState, check_complete, check_unchanged, find_clips
from heatcli.config.models import Config
from heatcli.config.settings import TrackSettings
from heatcli.errors import BusyError, InputError, UsageError
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import check_camera_name, commit_run
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
    sources: Sequence[str],
    store: Path,
    progress: Progress,
    config: Config | None = None,
    options: Options | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> list[ClipResult]:
    """Analyse clips into a store. A clip that fails does not stop the others.

    Args:
        sources: files, folders and globs of clips.
        store: folder of the heat store; made if it does not exist.
        progress: receiver of progress reports.
        config: configuration (`heatcli.toml`); None for the defaults.
        options: options of the user; None for none.
        force: whether clips that the store has with the same settings are analysed again.
        dry_run: whether nothing is analysed, only found out what would be.

    Returns:
        Results of the clips, and of the sources that name no clip.

    Raises:
        UsageError: an option, the configuration or the model is invalid.
        StoreError: the store cannot be written.
    """
    clips, missing = find_clips(sources)
    jobs = plan(clips, config or Config(), options or Options())
    if options is not None and options.camera is not None:
        check_camera_name(options.camera)
    results = [ClipResult(source, "failed", message=str(error)) for source, error in missing.items()]
    for result in results:
        progress.end(result)
    if not jobs:
        return results
    with Models(warn=progress.warn) as models:
        do = _planned
        if store.exists() or not dry_run:
            work = _Work(Store.create_or_open(store), progress, models, force=force, dry_run=dry_run)
            for job in jobs:
                models.resolved(job.settings)
            do = work.do
        for job in jobs:
            result = _done(job, do)
            results.append(result)
            progress.end(result)
    return results


def _done(job: Job, do: Callable[[Job], ClipResult]) -> ClipResult:
    """Do a job; an error of its clip becomes the result."""
    try:
        check_camera_name(job.camera)
    except UsageError as error:
        # The camera's name comes from this file or its configuration: the other clips go on.
        return ClipResult(str(job.path), "failed", job.camera, message=f"{job.path}: {error}")
    try:
        return do(job)
    except InputError as error:
        status = "busy" if isinstance(error, BusyError) else "failed"
        return ClipResult(str(job.path), status, job.camera, message=str(error))


def _planned(job: Job) -> ClipResult:
    """Return the result for a job that would be done.

    Raises:
        InputError: the job cannot be done, because it is not known when the clip was recorded.
    """
    job.known_start()
    return ClipResult(str(job.path), "planned", job.camera)


class _Work:
    """Does jobs one after the other."""

    def __init__(
        self, store: Store, progress: Progress, models: Models, *, force: bool, dry_run: bool
    ) -> None:
        self._store = store
        self._catalog = Catalog(store)
        self._progress = progress
        self._models = models
        self._force = force
        self._dry_run = dry_run
        self._zone_told = False

    def do(self, job: Job) -> ClipResult:
        """Analyse a clip, unless the store has it with the same settings.

        Raises:
            InputError: the clip cannot be analysed.
            UsageError: the settings are invalid.
            StoreError: the store cannot be written.
        """
        state = check_complete(job.path)
        settings = self._models.resolved(job.settings)
        clip = self._catalog.clip_id(job.path)
        known = self._catalog.find_clip(job.camera, clip)
        if known is not None and known.settings_hash == settings_hash(settings) and not self._force:
            self._say_if_start_differs(job, known)
            return ClipResult(str(job.path), "skipped", job.camera, known)
        planned = _planned(job)
        if self._dry_run:
            return planned
        began = time.perf_counter()
        row = self._analyze(job, state, clip, settings)
        return ClipResult(str(job.path), "analysed", job.camera, row, time.perf_counter() - began)

    def _say_if_start_differs(self, job: Job, known: ClipRow) -> None:
        """Warn that a clip which is not analysed again keeps its start, if the user gives another one."""
        if job.start is not None and job.start.time != known.start:
            self._progress.warn(
                f"{job.path}: keeps the start it has, {known.start.isoformat()}; change it with `heatcli "
                f"clips --set-start TIME --clip {known.clip}`, or analyse it again with --force"
            )

    def _say_if_zone_is_assumed(self, job: Job) -> None:
        """Warn, once, that local times are read in a time zone that the user did not name."""
        start = job.known_start()
        if start is not None and start.local and not job.zone_said and not self._zone_told:
            self._zone_told = True
            self._progress.warn(
                f"no time zone is named: local times are taken as {job.zone.key}; name it with --timezone, "
                "or as `timezone` in heatcli.toml"
            )

    def _analyze(self, job: Job, state: FileState, clip: str, settings: str) -> ClipRow:
        models = self._models.load(job.settings)
        with VideoReader(
            job.path,
            masks=job.settings.masks,
            raw_fps=job.settings.fps,
            raw_length_us=named_length_us(job.path),
        ) as video:
            followed = follow(job, video, models, self._progress)
            timeline, info = video.timeline, video.info
            for fault in file_faults(video):
                self._progress.warn(fault)
        # The recorder may have gone on writing: the frames that came later would be missing for ever.
        check_unchanged(job.path, state)
        frames = ProcessedFrames(timeline.index(), timeline.pts_us(), timeline.dt_us())
        row = clip_row(job, state, clip, settings, models.detector, timeline, info)
        if row.start_source == "mtime":
            self._progress.warn(
                f"{job.path}: nothing says when it was recorded; taking {row.start.isoformat()} from the "
                "file's modification time; say it with --start"
            )
        self._say_if_zone_is_assumed(job)
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
            self._progress.warn(overlap)
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
