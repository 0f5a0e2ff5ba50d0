"""How the check of a store is shown: a line for each clip that is damaged."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from heatcli.cli.options.clips import ask
from heatcli.cli.show.console import emit, say
from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.store.checks import Checked
    from heatcli.store.store import Store


def show_checked(
    store: "Store", *, repair: bool, yes: bool, dry_run: bool, quiet: bool, as_json: bool
) -> None:
    """Check a store and show what was found; drop it if asked to.

    Raises:
        typer.Exit: there is damage, and it stays.
        StoreError: a log is damaged, or the store cannot be read at all.
    """
    from heatcli.store.checks import check
    from heatcli.store.repair import repair as repair_store

    found = check(store)
    remedy = "" if repair else "; drop it with --check --repair, so that analyze does the clip again"
    for fault in found.faults:
        known = "" if fault.path is None else f" ({fault.path})"
        say(f"heatcli: clip {fault.clip} of {fault.camera}{known}: {fault.what}{remedy}")
    for error in found.unread:
        say(f"heatcli: {error}")
    say(f"checked {counted(found.files, 'file')}: {found.damaged} damaged", quiet=quiet)
    if found.unknown:
        say(
            f"heatcli: warning: {counted(found.unknown, 'file')} could not be checked: an older heatcli or "
            "another program wrote them, without checksums",
            quiet=quiet,
        )
    if as_json:
        emit({"store": str(store.path), **asdict(found)})
    is_whole = found.is_whole
    if repair and (found.damaged or found.faults):
        if dry_run:
            say(f"would drop {_described(found)}", quiet=quiet)
        else:
            ask(f"drop {_described(found)}", yes=yes)
            repair_store(store, found.faults)
            say(
                f"dropped {_described(found)}; analyze does these clips again where it meets them",
                quiet=quiet,
            )
            is_whole = not found.unread
    if not is_whole:
        raise typer.Exit(1)


def _described(found: "Checked") -> str:
    """Return how many clips and files are damaged."""
    clips = len({(fault.camera, fault.clip) for fault in found.faults})
    return f"{counted(clips, 'clip')} and {counted(found.damaged, 'damaged file')}"


def show_compacted(store: "Store", *, quiet: bool) -> None:
    """Merge small files, remove what no clip needs any more, and tell how many."""
    from heatcli.store.maintenance import compact

    done = compact(store)
    say(
        f"{counted(done.files_before, 'file')} became {done.files_after}; deleted "
        f"{counted(done.files_deleted, 'old file')}, rows of {counted(done.runs_deleted, 'dead run')}, "
        f"{counted(done.plates_deleted, 'plate')} and {counted(done.partials_deleted, 'partial result')}",
        quiet=quiet,
    )
