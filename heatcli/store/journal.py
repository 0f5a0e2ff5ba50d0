"""What was done with a store, when and by whom: each analysis, import, export, correction and purge.

An entry is a file of the folder `journal` with one line of JSON. Entries are only added, and stay when what
they tell of is gone. So they name cameras and times, and neither clips nor files nor people who were seen.
"""

import logging
import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from heatcli.errors import StoreError
from heatcli.store.clips import ClipRow
from heatcli.store.corrections import this_user
from heatcli.store.identity import run_time
from heatcli.store.noted import note_lines, read_notes
from heatcli.store.store import Store
from heatcli.version import __version__

_FOLDER = "journal"

_log = logging.getLogger(__name__)


class Deed(StrEnum):
    """What is noted in the journal."""

    ANALYZE = "analyze"
    IMPORT = "import"
    EXPORT = "export"
    CORRECT = "correct"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was done.

    Attributes:
        id: id of the entry: it sorts by time; empty until it is noted.
        deed: what was done.
        user: name of the user who did it, on the machine where it was done.
        host: name of that machine.
        version: version of heatcli that did it.
        selection: what it was done with, by the names of options; only what was said.
        settings: hashes of the settings that it was done with.
        begun: id of the entry that told of its beginning; None where this one does, or where nothing did.
        done: numbers of what was done, by their names; None at the beginning of something that takes time: if
            no other entry names this one, it was not finished.
    """

    id: str = ""
    deed: Deed
    user: str
    host: str
    version: str
    selection: Mapping[str, Any] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    begun: str | None = None
    done: Mapping[str, int] | None = None

    @property
    def time(self) -> datetime:
        """UTC time at which it was noted."""
        return run_time(self.id)


# Options that name clips and trajectories: only how many they name is noted.
_COUNTED = ("clips", "exclude")


def said(options: Any) -> dict[str, Any]:
    """Return what options say, a dataclass, as JSON has it: those that are not at their defaults."""
    found: dict[str, Any] = {}
    for one in fields(options):
        value = getattr(options, one.name)
        if value != one.default:
            found[one.name] = len(value) if one.name in _COUNTED else _json(value)
    return found


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def note_entry(
    store: Path,
    deed: Deed,
    *,
    selection: Mapping[str, Any],
    settings: Iterable[str] = (),
    begun: str | None = None,
    done: Mapping[str, int] | None = None,
) -> str:
    """Note what this user does, and return the id of the entry; see `Entry`.

    Raises:
        StoreError: the store cannot be written.
    """
    entry = Entry(
        deed=deed,
        user=this_user(),
        host=socket.gethostname(),
        version=__version__,
        selection=dict(selection),
        settings=tuple(sorted(settings)),
        begun=begun,
        done=done,
    )
    values = asdict(entry)
    del values["id"]
    return note_lines(store, _FOLDER, [values])


def note_rows(store: Store, deed: Deed, rows: Collection[ClipRow], **options: object) -> None:
    """Note that clips have come into a store; nothing where none have."""
    if rows:
        what = {"cameras": sorted({row.camera for row in rows}), **options}
        hashes = {row.settings_hash for row in rows}
        note_entry(store.path, deed, selection=what, settings=hashes, done={"clips": len(rows)})


def note_if_possible(
    store: Path, deed: Deed, *, selection: Mapping[str, Any], settings: Iterable[str], done: Mapping[str, int]
) -> None:
    """Note what was done, also by users who may only read the store: then a warning says that it is not."""
    try:
        note_entry(store, deed, selection=selection, settings=settings, done=done)
    except StoreError as error:
        _log.warning("%s: this is not in the journal (%s)", store, error)


def read_journal(store: Path) -> tuple[Entry, ...]:
    """Read the journal, the oldest entry first.

    Raises:
        StoreError: an entry is damaged or cannot be read.
    """
    notes = read_notes(store, _FOLDER, _from_json, kind="entry of the journal")
    return tuple(replace(entry, id=name) for name, entry in notes)


def unfinished(entries: Iterable[Entry], deed: Deed) -> list[Entry]:
    """Return what was begun and not finished, the oldest first."""
    known = [entry for entry in entries if entry.deed is deed]
    ended = {entry.begun for entry in known}
    return [entry for entry in known if entry.done is None and entry.id not in ended]


def _from_json(noted: dict[str, Any]) -> Entry:
    return Entry(**{**noted, "deed": Deed(noted["deed"]), "settings": tuple(noted["settings"])})
