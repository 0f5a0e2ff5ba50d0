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
from heatcli.cli.show.console import emit, say, warn
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
    from heatcli.commands.export_periods import export_periods
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
    reports = []
    for done in export_periods(
        store=HeatStore.open(store, keeps=not no_cache),
        kind=kind,
        period=period.period,
        catch_up=period.catch_up,
        output=output or Path(),
        asked=asked,
        config=known,
        progress=partial(ExportProgress, quiet=quiet),
        warn=warn,
    ):
        show_report(done, quiet=quiet)
        reports.append(report_object(done))
    if not reports:
        say("all reports are up to date", quiet=quiet)
    if as_json:
        emit({"store": str(store), **({"reports": reports} if period.catch_up else reports[0])})
