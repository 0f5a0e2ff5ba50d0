"""Options that several commands share, so that they mean the same everywhere."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from heatcli.config.options import names_of

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def _folder(given: str | Path) -> Path:
    """Read the name of a folder; an empty name, as of an unset variable, must not mean the current folder."""
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
    typer.Option("--config", help="Configuration file.  [default: ./heatcli.toml, if it exists]"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def chosen(text: str, of: type[ChoiceT], *, option: str) -> tuple[ChoiceT, ...]:
    """Read a list of names with commas between them, each once; `all` means all known names."""
    known = {str(one): one for one in of}
    names = tuple(known) if text.strip() == "all" else names_of(text)
    if not names or not known.keys() >= set(names):
        raise typer.BadParameter(
            f"{text!r} is unknown; give one or more of {', '.join(known)}, with commas between them, or all",
            param_hint=option,
        )
    return tuple(dict.fromkeys(known[name] for name in names))


def size_of(text: str) -> tuple[int, int]:
    """Read WIDTHxHEIGHT."""
    width, cross, height = text.lower().partition("x")
    if not cross or not width.isdigit() or not height.isdigit() or not int(width) or not int(height):
        raise typer.BadParameter(f"{text!r} is not a size; write it as 1920x1080", param_hint="--size")
    return int(width), int(height)
