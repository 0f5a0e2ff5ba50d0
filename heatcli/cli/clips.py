"""`heatcli clips`: what the store holds, and looking after it."""

from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.console import emit, say
from heatcli.cli.options import DEFAULT_STORE, Json, Quiet, Store

if TYPE_CHECKING:
    from heatcli.store.clips import ClipRow


def command(
    camera: Annotated[str | None, typer.Option(help="Only clips of this camera.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="CLIP", help="Forget this clip; may be repeated.")
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="Merge small files; remove what no clip needs any more.")
    ] = False,
    store: Store = DEFAULT_STORE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List the clips in the store, forget some, or compact it."""
