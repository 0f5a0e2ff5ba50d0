"""What `[privacy]` of `heatcli.toml` says: how long things are kept."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from heatcli.config.settings import Settings, checked
from heatcli.errors import UsageError
from heatcli.names import Profile

_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
_LENGTH = re.compile(r"(\d{1,5})([hdw])")
_FOREVER = "forever"


def kept_for(text: str) -> timedelta | None:
    """Read how long something is kept: `24h`, `400d`, `8w`; None for `forever`.

    Raises:
        UsageError: the text is none of these, or no time at all.
    """
    found = _LENGTH.fullmatch(text)
    if text == _FOREVER:
        return None
    if found is None or not int(found[1]):
        raise UsageError(f"{text!r} is no time to keep something; write it as 24h, 400d, 8w or {_FOREVER}")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


KeptFor = Annotated[str, checked(kept_for)]

# What holds where the file does not say it.
_KEPT: Mapping[Profile, Mapping[str, str]] = {
    Profile.STATISTICS: {"descriptors": "24h", "tracks": "30d"},
    Profile.ANALYSIS: {"descriptors": "24h", "tracks": "400d"},
}


class PrivacyConfig(Settings):
    """`[privacy]`: what `heatcli purge` removes, and what reports may show."""

    profile: Profile = Profile.ANALYSIS
    descriptors: KeptFor | None = None
    """Time for which it is kept what people look like; None for what the profile says."""
    tracks: KeptFor | None = None
    """Time for which it is kept who was where: rows, trajectories, plates; None likewise."""

    @property
    def descriptors_for(self) -> timedelta | None:
        """Time after which descriptors are removed; None for never."""
        return kept_for(self.descriptors or _KEPT[self.profile]["descriptors"])

    @property
    def tracks_for(self) -> timedelta | None:
        """Time after which clips are removed, with all that was found in them; None for never."""
        return kept_for(self.tracks or _KEPT[self.profile]["tracks"])

    @property
    def shares(self) -> bool:
        """Whether reports have sums only."""
        return self.profile is Profile.STATISTICS
