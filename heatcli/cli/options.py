"""Options that several commands share, so that they mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Store = Annotated[
    Path,
    typer.Option("--store", envvar="HEATCLI_STORE", help="Folder of the heat store."),
]
DEFAULT_STORE = Path("heat-store")

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file.  [default: ./heatcli.toml if there]"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def names_of(text: str | None) -> tuple[str, ...] | None:
    """Split a list of names at its commas; None stays None."""
    return None if text is None else tuple(name for part in text.split(",") if (name := part.strip()))
