"""A report as one JSON file: every number of it, for programs. Its schema is docs/report.schema.json."""

import json
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.left_out import left_out_summary
from heatcli.answers.transitions import transitions_summary
from heatcli.answers.zone_table import selection_summary, zone_summary, zones_summary
from heatcli.clock import local_time
from heatcli.files import output_file
from heatcli.heat.heatmap import HeatMap
from heatcli.report.periods import Period
from heatcli.report.report import CameraReport, Report
from heatcli.version import __version__
from heatcli.zones.week import WeekHours

SCHEMA, SCHEMA_VERSION = "heatcli-report", 2
"""What a file says it is. The version grows when a field is renamed, removed or changes what it means."""


def write_report_json(folder: Path, report: Report) -> list[Path]:
    """Write all of a report as `report.json`.

    Args:
        folder: that exists; the file is replaced.
        report: what to tell.

    Returns:
        The file.

    Raises:
        OutputError: the file cannot be written.
    """
    path = folder / "report.json"
    text = json.dumps(report_summary(report), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    with output_file(path) as beside:
        # Bytes of file names that are no text become escapes, which JSON has as well.
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
    return [path]


def report_summary(report: Report) -> dict[str, object]:
    """Tell all of a report; what is not known is None, never NaN."""
    compares = any(camera.previous is not None for camera in report.cameras)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "heatcli_version": __version__,
        "made_at": report.made_at.isoformat(),
        "store": str(report.store.path),
        "period": period_summary(report.period),
        "previous_period": period_summary(report.period.previous()) if compares else None,
        "selection": selection_summary(report.selection),
        "map": report.settings.model_dump(mode="json", exclude={"metric"}),
        "covered_s": report.covered_us / 1e6,
        "cameras": [_camera(camera) for camera in report.cameras],
    }


def period_summary(period: Period) -> dict[str, object]:
    """Tell which time a report is of, for `--json` too."""
    return {
        "kind": period.kind,
        "label": period.label,
        "title": period.title,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "by": period.by,
    }


def _camera(camera: CameraReport) -> dict[str, object]:
    """Tell all of a camera over a period, and then over the one before."""
    selection = camera.selection
    return {
        **zones_summary(camera.figures),
        "location": camera.location,
        "labels": camera.labels,
        "is_configured": camera.is_configured,
        "width": selection.width,
        "height": selection.height,
        "sample_aspect": selection.sample_aspect,
        "tracking_mode": selection.tracking_mode,
        "coverage": _coverage(camera),
        **left_out_summary(selection),
        "frame": zone_summary(camera.figures, camera.frame, camera.frame_everybody),
        "transitions": transitions_summary(camera.figures),
        "week": _week(camera.week),
        "heat": {metric: _heat(heat) for metric, heat in camera.heat.items()},
        "previous": None if camera.previous is None else _camera(camera.previous),
    }


def _coverage(camera: CameraReport) -> list[dict[str, str]]:
    """List when the camera watched, by its own clock."""
    zone = ZoneInfo(camera.selection.timezone)
    return [
        {name: local_time(time_us, zone).isoformat() for name, time_us in (("from", begin), ("to", end))}
        for begin, end in camera.selection.covered.bounds.tolist()
    ]


def _week(week: WeekHours) -> dict[str, object]:
    """Tell when in the week it is busy: seven lists of 24, from Monday, from midnight."""
    return {
        "covered_s": (week.covered_us / 1e6).tolist(),
        "present_s": (week.present_us / 1e6).tolist(),
        "avg_occupancy": _known(week.avg_occupancy),
    }


def _heat(heat: HeatMap) -> dict[str, object]:
    """Tell the cells of a map, as exactly as they are known: row by row from the top left."""
    rows, columns = heat.value.shape
    return {
        "unit": heat.unit,
        "rows": rows,
        "columns": columns,
        "value": _known(heat.value),
        "raw": _known(heat.raw),
    }


def _known(values: NDArray[np.float64]) -> list[list[float | None]]:
    """Turn rows of numbers into lists, with None for NaN."""
    return [[value if isfinite(value) else None for value in row] for row in values.tolist()]
