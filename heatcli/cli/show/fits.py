"""The words and JSON that tell how well a camera's points fit its floor plan."""

from pathlib import Path
from typing import TYPE_CHECKING

from heatcli.cli.show.console import emit, say

if TYPE_CHECKING:
    from heatcli.config.calibration import Calibration
    from heatcli.config.models import Config
    from heatcli.store.store import Store


def show_check(
    store: "Store", config: "Config", camera: str, output: Path | None, *, quiet: bool, as_json: bool
) -> None:
    """Draw a camera's floor plan onto its picture, and say how well it fits."""
    from heatcli.commands.check_floor import check_floor

    calibration, file = check_floor(store=store, config=config, camera=camera, output=output)
    say(f"{file}: {fit_line(calibration)}", quiet=quiet)
    if as_json:
        emit({"store": str(store.path), "output": str(file), **fit_summary(calibration)})


def fit_line(calibration: "Calibration") -> str:
    """Tell how well a camera's points fit the plan."""
    pairs = len(calibration.errors_m)
    told = [f"{pairs} points fit within {calibration.rms_m:.3f} m (the worst {calibration.worst_m:.3f} m)"]
    if pairs == 4:
        told.append("four always fit, add more to check")
    height, lines = calibration.projection.camera_height_m, calibration.lines
    if height is not None:
        told.append(f"by its lens, the camera hangs {height:.2f} m above the floor")
    if lines is not None:
        told.append(
            f"marked lines are straight within {lines.rms_px:.1f} pixels (line {lines.worst + 1} is worst, "
            f"{lines.worst_px:.1f})"
        )
    return f"{calibration.camera}: {'; '.join(told)}"


def fit_summary(calibration: "Calibration") -> dict[str, object]:
    """Return, for `--json`, how well a camera's points fit the plan, in metres."""
    return {
        "camera": calibration.camera,
        "points": len(calibration.errors_m),
        "rms_error_m": calibration.rms_m,
        "max_error_m": calibration.worst_m,
        "camera_height_m": calibration.projection.camera_height_m,
        "lines_error_px": None if calibration.lines is None else calibration.lines.rms_px,
    }
