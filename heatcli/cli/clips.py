"""`heatcli clips`: what the store holds, and its upkeep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options.clips import check_alone, check_one_change, with_clips
from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, read_config
from heatcli.cli.options.types import text
from heatcli.cli.show.checked import show_checked, show_compacted
from heatcli.cli.show.clips import clip_summary, clip_table
from heatcli.cli.show.console import emit, show
from heatcli.cli.show.restarts import show_restarts
from heatcli.cli.show.upkeep import Upkeep
from heatcli.config.selection_fields import read_moment

if TYPE_CHECKING:
    from heatcli.select.selection import Selection
    from heatcli.store.clips import ClipRow


@with_clips
def command(
    *,
    selection: "Selection",
    set_start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            parser=text(read_moment),
            help="Correct the start of the clip: 2026-03-14T10:00:00, local time.",
        ),
    ] = None,
    shift: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            parser=text(),
            help="Move the clips to a later time by +1h30m, or to an earlier one by -90s.",
        ),
    ] = None,
    restart: Annotated[
        bool,
        typer.Option("--restart", help="Give the clips the start that heatcli.toml and their names say now."),
    ] = False,
    rename_camera: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="OLD NEW", parser=text(), help="Give the clips of camera OLD to camera NEW."),
    ] = None,
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Remove the clips; analyze does them again if it can."),
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove the clips for good: analyze passes over them.")
    ] = False,
    compact: Annotated[
        bool,
        typer.Option("--compact", help="Merge small files, and remove data that no clip needs any more."),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare all that is stored with what was written; exit 1 on damage."),
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="With --check, drop clips that are damaged; analyze does them again."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Change clips without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which clips would change.")] = False,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List the clips in the store; correct their start or camera, remove some; compact or check the store.

    A clip is in a period if it starts in it. Before anything changes, heatcli says which clips are meant, and
    asks; scripts say --yes.
    """
    from heatcli.select.clips import chosen_clips
    from heatcli.select.selection import Selection
    from heatcli.store.sizes import stored_bytes
    from heatcli.store.store import Store as HeatStore

    heat_store = HeatStore.open(store)
    upkeep = Upkeep(heat_store, yes=yes, dry_run=dry_run, quiet=quiet)
    corrected = set_start is not None or shift is not None
    changes = (corrected, restart, rename_camera is not None, remove, forget)
    chosen = selection != Selection()
    if check or repair:
        check_alone(check=check, others=chosen or compact or any(changes))
        show_checked(heat_store, repair=repair, yes=yes, dry_run=dry_run, quiet=quiet, as_json=as_json)
        return
    check_one_change(changes, chosen=chosen or restart or rename_camera is not None)
    known = read_config(config, store, quiet=quiet)
    stored = heat_store.clips()
    clips: Sequence[ClipRow] = chosen_clips(stored, selection, known, to_change=any(changes))
    if corrected:
        # If all clips of a camera move, overlaps stay the same, and analyze has already told of them.
        some = bool(selection.clips or selection.start or selection.end or selection.dates)
        clips = upkeep.correct(clips, start=set_start, shift=shift, warn=some)
    elif restart:
        clips = show_restarts(heat_store, clips, known, dry_run=dry_run, quiet=quiet)
    elif rename_camera is not None:
        clips = upkeep.rename(clips, *rename_camera, known)
    elif remove or forget:
        clips = upkeep.remove(clips, for_good=forget)
    if compact and not dry_run:
        show_compacted(heat_store, quiet=quiet)
    if as_json or dry_run or not (any(changes) or compact):
        sizes = stored_bytes(heat_store, heat_store.clips() if any(changes) else stored)
        if as_json:
            emit({"store": str(store), "clips": [clip_summary(row, sizes[row.run]) for row in clips]})
        else:
            show(clip_table(clips, sizes))
