"""Options of `heatcli zone` about where people go, stop and come back, and when they can be seen."""

from typing import Annotated

import typer

from heatcli.cli.options.types import DURATION, text

Transitions = Annotated[
    bool, typer.Option("--transitions", help="Show how people go from zone to zone, instead of figures.")
]
Funnel = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE,ZONE,...",
        parser=text(),
        help="Show how many people go through these zones, one after the other, instead of figures; or "
        "through a funnel that heatcli.toml names.",
    ),
]
Within = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=DURATION,
        help="With --funnel: longest time between two steps, such as 20min.  [default: any]",
    ),
]
Exposure = Annotated[
    bool,
    typer.Option(
        "--exposure", help="Show how many of those who come by a zone stop in it, instead of figures."
    ),
]
Entries = Annotated[
    bool,
    typer.Option(
        "--entries",
        help="Show entries, first and last, and how near people are to each other, instead of figures.",
    ),
]
Groups = Annotated[
    bool,
    typer.Option(
        "--groups", help="Show how many groups of people come, and their sizes, instead of figures."
    ),
]
Flow = Annotated[
    bool,
    typer.Option(
        "--flow", help="Show density, speed and flow in metres, of cameras with a floor, instead of figures."
    ),
]
Evidence = Annotated[
    bool,
    typer.Option("--evidence", help="List when the people can be seen in the videos, instead of figures."),
]
