"""`heatcli export`: the options that say which period the report is of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.types import text
from heatcli.config.selection_fields import read_day

if TYPE_CHECKING:
    from heatcli.report.periods import Period


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """Which periods there are to be reports of.

    Attributes:
        period: period that the user named; None for the newest complete one.
        catch_up: whether all reports that are missing or stale are meant instead.
    """

    period: "Period | None"
    catch_up: bool


def with_period(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `_period` in the place of its parameter `period`."""
    return expand(command, name="period", options=options_of(_period), make=_make)


def _period(
    start: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            parser=text(read_day),
            help="Any day of the period: 2026-03-14.  [default: the last complete period with recordings]",
        ),
    ] = None,
    rolling: Annotated[
        bool,
        typer.Option(
            "--rolling", help="Begin with the day of --start: seven days from it, a month, or a year."
        ),
    ] = False,
    catch_up: Annotated[
        bool,
        typer.Option(
            "--catch-up",
            help="Make all reports since the first one in the folder that are missing, or whose clips came "
            "later.",
        ),
    ] = False,
) -> None:
    """Declare the options."""


def _make(*, start: str | None, rolling: bool, catch_up: bool, others: dict[str, Any]) -> PeriodChoice:
    """Make the choice of what the user said."""
    from heatcli.errors import UsageError
    from heatcli.report.periods import Period

    if catch_up and start is not None:
        raise UsageError("--catch-up finds the periods itself; leave out --start")
    if start is not None:
        period = (Period.rolling if rolling else Period.around)(others["kind"], read_day(start))
        return PeriodChoice(period, catch_up=False)
    if rolling:
        raise UsageError("--rolling needs the day that the period begins with; give it with --start")
    return PeriodChoice(None, catch_up)
