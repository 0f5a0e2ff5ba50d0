"""How much of a report's period its cameras watched, in words. Hours of two cameras are not added up."""

from heatcli.clock import duration_text
from heatcli.report.camera_report import CameraReport
from heatcli.report.report import Report

# Most cameras that are named as having recorded nothing.
_MOST_NAMED = 3


def watched_text(report: Report) -> str:
    """Say how much the camera that watched least, and the one that watched most, covered of the period."""
    watching = sorted(
        (one for one in report.cameras if one.selection.covered_us), key=lambda one: one.selection.covered_us
    )
    if not watching:
        return "nothing recorded"
    least, most = watching[0], watching[-1]
    spans = {one.figures.selected_us for one in report.cameras}
    of = f" of {duration_text(max(spans) / 1e6)}" if len(spans) == 1 else ""
    if _covered(least) == _covered(most):
        each = "each " if len(report.cameras) > 1 else ""
        told = f"{each}{_covered(most)}{of if spans != {most.selection.covered_us} else ''} covered"
    else:
        told = f"{_covered(least)} ({least.name}) to {_covered(most)} ({most.name}){of} covered"
    silent = [one.name for one in report.cameras if not one.selection.covered_us]
    if not silent:
        return told
    where = ", ".join(silent) if len(silent) <= _MOST_NAMED else f"{len(silent)} of them"
    return f"{told}, nothing at {where}"


def _covered(camera: CameraReport) -> str:
    return duration_text(camera.selection.covered_us / 1e6)
