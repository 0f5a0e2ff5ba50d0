"""`heatcli render`: heat maps from the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli import options
from heatcli.cli.console import emit, say
from heatcli.cli.drawing import with_settings
from heatcli.cli.left_out import left_out_line, left_out_summary
from heatcli.cli.with_selection import with_selection

if TYPE_CHECKING:
    from heatcli.picture.render import Rendered
    from heatcli.settings import RenderSettings
    from heatcli.store.selection import Selection


@with_settings
@with_selection
def command(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Picture or .npz, .csv.  [default: heat-CAMERA-METRIC.png]"),
    ] = None,
    *,
    settings: "RenderSettings",
    selection: "Selection",
    background: Annotated[
        str, typer.Option(help="What the map is drawn on: plate (the empty scene), none, or a picture file.")
    ] = "plate",
    store: options.Store = options.DEFAULT_STORE,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Draw heat maps of stored trajectories. The video is not needed any more."""
    from heatcli.config import load_config
    from heatcli.picture.render import render_cameras
    from heatcli.store.store import Store as HeatStore

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
