"""What `[privacy]` of `heatcli.toml` says: how long things are kept, and what reports may show."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from heatcli.clock import read_offset
from heatcli.config.settings import Settings
from heatcli.errors import UsageError
from heatcli.names import Profile

FOREVER = "forever"

# Longer than anything has been recorded, and short enough to be counted back from today.
_LONGEST = timedelta(days=36_500)


def how_long(value: object) -> object:
    """Read a length of time, such as `24h` or `30d`; None for `forever`."""
    if value is None or value == FOREVER:
        return None
    try:
        length = value if isinstance(value, timedelta) else read_offset(f"+{value}")
        if timedelta() < length <= _LONGEST:
            return length
    except UsageError:
        pass  # the same error
    raise ValueError(f"must be a length of time, such as 24h or 30d, or {FOREVER}")


KeptFor = Annotated[timedelta | None, BeforeValidator(how_long, json_schema_input_type=str)]

# For how long `tracks` are kept where the file does not say it.
_TRACKS = {Profile.STATISTICS: timedelta(days=30), Profile.ANALYSIS: timedelta(days=400)}


class PrivacyConfig(Settings):
    """How long things are kept after the recording, None for ever; and what reports may show."""

    profile: Profile = Profile.ANALYSIS
    descriptors: KeptFor = timedelta(hours=24)
    """Embeddings of re-identification models: what they decided stays. `heatcli purge` removes those of
    colours too."""
    tracks: KeptFor = _TRACKS[Profile.ANALYSIS]
    """Clips, with all that was found in them; the profile says it where the file does not."""
    aggregates: KeptFor = None
    """Sums of days, by camera, zone and hour, which `heatcli purge` keeps of the clips that it removes."""

    @model_validator(mode="before")
    @classmethod
    def _of_profile(cls, said: Any) -> Any:
        """Take from the profile what is not said."""
        if isinstance(said, Mapping) and "tracks" not in said and said.get("profile") == Profile.STATISTICS:
            return {**said, "tracks": _TRACKS[Profile.STATISTICS]}
        return said

    @property
    def shares(self) -> bool:
        """Whether reports have sums only."""
        return self.profile is Profile.STATISTICS
