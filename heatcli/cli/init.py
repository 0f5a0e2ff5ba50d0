"""`heatcli init`: a configuration for a folder of recordings."""

from pathlib import Path
from typing import Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.console import emit, say
from heatcli.config.selection_fields import check_timezone
from heatcli.names import counted


def command(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", parser=PATH, help="Folder of the recordings, searched through."),
    ],
    output: Annotated[
        Path,
        typer.Option(*("-o", "--output"), metavar="FILE", parser=PATH, help="Configuration to write."),
    ] = Path("heatcli.toml"),
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=text(check_timezone),
            help="Time zone of the cameras, such as Europe/Zagreb.  [default: that of this machine]",
        ),
    ] = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Look at the names of recordings, and write a configuration for their cameras."""
    from heatcli.commands.init import propose_config

    proposed = propose_config(folder, output=output, timezone=timezone)
    for name, clips in proposed.cameras.items():
        say(f"{name}: {counted(clips, 'clip')}", quiet=quiet)
    for warning in proposed.warnings:
        say(f"heatcli: warning: {warning}")
    say(
        f"{proposed.path}: written; look through it, then run `heatcli check` and `heatcli analyze`",
        quiet=quiet,
    )
    if as_json:
        emit(
            {
                "config": str(proposed.path),
                "timezone": proposed.config.timezone,
                "cameras": [{"camera": name, "clips": clips} for name, clips in proposed.cameras.items()],
                "warnings": list(proposed.warnings),
            }
        )
