"""`heatcli render`: heat maps from the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli import options
from heatcli.cli.console import emit, say
from heatcli.cli.left_out import left_out_line, left_out_summary
from heatcli.cli.with_selection import with_selection
from heatcli.names import ColorMap, Metric, Normalization

if TYPE_CHECKING:
    from heatcli.picture.render import Rendered
    from heatcli.store.selection import Selection


@with_selection
def command(
    metric: Annotated[Metric | None, typer.Option(help="What the map shows.  [default: dwell_time]")] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Picture or .npz, .csv.  [default: heat-CAMERA-METRIC.png]"),
    ] = None,
    *,
    selection: "Selection",
    background: Annotated[
        str, typer.Option(help="What the map is drawn on: plate (the empty scene), none, or a picture file.")
    ] = "plate",
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
    store: options.Store = options.DEFAULT_STORE,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Draw heat maps of stored trajectories. The video is not needed any more."""
    from heatcli.config import load_config
    from heatcli.picture.render import render_cameras
    from heatcli.settings import RenderSettings, settings_from
    from heatcli.store.store import Store as HeatStore

    settings = settings_from(
        RenderSettings,
        metric=metric,
        grid_resolution=grid_resolution,
        smoothing=smoothing,
        normalization=normalization,
        max_value=max_value,
        min_display_threshold=min_display_threshold,
        opacity=opacity,
        color_map=color_map,
        display_legend=display_legend,
    )
    rendered = render_cameras(
        store=HeatStore.open(store),
        selection=selection,
        settings=settings,
        config=load_config(config),
        output=output,
        background=background,
    )
    for one in rendered:
        said = (_line(one), left_out_line(one.selection))
        say("; ".join(filter(None, said)), quiet=quiet)
    if as_json:
        emit({"store": str(store), "cameras": [_summary(one) for one in rendered]})


def _line(one: "Rendered") -> str:
    """Tell what was drawn; an empty map says whether the camera was off or nobody came."""
    camera, covered_s = one.heat.camera, one.heat.covered_s
    if not covered_s:
        return f"{one.output}: {camera} recorded nothing in that time; the map is empty"
    if not one.rows:
        return f"{one.output}: nobody came in the {covered_s:.1f} s covered by {camera}; the map is empty"
    warning = ", its plate is missing" if one.plate_missing else ""
    if len(one.selection.detectors) > 1:
        warning += f", found by {' and '.join(one.selection.detectors)}, which do not compare"
    return f"{one.output}: {camera}, {covered_s:.1f} s covered{warning}"


def _summary(one: "Rendered") -> dict[str, object]:
    return {
        "camera": one.heat.camera,
        "metric": one.heat.metric,
        "unit": one.heat.unit,
        "max": one.heat.hottest,
        "covered_s": one.heat.covered_s,
        "rows": one.rows,
        "tracks": one.persons,
        "detectors": one.selection.detectors,
        "output": str(one.output),
        **left_out_summary(one.selection),
    }
