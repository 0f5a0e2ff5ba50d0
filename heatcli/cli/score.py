"""`heatcli score`: how good the stored trajectories are, against ground truth."""

from pathlib import Path
from typing import Annotated

import typer

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, read_config
from heatcli.cli.options.types import OBJECTS, PATH, text
from heatcli.cli.show.console import aligned, emit, say, show
from heatcli.config.options import objects_of


def command(
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="GT", parser=PATH, help="Ground truth of one clip in MOT format, frames from 1."
        ),
    ],
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=text(),
            help="Camera of the clip: a name, part of a name, or a pattern.",
        ),
    ] = None,
    clip: Annotated[
        str | None,
        typer.Option(metavar="ID", parser=text(), help="Id of the clip.  [default: the only clip]"),
    ] = None,
    objects_to_track: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            parser=OBJECTS,
            help="Kinds of object in the ground truth.  [default: all]",
        ),
    ] = None,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Measure how good the stored trajectories of a clip are, against ground truth."""
    from heatcli.answers.score_table import place_lines, score_summary, tracking_lines
    from heatcli.commands.score import score_clip
    from heatcli.store.store import Store as HeatStore

    score = score_clip(
        store=HeatStore.open(store),
        truth=truth,
        camera=camera,
        clip=clip,
        objects_to_track=() if objects_to_track is None else objects_of(objects_to_track),
        config=read_config(config, store, quiet=quiet),
    )
    row = score.clip
    frames = row.frames_decoded + row.frames_failed
    say(f"{row.camera}: {row.path}, {score.frames} of {frames} frames compared with {truth}", quiet=quiet)
    if score.note is not None:
        say(f"heatcli: warning: {score.note}", quiet=quiet)
    if as_json:
        emit({"store": str(store), **score_summary(score, truth)})
    else:
        tables = (aligned(tracking_lines(score), words=0), aligned(place_lines(score), words=1))
        show("\n\n".join(tables))
