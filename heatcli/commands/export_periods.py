"""The reports of one run, one after the other, and the page that lists all of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from heatcli.commands.catch_up import Calendar, due_periods
from heatcli.commands.export import Exported, export_report, writable_folder
from heatcli.config.models import Config
from heatcli.names import PeriodKind
from heatcli.report.index import write_index
from heatcli.report.made_of import Asked, noted_periods
from heatcli.report.periods import Period
from heatcli.select.each import Each
from heatcli.store.store import Store


class Named(Protocol):
    """Shows how far the reports of several periods are."""

    def named(self, name: str, /) -> Each:
        """Return the way through the cameras and files of a report."""
        ...


def export_periods(
    *,
    store: Store,
    kind: PeriodKind,
    period: Period | None,
    catch_up: bool,
    output: Path,
    asked: Asked,
    config: Config,
    progress: Callable[[int, Asked], AbstractContextManager[Named]],
    warn: Callable[[str], None],
) -> Iterator[Exported]:
    """Write reports of a kind, each into a folder of its own, and the page that lists all of them.

    Args:
        store: heat store to read from.
        kind: kind of the reports.
        period: period of the only report; None for the newest one that is over.
        catch_up: whether all reports that are missing or stale are made instead.
        output: folder in which the reports' own folders are made; need not exist.
        asked: what the reports are to show.
        config: configuration (`heatcli.toml`).
        progress: function that is told how many reports there are and what each is asked to show, and returns
            who shows, within a `with`, how far they are.
        warn: receiver of what the user should know.

    Yields:
        Reports, as they are made.

    Raises:
        UsageError: what `export_report` raises; no period with recordings is over yet.
        StoreError: the store cannot be read.
        OutputError: the folder or a file in it cannot be written.
    """
    made = False
    with writable_folder(output):
        calendar = Calendar.of(store, asked.selection, config, with_sums=asked.share is not None)
        if catch_up:
            periods = due_periods(store, calendar, kind, output=output, asked=asked, config=config)
        else:
            periods = [period or calendar.newest(kind)]
        for empty in calendar.empty(kind, periods, catch_up=catch_up):
            warn(calendar.lacking(empty))
        with progress(len(periods), asked) as named:
            for one in periods:
                yield export_report(
                    store=store,
                    period=one,
                    output=output,
                    formats=asked.formats,
                    selection=asked.selection,
                    settings=asked.settings,
                    metrics=asked.metrics,
                    compare_previous=asked.compare_previous,
                    share=asked.share,
                    config=config,
                    each=named.named(one.name),
                )
                made = True
    index = output / "index.html"
    # A run that was killed may have made reports and no index.
    if (made or index.exists() or noted_periods(output, kind)) and write_index(output) is None:
        warn(f"{index}: is not heatcli's, and stays as it is")
