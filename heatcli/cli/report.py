"""`heatcli report`: the newest complete day, as a page and in three sentences."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH
from heatcli.cli.show.console import emit, show
from heatcli.cli.show.log import begin_log
from heatcli.cli.show.progress import each_camera
from heatcli.cli.show.reports import report_object, show_report

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


@partial(with_selection, without=("start", "end", "dates"))
def command(
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"),
            metavar="DIR",
            parser=PATH,
            help="Folder in which the report gets a folder of its own.  [default: the current folder]",
        ),
    ] = None,
    *,
    selection: "Selection",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    log: common.Log = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Make the page of the newest complete day, and tell what stands out in it."""
    from heatcli.commands.report import report_day
    from heatcli.store.store import Store as HeatStore

    known = common.read_config(config, store, quiet=quiet)
    begin_log(log or known.log_file)
    done = report_day(
        store=HeatStore.open(store),
        output=output or Path(),
        selection=selection,
        config=known,
        each=each_camera("the newest day", quiet=quiet),
    )
    show_report(done.exported, quiet=quiet)
    if as_json:
        report = {
            "troubles": list(done.troubles),
            **report_object(done.exported),
            "standing_out": list(done.sentences),
        }
        emit({"store": str(store), **report})
    else:
        (page,) = done.exported.files
        troubles = (f"{trouble}." for trouble in done.troubles)
        show("\n".join((*troubles, *done.sentences, str(page))))
