"""Whether a clip is to be analysed: a new one is; one that the store has, only if there is reason to."""

from collections.abc import Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from heatcli.analysis.changes import Change, changes, told
from heatcli.analysis.concerns import Concern
from heatcli.analysis.models import Models
from heatcli.analysis.plan import Job, settings_hash
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.reanalysis import Reanalysis
from heatcli.analysis.restart import kept_by_hand, restarted
from heatcli.analysis.sources import FileState
from heatcli.errors import InputError
from heatcli.store.catalog import Analysed, Catalog, FileKey
from heatcli.store.clips import ClipRow
from heatcli.store.shift import restart_clips
from heatcli.store.store import Store, stored_path

_OR_MOTION = "; or say --detector motion"


class Due:
    """Decides on each clip, and tells why where that is not plain."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        models: Models,
        progress: Progress,
        reanalysis: Reanalysis,
        *,
        force: bool,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._models = models
        self._progress = progress
        self._reanalysis = reanalysis
        self._force = force
        self._dry_run = dry_run

    def look_ahead(self, jobs: Sequence[Job]) -> None:
        """Count what a changed setting does to all clips, before the first of them is analysed again.

        Clips whose files were moved or touched are counted when their turn comes.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._force:
            return
        for number, known in self._known(jobs).items():
            if not self._keeps(jobs[number], known):
                self._reanalysis.expect(known, self._changes(jobs[number], known))
        if not self._dry_run:
            self._reanalysis.settle()
        elif self._reanalysis.needs_consent:
            what = f"{self._reanalysis.words}; that needs --reanalyse or --from DATE"
            self._progress.warn(Concern.REFUSED, what)

    def settled(self, jobs: Sequence[Job]) -> set[int]:
        """Return the numbers of the jobs that end without an analysis, as the store knows their files.

        Call `look_ahead` first.

        Raises:
            StoreError: the store cannot be read.
        """
        return {
            number
            for number, known in self._known(jobs).items()
            if self._keeps(jobs[number], known)
            or not (self._force or self._reanalysis.allows(known, self._changes(jobs[number], known)))
        }

    @property
    def has_consent(self) -> bool:
        """Whether the user has said that all may be analysed again."""
        return self._reanalysis.has_consent

    def result(self, job: Job, clip: str) -> ClipResult | Job:
        """Return what becomes of a clip that is not analysed; for one that is, the plan by which it is.

        Args:
            job: plan for the clip.
            clip: id of the clip.

        Raises:
            InputError: it is not known when the clip was recorded.
            StoreError: the store cannot be read.
        """
        row = self._catalog.find_clip(job.camera, clip)
        known = None if row is None else Analysed.of(row)
        if row is not None and known is not None and self._keeps(job, known):
            return self._kept(job, known, self._check_start(job, row))
        path, camera = str(job.path), job.camera
        if row is None and not self._force and self._catalog.is_forgotten(camera, clip):
            gone = f"{path}: was removed for good; --force analyses it again"
            return ClipResult(path, "forgotten", camera, message=gone)
        fallback = self._models.fallback(job.settings)
        if fallback is not None and "yolo" in self._catalog.detectors():
            message = f"{path}: not analysed, as the store has clips of yolo, and {fallback}{_OR_MOTION}"
            return ClipResult(path, "failed", camera, row, message=message, concern=Concern.FALLBACK)
        self._say_if_fallback(job)
        planned = job if row is None or self._force else kept_by_hand(job, row)
        planned.known_start()
        found = () if known is None else self._changes(job, known)
        if self._dry_run:
            why = None
            if known is not None:
                reason = "--force" if self._force else told(found)
                why = f"{path}: would be analysed again as camera {camera}: {reason}"
            return ClipResult(path, "planned", camera, message=why, changes=found)
        if row is None or known is None or self._force:
            return planned
        if not self._reanalysis.allows(known, found):
            row = self._check_start(job, row)
            message = (
                f"{path}: not analysed again: {self._reanalysis.words}; say --reanalyse or --from DATE, or "
                "undo the change"
            )
            return ClipResult(
                path, "refused", camera, row, message=message, concern=Concern.REFUSED, changes=found
            )
        self._progress.warn(Concern.SETTINGS, f"{path}: is analysed again, as {told(found)}")
        return planned

    def _check_start(self, job: Job, row: ClipRow) -> ClipRow:
        """Tell of a clip that would now start at another time; move it if only the configuration says it.

        Returns:
            The clip as the store has it now.
        """
        if job.start is not None and job.start.source == "option":
            if job.start.time != row.start:
                self._progress.warn(
                    Concern.START,
                    f"{job.path}: keeps the start it has, {row.local_start}; change it with `heatcli "
                    f"clips --set-start TIME --clip {row.clip}`, or analyse it again with --force",
                )
            return row
        try:
            now = restarted(job, row)
        except InputError as error:
            self._progress.warn(Concern.START, f"{error}; the store says {_shown(row)}")
            return row
        if now is None:
            return row
        if row.start_source == now.start_source == "config":
            words = "would start" if self._dry_run else "starts"
            what = f"{row.path}: {words} {_shown(now)} now, and not {_shown(row)}"
            self._progress.warn(Concern.MOVED, what)
            if not self._dry_run:
                (row,) = restart_clips(self._store, [(row, now)])
        else:
            self._progress.warn(
                Concern.START,
                f"{job.path}: starts {_shown(row)} in the store and {_shown(now)} by the configuration; move "
                "all such clips with `heatcli clips --restart`",
            )
        return row

    def _known(self, jobs: Sequence[Job]) -> dict[int, Analysed]:
        """Return how clips were analysed whose files the store knows, by the numbers of their jobs."""
        files: dict[int, FileKey] = {}
        for number, job in enumerate(jobs):
            with suppress(InputError):  # told when its turn comes
                state = FileState.of(job.path)
                files[number] = (stored_path(job.path), state.size, state.mtime_ns)
        analysed = self._catalog.files(files.values())
        found = {number: analysed.get((jobs[number].camera, *file)) for number, file in files.items()}
        return {number: known for number, known in found.items() if known is not None}

    def _say_if_fallback(self, job: Job) -> None:
        fallback = self._models.fallback(job.settings)
        if fallback is not None:
            self._progress.warn(Concern.FALLBACK, f"using motion detection: {fallback}{_OR_MOTION}")

    def _changes(self, job: Job, known: Analysed) -> tuple[Change, ...]:
        return changes(known.settings, self._models.resolved(job.settings))

    def _keeps(self, job: Job, known: Analysed) -> bool:
        """Whether a clip keeps the result that it has."""
        if known.settings_hash == settings_hash(self._models.resolved(job.settings)):
            return not self._force
        return self._is_better(job, known) or (not self._force and _is_before(job, known))

    def _is_better(self, job: Job, known: Analysed) -> bool:
        """Whether the clip's detector is better than the one that would have to do now."""
        return known.detector == "yolo" and self._models.fallback(job.settings) is not None

    def _kept(self, job: Job, known: Analysed, row: ClipRow) -> ClipResult:
        path = str(job.path)
        if known.settings_hash == settings_hash(self._models.resolved(job.settings)):
            self._say_if_fallback(job)
            return ClipResult(path, "skipped", job.camera, row)
        if self._is_better(job, known):
            message = f"{path}: keeps what yolo found in it: {self._models.fallback(job.settings)}"
            return ClipResult(path, "skipped", job.camera, row, message=message, concern=Concern.KEPT)
        message = f"{path}: stays as it was analysed, as it is of before {job.since}"
        return ClipResult(path, "skipped", job.camera, row, message=message)


def _shown(row: ClipRow) -> str:
    """Write when a clip starts on its camera's clock, and how that is known."""
    return f"{row.local_start} {row.timezone} ({row.start_source})"


def _is_before(job: Job, known: Analysed) -> bool:
    """Whether a clip is of a day before the one from which changed settings hold."""
    day = known.start.astimezone(ZoneInfo(known.timezone)).date()
    return job.since is not None and day < job.since
