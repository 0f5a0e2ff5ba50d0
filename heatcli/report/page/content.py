"""The content of the page as JSON: the numbers of the report, the look of maps, and the points behind."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.answers import hot_places
from heatcli.answers.left_out import REASON_WORDS, came_back, left_out_count
from heatcli.answers.margins import audit_line, audit_summary
from heatcli.answers.zone_table import shape_summary
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import place_in_picture, reach_in
from heatcli.names import ColorMap, Metric, PeriodKind
from heatcli.picture.camera import scene_of
from heatcli.picture.colour import color_table
from heatcli.picture.legend import CAPTIONS, METRIC_NAMES
from heatcli.report.camera_report import CameraReport
from heatcli.report.coverage import watched_text
from heatcli.report.page.pack import PageCamera, pack_cameras
from heatcli.report.page.points import PagePeople
from heatcli.report.page.tables import room_tables, tables_of
from heatcli.report.page.views import CameraTime, PageView, page_views
from heatcli.report.report import HOT_PLACES, Report
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.who_counts import OUTLIERS
from heatcli.version import __version__
from heatcli.zones.buckets import Buckets, counterparts
from heatcli.zones.statistics import Figures, ZoneStatistics

# Largest width of a plate in pixels: that of the map on a large screen.
_PLATE_WIDTH = 1280
_PLATE_QUALITY = 82  # of JPEG: a 1080p scene takes some 150 kB, without visible blocks under the heat

# Part of the covered time by which two periods may differ and still count as covered for as long.
_SAME = 0.01

# The figures that are charted, in the order of their values in `before`.
CHARTED = ("activity_pct", "occupancy_pct", "longest_occupancy_s")


def page_content(report: Report) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the content of the page, and the packed points of each of its cameras."""
    times = [
        CameraTime(camera.name, camera.selection.timezone, _buckets(camera)) for camera in report.cameras
    ]
    views = page_views(report.config, times)
    packed = pack_cameras([PageCamera(_people(camera), _buckets(camera)) for camera in report.cameras])
    content: dict[str, object] = {
        "title": report.period.title,
        "kind": report.period.kind,
        "previous": report.period.previous().title,
        "watched": watched_text(report),
        "troubles": [f"{trouble}." for trouble in report.troubles],
        "made": report.made,
        "version": __version__,
        "has_cameras": bool(report.config.cameras),
        "hide_outliers": report.selection.filter_outliers,
        "look": {
            "metric": next(iter(report.cameras[0].heat), Metric.DWELL_TIME),
            "color_map": report.settings.color_map,
            "opacity": report.settings.opacity,
            "threshold": report.settings.min_display_threshold,
            "smoothing": report.settings.smoothing,
            "reach": report.settings.reach,
            "columns": report.settings.grid_resolution,
            "max_value": report.settings.max_value,
        },
        "metrics": {metric: {"name": METRIC_NAMES[metric], "caption": CAPTIONS[metric]} for metric in Metric},
        "colors": {name: _hex(color_table(name)) for name in [*ColorMap, report.settings.color_map]},
        "hot": {
            "places": HOT_PLACES,
            "columns": hot_places.SETTINGS.grid_resolution,
            "reach": hot_places.SETTINGS.reach,
            "smoothing": hot_places.SETTINGS.smoothing,
            "least": hot_places.SETTINGS.min_display_threshold,
        },
        "reasons": {reason: REASON_WORDS[reason] for reason in OUTLIERS},
        "views": [_view(view) for view in views],
        "cameras": [_camera(camera, report) for camera in report.cameras],
        "rooms": room_tables(report.areas),
    }
    return content, packed


def _people(camera: CameraReport) -> PagePeople:
    assert camera.people is not None  # a report for a page has them
    return camera.people


def _buckets(camera: CameraReport) -> Buckets:
    divided = camera.figures.divided
    assert divided is not None  # a report always divides its period
    return divided


def _view(view: PageView) -> dict[str, object]:
    """Return a saved view as an object."""
    return {
        "name": view.name,
        "cameras": sorted(view.times),
        "hide_outliers": view.filter_outliers,
        "reason": view.reason,
    }


