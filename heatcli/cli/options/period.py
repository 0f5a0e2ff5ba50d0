"""`heatcli export`: the options that say which period the report is of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.types import text
from heatcli.config.selection_fields import read_day

if TYPE_CHECKING:
    from heatcli.report.periods import Period


def with_period(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `_period` in the place of its parameter `period`."""
    return expand(command, name="period", options=options_of(_period), make=_make)


def _period(
    start: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            parser=text(read_day),
            help="Any day of the period: 2026-03-14.  [default: the last complete period]",
        ),
    ] = None,
    rolling: Annotated[
        bool,
        typer.Option(
            "--rolling", help="Begin with the day of --start: seven days from it, a month, or a year."
        ),
    ] = False,
) -> None:
    """Declare the options."""


def _make(*, start: str | None, rolling: bool, others: dict[str, Any]) -> "Period | None":
    """Make the period that the user named; None for the last complete one."""
    from heatcli.errors import UsageError
    from heatcli.report.periods import Period

    if start is not None:
        return (Period.rolling if rolling else Period.around)(others["kind"], read_day(start))
    if rolling:
        raise UsageError("--rolling needs the day that the period begins with; give it with --start")
    return None
