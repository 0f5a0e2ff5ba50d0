"""`heatcli export`: the report of a day, week, month or year."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.drawing import with_settings
from heatcli.cli.options.period import PeriodChoice, with_period
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.sharing import MinCount, Share, least_shown
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.export_progress import ExportProgress
from heatcli.cli.show.log import begin_log
from heatcli.cli.show.reports import report_object, show_report
from heatcli.names import Metric, PeriodKind, ReportFormat

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings
    from heatcli.select.selection import Selection


@with_period
@partial(with_settings, without=("metric", "accumulation_mode", "window_seconds"))
@partial(with_selection, without=("start", "end", "dates"))
def command(
    kind: Annotated[PeriodKind, typer.Argument(metavar="PERIOD", help="daily, weekly, monthly or annual.")],
    *,
    period: PeriodChoice,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            parser=PATH,
            help="Folder in which the report gets a folder of its own.  [default: the current folder]",
        ),
    ] = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAMES",
            parser=text(),
            help=f"Files to write: {','.join(ReportFormat)}, or all.",
        ),
    ] = "html,xlsx",
    metrics: Annotated[
        str,
        typer.Option(metavar="NAMES", parser=text(), help=f"Metrics of maps: {','.join(Metric)}, or all."),
    ] = Metric.DWELL_TIME,
    compare_previous: Annotated[
        bool, typer.Option("--compare-previous", help="Show the previous period beside it.")
    ] = False,
    share: Share = False,
    min_count: MinCount = None,
    settings: "RenderSettings",
    selection: "Selection",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    no_cache: common.NoCache = False,
    log: common.Log = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Write the report of a day, week, month or year, in the local time of each camera."""
    from heatcli.commands.catch_up import Calendar, due_periods
    from heatcli.commands.export import export_report, writable_folder
    from heatcli.report.index import write_index
    from heatcli.report.made_of import Asked
    from heatcli.store.store import Store as HeatStore

    asked = Asked(
        formats=common.chosen(formats, ReportFormat, option="--format"),
        metrics=common.chosen(metrics, Metric, option="--metrics"),
        selection=selection,
        settings=settings,
        compare_previous=compare_previous,
        share=least_shown(share=share, min_count=min_count),
    )
    known = common.read_config(config, store, quiet=quiet)
    begin_log(log or known.log_file)
    heat_store, folder = HeatStore.open(store, keeps=not no_cache), output or Path()
    reports = []
    with writable_folder(folder):
        calendar = Calendar.of(heat_store, selection, known)
        if period.catch_up:
            periods = due_periods(heat_store, calendar, kind, output=folder, asked=asked)
        else:
            periods = [period.period or calendar.newest(kind)]
        for empty in calendar.empty(kind, periods, catch_up=period.catch_up):
            say(f"heatcli: warning: {calendar.lacking(empty)}")
        with ExportProgress(len(periods), asked, quiet=quiet) as progress:
            for one in periods:
                done = export_report(
                    store=heat_store,
                    period=one,
                    output=folder,
                    formats=asked.formats,
                    selection=selection,
                    settings=settings,
                    metrics=asked.metrics,
                    compare_previous=compare_previous,
                    share=asked.share,
                    config=known,
                    each=progress.named(one.name),
                )
                show_report(done, quiet=quiet)
                reports.append(report_object(done))
    if (reports or (folder / "index.html").exists()) and write_index(folder) is None:
        say(f"heatcli: warning: {folder / 'index.html'}: is not heatcli's, and stays as it is")
    if not reports:
        say("all reports are up to date", quiet=quiet)
    if as_json:
        emit({"store": str(store), **({"reports": reports} if period.catch_up else reports[0])})
