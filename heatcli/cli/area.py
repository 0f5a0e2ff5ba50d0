"""`heatcli area`: how many people were in a room, from who passed its doors."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.names import By

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


@partial(with_selection, without=("cameras", "locations", "labels", "clips", "rois", "roi_labels"))
def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[AREA]...", parser=text(), help="Configured areas.  [default: all]"),
    ] = None,
    by: Annotated[By | None, typer.Option(help="Also show each hour, day and so on, in local time.")] = None,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="List who passed the doors, and when, instead of figures."),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"),
            metavar="FILE",
            parser=PATH,
            help="File to write: table as .csv, or charts as .png or .svg.",
        ),
    ] = None,
    *,
    selection: "Selection",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Tell how many people were in a room, from who passed its doors."""
    from heatcli.answers.area_answers import EVIDENCE, USE
    from heatcli.answers.area_table import area_line
    from heatcli.answers.zone_table import selection_summary
    from heatcli.commands.area import area_report
    from heatcli.files import check_output_file
    from heatcli.store.store import Store as HeatStore

    answer = EVIDENCE if evidence else USE
    if output is not None:
        check_output_file(output, tuple(answer.writers))
    reports = area_report(
        store=HeatStore.open(store),
        selection=selection,
        names=names or (),
        by=by,
        evidence=evidence,
        config=common.read_config(config, store, quiet=quiet),
    )
    if output is not None:
        answer.writers[output.suffix.lower()](output, reports)
    for report in reports:
        say(area_line(report), quiet=quiet)
        for note in report.notes:
            say(f"heatcli: warning: {report.name}: {note}")
    if as_json:
        emit(
            {
                "store": str(store),
                "selection": selection_summary(selection),
                "areas": [answer.summary(report) for report in reports],
            }
        )
    elif output is None:
        lines, words = answer.table(reports)
        show(aligned(lines, words=words))
