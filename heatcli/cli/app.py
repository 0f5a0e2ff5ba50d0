"""The command line: one thin file per command."""

from typing import Annotated

import typer

from heatcli.cli import (
    analyze,
    anonymise,
    area,
    audit,
    cameras,
    check,
    clips,
    compare,
    correct,
    export,
    import_,
    init,
    privacy,
    purge,
    render,
    report,
    run,
    score,
    zone,
    zones,
)
from heatcli.cli.command_group import Commands
from heatcli.version import __version__

app = typer.Typer(
    cls=Commands,
    name="heatcli",
    help="Recorded CCTV in, trajectories and heat maps out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"heatcli {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that come before a command."""


# A command is called as its module is; `import` cannot be the name of one.
for _part in (
    *(analyze, render, zone, area, report, export, compare, zones),
    *(score, audit, correct, import_, cameras, clips, init, check, anonymise, purge, privacy, run),
):
    app.command(_part.__name__.rpartition(".")[2].rstrip("_"))(_part.command)


def main() -> None:
    """Entry point of the `heatcli` program."""
    app(prog_name="heatcli", obj=analyze.OWN_PROCESS)
