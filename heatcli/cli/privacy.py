"""`heatcli privacy`: what the store holds of whom."""

from heatcli.cli.options.common import DEFAULT_STORE, ConfigFile, Json, Quiet, Store, read_config
from heatcli.cli.show.console import emit, show
from heatcli.cli.show.kept import kept_text, privacy_summary


def command(
    store: Store = DEFAULT_STORE, config: ConfigFile = None, quiet: Quiet = False, as_json: Json = False
) -> None:
    """Print what the store holds of whom, how old it is, how long it is kept, and what is personal data.

    It is the annex of a data-protection impact assessment.
    """
    from heatcli.commands.privacy import privacy_of
    from heatcli.store.store import Store as HeatStore

    found = privacy_of(HeatStore.open(store), read_config(config, store, quiet=quiet))
    if as_json:
        emit({"store": str(store), **privacy_summary(found)})
    else:
        show(kept_text(found))
