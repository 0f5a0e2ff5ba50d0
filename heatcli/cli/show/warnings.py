"""Warnings by kind: each as it comes or, with `--quiet`, one line for each kind at the end."""

from typing import TYPE_CHECKING

from heatcli.cli.show.console import say

if TYPE_CHECKING:
    from heatcli.analysis.concerns import Concern


class Warnings:
    """Tells of what many clips may have in common; the log has every single one."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._told: set[str] = set()
        # First message of each kind, errors apart from warnings, and how many there were.
        self._kinds: dict[tuple[Concern, str], tuple[str, int]] = {}

    def add(self, concern: "Concern", message: str, *, is_error: bool = False) -> None:
        """Tell of something, unless the same has been said already."""
        prefix = "heatcli: " if is_error else "heatcli: warning: "
        first, count = self._kinds.get((concern, prefix), (message, 0))
        self._kinds[concern, prefix] = (first, count + 1)
        say(f"{prefix}{message}", quiet=self._quiet or message in self._told)
        self._told.add(message)

    def close(self) -> None:
        """Sum up what `--quiet` has left out."""
        if not self._quiet:
            return
        for (_, prefix), (message, count) in self._kinds.items():
            more = f" [and {count - 1} more of this kind; --log has all]" if count > 1 else ""
            say(f"{prefix}{message}{more}")
        self._kinds.clear()
