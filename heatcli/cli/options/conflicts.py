"""Which options of `heatcli render` contradict each other: nothing that was said is ignored."""

from typing import TYPE_CHECKING

from heatcli.cli.options.density import DensityChoice
from heatcli.names import Plane, Scale

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings

# Settings that say how heat is computed and scaled. Paths have colours and a legend, arrows a threshold.
_OF_HEAT = (
    *("metric", "accumulation_mode", "window_seconds", "grid_resolution", "smoothing"),
    *("normalization", "max_value", "opacity"),
)


def refuse_conflicts(
    *,
    on: Plane,
    settings: "RenderSettings",
    choice: DensityChoice | None,
    flow: bool,
    paths: bool,
    columns: int | None,
    scale: Scale | None,
) -> None:
    """Refuse options that the kind of map that was asked for has no use for.

    Raises:
        UsageError: it names one of them.
    """
    from heatcli.errors import UsageError

    if on is Plane.FLOOR and (flow or paths or columns is not None or choice is not None):
        raise UsageError("--on floor goes without --flow, --paths, --columns and --density")
    if scale is not None and columns is None:
        raise UsageError("--scale is of several cameras in one picture; add --columns 1 or 2")
    if paths:
        said = [name for name in _OF_HEAT if name in settings.model_fields_set]
        said += ["density"] if choice is not None else []
        said += ["scale"] if scale is not None else []
        if said:
            option = said[0].replace("_", "-")
            raise UsageError(f"--paths are drawn in the place of heat; leave out --{option}")
