"""Options of `heatcli zone` about queues."""

from typing import Annotated

import typer

from heatcli.cli.options.types import DURATION

Queue = Annotated[
    bool,
    typer.Option(
        "--queue", help="Show how long people wait in the zones that are queues, instead of figures."
    ),
]
Target = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=DURATION,
        help="With --queue: longest wait that is not too long, such as 3min; default: as configured.",
    ),
]
