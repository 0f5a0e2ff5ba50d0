"""The options of how a map is computed and drawn: the same for every kind of map."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.group import expand, options_of
from heatcli.names import AccumulationMode, ColorMap, Metric, Normalization

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings


def with_settings(command: Callable[..., None], *, without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command the options of `settings_of`, in the place of its parameter `settings`.

    Args:
        command: of Typer.
        without: parameters of `settings_of` that the command has no use for.
    """
    shared = options_of(settings_of, without=without)
    return expand(command, name="settings", options=shared, make=_settings)


def _settings(*, others: dict[str, Any], **options: Any) -> "RenderSettings":
    return settings_of(**options)


def settings_of(
    metric: Annotated[Metric | None, typer.Option(help="What the map shows.  [default: dwell_time]")] = None,
    accumulation_mode: Annotated[
        AccumulationMode | None,
        typer.Option(help="Whether time long ago weighs as much, or fades.  [default: cumulative]"),
    ] = None,
    window_seconds: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="In decaying mode, what halves the weight.  [default: 60]"),
    ] = None,
    grid_resolution: Annotated[
        int | None, typer.Option(help="Cells across the frame.  [default: 160]")
    ] = None,
    smoothing: Annotated[
        int | None, typer.Option(help="Size of the Gaussian, 0..199; 0 is none.  [default: 24]")
    ] = None,
    normalization: Annotated[
        Normalization | None,
        typer.Option(help="What ends the scale: the hottest cell, or --max-value.  [default: relative]"),
    ] = None,
    max_value: Annotated[
        float | None, typer.Option(help="End of an absolute scale, in the metric's unit.")
    ] = None,
    min_display_threshold: Annotated[
        float | None,
        typer.Option(help="Fraction of the scale below which nothing is drawn.  [default: 0.05]"),
    ] = None,
    opacity: Annotated[float | None, typer.Option(help="Of the heat, 0..1.  [default: 0.5]")] = None,
    color_map: Annotated[ColorMap | None, typer.Option(help="Colours of the heat.  [default: turbo]")] = None,
    display_legend: Annotated[bool | None, typer.Option(help="Draw a colour bar.  [default: yes]")] = None,
) -> "RenderSettings":
    """Make settings of the options that the user gave."""
    from heatcli.config.settings import RenderSettings, settings_from

    return settings_from(
        RenderSettings,
        metric=metric,
        accumulation_mode=accumulation_mode,
        window_seconds=window_seconds,
        grid_resolution=grid_resolution,
        smoothing=smoothing,
        normalization=normalization,
        max_value=max_value,
        min_display_threshold=min_display_threshold,
        opacity=opacity,
        color_map=color_map,
        display_legend=display_legend,
    )
