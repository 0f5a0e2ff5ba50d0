"""What `[run]` of `heatcli.toml` says: what each night makes besides its analyses."""

from heatcli.config.settings import Settings
from heatcli.names import PeriodKind


class RunConfig(Settings):
    """What `heatcli run` makes, and where."""

    reports: tuple[PeriodKind, ...] = (PeriodKind.DAILY,)
    """Kinds of reports, of which those that are missing or stale are made."""
    output: str = "reports"
    """Folder of the reports, relative to the configuration file."""
