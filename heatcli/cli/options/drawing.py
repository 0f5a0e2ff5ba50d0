"""The options of how a map is computed and drawn: the same for every kind of map."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any

from heatcli.cli.options.group import declared_options, expand
from heatcli.config.bounds import FRACTION, GRID_RESOLUTION, MOMENTS, REACH, SCALE_END, SMOOTHING
from heatcli.config.options import Option, TextOption
from heatcli.config.palettes import check_color_map
from heatcli.errors import UsageError
from heatcli.names import AccumulationMode, ColorMap, Metric, Normalization, Plane

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings


def with_settings(command: Callable[..., None], *, without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command the options of `RenderSettings`, in the place of its parameter `settings`.

    Args:
        command: function of a Typer command.
        without: names of settings that do nothing for the command.
    """
    shared = declared_options(_SettingsOptions, without=without)
    return expand(command, name="settings", options=shared, make=_settings)


def _settings(*, others: dict[str, Any], **options: Any) -> "RenderSettings":
    from heatcli.config.settings import RenderSettings, settings_from

    reach = options.get("reach")
    if others.get("on") is Plane.FLOOR:
        options["reach_m"] = options.pop("reach")
    elif reach is not None and not FRACTION.holds(reach):
        raise UsageError(
            f"--reach {reach:g} is a fraction of the frame's width in a picture; give at most 1, or metres "
            "with --on floor"
        )
    return settings_from(RenderSettings, **options)


class _SettingsOptions:
    """The options of `RenderSettings`, which takes too long to load for `--help`."""

    metric: Annotated[Metric | None, Option("What the map shows.  [default: dwell_time]")]
    accumulation_mode: Annotated[
        AccumulationMode | None,
        Option("Whether all moments weigh the same, or old ones fade.  [default: cumulative]"),
    ]
    window_seconds: Annotated[
        float | None,
        Option(
            "In decaying mode, the age at which a moment weighs half.  [default: 60]",
            metavar="SECONDS",
            bounds=MOMENTS,
        ),
    ]
    grid_resolution: Annotated[
        int | None, Option("Cells across the frame.  [default: 160]", bounds=GRID_RESOLUTION)
    ]
    reach: Annotated[
        float | None,
        Option(
            "How far around a place people count for it: a fraction of the frame's width, or metres on a "
            "floor plan; 0 for the cell alone.  [default: 0.05, on a floor plan 0.5]",
            bounds=REACH,
        ),
    ]
    smoothing: Annotated[
        int | None,
        Option("How soft edges are, 0..199; 0 for hard ones.  [default: 24]", bounds=SMOOTHING),
    ]
    normalization: Annotated[
        Normalization | None,
        Option("End of the scale: the hottest cell, or --max-value.  [default: relative]"),
    ]
    max_value: Annotated[
        float | None, Option("End of an absolute scale, in the metric's unit.", bounds=SCALE_END)
    ]
    min_display_threshold: Annotated[
        float | None,
        Option("Fraction of the scale below which nothing is drawn.  [default: 0.05]", bounds=FRACTION),
    ]
    opacity: Annotated[float | None, Option("Opacity of the heat, 0..1.  [default: 0.5]", bounds=FRACTION)]
    color_map: Annotated[
        str | None,
        TextOption(
            f"Colours of the heat: {', '.join(ColorMap)}, or any palette of Matplotlib's.  [default: turbo]",
            metavar="NAME",
            check=check_color_map,
        ),
    ]
    display_legend: Annotated[
        bool | None,
        Option("Draw a colour bar.  [default: yes]"),
    ]
