"""`heatcli anonymise`: a recording without its people."""

from pathlib import Path
from typing import Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.types import PATH
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.movie import warn_of_visible
from heatcli.cli.show.progress import FrameProgress
from heatcli.names import HidingStyle, counted


def command(
    clip: Annotated[
        Path, typer.Argument(metavar="CLIP", parser=PATH, help="File of a recording that was analysed.")
    ],
    output: Annotated[
        Path, typer.Option(*("-o", "--output"), metavar="FILE", parser=PATH, help="Video to write, .mp4.")
    ],
    style: Annotated[
        HidingStyle, typer.Option(help="What stands in the place of people.")
    ] = HidingStyle.SCENE,
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Write a recording without the people who were found in it, and without sound."""
    from dataclasses import asdict

    from heatcli.commands.anonymise import anonymise_clip
    from heatcli.store.store import Store as HeatStore

    with FrameProgress(quiet=quiet) as progress:
        written = anonymise_clip(
            clip, store=HeatStore.open(store), output=output, style=style, progress=progress
        )
    people = counted(written.people, "person", "people")
    say(f"{output}: {counted(written.frames, 'frame')}, {people} hidden", quiet=quiet)
    warn_of_visible(output, written.unseen_pct)
    if as_json:
        emit({"store": str(store), "video": str(output), **asdict(written)})
