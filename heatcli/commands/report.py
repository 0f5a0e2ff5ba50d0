"""The work behind `heatcli report`: the newest complete day, as a page and in three sentences."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heatcli.commands.catch_up import Calendar
from heatcli.commands.export import Exported, export_report, writable_folder
from heatcli.config.models import Config
from heatcli.names import PeriodKind, ReportFormat
from heatcli.report.report import make_report
from heatcli.report.standing_out import standing_out
from heatcli.select.each import Each, unwatched
from heatcli.select.selection import Selection
from heatcli.store.store import Store

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, eq=False)
class DayReport:
    """The report of a day.

    Attributes:
        exported: its page.
        troubles: cameras that saw nothing or something else than on the days before, a sentence each.
        sentences: what stands out: the busiest hour, the hottest place and the largest change since the same
            weekday before.
    """

    exported: Exported
    sentences: tuple[str, str, str]
    troubles: tuple[str, ...] = ()


def report_day(
    *,
    store: Store,
    output: Path = Path(),
    selection: Selection | None = None,
    config: Config | None = None,
    each: Each = unwatched,
) -> DayReport:
    """Make the page of the newest day that has recordings and is over, and tell what stands out in it.

    Args:
        store: heat store to read from.
        output: folder in which the report's own folder is made; need not exist.
        selection: selection of what counts, apart from the time; None for everything.
        config: configuration (`heatcli.toml`); None for the defaults.
        each: way through the cameras, which may show how far it is.

    Raises:
        UsageError: the selection is invalid, the store holds no clips, or no day with recordings is over.
        StoreError: the store cannot be read.
        OutputError: the folder or a file in it cannot be written.
    """
    selection, config = selection or Selection(), config or Config()
    day = Calendar.of(store, selection, config).newest(PeriodKind.DAILY)
    with writable_folder(output):
        exported = export_report(
            store=store,
            period=day,
            output=output,
            formats=(ReportFormat.HTML,),
            selection=selection,
            config=config,
            each=each,
        )
    before = make_report(
        store=store,
        selection=selection,
        period=replace(day, first=day.first - _WEEK, last=day.last - _WEEK),
        made_at=datetime.now(UTC),
        metrics=(),
        config=config,
    )
    return DayReport(exported, standing_out(exported.report, before), exported.report.troubles)
