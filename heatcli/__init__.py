"""heatcli: recorded CCTV in, trajectories and heat maps out.

The public Python API. Names are loaded when first used, so that `import heatcli` costs nothing:

    analyze_clips     clips in, trajectories into the store
    import_mot        trajectories made elsewhere, into the store
    render_cameras    heat maps of a selection, as files
    render_floor      maps of floor plans, as files
    render_movie      a heat map that grows or fades over the recording, as a video
    compare_selections    what changed between two periods
    export_report     the report of a period, as a folder of files
    Period            the calendar period that it is of
    heat_map          one heat map, as arrays
    score_clip        how good the trajectories of a clip are, against ground truth
    Store, Selection, select    the stored rows themselves
    who_is_who        which trajectories are one person, also across files
    Options, Config, Drawing, RenderSettings, load_config    what the work can be told
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatcli.commands.analyze import analyze_clips as analyze_clips
    from heatcli.config.models import Config as Config
    from heatcli.config.models import load_config as load_config
    from heatcli.select.who_counts import select as select
    from heatcli.heat.heatmap import heat_map as heat_map
    from heatcli.commands.import_mot import import_mot as import_mot
    from heatcli.picture.camera import Drawing as Drawing
    from heatcli.commands.render_floor import render_floor as render_floor
    from heatcli.commands.render_movie import render_movie as render_movie
    from heatcli.commands.render import render_cameras as render_cameras
    from heatcli.analysis.plan import Options as Options
    from heatcli.answers.comparison import compare_selections as compare_selections
    from heatcli.commands.export import export_report as export_report
    from heatcli.report.periods import Period as Period
    from heatcli.score.scores import score_clip as score_clip
    from heatcli.config.settings import RenderSettings as RenderSettings
    from heatcli.select.persons import who_is_who as who_is_who
    from heatcli.select.selection import Selection as Selection
    from heatcli.store.store import Store as Store

__version__ = "0.1.0"

_HOMES = {
    "analyze_clips": "heatcli.commands.analyze",
    "import_mot": "heatcli.commands.import_mot",
    "render_cameras": "heatcli.commands.render",
    "render_floor": "heatcli.commands.render_floor",
    "render_movie": "heatcli.commands.render_movie",
    "compare_selections": "heatcli.answers.comparison",
    "export_report": "heatcli.commands.export",
    "Period": "heatcli.report.periods",
    "heat_map": "heatcli.heat.heatmap",
    "score_clip": "heatcli.score.scores",
    "Store": "heatcli.store.store",
    "Selection": "heatcli.select.selection",
    "select": "heatcli.select.who_counts",
    "who_is_who": "heatcli.select.persons",
    "Options": "heatcli.analysis.plan",
    "Config": "heatcli.config.models",
    "Drawing": "heatcli.picture.camera",
    "RenderSettings": "heatcli.config.settings",
    "load_config": "heatcli.config.models",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'heatcli' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *_HOMES})
