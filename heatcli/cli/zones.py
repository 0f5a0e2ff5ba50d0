"""`heatcli zones`: zones, lines, masks and floor points, drawn onto the picture of a camera."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options import common
from heatcli.cli.options.types import PATH, text
from heatcli.cli.show.console import emit, say, show, warn

if TYPE_CHECKING:
    from heatcli.editor.content import Drawable


def command(
    camera: Annotated[
        str,
        typer.Argument(metavar="CAMERA", parser=text(), help="Camera: a name, part of a name, or a pattern."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"),
            metavar="FILE",
            parser=PATH,
            help="Page to write.  [default: zones-CAMERA.html]",
        ),
    ] = None,
    serve: Annotated[
        bool,
        typer.Option(
            "--serve", help="Let the page write heatcli.toml: serve it to this machine alone, until Ctrl-C."
        ),
    ] = False,
    store: common.Store = common.DEFAULT_STORE,
    config: common.ConfigFile = None,
    quiet: common.Quiet = False,
    as_json: common.Json = False,
) -> None:
    """Make a page on which zones, lines, masks and floor points are drawn onto the camera's picture.

    The page needs no network. It gives the text for heatcli.toml; with --serve it writes the file itself.
    """
    from heatcli.commands.zones import serve_zones, zones_page
    from heatcli.errors import UsageError
    from heatcli.store.store import Store as HeatStore

    if serve and output is not None:
        raise UsageError(f"-o {output} is for a page on the disk; leave out --serve, or -o")
    known = common.read_config(config, store, quiet=quiet)

    def ready(found: "Drawable", url: str) -> None:
        for warning in found.warnings:
            warn(warning)
        if as_json:
            emit({"store": str(store), "camera": found.camera, "url": url})
        else:
            show(url)
        say(f"{found.camera}: open this address in a browser on this machine; Ctrl-C ends it", quiet=quiet)

    if serve:
        serve_zones(store=HeatStore.open(store), config=known, camera=camera, ready=ready)
        say("ended", quiet=quiet)
        return
    found, file = zones_page(store=HeatStore.open(store), config=known, camera=camera, output=output)
    for warning in found.warnings:
        warn(warning)
    say(f"{file}: open it in a browser; it gives the text for heatcli.toml", quiet=quiet)
    if as_json:
        emit({"store": str(store), "camera": found.camera, "page": str(file)})
