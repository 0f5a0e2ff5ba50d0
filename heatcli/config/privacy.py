"""What `heatcli.toml` says of how long is kept what could tell who somebody is."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from heatcli.clock import read_offset
from heatcli.config.settings import Settings
from heatcli.errors import UsageError

FOREVER = "forever"


def _how_long(value: object) -> object:
    """Read a length of time, such as `24h` or `30d`; None for `forever`."""
    if value == FOREVER:
        return None
    try:
        return read_offset(f"+{value}")
    except UsageError as error:
        raise ValueError(f"must be a length of time, such as 24h or 30d, or {FOREVER}") from error


class PrivacyConfig(Settings):
    """How long things are kept after the recording; None for ever."""

    descriptors: Annotated[timedelta | None, BeforeValidator(_how_long)] = timedelta(hours=24)
    """Embeddings of re-identification models: what they decided stays."""
