"""The options of a report that is given away."""

from typing import Annotated

import typer

from heatcli.cli.options.types import whole
from heatcli.config.bounds import LEAST_PEOPLE

# Whose number is smaller than this is not told, unless the user says another one.
_LEAST = 5

Share = Annotated[
    bool,
    typer.Option("--share", help="Write a page and a workbook to give away: sums only, none of few people."),
]
MinCount = Annotated[
    int | None,
    typer.Option(
        "--min-count",
        metavar="PEOPLE",
        parser=whole(LEAST_PEOPLE),
        help=f"With --share: show no numbers of fewer people.  [default: {_LEAST}]",
    ),
]


def least_shown(*, share: bool, min_count: int | None) -> int | None:
    """Return the smallest number of people of whom anything is told; None where nothing is given away.

    Raises:
        UsageError: a number is said, and nothing is given away.
    """
    from heatcli.errors import UsageError

    if not share and min_count is not None:
        raise UsageError("--min-count is about what is given away; add --share")
    return (_LEAST if min_count is None else min_count) if share else None
