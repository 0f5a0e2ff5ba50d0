"""`heatcli clips --restart`: which clips start at another time now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from heatcli.cli.show.console import say

if TYPE_CHECKING:
    from heatcli.config.models import Config
    from heatcli.store.clips import ClipRow
    from heatcli.store.store import Store


def show_restarts(
    store: "Store", clips: "Sequence[ClipRow]", config: "Config", *, dry_run: bool, quiet: bool
) -> "Sequence[ClipRow]":
    """Move clips to where the configuration and their names have them now, and tell which.

    Nobody is asked: whatever the configuration says can be moved again when it is corrected.

    Returns:
        Clips that were moved or, in a dry run, would be, as they are then.
    """
    from heatcli.commands.restart import restarts
    from heatcli.store.shift import restart_clips

    moves, errors = restarts(clips, config)
    for error in errors:
        say(f"heatcli: warning: {error}")
    if not moves:
        say("all clips start where the configuration and their names have them", quiet=quiet)
        return []
    moved = [now for _, now in moves] if dry_run else restart_clips(store, moves)
    starts = "would start" if dry_run else "starts"
    for (row, _), now in zip(moves, moved, strict=True):
        known = f"{now.local_start} {now.timezone} ({now.start_source}), not {row.local_start}"
        say(f"{row.clip} of {row.camera} ({row.path}): {starts} {known}", quiet=quiet)
    return moved
