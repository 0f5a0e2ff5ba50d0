"""How far figures may be off, by the audit of their camera: what stands behind a ±.

The margin reaches from the figure to the farther end of what it may be. The audit is of the whole picture and
a whole day, and is taken to hold for zones; so errors are not taken to make up for each other.
"""

import math

from heatcli.names import counted
from heatcli.select.selected_camera import SelectedCamera
from heatcli.store.audits import NotedAudit

VISITS, DWELL = ("unique_visits", "persons"), ("avg_occupancy",)
MARGINS = (VISITS[0], DWELL[0])
"""Figures of zones that have a margin."""


def margin(field: str, value: float | None, audit: NotedAudit | None) -> float | None:
    """Return how far a figure may be off.

    Args:
        field: name of the figure.
        value: figure; None where it is not known.
        audit: audit of the camera; None where there is none.

    Returns:
        The margin; None where nothing is known of it.
    """
    if audit is None or value is None or field not in (*VISITS, *DWELL):
        return None
    low, high = audit.visits if field in VISITS else audit.dwell
    return value * max(abs(1 - low), abs(high - 1))


def with_margin(field: str, value: float | None, audit: NotedAudit | None, decimals: int) -> str:
    """Write a figure, with its ± where it has one; the margin is rounded up."""
    if value is None:
        return "-"
    off = margin(field, value, audit)
    scale = 10**decimals
    within = "" if off is None else f" ±{math.ceil(off * scale - 1e-9) / scale:.{decimals}f}"
    return f"{value:.{decimals}f}{within}"


def audit_line(camera: SelectedCamera) -> str:
    """Say which audit the ± of a camera's figures is from; empty where there is none."""
    audit = camera.audit
    return "" if audit is None else f"± by the audit of {audit.day} ({counted(audit.answers, 'answer')})"


def audit_summary(camera: SelectedCamera) -> dict[str, object] | None:
    """Return the audit of a camera as an object for `--json` and the page; None where there is none."""
    audit = camera.audit
    if audit is None:
        return None
    ends = {
        name: {"low": low, "high": high}
        for name, (low, high) in (("visits_factor", audit.visits), ("dwell_factor", audit.dwell))
    }
    return {"date": audit.day.isoformat(), "answers": audit.answers, **ends}
