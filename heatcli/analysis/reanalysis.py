"""Consent to analysing clips again because a setting has changed: a slip must not redo a year."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from heatcli.analysis.changes import Change, told
from heatcli.names import counted
from heatcli.store.catalog import Analysed

# Recordings of up to this time, from the first to the last, are analysed again without asking.
_MOST = timedelta(days=1)


class Reanalysis:
    """All clips that have to be analysed again because of a setting, and whether they may be."""

    def __init__(self, *, allowed: bool, ask: Callable[[str], bool]) -> None:
        """Begin without any clip.

        Args:
            allowed: whether the user has said that all may be analysed again.
            ask: function that asks the user a question, and returns whether the answer is yes.
        """
        self._answer = True if allowed else None
        self._ask = ask
        self._clips: dict[tuple[str, str], timedelta] = {}
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._changes: dict[Change, None] = {}

    def expect(self, clip: Analysed, found: Sequence[Change]) -> None:
        """Note a clip that has to be analysed again."""
        length = timedelta(microseconds=clip.duration_us)
        self._clips[clip.camera, clip.clip] = length
        self._first = min(clip.start, self._first or clip.start)
        self._last = max(clip.start + length, self._last or clip.start)
        self._changes.update(dict.fromkeys(found))

    def allows(self, clip: Analysed, found: Sequence[Change]) -> bool:
        """Return whether a clip may be analysed again."""
        self.expect(clip, found)
        self.settle()
        return self._answer is not False

    def settle(self) -> None:
        """Ask the user, once for all clips, if need be."""
        if self._answer is None and self.needs_consent:
            self._answer = self._ask(f"{self.words}. Analyse them again?")

    @property
    def has_consent(self) -> bool:
        """Whether the user has said that all may be analysed again."""
        return self._answer is True

    @property
    def needs_consent(self) -> bool:
        """Whether the clips are more than a day's recordings, and the user has not said that all may be."""
        if self._answer or self._first is None or self._last is None:
            return False
        return self._last - self._first > _MOST

    @property
    def words(self) -> str:
        """How many clips, of which days, and what has changed."""
        assert self._first is not None  # asked only where there are clips
        assert self._last is not None
        hours = sum(self._clips.values(), timedelta()) / timedelta(hours=1)
        days = f"{self._first:%Y-%m-%d} to {self._last:%Y-%m-%d}"
        many = f"{counted(len(self._clips), 'clip')} of {days} ({hours:.1f} h)"
        return f"{many} would have to be analysed again, as {told(self._changes)}"
