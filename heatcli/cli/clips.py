"""`heatcli clips`: what the store holds, and its upkeep."""

from typing import Annotated

import typer

from heatcli.cli.options.clips import of_camera, with_ids
from heatcli.cli.options.common import DEFAULT_STORE, Json, Quiet, Store
from heatcli.cli.options.types import text
from heatcli.cli.show.checked import show_checked
from heatcli.cli.show.clips import clip_summary, clip_table, local_start
from heatcli.cli.show.console import emit, say, show
from heatcli.config.selection_fields import read_moment


def command(
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            parser=text(),
            help="Only clips of this camera: a name, part of a name, or a pattern.",
        ),
    ] = None,
    clip: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", parser=text(), help="Only the clip with this id; may be repeated."),
    ] = None,
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
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLIP",
            parser=text(),
            help="Remove the clip with this id, for all cameras or only for --camera; may be repeated.",
        ),
    ] = None,
    compact: Annotated[
        bool,
        typer.Option("--compact", help="Merge small files, and remove data that no clip needs any more."),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare all that is stored with what was written; exit 1 on damage."),
    ] = False,
    store: Store = DEFAULT_STORE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """List the clips in the store, correct their start, remove some, compact or check the store."""
    from heatcli.errors import UsageError
    from heatcli.select.overlaps import overlap_warning
    from heatcli.store import maintenance
    from heatcli.store.shift import offset_to, shift_clips
    from heatcli.store.store import Store as HeatStore

    heat_store = HeatStore.open(store)
    if check:
        if any((camera, clip, set_start, shift, remove, compact)):
            raise UsageError("--check looks at the whole store; leave out the other options")
        show_checked(heat_store, quiet=quiet, as_json=as_json)
        return
    clips = with_ids("--clip", of_camera(heat_store.clips(), camera), clip)
    corrected = set_start is not None or shift is not None
    if corrected:
        if camera is None and clip is None:
            raise UsageError("say which clips to correct: --camera NAME, --clip ID, or both")
        clips = shift_clips(heat_store, clips, offset_to(clips, start=set_start, shift=shift))
        for row in clips:
            say(f"{row.clip} of {row.camera} ({row.path}): starts {local_start(row)}", quiet=quiet)
            # If all clips of a camera move, overlaps stay the same, and analyze has already told of them.
            warning = None if clip is None else overlap_warning(heat_store, row)
            if warning is not None:
                say(f"heatcli: warning: {warning}", quiet=quiet)
    removed = [] if remove is None else with_ids("--remove", clips, remove)
    if removed:
        maintenance.remove_clips(heat_store, removed)
        clips = [row for row in clips if row not in removed]
    for row in removed:
        say(f"removed {row.clip} of {row.camera} ({row.path})", quiet=quiet)
    if compact:
        done = maintenance.compact(heat_store)
        say(
            f"{done.files_before} files became {done.files_after}; deleted {done.files_deleted} old files, "
            f"rows of {done.runs_deleted} dead runs and {done.plates_deleted} plates",
            quiet=quiet,
        )
    if as_json:
        emit({"store": str(store), "clips": [clip_summary(row) for row in clips]})
    elif not corrected and not removed and not compact:
        show(clip_table(clips))
