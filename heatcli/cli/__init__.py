"""The command line: one thin file per command, and the one place where errors become exit codes."""

import os
import traceback
from typing import Annotated, Any

import typer
import typer.core

from heatcli import __version__
from heatcli.cli import analyze, cameras, clips, compare, import_, render, score, zone
from heatcli.cli.console import say
from heatcli.errors import HeatcliError, UsageError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUG = 70


class Commands(typer.core.TyperGroup):
    """Runs a command and turns what goes wrong into one line on stderr and an exit code."""

    def invoke(self, ctx: Any) -> object:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except HeatcliError as error:
            say(f"heatcli: {error}")
            raise typer.Exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILED) from error
        except Exception as error:
            if isinstance(error, (typer.Exit, typer.TyperException, typer.Abort, BrokenPipeError)):
                raise
            if "HEATCLI_DEBUG" in os.environ:
                traceback.print_exc()
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            say(f"heatcli: a bug: {what}; set HEATCLI_DEBUG=1 for the details and report them")
            raise typer.Exit(EXIT_BUG) from error


app = typer.Typer(
    cls=Commands,
    name="heatcli",
    help="Recorded CCTV in, trajectories and heat maps out.",
    no_args_is_help=True,
    add_completion=False,
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
    """Take the options that stand before a command."""


app.command("analyze")(analyze.command)
app.command("render")(render.command)
app.command("zone")(zone.command)
app.command("compare")(compare.command)
app.command("score")(score.command)
app.command("import")(import_.command)
app.command("cameras")(cameras.command)
app.command("clips")(clips.command)


def main() -> None:
    """Entry point of the `heatcli` program."""
    app()
