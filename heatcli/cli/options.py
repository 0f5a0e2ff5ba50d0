"""Options that several commands share, so that they mean the same everywhere."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from heatcli.store.selection import Selection


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

Cameras = Annotated[
    list[str] | None, typer.Option("--camera", help="Only this camera; may be repeated.  [default: all]")
]
Clips = Annotated[
    list[str] | None, typer.Option("--clip", help="Only this clip, by its id; may be repeated.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Begin here: 2026-03-14T10:00, local time of the camera."),
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End before this time.")]
Objects = Annotated[
    str | None,
    typer.Option(
        "--objects-to-track",
        metavar="NAMES",
        help="Only these kinds of object, such as person,car.  [default: all]",
    ),
]
ObservedOnly = Annotated[
    bool, typer.Option("--observed-only", help="Leave out positions that were interpolated, not seen.")
]


def names_of(text: str | None) -> tuple[str, ...] | None:
    """Split a list of names at its commas; None stays None."""
    return None if text is None else tuple(name for part in text.split(",") if (name := part.strip()))


def selection_of(
    *,
    cameras: list[str] | None,
    clips: list[str] | None,
    begin: str | None,
    end: str | None,
    objects_to_track: str | None,
    observed_only: bool,
) -> "Selection":
    """Make a selection of the options that the commands which ask questions share."""
    from heatcli.clock import read_time
    from heatcli.store.selection import Selection

    return Selection(
        cameras=tuple(cameras or ()),
        clips=tuple(clips or ()),
        start=None if begin is None else read_time(begin),
        end=None if end is None else read_time(end),
        objects_to_track=names_of(objects_to_track) or (),
        observed_only=observed_only,
    )
