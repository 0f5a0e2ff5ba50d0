"""Options that say which places a question is about."""

from typing import Annotated

import typer

from heatcli.cli.options.types import text, whole
from heatcli.config.bounds import PLACES

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="NAME",
        parser=text(),
        help="A configured zone, line or region; may be repeated.  [default: all zones of each camera]",
    ),
]
Circles = Annotated[
    list[str] | None,
    typer.Option(
        "--circle",
        metavar="X,Y,R",
        parser=text(),
        help="A circle: centre in fractions of the frame, radius in fractions of its width; may be repeated.",
    ),
]
Polygons = Annotated[
    list[str] | None,
    typer.Option(
        "--polygon",
        metavar="X,Y,X,Y,...",
        parser=text(),
        help="A polygon: its corners in fractions of the frame, or two opposite corners of a rectangle; "
        "may be repeated.",
    ),
]
Top = Annotated[
    int | None,
    typer.Option("--top", metavar="N", parser=whole(PLACES), help="The N hottest places of the heat map."),
]
