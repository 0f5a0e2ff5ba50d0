"""How the check of a store is shown: a line for each clip that is damaged."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from heatcli.cli.show.console import emit, say

if TYPE_CHECKING:
    from heatcli.store.store import Store


def show_checked(store: "Store", *, quiet: bool, as_json: bool) -> None:
    """Check a store and show what was found.

    Raises:
        typer.Exit: there is damage.
        StoreError: a log is damaged, or the store cannot be read at all.
    """
    from heatcli.store.checks import check

    found = check(store)
    for fault in found.faults:
        known = "" if fault.path is None else f" ({fault.path})"
        say(
            f"heatcli: clip {fault.clip} of {fault.camera}{known}: {fault.what}; bring it back from a "
            "backup, or analyse the clip again with --force"
        )
    say(f"checked {found.files} files: {found.damaged} damaged", quiet=quiet)
    if found.unknown:
        say(
            f"heatcli: warning: {found.unknown} files could not be checked: an older heatcli or another "
            "program wrote them, without checksums",
            quiet=quiet,
        )
    if as_json:
        emit({"store": str(store.path), **asdict(found)})
    if found.damaged or found.faults:
        raise typer.Exit(1)


def show_compacted(store: "Store", *, quiet: bool) -> None:
    """Merge small files, remove what no clip needs any more, and tell how many."""
    from heatcli.store.maintenance import compact

    done = compact(store)
    say(
        f"{done.files_before} files became {done.files_after}; deleted {done.files_deleted} old files, "
        f"rows of {done.runs_deleted} dead runs, {done.plates_deleted} plates and {done.partials_deleted} "
        "partial results",
        quiet=quiet,
    )
