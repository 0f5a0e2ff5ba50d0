"""`heatcli export`: the report of a day, week, month or year."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.drawing import with_settings
from heatcli.cli.options.period import with_period
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.reports import report_line, report_summary
from heatcli.names import Metric, PeriodKind, ReportFormat

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings
    from heatcli.report.periods import Period
    from heatcli.select.selection import Selection


@with_period
@partial(with_settings, without=("metric", "accumulation_mode", "window_seconds"))
@partial(with_selection, without=("start", "end", "dates"))
def command(
    kind: Annotated[PeriodKind, typer.Argument(metavar="PERIOD", help="daily, weekly, monthly or annual.")],
    *,
    period: "Period | None",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            parser=PATH,
            help="Where to make its folder.  [default: the current folder]",
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
        typer.Option(
            metavar="NAMES", parser=text(), help=f"Metrics of the maps: {','.join(Metric)}, or all."
        ),
    ] = Metric.DWELL_TIME,
    compare_previous: Annotated[
        bool, typer.Option("--compare-previous", help="Show the previous period beside it.")
    ] = False,
    settings: "RenderSettings",
    selection: "Selection",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Write the report of a day, week, month or year, in the local time of each camera."""
    from heatcli.commands.export import export_report, last_complete_period
    from heatcli.config.models import load_config
    from heatcli.report.report_json import period_summary
    from heatcli.store.store import Store as HeatStore

    files, maps = (
        common.chosen(formats, ReportFormat, option="--format"),
        common.chosen(metrics, Metric, option="--metrics"),
    )
    known, heat_store = load_config(config), HeatStore.open(store)
    period = period or last_complete_period(heat_store, kind)
    done = export_report(
        store=heat_store,
        period=period,
        output=output or Path(),
        formats=files,
        selection=selection,
        settings=settings,
        metrics=maps,
        compare_previous=compare_previous,
        config=known,
    )
    say(f"{period.name}: {period.title}", quiet=quiet)
    for camera in done.report.cameras:
        say(report_line(camera, done.report), quiet=quiet)
    written = "1 file" if len(done.files) == 1 else f"{len(done.files)} files"
    say(f"{done.folder}: {written}", quiet=quiet)
    if as_json:
        emit(
            {
                "store": str(store),
                "period": period_summary(period),
                "folder": str(done.folder),
                "files": [str(file) for file in done.files],
                "cameras": [report_summary(camera) for camera in done.report.cameras],
            }
        )
