"""Options that several commands share, so that they mean the same everywhere."""

import re
from pathlib import Path
from typing import Annotated

import typer


def _folder(given: str | Path) -> Path:
    """Read the name of a folder; an unset variable of a script must not mean the current one."""
    text = str(given)
    if not text:
        raise typer.BadParameter("is empty; name a folder")
    if re.match(r"[a-z0-9+.-]+://", text, re.IGNORECASE):
        raise typer.BadParameter(f"{text} is an address; a store is a folder on a disk")
    return Path(text)


Store = Annotated[
    Path,
    typer.Option(
        "--store", envvar="HEATCLI_STORE", parser=_folder, metavar="FOLDER", help="Folder of the heat store."
    ),
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


def size_of(text: str) -> tuple[int, int]:
    """Read WIDTHxHEIGHT."""
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdigit() or not height.isdigit() or not int(width) or not int(height):
        raise typer.BadParameter(f"{text!r} is no size; write it as 1920x1080", param_hint="--size")
    return int(width), int(height)
