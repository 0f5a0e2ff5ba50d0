"""A report as one JSON file, with all its numbers, for programs. Its schema is docs/report.schema.json."""

import json
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.answers.area_table import area_summary
from heatcli.answers.entry_table import entry_summaries
from heatcli.answers.exposure_table import exposure_summaries
from heatcli.answers.flow_table import flow_summary
from heatcli.answers.funnel_table import funnel_summaries
from heatcli.answers.group_table import group_summary
from heatcli.answers.left_out import left_out_summary
from heatcli.answers.queue_table import queue_summaries
from heatcli.answers.transitions import transitions_summary
from heatcli.answers.zone_table import selection_summary, zone_summaries, zones_summary
from heatcli.clock import local_time
from heatcli.files import output_file
from heatcli.heat.heatmap import HeatMap
from heatcli.report.camera_report import CameraReport
from heatcli.report.periods import Period
from heatcli.report.report import Report
from heatcli.version import __version__
from heatcli.zones.week import WeekHours

SCHEMA, SCHEMA_VERSION = "heatcli-report", 2
"""Name and version of the file's format. The version grows when a field is renamed, removed or redefined."""


def write_report_json(folder: Path, report: Report) -> list[Path]:
    """Write all numbers of a report as `report.json`.

    Args:
        folder: existing folder to write to; the file is replaced.
        report: report to write.

    Returns:
        Path of the written file.

    Raises:
        OutputError: the file cannot be written.
    """
    path = folder / "report.json"
    text = json.dumps(report_summary(report), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    with output_file(path) as beside:
        # Bytes of file names that are not valid text become escapes, which JSON has too.
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
    return [path]


def report_summary(report: Report) -> dict[str, object]:
    """Return all numbers of a report as an object; what is not known is None, never NaN."""
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
        "map": report.settings.model_dump(mode="json", exclude={"metric", "reach_m"}),
        "covered_s": report.covered_us / 1e6,
        "cameras": [_camera(camera) for camera in report.cameras],
        "areas": [area_summary(area) for area in report.areas],
        "previous_areas": [area_summary(area) for area in report.previous_areas] if compares else None,
    }


def period_summary(period: Period) -> dict[str, object]:
    """Return the period of a report as an object, for `--json` too."""
    return {
        "kind": period.kind,
        "label": period.label,
        "title": period.title,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "by": period.by,
    }


def _camera(camera: CameraReport) -> dict[str, object]:
    """Return all numbers of a camera over the period as an object, with those of the period before."""
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
        "frame": zone_summaries(camera.of_frame)[0],
        "queues": queue_summaries(camera.figures),
        "funnels": funnel_summaries(camera.figures),
        "exposure": exposure_summaries(camera.figures),
        "entries": entry_summaries(camera.figures),
        **group_summary(camera.figures),
        "flow": flow_summary(camera.figures),
        "transitions": transitions_summary(camera.figures),
        "week": _week(camera.week),
        "heat": {metric: _heat(heat) for metric, heat in camera.heat.items()},
        "previous": None if camera.previous is None else _camera(camera.previous),
    }


def _coverage(camera: CameraReport) -> list[dict[str, str]]:
    """List the intervals of time that the camera watched, on its own clock."""
    zone = ZoneInfo(camera.selection.timezone)
    return [
        {name: local_time(time_us, zone).isoformat() for name, time_us in (("from", begin), ("to", end))}
        for begin, end in camera.selection.covered.bounds.tolist()
    ]


def _week(week: WeekHours) -> dict[str, object]:
    """Return presence by hour of the week as an object: seven lists of 24, from Monday and from midnight."""
    return {
        "covered_s": (week.covered_us / 1e6).tolist(),
        "present_s": (week.present_us / 1e6).tolist(),
        "avg_occupancy": _known(week.avg_occupancy),
    }


def _heat(heat: HeatMap) -> dict[str, object]:
    """Return a map as an object, its cells with all digits: row by row from the top left."""
    rows, columns = heat.value.shape
    return {
        "unit": heat.unit,
        "reach": heat.reach,
        "rows": rows,
        "columns": columns,
        "value": _known(heat.value),
        "raw": _known(heat.raw),
    }


def _known(values: NDArray[np.float64]) -> list[list[float | None]]:
    """Turn rows of numbers into lists, NaN into None."""
    return [[value if isfinite(value) else None for value in row] for row in values.tolist()]
