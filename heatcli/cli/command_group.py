"""The one place where errors become one line on stderr and an exit code."""

from contextlib import suppress
from itertools import takewhile
from typing import Any

import typer
import typer.core

from heatcli.cli.show.console import abridged, emit, refusal, say, telling_warnings
from heatcli.cli.show.log import new_run
from heatcli.errors import HeatcliError, OutputError, UsageError

EXIT_FAILED, EXIT_USAGE, EXIT_BUG = 1, 2, 70

# Keys of the context: whether `--json` was given, and the whole command line without the program.
_AS_JSON = "heatcli.as_json"
ARGUMENTS = "heatcli.arguments"
# This command prints its own object also when it fails, as it tells what was done before.
_TELLS_ITSELF = "analyze"


class Commands(typer.core.TyperGroup):
    """Runs a command, and turns an error into one line on stderr and an exit code.

    With `--json` the error is on stdout as well, as `error` of the one object that a script expects there.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note the command line and whether it asks for JSON, even if it names no known command."""
        ctx.meta[ARGUMENTS] = tuple(args)
        new_run(args)
        ctx.meta[_AS_JSON] = "--json" in takewhile("--".__ne__, args)
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if not ctx.meta[ARGUMENTS]:
                raise  # the help is all that it says
            _tell(ctx, refusal(error, ctx.invoked_subcommand))
            raise typer.Exit(error.exit_code) from error

    def invoke(self, ctx: Any) -> object:
        """Run the command that was named."""
        try:
            with telling_warnings():
                return super().invoke(ctx)
        except HeatcliError as error:
            _tell(ctx, str(error), in_json=ctx.invoked_subcommand != _TELLS_ITSELF)
            raise typer.Exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILED) from error
        except typer.TyperException as error:
            _tell(ctx, refusal(error, ctx.invoked_subcommand))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            if ctx.invoked_subcommand != _TELLS_ITSELF:
                _emit_error(ctx, "interrupted")
            raise
        except Exception as error:
            if isinstance(error, (typer.Exit, typer.Abort, BrokenPipeError)):
                raise
            # Loaded only here, as a run without a bug does not need it.
            from heatcli.cli.crash_log import bug_text, log_crash

            what = bug_text(error)
            say(f"heatcli: {what}; {log_crash(error, ctx.meta[ARGUMENTS])}")
            _emit_error(ctx, what)
            raise typer.Exit(EXIT_BUG) from error


def _tell(ctx: Any, what: str, *, in_json: bool = True) -> None:
    """Tell of an error in one line, and in the one object of `--json`."""
    say(f"heatcli: {abridged(what)}")
    if in_json:
        _emit_error(ctx, abridged(what))


def _emit_error(ctx: Any, what: str) -> None:
    """Print an error as the one object of `--json`, if that was asked for."""
    if ctx.meta[_AS_JSON]:
        with suppress(OutputError):
            emit({"error": what})
