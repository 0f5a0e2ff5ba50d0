"""The work behind `heatcli run`: all that a night has to do, one step after the other."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from heatcli.analysis.progress import ClipResult, Progress
from heatcli.answers.view_faults import newest_view_faults
from heatcli.commands.analyze import analyze_clips
from heatcli.commands.export import Exported
from heatcli.commands.export_periods import Named, export_periods
from heatcli.commands.purge import purge_old
from heatcli.commands.standing import Standing, standing_of
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import ConfigError, HeatcliError
from heatcli.names import Metric, PeriodKind, ReportFormat, counted
from heatcli.report.made_of import Asked
from heatcli.select.selection import Selection
from heatcli.store.kept_days import cameras_with_days
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from heatcli.store.writing import only_night

_Troubles = list[dict[str, str]]


class CountedProgress(Progress, Protocol):
    """Receiver of progress reports that keeps them.

    Attributes:
        results: results of the clips so far.
    """

    results: list[ClipResult]


class Shown(Protocol):
    """Receiver of what a night does, while it does it."""

    def analysing(self) -> AbstractContextManager[CountedProgress]:
        """Return who is told of the analyses, within the `with`."""
        ...

    def exporting(self, reports: int, asked: Asked, /) -> AbstractContextManager[Named]:
        """Return who shows how far so many reports are, within the `with`."""
        ...

    def exported(self, report: Exported, /) -> None:
        """Tell of a report that was written."""
        ...

    def warn(self, message: str, /) -> None:
        """Tell of something that the user should know; the work goes on."""
        ...

    def ended(self, step: "Step", /) -> None:
        """Tell how a step ended."""
        ...

    def bug(self, error: Exception, /) -> str:
        """Log an error that is heatcli's own, and return its line."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a night, done or tried.

    Attributes:
        name: `analyze`, `views`, the kind of a report such as `daily`, `purge`, `compact` or `cameras`.
        done: what was done: numbers of clips by how they ended, names of the `reports` that were written, or
            numbers of what went.
        error: why it was not done, or not wholly; None where it was.
    """

    name: str
    done: Mapping[str, object]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """How a night ended.

    Attributes:
        steps: its steps, in the order in which they were done.
        analysed: number of clips that were analysed.
        undone: number of clips that could not be done.
        standing: how the cameras and the store stand afterwards; None where that cannot be told.
    """

    steps: tuple[Step, ...]
    analysed: int
    undone: int
    standing: Standing | None

    @property
    def troubles(self) -> list[dict[str, str]]:
        """What is wrong with the views of cameras, as `newest_view_faults` tells it."""
        return [trouble for step in self.steps for trouble in cast(_Troubles, step.done.get("troubles", []))]

    @property
    def failed(self) -> int:
        """Number of steps that were not done, or not wholly."""
        return sum(step.error is not None for step in self.steps)


def run_night(
    *, store: Path, config: Config, shown: Shown, share: int | None = None, forks: bool = False
) -> Night:
    """Analyse what is new, make the reports that are due, purge what is too old, and compact the store.

    A step that fails does not keep the next ones from being done. What was killed, the next night goes on
    with.

    Args:
        store: folder of the heat store; made if it does not exist.
        config: configuration, which names the sources, the reports and how long things are kept.
        shown: receiver of what is done.
        share: smallest number of people of whom reports tell, where only sums may be let out; None for whole
            reports.
        forks: whether clips are analysed in forks of this process: see `analyze_clips`.

    Raises:
        UsageError: there is no configuration file, or no store can be at that path.
        StoreError: another night is at work on the store, or its folder cannot be made.
    """
    if config.file is None:
        raise ConfigError(
            "there is no heatcli.toml here, which says what a night has to do; make one with `heatcli init`, "
            "or name one with --config"
        )
    Store(store).check_path()
    with only_night(store):
        tried = _Tried(shown)
        results: list[ClipResult] = []
        tried.do("analyze", partial(_analyze, store, config, shown, results, forks=forks))
        tried.do("views", partial(_views, store, config))
        for kind in dict.fromkeys(config.run.reports):
            tried.do(kind, partial(_export, store, config, shown, kind, share))
        if config.said_privacy is not None:
            tried.do("purge", lambda: (purge_old(Store.create_or_open(store), config), None))
        tried.do("compact", lambda: (asdict(compact(Store.create_or_open(store))), None))
        found: list[Standing] = []
        tried.do("cameras", partial(_standing, store, config, results, found))
        return Night(
            steps=tuple(tried.steps),
            analysed=sum(result.status == "analysed" for result in results),
            undone=sum(not result.done for result in results),
            standing=found[0] if found else None,
        )


class _Tried:
    """Does steps, and notes those that fail.

    Attributes:
        steps: steps so far.
    """

    def __init__(self, shown: Shown) -> None:
        self.steps: list[Step] = []
        self._shown = shown

    def do(self, name: str, work: Callable[[], tuple[Mapping[str, object], str | None]]) -> None:
        """Do a step, which returns what it has done and why not all of it."""
        try:
            done, error = work()
        except HeatcliError as stopped:
            done, error = {}, str(stopped)
        except Exception as bug:
            # Also a bug in one step must not let what is too old stay for another day.
            done, error = {}, self._shown.bug(bug)
        self.steps.append(Step(name, done, error))
        self._shown.ended(self.steps[-1])


def _analyze(
    store: Path, config: Config, shown: Shown, results: list[ClipResult], *, forks: bool
) -> tuple[Mapping[str, object], str | None]:
    """Analyse what is new, and note how each clip ended, also of a run that was stopped."""
    error = None
    with shown.analysing() as progress:
        try:
            analyze_clips(store=store, progress=progress, config=config, forks=forks)
        except HeatcliError as stopped:
            error = str(stopped)
        finally:
            results += progress.results
    left_undone = sum(not result.done for result in results)
    if error is None and left_undone:
        error = f"{counted(left_undone, 'clip')} could not be done"
    return dict(Counter(result.status for result in results)), error


def _views(store: Path, config: Config) -> tuple[Mapping[str, object], str | None]:
    """Tell which cameras see nothing or something else; that is no fault of the night."""
    return {"troubles": newest_view_faults(Store.create_or_open(store), config)}, None


def _export(
    store: Path, config: Config, shown: Shown, kind: PeriodKind, share: int | None
) -> tuple[Mapping[str, object], str | None]:
    """Make the reports of a kind that are missing or stale; a store without clips or sums has none."""
    opened, reports = Store.create_or_open(store), []
    if opened.clips() or (share is not None and cameras_with_days(store)):
        asked = Asked(
            formats=(ReportFormat.HTML, ReportFormat.XLSX),
            selection=Selection(),
            settings=RenderSettings(),
            metrics=(Metric.DWELL_TIME,),
            compare_previous=False,
            share=share,
        )
        for report in export_periods(
            store=opened,
            kind=kind,
            period=None,
            catch_up=True,
            output=config.folder / config.run.output,
            asked=asked,
            config=config,
            progress=shown.exporting,
            warn=shown.warn,
        ):
            shown.exported(report)
            reports.append(report.report.period.name)
    return {"reports": reports}, None


def _standing(
    store: Path, config: Config, results: list[ClipResult], found: list[Standing]
) -> tuple[Mapping[str, object], str | None]:
    """Find out how the cameras and the store stand."""
    passed = {Path(result.path).absolute() for result in results if result.done and result.status != "left"}
    standing = standing_of(Store.create_or_open(store), config, passed)
    found.append(standing)
    return asdict(standing), None
