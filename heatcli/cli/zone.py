"""`heatcli zone`: figures of places, from the stored trajectories."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.answers.left_out import left_out_line, left_out_summary
from heatcli.cli.options import common, places
from heatcli.cli.options.questions import with_question
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.names import By

if TYPE_CHECKING:
    from heatcli.cli.options.questions import Question
    from heatcli.select.selection import Selection


@with_selection
@with_question
def command(
    names: places.Names = None,
    circles: places.Circles = None,
    polygons: places.Polygons = None,
    top: places.Top = None,
    by: Annotated[
        By | None,
        typer.Option(help="Also show each hour, day and so on, in local time.  [default: hour for charts]"),
    ] = None,
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
    question: "Question",
    selection: "Selection",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Tell how zones are used: who comes, how long they stay, when it is busy."""
    from heatcli.answers.flow_table import flow_note
    from heatcli.answers.group_table import group_note
    from heatcli.answers.queue_table import queue_note
    from heatcli.answers.zone_answers import answer_of
    from heatcli.answers.zone_table import covered_text, selection_summary
    from heatcli.commands.zone import ZoneQuery, zone_report
    from heatcli.files import check_output_file
    from heatcli.store.store import Store as HeatStore

    answer = answer_of(
        transitions=question.transitions,
        queues=question.queue,
        funnel=question.funnel is not None,
        exposure=question.exposure,
        entries=question.entries,
        groups=question.groups,
        flow=question.flow,
        sales=question.sales,
        evidence=question.evidence,
    )
    if output is not None:
        check_output_file(output, tuple(answer.writers))
    has_charts = answer.charts_buckets and output is not None and output.suffix.lower() != ".csv"
    reports = zone_report(
        store=HeatStore.open(store, keeps=not no_cache),
        selection=selection,
        query=ZoneQuery(
            names=tuple(names or ()),
            circles=tuple(circles or ()),
            polygons=tuple(polygons or ()),
            top=top or 0,
        ),
        by=by or (By.HOUR if has_charts else None),
        queues=question.queue,
        target_s=question.target_s,
        funnel=question.funnel,
        exposure=question.exposure,
        entries=question.entries,
        groups=question.groups,
        flow=question.flow,
        evidence=question.evidence,
        config=common.read_config(config, store, quiet=quiet),
    )
    if output is not None:
        answer.writers[output.suffix.lower()](output, reports)
    for report in reports:
        said = (
            f"{report.camera.name}: {covered_text(report)}",
            left_out_line(report.camera),
            queue_note(report),
            group_note(report),
            flow_note(report) if question.flow else "",
            question.sales.note(report) if question.sales is not None else "",
        )
        say("; ".join(filter(None, said)), quiet=quiet)
    if as_json:
        cameras = [{**answer.summary(report), **left_out_summary(report.camera)} for report in reports]
        emit({"store": str(store), "selection": selection_summary(selection), "cameras": cameras})
    elif output is None:
        show("\n\n".join(aligned(lines, words=words) for lines, words in answer.tables(reports)))
