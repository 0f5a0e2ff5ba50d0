"""`heatcli compare`: what changed between two periods."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.answers.left_out import left_out_line
from heatcli.cli.options import common
from heatcli.cli.options.drawing import with_settings
from heatcli.cli.options.selection import with_selection
from heatcli.cli.options.types import PATH, PATH_TEXT, text
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.cli.show.progress import each_camera

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings
    from heatcli.select.selection import Selection

# Number of leading columns that are words; the others are numbers.
_WORDS = 1


@partial(with_settings, without=("accumulation_mode", "window_seconds", "color_map"))
@partial(with_selection, without=("start", "end", "dates"))
def command(
    a: Annotated[
        str | None,
        typer.Option(
            metavar="FROM..TO",
            parser=text(),
            help="First period, in days or times: 2026-03-02..2026-03-08.",
        ),
    ] = None,
    b: Annotated[
        str | None,
        typer.Option(
            metavar="FROM..TO",
            parser=text(),
            help="Second period; places with more than in the first are red.",
        ),
    ] = None,
    a_camera: Annotated[
        str | None,
        typer.Option(metavar="NAME", parser=text(), help="Camera of --a, to compare two cameras."),
    ] = None,
    b_camera: Annotated[
        str | None,
        typer.Option(metavar="NAME", parser=text(), help="Camera of --b, to compare two cameras."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            parser=PATH,
            help="File to write: picture, .csv or .npz; or a folder, for several cameras.  [default: "
            "compare-CAMERA-METRIC-PERIODS.png]",
        ),
    ] = None,
    *,
    settings: "RenderSettings",
    selection: "Selection",
    background: Annotated[
        str,
        typer.Option(
            parser=PATH_TEXT,
            help="What the map is drawn on: plate (the empty scene), none, or a picture file.",
        ),
    ] = "plate",
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Show the changes between two periods, or two cameras, that chance does not explain."""
    from heatcli.answers.comparison_files import (
        check_comparison_output,
        comparison_summary,
        region_lines,
        write_comparisons,
    )
    from heatcli.commands.compare import compare_selections
    from heatcli.errors import UsageError
    from heatcli.select.selection import read_period
    from heatcli.store.store import Store as HeatStore

    if (a is None) != (b is None):
        raise UsageError(f"--{'b' if a is None else 'a'} alone is only one period; give both, --a and --b")
    if a is None and a_camera == b_camera:
        raise UsageError("nothing to compare: name two periods, --a FROM..TO and --b FROM..TO")
    if output is not None:
        check_comparison_output(output)
    sides = []
    for period, camera in ((a, a_camera), (b, b_camera)):
        side = selection if camera is None else replace(selection, cameras=(camera,))
        sides.append(side if period is None else replace(side, **read_period(period)))
    known = common.read_config(config, store, quiet=quiet)
    settings = settings.over(known.maps)
    found = compare_selections(
        store=HeatStore.open(store),
        a=sides[0],
        b=sides[1],
        settings=settings,
        config=known,
        each=each_camera("compare", quiet=quiet),
    )
    files = write_comparisons(found, settings=settings, output=output, background=background)
    # A table is one file for all cameras.
    for one, file in zip(found, files * (len(found) // len(files)), strict=True):
        said = (f"{file}: {one.name}, {one.verdict}", left_out_line(one.a), left_out_line(one.b))
        say("; ".join(filter(None, said)), quiet=quiet)
    if as_json:
        emit({"store": str(store), "cameras": [comparison_summary(one, settings) for one in found]})
    elif any(one.regions for one in found):
        show(aligned(region_lines(found), words=_WORDS))