def _camera(camera: CameraReport, report: Report) -> dict[str, object]:
    """Return all of a camera but its points as an object."""
    selection, previous = camera.selection, camera.previous
    zones = [None, *range(len(camera.figures.zones))]
    like = [] if previous is None else counterparts(camera.figures.buckets, previous.figures.buckets).tolist()
    return {
        "name": camera.name,
        "location": camera.location,
        "labels": camera.labels,
        "timezone": selection.timezone,
        "width": selection.width,
        "height": selection.height,
        "sample_aspect": selection.sample_aspect,
        "detectors": selection.detectors,
        "note": selection.note,
        "audit": audit_summary(selection),
        "audit_note": audit_line(selection),
        "outliers_note": _people(camera).camera.note,
        "left_out": "; ".join(
            filter(None, (came_back(selection), left_out_count(selection, without=OUTLIERS)))
        ),
        "is_configured": camera.is_configured,
        "selected_s": camera.figures.selected_us / 1e6,
        "bucket_selected_s": (camera.figures.bucket_selected_us / 1e6).tolist(),
        "buckets": [bucket.label for bucket in camera.figures.buckets],
        "covered_s": selection.covered_us / 1e6,
        "bucket_covered_s": [figures.covered_s for figures in camera.frame.buckets],
        "activity_pct": [figures.activity_pct for figures in camera.frame.buckets],
        "peak": _peak(camera, report.period.kind),
        "plate": _plate(camera),
        "place": _place(camera, report.settings),
        "areas": [_area(camera, zone, like) for zone in zones],
        "lines": [
            {
                "name": found.line.name,
                "line": (found.line.line.start, found.line.line.end),
                **asdict(found.total),
            }
            for found in camera.figures.lines
        ],
        "previous_covered_s": None if previous is None else previous.selection.covered_us / 1e6,
        "compares_rates": previous is not None and _differ(camera.selection, previous.selection),
        "hot": [
            {
                "name": found.zone.name,
                "shape": shape_summary(found.zone.shape),
                "peak": found.zone.peak,
                "total": asdict(found.total),
            }
            for found in camera.hot
        ],
        "tables": tables_of(camera.figures),
        "outliers": _outliers(_people(camera)),
    }


def _place(camera: CameraReport, settings: RenderSettings) -> str:
    """Say where people count for a place of the map."""
    selection, reach = camera.selection, settings.reach
    grid = reach_in(selection, settings).grid
    return place_in_picture(grid, reach, width=selection.width, height=selection.height)


def _differ(now: SelectedCamera, before: SelectedCamera) -> bool:
    """Whether two periods were not covered for as long, so that counts are compared per covered hour."""
    both = now.covered_us, before.covered_us
    return min(both) < (1 - _SAME) * max(both)


def _outliers(people: PagePeople) -> list[dict[str, object]]:
    """List why each outlier of a page is one, in the order of the people whose `Tracks.reason` is not 0."""
    tracks = people.tracks
    numbers = tracks.number[tracks.reason > 0]
    clips = [clip.clip for clip in people.camera.clips]
    first = people.camera.excluded.sort("clip", "track").unique("person", keep="first", maintain_order=True)
    found = {row["person"]: row for row in first.iter_rows(named=True)}
    rows = (found[number] for number in numbers.tolist())
    return [
        {"who": f"{clips[row['clip']]}:{row['track']}", "value": row["value"], "limit": row["limit"]}
        for row in rows
    ]


def _area(camera: CameraReport, zone: int | None, like: Sequence[int]) -> dict[str, object]:
    """Return a zone, or the whole frame (None), as an object; its buckets are computed in the browser.

    The object has the figures of the period before too; `like` says which bucket is the counterpart of each,
    as `counterparts` returns it.
    """

    def found_in(one: CameraReport) -> ZoneStatistics:
        return one.frame if zone is None else one.figures.zones[zone]

    found, previous = found_in(camera), camera.previous
    return {
        "name": None if zone is None else found.zone.name,
        "shape": None if zone is None else shape_summary(found.zone.shape),
        "total": asdict(found.total),
        "before": None if previous is None else _before(found_in(previous), like),
    }


def _before(found: ZoneStatistics, like: Sequence[int]) -> dict[str, object]:
    """Return a zone's figures in the period before, with the charted values of each bucket's counterpart."""
    chart = [_charted(found.buckets[at] if at >= 0 else None) for at in like]
    return {"total": asdict(found.total), "chart": chart}


def _charted(figures: Figures | None) -> list[float | None]:
    values = (getattr(figures, field, None) for field in CHARTED)
    return [None if value is None else round(value, 3) for value in values]


def _peak(camera: CameraReport, kind: PeriodKind) -> str | None:
    """Return the hour with the most people in the frame on average; None where nobody came."""
    if kind is PeriodKind.DAILY:
        hours = np.array([figures.avg_occupancy or 0.0 for figures in camera.frame.buckets])
        names = [bucket.label[11:16] for bucket in camera.figures.buckets]
    else:
        present, covered = camera.week.present_us.sum(axis=0), camera.week.covered_us.sum(axis=0)
        hours, names = present / np.maximum(covered, 1), [f"{hour:02}:00" for hour in range(24)]
    return names[int(hours.argmax())] if hours.size and hours.max() > 0 else None


def _plate(camera: CameraReport) -> str | None:
    """Return the camera's empty scene as a JPEG in a `data:` URL, with square pixels; None without one."""
    scene = scene_of(camera.selection, "plate")
    if camera.selection.plate is None or scene.plate_missing:
        return None
    picture = scene.ground
    height, width = picture.shape[:2]
    if width > _PLATE_WIDTH:
        size = (_PLATE_WIDTH, max(1, round(height * _PLATE_WIDTH / width)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _PLATE_QUALITY])
    return "data:image/jpeg;base64," + b64encode(data.tobytes()).decode()


def _hex(table: NDArray[np.float32]) -> str:
    """Write the 256 colours of a map as six hexadecimal digits each, red first."""
    return bytes(np.rint(table[:, ::-1]).astype(np.uint8).ravel()).hex()
