"""What the user should know of an analysis, by kind: one line per kind is read, a hundred alike are not."""

from enum import StrEnum


class Concern(StrEnum):
    """A kind of warning, or of a reason for which clips were not analysed."""

    FALLBACK = "fallback"
    """A detector replaces a better one that is not there."""
    KEPT = "kept"
    """Clips keep what a better detector found in them."""
    UNCLAIMED = "unclaimed"
    """Files that no camera of the configuration claims, or several."""
    GLOB = "glob"
    """Globs of the configuration that match no file."""
    MISSING = "missing"
    """Files that the configuration names, and that are not there."""
    SETTINGS = "settings"
    """Clips that were analysed again because a setting has changed."""
    REFUSED = "refused"
    """Clips that were not analysed again, though a setting has changed."""
    START = "start"
    """Clips that would now start at another time than the store says."""
    MOVED = "moved"
    """Clips whose start was corrected, as the configuration says another one."""
    GUESSED = "guessed"
    """Clips whose start is a guess."""
    ZONE = "zone"
    """Local times that were read in a time zone which nobody named."""
    OVERLAP = "overlap"
    """Clips of one camera that were recorded at the same time."""
    FAULT = "fault"
    """Files that contradict themselves."""
