"""`heatcli render -o heat.mp4`: the options of a video."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.types import PATH, number
from heatcli.config.bounds import SPEED
from heatcli.names import Plane

# The ending of a file that asks for a video.
_VIDEO = ".mp4"
_NAMES = {"boxes": "--boxes", "anonymise": "--anonymise", "speed": "--speed", "videos": "--video"}
# Parameters that only pictures use, each with its value when it is not given.
_OF_PICTURES = {
    "on": Plane.PICTURE,
    "choice": None,
    "columns": None,
}


@dataclass(frozen=True, slots=True)
class MovieChoice:
    """What the user chose of a video; the fields are the options."""

    boxes: bool
    anonymise: bool
    speed: float
    videos: list[Path] | None


def with_movie(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `movie_of` in the place of its parameter `movie`."""
    return expand(command, name="movie", options=options_of(movie_of), make=_choice)


def movie_of(
    boxes: Annotated[
        bool, typer.Option("--boxes", help="In a video: draw boxes, numbers and trails of people.")
    ] = False,
    anonymise: Annotated[
        bool,
        typer.Option("--anonymise", help="In a video: put the empty scene in the place of people."),
    ] = False,
    speed: Annotated[
        float | None,
        typer.Option(
            parser=number(SPEED),
            help="In a video: seconds of the recording shown in one second, 1 or more.  [default: 1]",
        ),
    ] = None,
    videos: Annotated[
        list[Path] | None,
        typer.Option(
            "--video",
            metavar="FILE",
            parser=PATH,
            help="In a video: file of a recording that is no longer where it was analysed; may be repeated.",
        ),
    ] = None,
) -> MovieChoice:
    """Make a choice of the options that the user gave."""
    return MovieChoice(boxes, anonymise, 1.0 if speed is None else speed, videos)


def _choice(*, others: dict[str, Any], **options: Any) -> MovieChoice | None:
    """Make the choice, None if the output is not a video; refuse options that would do nothing."""
    from heatcli.errors import UsageError

    output: Path | None = others["output"]
    if output is None or output.suffix.lower() != _VIDEO:
        lone = next((_NAMES[name] for name, value in options.items() if value), None)
        if lone is not None:
            raise UsageError(f"{lone} is for a video; name one with -o heat.mp4")
        return None
    said = [name for name, usual in _OF_PICTURES.items() if others[name] != usual]
    for name in [*said, *others["picture"].said]:
        option = "density" if name == "choice" else name
        raise UsageError(f"-o {output}: --{option} is for pictures; leave it out, or name a .png file")
    return movie_of(**options)
