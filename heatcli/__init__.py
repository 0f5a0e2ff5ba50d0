"""heatcli: recorded CCTV in, trajectories and heat maps out.

The public Python API. Names are loaded when first used, so that `import heatcli` costs nothing:

    analyze_clips       clips in, trajectories into the store
    import_mot          trajectories made elsewhere, into the store
    import_mot_files    those of many clips at once
    render_cameras      heat maps of a selection, as files
    render_floor        maps of floor plans, as files
    render_movie        a heat map that grows or fades over the recording, as a video
    render_points       the density of the points in a file, as a file
    check_floor         a calibration drawn onto the camera's picture
    zone_report         how zones and lines are used
    area_report         how many people were in rooms
    anonymise_clip      a recording without its people
    compare_selections  what changed between two periods
    report_day          the newest complete day, and what stands out in it
    export_report       the report of a period, as a folder of files
    score_clip          how good the trajectories of a clip are, against ground truth
    ask_about           questions about a camera's day, as a page
    take_answers        what the answers say of the numbers
    propose_config      a configuration for a folder of recordings
    zones_page          a page on which the zones of a camera are drawn
    check_all           whether configuration, recordings, clocks, disk and store are as they should be
    correct             trajectories merged, split or dropped by hand
    purge_old           what is too old leaves the store
    erase               times and places leave the store for good
    erasures_for        what a selection means to erase
    privacy_of          what a store holds of people
    run_night           all that a night has to do, one step after the other
    heat_map            one heat map, as arrays
    selected_cameras    what a selection means for each camera
    read_rows           the stored rows that a selection counts
    who_is_who          which trajectories are one person, also across files
    load_config         `heatcli.toml`, checked
    Store               a store of trajectories
    Selection           which time, cameras and people a question is about
    ZoneQuery           which zones a question is about
    Period              the calendar period that a report is of
    Options             settings of an analysis
    MotFormat           what a file of trajectories does not say itself
    Config              what `heatcli.toml` says
    RenderSettings      what a map shows, and its colours
    Drawing             what a picture shows besides the map
"""

from importlib import import_module
from typing import TYPE_CHECKING

from heatcli.version import __version__ as __version__

if TYPE_CHECKING:
    from heatcli.analysis.options import Options as Options
    from heatcli.commands.analyze import analyze_clips as analyze_clips
    from heatcli.commands.anonymise import anonymise_clip as anonymise_clip
    from heatcli.commands.area import area_report as area_report
    from heatcli.commands.audit import ask_about as ask_about
    from heatcli.commands.audit import take_answers as take_answers
    from heatcli.commands.check import check_all as check_all
    from heatcli.commands.check_floor import check_floor as check_floor
    from heatcli.commands.compare import compare_selections as compare_selections
    from heatcli.commands.correct import correct as correct
    from heatcli.commands.export import export_report as export_report
    from heatcli.commands.import_mot import MotFormat as MotFormat
    from heatcli.commands.import_mot import import_mot as import_mot
    from heatcli.commands.import_mot import import_mot_files as import_mot_files
    from heatcli.commands.init import propose_config as propose_config
    from heatcli.commands.privacy import privacy_of as privacy_of
    from heatcli.commands.purge import erase as erase
    from heatcli.commands.purge import erasures_for as erasures_for
    from heatcli.commands.purge import purge_old as purge_old
    from heatcli.commands.render import heat_map as heat_map
    from heatcli.commands.render import render_cameras as render_cameras
    from heatcli.commands.render_floor import render_floor as render_floor
    from heatcli.commands.render_movie import render_movie as render_movie
    from heatcli.commands.render_points import render_points as render_points
    from heatcli.commands.report import report_day as report_day
    from heatcli.commands.run import run_night as run_night
    from heatcli.commands.score import score_clip as score_clip
    from heatcli.commands.zone import ZoneQuery as ZoneQuery
    from heatcli.commands.zone import zone_report as zone_report
    from heatcli.commands.zones import zones_page as zones_page
    from heatcli.config.models import Config as Config
    from heatcli.config.models import load_config as load_config
    from heatcli.config.settings import RenderSettings as RenderSettings
    from heatcli.picture.camera import Drawing as Drawing
    from heatcli.report.periods import Period as Period
    from heatcli.select.persons import who_is_who as who_is_who
    from heatcli.select.reader import read_rows as read_rows
    from heatcli.select.selection import Selection as Selection
    from heatcli.select.who_counts import selected_cameras as selected_cameras
    from heatcli.store.store import Store as Store

_HOMES = {
    "analyze_clips": "heatcli.commands.analyze",
    "import_mot": "heatcli.commands.import_mot",
    "import_mot_files": "heatcli.commands.import_mot",
    "render_cameras": "heatcli.commands.render",
    "render_floor": "heatcli.commands.render_floor",
    "render_movie": "heatcli.commands.render_movie",
    "render_points": "heatcli.commands.render_points",
    "check_floor": "heatcli.commands.check_floor",
    "zone_report": "heatcli.commands.zone",
    "area_report": "heatcli.commands.area",
    "anonymise_clip": "heatcli.commands.anonymise",
    "compare_selections": "heatcli.commands.compare",
    "report_day": "heatcli.commands.report",
    "export_report": "heatcli.commands.export",
    "score_clip": "heatcli.commands.score",
    "ask_about": "heatcli.commands.audit",
    "take_answers": "heatcli.commands.audit",
    "propose_config": "heatcli.commands.init",
    "zones_page": "heatcli.commands.zones",
    "check_all": "heatcli.commands.check",
    "correct": "heatcli.commands.correct",
    "purge_old": "heatcli.commands.purge",
    "erase": "heatcli.commands.purge",
    "erasures_for": "heatcli.commands.purge",
    "privacy_of": "heatcli.commands.privacy",
    "run_night": "heatcli.commands.run",
    "heat_map": "heatcli.commands.render",
    "selected_cameras": "heatcli.select.who_counts",
    "read_rows": "heatcli.select.reader",
    "who_is_who": "heatcli.select.persons",
    "load_config": "heatcli.config.models",
    "Store": "heatcli.store.store",
    "Selection": "heatcli.select.selection",
    "ZoneQuery": "heatcli.commands.zone",
    "Period": "heatcli.report.periods",
    "Options": "heatcli.analysis.options",
    "MotFormat": "heatcli.commands.import_mot",
    "Config": "heatcli.config.models",
    "RenderSettings": "heatcli.config.settings",
    "Drawing": "heatcli.picture.camera",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'heatcli' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *_HOMES})
