"""`heatcli import`: trajectories made elsewhere, into the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Log, Quiet, Store
from heatcli.cli.options.types import PATH, SIZE, FrameSize, number, text, whole
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.log import begin_log
from heatcli.cli.show.warnings import Warnings
from heatcli.config.bounds import COUNT, FRAME_RATE
from heatcli.config.options import check_object_class
from heatcli.config.selection_fields import check_timezone, read_moment
from heatcli.names import TracksFormat, counted

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", parser=PATH, help="Files with trajectories, one per clip.")
    ],
    format_: Annotated[TracksFormat, typer.Option("--format", help="Format of the files.")],
    size: Annotated[
        FrameSize, typer.Option(metavar="WxH", parser=SIZE, help="Width and height of the frame in pixels.")
    ],
    fps: Annotated[float, typer.Option(parser=number(FRAME_RATE), help="Frames per second of the files.")],
    camera: Annotated[
        str | None,
        typer.Option(
            parser=text(), help="Name of the camera.  [default: the one in heatcli.toml whose sources match]"
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            parser=text(read_moment),
            help="Time of the first frame of a single file: 2026-03-14T10:00:00, local time.  [default: what "
            "heatcli.toml or the name of each file says]",
        ),
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(
            parser=whole(COUNT),
            help="Number of frames that were watched.  [default: up to the last one in each file]",
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            parser=text(check_timezone),
            help="Time zone of the camera.  [default: that in heatcli.toml, or UTC]",
        ),
    ] = None,
    objects: Annotated[
        str, typer.Option("--object-class", parser=text(check_object_class), help="Class of the objects.")
    ] = "person",
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    log: Log = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Put ground truth, or trajectories made elsewhere, into the store: all files, or none if one is wrong.

    Give many files at once: their clips share the files of the store.
    """
    from heatcli.commands.import_mot import MotFormat, import_mot_files
    from heatcli.config.models import load_config
    from heatcli.store.store import Store as HeatStore

    known = load_config(config)
    begin_log(log or known.log_file)
    warnings = Warnings(quiet=quiet)
    rows = import_mot_files(
        HeatStore(store),
        files=files,
        format_=MotFormat(width=size.width, height=size.height, fps=fps, frames=frames, object_class=objects),
        camera=camera,
        start=start,
        timezone=timezone,
        config=known,
        warn=warnings.add,
    )
    warnings.close()
    for file, row in zip(files, rows, strict=True):
        covered = f"{row.covered_us / 1e6:.1f} s covered from {row.local_start}"
        say(
            f"{file}: {row.camera}, {counted(row.trajectories, 'trajectory', 'trajectories')} in {covered}",
            quiet=quiet,
        )
    if as_json:
        emit({"store": str(store), "clips": [_summary(row) for row in rows]})


def _summary(row: "ClipRow") -> dict[str, object]:
    return {
        "camera": row.camera,
        "clip": row.clip,
        "path": row.path,
        "start": row.start.isoformat(),
        "rows": row.rows,
        "trajectories": row.trajectories,
        "covered_s": row.covered_us / 1e6,
    }
