"""Lines and JSON that tell what `heatcli render` drew; drawing the points of a file."""

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.answers.left_out import left_out_line, left_out_summary
from heatcli.cli.show.console import emit, say
from heatcli.names import DENSITY

if TYPE_CHECKING:
    from heatcli.cli.options.density import DensityChoice
    from heatcli.cli.options.picture import PictureChoice
    from heatcli.commands.render import Rendered
    from heatcli.commands.render_points import RenderedPoints
    from heatcli.config.settings import RenderSettings


def show_cameras(rendered: Sequence["Rendered"], *, store: Path, quiet: bool, as_json: bool) -> None:
    """Say a line for each camera, or print all as one JSON object."""
    for one in rendered:
        say(line(one), quiet=quiet)
    if as_json:
        emit({"store": str(store), "cameras": [summary(one) for one in rendered]})


def line(one: "Rendered") -> str:
    """Tell what was drawn, and who was left out."""
    return "; ".join(filter(None, (_drawn(one), left_out_line(one.selection))))


def _drawn(one: "Rendered") -> str:
    """Tell what was drawn; if the map is empty, tell whether the camera was off or nobody came."""
    camera, covered_s = one.heat.camera, one.heat.covered_s
    if not covered_s:
        return f"{one.output}: {camera} recorded nothing in that time; the map is empty"
    if not one.rows:
        return f"{one.output}: nobody came in the {covered_s:.1f} s covered by {camera}; the map is empty"
    warning = ", its picture of the empty scene is missing" if one.plate_missing else ""
    if len(one.selection.detectors) > 1:
        warning += f", found by {' and '.join(one.selection.detectors)}, which cannot be compared"
    return f"{one.output}: {camera}, {covered_s:.1f} s covered{warning}"


def summary(one: "Rendered") -> dict[str, object]:
    """Return, for `--json`, what was drawn."""
    return {
        "camera": one.heat.camera,
        "metric": one.heat.metric,
        "unit": one.heat.unit,
        "reach": None if one.heat.metric == DENSITY else one.heat.reach,
        "max": one.heat.hottest,
        "covered_s": one.heat.covered_s,
        "rows": one.rows,
        "persons": one.persons,
        "detectors": one.selection.detectors,
        "output": str(one.output),
        **left_out_summary(one.selection),
    }


def show_points(one: "RenderedPoints", *, quiet: bool, as_json: bool) -> None:
    """Say what was drawn of a file of points, and what was left out."""
    density = one.density
    wide, narrow = density.bandwidths
    left_out = {"without coordinates": density.missing, "outside the frame": density.outside}
    told = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count)
    line = f"{one.output}: {density.points:,} points, kernel {wide:.3g} x {narrow:.3g}"
    say("; left out: ".join(filter(None, (line, told))), quiet=quiet)
    if as_json:
        emit(
            {
                "points": str(one.points),
                "metric": "density",
                "unit": one.unit,
                "max": float(density.value.max()),
                "counted": density.points,
                "missing": density.missing,
                "outside": density.outside,
                "bandwidth": [wide, narrow],
                "frame": astuple(density.extent),
                "output": str(one.output),
            }
        )


def write_points(
    choice: "DensityChoice",
    settings: "RenderSettings",
    picture: "PictureChoice",
    *,
    output: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Draw the density of a file of points, and say what was drawn."""
    from heatcli.commands.render_points import render_points

    assert choice.points is not None
    rendered = render_points(
        points=choice.points,
        settings=settings,
        bandwidth=choice.bandwidth,
        background=picture.background,
        axes=picture.axes,
        size=choice.size,
        output=output,
    )
    show_points(rendered, quiet=quiet, as_json=as_json)
