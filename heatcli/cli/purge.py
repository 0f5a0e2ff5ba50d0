"""`heatcli purge`: what is older than it may be, or is to be erased, leaves the store for good."""

from typing import TYPE_CHECKING, Annotated

import typer

from heatcli.cli.options.clips import ask, with_places
from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Log, Quiet, Store, read_config
from heatcli.cli.show.console import emit, say
from heatcli.cli.show.log import begin_log
from heatcli.cli.show.purged import erasure_text, purged_text

if TYPE_CHECKING:
    from heatcli.select.selection import Selection


@with_places
def command(
    *,
    selection: "Selection",
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be erased.")] = False,
    store: Store = DEFAULT_STORE,
    config: ConfigFile = None,
    log: Log = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Remove what is older than [privacy] of heatcli.toml keeps; or erase times and places on request.

    Nothing of it is left in any file of the store, old versions and logs included, and a recording that is
    analysed again brings nothing of it back. The journal of the store tells when, by whom and what. If it is
    killed, run it again.
    """
    from heatcli.commands.purge import erase, erasures_for, purge_old
    from heatcli.errors import UsageError
    from heatcli.select.selection import Selection
    from heatcli.store.store import Store as HeatStore

    heat_store = HeatStore.open(store)
    known = read_config(config, store, quiet=quiet)
    begin_log(log or known.log_file)
    if selection == Selection():
        if dry_run:
            raise UsageError(
                "--dry-run tells what is erased on request; `heatcli privacy` tells what is too old"
            )
        done = purge_old(heat_store, known)
    else:
        erasures = erasures_for(heat_store, selection, known)
        what = erasure_text(heat_store, erasures)
        if dry_run:
            say(f"would {what}", quiet=quiet)
            done = {}
        else:
            ask(what, yes=yes)
            done = erase(heat_store, erasures, selection)
    if not dry_run:
        say(purged_text(done), quiet=quiet)
    if as_json:
        emit({"store": str(store), "purged": done})
