"""`heatcli run`: all that a night has to do, for cron or a systemd timer."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from heatcli.cli.analyze import OWN_PROCESS
from heatcli.cli.command_group import ARGUMENTS
from heatcli.cli.options import common
from heatcli.cli.options.sharing import least_shown
from heatcli.cli.options.types import PATH
from heatcli.cli.show.console import emit
from heatcli.cli.show.log import begin_log
from heatcli.cli.show.night import ShownNight


def command(
    *,
    context: typer.Context,
    metrics: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=PATH,
            help="Write the night's figures to this .prom file, for Prometheus' textfile collector.",
        ),
    ] = None,
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    log: common.Log = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Analyse what is new, make the reports that are due, purge what is too old, compact the store.

    All is as heatcli.toml says. A step that fails does not keep the next ones from being done, and the exit
    code is 1. If another run is at work, this one says so and ends with 1.
    """
    from heatcli.commands.night_metrics import SUFFIXES, write_metrics
    from heatcli.commands.run import Step, run_night
    from heatcli.errors import OutputError
    from heatcli.files import check_output_file

    if metrics is not None:
        check_output_file(metrics, SUFFIXES)
    known = common.read_config(config, store, quiet=quiet)
    begin_log(log or known.log_file)
    shown = ShownNight(context.meta[ARGUMENTS], quiet=quiet)
    night = run_night(
        store=store,
        config=known,
        shown=shown,
        share=least_shown(share=known.privacy.shares, min_count=None),
        forks=context.obj is OWN_PROCESS,
    )
    if metrics is not None:
        try:
            write_metrics(metrics, night)
        except OutputError as error:
            night = replace(night, steps=(*night.steps, Step("metrics", {}, str(error))))
            shown.ended(night.steps[-1])
    if as_json:
        emit(
            {
                "troubles": [trouble["what"] for trouble in night.troubles],
                "store": str(store),
                "ok": not night.failed,
                "steps": [asdict(step) for step in night.steps],
            }
        )
    if night.failed:
        raise typer.Exit(1)
