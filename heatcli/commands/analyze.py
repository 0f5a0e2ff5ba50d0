"""The work behind `heatcli analyze`: frames -> detections -> tracklets -> trajectories -> store."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from heatcli.analysis.concerns import Concern
from heatcli.analysis.config_faults import config_faults
from heatcli.analysis.due import Due
from heatcli.analysis.machine import cores, most_workers, usable_workers
from heatcli.analysis.models import Models
from heatcli.analysis.one_clip import analyze_clip
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.reanalysis import Reanalysis
from heatcli.analysis.sources import check_complete, configured_clips, find_clips
from heatcli.analysis.turn import Turn
from heatcli.analysis.worker import Do
from heatcli.analysis.workers import done_by_workers, done_here
from heatcli.commands.forget_descriptors import forget_old
from heatcli.config.models import Config
from heatcli.errors import BusyError, ErasedError, InputError, UsageError
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.commit import check_camera_name
from heatcli.store.journal import Deed, note_rows
from heatcli.store.last_config import note_config
from heatcli.store.pieces import remove_old_pieces
from heatcli.store.store import Store


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
    workers: int | None = None,
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
        workers: number of forks that share the clips; None for as many as the machine is fit for.

    Returns:
        Results of the sources that name no clip, and of the clips, in their order. They are reported as they
        come.

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
    jobs = []
    for job in planned.jobs:
        try:
            check_camera_name(job.camera)
        except UsageError as error:
            # The camera's name comes from this file or its configuration: the other clips go on.
            results.append(ClipResult(str(job.path), "failed", job.camera, message=f"{job.path}: {error}"))
        else:
            jobs.append(job)
    for result in results:
        progress.end(result)
    if not jobs:
        return results
    how = _How(
        store,
        config.file,
        Turn(),
        config.privacy.descriptors,
        datetime.now(UTC),
        force=force,
        reanalyse=reanalyse,
        dry_run=dry_run,
    )
    work, do_jobs = partial(_open_work, jobs=jobs, how=how), done_here
    if forks:
        count = 1 if dry_run else _fitting(workers, len(jobs), progress)
        threads = max(1, cores() // count) if count > 1 else None
        do_jobs = partial(done_by_workers, most=count, threads=threads)
    ended: dict[int, ClipResult] = {}
    try:
        with do_jobs(work, jobs, progress) as outcomes:
            progress.expect(len(jobs))
            for number, outcome in outcomes:
                ended[number] = _result(jobs[number], outcome, is_named=bool(sources))
                progress.end(ended[number])
    finally:
        # Also of a run that was stopped.
        rows = [one.row for one in ended.values() if one.status == "analysed" and one.row is not None]
        note_rows(Store(store), Deed.ANALYZE, rows, force=force, reanalyse=reanalyse)
    return results + [ended[number] for number in range(len(jobs))]


def _fitting(said: int | None, clips: int, progress: Progress) -> int:
    """Return how many processes share so many clips: what the user said, as far as memory goes."""
    if said is None:
        return usable_workers(clips)
    wanted, most = min(said, clips), most_workers()
    if wanted > most:
        progress.warn(Concern.MEMORY, f"--workers {said}: memory is enough for {most}, so there are no more")
    return min(wanted, most)


def _result(job: Job, outcome: ClipResult | Exception, *, is_named: bool) -> ClipResult:
    """Return the result of a job; an error of its clip becomes one.

    Raises:
        Exception: what has happened concerns more than this clip.
    """
    match outcome:
        case ClipResult():
            return outcome
        case BusyError():
            status, message = "busy" if is_named else "left", str(outcome)
        case ErasedError():
            status, message = "forgotten", str(outcome)
        case InputError():
            status, message = "failed", str(outcome)
        case MemoryError():
            status = "failed"
            remedy = "run it again with more, or cut it into parts"
            message = f"{job.path}: takes more memory than there is; {remedy}"
        case _:
            raise outcome
    return ClipResult(str(job.path), status, job.camera, message=message)


@dataclass(frozen=True, slots=True)
class _How:
    """What is to be done with all clips: see `analyze_clips`."""

    store: Path
    config_file: Path | None
    turn: Turn
    descriptors: timedelta | None
    began: datetime
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
        opened = Store.create_or_open(how.store)
        work = _Work(opened, progress, models, how)
        if how.config_file is not None and not how.dry_run:
            note_config(how.store, how.config_file)
        if not how.dry_run:
            remove_old_pieces(how.store)
            forget_old(opened, how.descriptors, how.began, progress)
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
        self._turn = how.turn
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
            row = analyze_clip(
                planned,
                state,
                clip,
                models=self._models,
                store=self._store,
                progress=self._progress,
                turn=self._turn,
            )
        except UsageError as error:
            # The model of this camera is damaged, or cannot do what is asked of it: the other cameras go on.
            return _lacks_model(job, error)
        overlap = overlap_warning(self._store, row)
        if overlap is not None:
            self._progress.warn(Concern.OVERLAP, overlap)
        return ClipResult(str(job.path), "analysed", job.camera, row, time.perf_counter() - began)
