"""The options of a kernel density."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.types import PATH, SIZE, FrameSize, text
from heatcli.config.bounds import LENGTH, shown
from heatcli.errors import UsageError

# Settings for how other kinds of maps are computed.
_OF_OTHER_MAPS = (
    "metric",
    "accumulation_mode",
    "window_seconds",
    "grid_resolution",
    "reach",
    "reach_m",
    "smoothing",
)


@dataclass(frozen=True, slots=True)
class DensityChoice:
    """What the user chose of a kernel density; the fields are the options."""

    points: Path | None
    bandwidth: float | None
    size: tuple[int, int] | None


def _pixels(bandwidth: str | None) -> float | None:
    """Read `--bandwidth`; None stands for Scott's rule, which in two dimensions is Silverman's as well."""
    if bandwidth in (None, "scott", "silverman"):
        return None
    try:
        return LENGTH.read(bandwidth, float)
    except UsageError as error:
        raise UsageError(
            f"{shown(bandwidth)} is not scott, silverman or a number of pixels, {LENGTH}"
        ) from error


def with_density(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `density_of` in the place of its parameter `choice`."""
    return expand(command, name="choice", options=options_of(density_of), make=_choice)


def density_of(
    density: Annotated[
        bool, typer.Option("--density", help="Draw a kernel density of the tracking points, or of --points.")
    ] = False,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=PATH,
            help="For --density: read points from this file, x,y on each line, not the store.",
        ),
    ] = None,
    bandwidth: Annotated[
        str | None,
        typer.Option(
            metavar="scott|silverman|PIXELS",
            parser=text(_pixels),
            help="For --density: width of the kernel, by rule or as a standard deviation.  [default: scott]",
        ),
    ] = None,
    size: Annotated[
        FrameSize | None,
        typer.Option(
            metavar="WxH",
            parser=SIZE,
            help="For --points: width and height of the frame.  [default: those of the background, or else "
            "all that the points cover]",
        ),
    ] = None,
) -> DensityChoice | None:
    """Make a choice of the options that the user gave; None if no density is asked for."""
    given = {"--points": points, "--bandwidth": bandwidth, "--size": size}
    lone = next((option for option, value in given.items() if value is not None), None)
    if not density and lone is not None:
        raise UsageError(f"{lone} is for a kernel density; add --density")
    if size is not None and points is None:
        raise UsageError("--size is for --points; stored points have the frame of their camera")
    if not density:
        return None
    return DensityChoice(points, _pixels(bandwidth), size)


def _choice(*, others: dict[str, Any], **options: Any) -> DensityChoice | None:
    """Make the choice, and refuse options that do nothing for it."""
    from heatcli.select.selection import Selection

    choice = density_of(**options)
    if choice is None:
        return None
    said = others["settings"].model_fields_set
    of_others = next((name for name in _OF_OTHER_MAPS if name in said), None)
    if of_others is not None:
        option = of_others.removesuffix("_m").replace("_", "-")
        raise UsageError(f"--{option} is not for --density; --bandwidth sets its width")
    picture = others["picture"]
    drawn = picture.flow or picture.paths or picture.zones or picture.hot
    of_store = drawn or others["columns"] or others["selection"] != Selection()
    if choice.points is not None and of_store:
        raise UsageError(
            f"--points {choice.points}: its points have no camera, time or person; leave such options out"
        )
    return choice
