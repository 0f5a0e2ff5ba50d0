"""Options of `heatcli render` that cannot be combined: no option is silently ignored."""

from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.cli.options.density import DensityChoice
from heatcli.cli.options.picture import PictureChoice
from heatcli.names import TRANSPARENT, Plane, Scale

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings

# Settings for how heat is computed and scaled. Paths use only colours and legend, arrows only the threshold.
_OF_HEAT = (
    *("metric", "accumulation_mode", "window_seconds", "grid_resolution", "reach", "reach_m", "smoothing"),
    *("normalization", "max_value", "opacity"),
)
# Settings for how time is summed up, not speed.
_OF_TIME = ("metric", "accumulation_mode", "window_seconds", "reach", "reach_m", "smoothing")


def refuse_conflicts(
    *,
    on: Plane,
    settings: "RenderSettings",
    choice: DensityChoice | None,
    picture: PictureChoice,
    columns: int | None,
    scale: Scale | None,
    output: Path | None,
) -> None:
    """Refuse options that do nothing for the kind of map that was asked for.

    Raises:
        UsageError: option that would do nothing; the message names it.
    """
    from heatcli.errors import UsageError

    if on is Plane.FLOOR and choice is not None and choice.points is not None:
        raise UsageError("--points have no camera; lay them over a plan with --background PLAN")
    if scale is not None and columns is None:
        raise UsageError("--scale is for several maps in one picture; add --columns 1 or 2")
    if picture.background == TRANSPARENT:
        if output is not None and output.suffix.lower() not in ("", ".png"):
            raise UsageError(f"-o {output}: has no transparency; name a .png file")
        if picture.paths or columns is not None:
            raise UsageError("--background transparent is for one heat map; leave out --paths and --columns")
    if picture.axes and columns is not None:
        raise UsageError("--axes are around one map; leave out --columns")
    if picture.mean_speed:
        if on is not Plane.FLOOR:
            raise UsageError("--mean-speed is in metres, which only a floor plan tells; add --on floor")
        said = [name for name in _OF_TIME if name in settings.model_fields_set]
        said += ["paths"] if picture.paths else []
        said += ["density"] if choice is not None else []
        if said:
            option = said[0].removesuffix("_m").replace("_", "-")
            raise UsageError(f"--mean-speed draws speeds instead of heat; leave out --{option}")
    if picture.paths:
        said = [name for name in _OF_HEAT if name in settings.model_fields_set]
        said += ["density"] if choice is not None else []
        said += ["scale"] if scale is not None else []
        if said:
            option = said[0].removesuffix("_m").replace("_", "-")
            raise UsageError(f"--paths draws paths instead of heat; leave out --{option}")
