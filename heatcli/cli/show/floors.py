"""The lines and JSON that tell what was drawn on floor plans."""

from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.answers.left_out import left_out_line, left_out_summary
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.fits import fit_line, fit_summary
from heatcli.names import SPEED

if TYPE_CHECKING:
    from heatcli.commands.render_floor import CameraOnFloor, RenderedFloor, RenderedFloors

_DROPPED = {
    "above_horizon": "above the horizon",
    "cut_off": "cut off by the edge of the picture or a mask",
    "off_plan": "outside the plan",
}


def show_floors(rendered: "RenderedFloors", *, store: Path, quiet: bool, as_json: bool) -> None:
    """Say what was drawn."""
    for floor in rendered.floors:
        say(_line(floor), quiet=quiet)
        for camera in floor.cameras:
            say(_camera_line(camera), quiet=quiet)
    for name in rendered.without:
        say(f"{name}: left out, as heatcli.toml has no floor for it", quiet=quiet)
    if as_json:
        floors = [_summary(floor) for floor in rendered.floors]
        emit({"store": str(store), "floors": floors, "without_floor": rendered.without})


def _line(one: "RenderedFloor") -> str:
    """Tell what was drawn; if the map is empty, tell whether the cameras were off or nobody came."""
    covered_s = one.heat.covered_s
    if not covered_s:
        return f"{one.output}: {one.heat.camera} recorded nothing in that time; the map is empty"
    if not any(camera.tally.rows for camera in one.cameras):
        nobody = f"nobody was on {one.plan.name} in the {covered_s:.1f} s covered by {one.heat.camera}"
        return f"{one.output}: {nobody}; the map is empty"
    found_by = sorted({detector for camera in one.cameras for detector in camera.selection.detectors})
    warning = f", found by {' and '.join(found_by)}, which cannot be compared" if len(found_by) > 1 else ""
    method = f", {_speed_method(one)}" if one.heat.metric == SPEED else ""
    return f"{one.output}: {one.heat.camera} on {one.plan.name}, {covered_s:.1f} s covered{method}{warning}"


def _speed_method(one: "RenderedFloor") -> str:
    """Tell how a map of speeds was made."""
    from heatcli.zones.speed_grid import LEAST_S
    from heatcli.zones.walking import SPEED_OVER_S

    return f"mean speed over {SPEED_OVER_S:g} s {one.heat.place} with {LEAST_S:g} s of people or more"


def _camera_line(one: "CameraOnFloor") -> str:
    """Tell how well a camera's points fit the plan, and which positions and people were left out."""
    counts = {reason: getattr(one.tally, reason) for reason in _DROPPED}
    dropped = ", ".join(f"{count} {_DROPPED[reason]}" for reason, count in counts.items() if count)
    total = one.tally.rows + sum(counts.values())
    told = f"left out of {total} positions: {dropped}" if dropped else ""
    return "; ".join(filter(None, (fit_line(one.calibration), told, left_out_line(one.selection))))


def _summary(one: "RenderedFloor") -> dict[str, object]:
    """Return, for `--json`, what was drawn on a plan."""
    return {
        "plan": str(one.plan),
        "metric": one.heat.metric,
        "unit": one.heat.unit,
        "reach": one.heat.reach,
        "cell_m": one.cell_m,
        "max": one.heat.hottest,
        "covered_s": one.heat.covered_s,
        "output": str(one.output),
        "cameras": [_camera_summary(camera) for camera in one.cameras],
    }


def _camera_summary(one: "CameraOnFloor") -> dict[str, object]:
    return {
        **fit_summary(one.calibration),
        "covered_s": one.selection.covered_us / 1e6,
        "rows": one.tally.rows,
        "persons": len(one.tally.persons),
        **{reason: getattr(one.tally, reason) for reason in _DROPPED},
        "detectors": one.selection.detectors,
        **left_out_summary(one.selection),
    }
