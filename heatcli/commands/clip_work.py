"""What each process of `heatcli analyze` does: analyse clips, or commit what others have analysed."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from heatcli.analysis.batches import Commit, Staged
from heatcli.analysis.concerns import Concern
from heatcli.analysis.due import Due
from heatcli.analysis.erased import without_erased
from heatcli.analysis.models import Models
from heatcli.analysis.one_clip import analyze_clip
from heatcli.analysis.plan import Job, settings_hash
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.reanalysis import Reanalysis
from heatcli.analysis.serving import Do
from heatcli.analysis.sources import FileState, check_complete
from heatcli.commands.forget_descriptors import forget_old
from heatcli.config.models import Config
from heatcli.config.settings import AnalyzeSettings
from heatcli.errors import InputError, UsageError
from heatcli.select.overlaps import overlap_warning
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun, commit_runs
from heatcli.store.faults import recording_errors
from heatcli.store.last_config import note_config
from heatcli.store.objects import local_copy
from heatcli.store.pieces import remove_old_pieces
from heatcli.store.staging import commit_staged, stage_run, staged_runs
from heatcli.store.store import Store
from heatcli.store.writing import committing, writing


@dataclass(frozen=True, slots=True)
class How:
    """What is to be done with all clips: see `heatcli.commands.analyze.analyze_clips`.

    Attributes:
        config: configuration.
        began: UTC time before all runs of this program.
        stages: whether clips are only staged, for another process to commit.
    """

    store: Path
    config: Config
    began: datetime
    _: KW_ONLY
    stages: bool = False
    force: bool
    reanalyse: bool
    dry_run: bool


@contextmanager
def open_work(progress: Progress, *, jobs: Sequence[Job], how: How) -> Iterator[Do]:
    """Open the store and choose the models for all jobs, before the first is done.

    Raises:
        UsageError: no job has its model, or the settings are invalid.
        StoreError: the store cannot be written.
    """
    if how.dry_run and not how.store.exists():
        yield _planned
        return
    with open_all(progress, jobs=jobs, how=how) as work:
        yield work.do


@contextmanager
def open_all(progress: Progress, *, jobs: Sequence[Job], how: How) -> Iterator["Work"]:
    """Open the store and choose the models for all jobs; do what comes before the first of them.

    Raises:
        UsageError: no job has its model, or the settings are invalid.
        StoreError: the store cannot be written.
    """
    with Models() as models:
        opened = Store.create_or_open(how.store)
        work = Work(opened, progress, models, how)
        if how.config.file is not None and not how.dry_run:
            note_config(how.store, how.config.file)
        if not how.dry_run:
            remove_old_pieces(how.store)
            work.commit_left()
            with writing(how.store):
                forget_old(opened, how.config, how.began, progress)
        work.look_ahead(jobs)
        yield work


@contextmanager
def open_commit(progress: Progress, *, how: How) -> Iterator[Commit]:
    """Open the store for the commits of clips that others have staged.

    Raises:
        StoreError: the store cannot be written.
    """
    store = Store.create_or_open(how.store)
    catalog = Catalog(store)

    def commit(rows: Sequence[ClipRow]) -> dict[str, ClipRow]:
        done = _commit(store, [row.run for row in rows])
        for row in rows:
            # Another program may have committed it, or have analysed the clip again since.
            live = done.get(row.run) or catalog.find_clip(row.camera, row.clip)
            if live is not None:
                done[row.run] = live
                _tell_overlap(store, live, progress)
        return done

    yield commit


def _commit(store: Store, runs: Collection[str]) -> dict[str, ClipRow]:
    """Commit staged runs, without what was erased since they were staged."""
    with committing(store.path):
        return commit_staged(store, runs, allowed=partial(without_erased, store))


def _tell_overlap(store: Store, row: ClipRow, progress: Progress) -> None:
    overlap = overlap_warning(store, row)
    if overlap is not None:
        progress.warn(Concern.OVERLAP, overlap)


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


def _is_there(path: Path) -> bool:
    try:
        FileState.of(path)
    except InputError:
        return False
    return True


class Work:
    """Does jobs one after the other."""

    def __init__(self, store: Store, progress: Progress, models: Models, how: How) -> None:
        self._store = store
        self._how = how
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

    def settled(self, jobs: Sequence[Job]) -> set[int]:
        """Return the numbers of the jobs that end without an analysis, as is known without reading a clip.

        Raises:
            StoreError: the store cannot be read.
        """
        hopeless = {
            number
            for number, job in enumerate(jobs)
            if not _is_there(job.path) or self._models.fault(job.settings) is not None
        }
        fit = [number for number in range(len(jobs)) if number not in hopeless]
        return hopeless | {fit[number] for number in self._due.settled([jobs[number] for number in fit])}

    @property
    def has_consent(self) -> bool:
        """Whether the user has said that all may be analysed again because of a setting."""
        return self._due.has_consent

    def settings_hashes(self, jobs: Sequence[Job]) -> list[tuple[AnalyzeSettings, str]]:
        """Return all settings whose models are there, each once, with the hash that clips get by them."""
        unique = {job.settings.model_dump_json(): job.settings for job in jobs}.values()
        fit = [settings for settings in unique if self._models.fault(settings) is None]
        return [(settings, settings_hash(self._models.resolved(settings))) for settings in fit]

    def commit_left(self) -> None:
        """Commit what a program that was killed has left staged.

        Raises:
            StoreError: the store cannot be written.
        """
        _commit(self._store, staged_runs(self._store, before=self._how.began))

    def do(self, job: Job) -> ClipResult | Staged:
        """Analyse a clip, unless the store has it with the same settings.

        Raises:
            InputError: the clip cannot be analysed.
            StoreError: the store cannot be written.
        """
        state = check_complete(job.path)
        fault = self._models.fault(job.settings)
        if fault is not None:
            return _lacks_model(job, fault)
        with ExitStack() as copies, recording_errors(job.path):
            fetch = cache(lambda: copies.enter_context(local_copy(job.path)))
            clip = self._catalog.clip_id(job.path, fetch)
            planned = self._due.result(job, clip)
            if isinstance(planned, ClipResult):
                return planned
            began = time.perf_counter()
            try:
                row = analyze_clip(
                    planned,
                    state,
                    clip,
                    file=fetch(),
                    models=self._models,
                    store=self._store,
                    progress=self._progress,
                    keep=self._keep,
                )
            except UsageError as error:
                # The model of this camera is damaged, or cannot do what is asked of it: other cameras go on.
                return _lacks_model(job, error)
        result = ClipResult(str(job.path), "analysed", job.camera, row, time.perf_counter() - began)
        if self._how.stages:
            return Staged(result, row)
        _tell_overlap(self._store, row, self._progress)
        return result

    def _keep(self, run: NewRun) -> ClipRow:
        if self._how.stages:
            with writing(self._store.path):
                return stage_run(self._store, without_erased(self._store, run))
        with committing(self._store.path):
            (row,) = commit_runs(self._store, [without_erased(self._store, run)])
        return row
