"""Options of `heatcli zone` about a file of sales."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options.types import PATH, text

if TYPE_CHECKING:
    from heatcli.answers.sales_table import SalesFile

File = Annotated[
    Path | None,
    typer.Option(metavar="FILE", parser=PATH, help="With --funnel: CSV file with a line for each sale."),
]
Time = Annotated[
    str | None,
    typer.Option(metavar="NAME", parser=text(), help="Column of the times of sales.  [default: time]"),
]
Amount = Annotated[
    str | None,
    typer.Option(metavar="NAME", parser=text(), help="Column of the amounts of sales.  [default: amount]"),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE", parser=text(), help="Time zone of the times of sales.  [default: the camera's]"
    ),
]


def file_of(
    path: Path | None, time: str | None, amount: str | None, timezone: str | None
) -> "SalesFile | None":
    """Return the file of sales that the user names; None for none.

    Raises:
        UsageError: no time zone has this name.
    """
    if path is None:
        return None
    from heatcli.answers.sales_table import SalesFile
    from heatcli.clock import time_zone
    from heatcli.formats.sales import SalesColumns

    zone = None if timezone is None else time_zone(timezone)
    return SalesFile(path, SalesColumns(time or "time", amount or "amount", zone))
