"""Loss of power: what is live is on the disk, and what was being written counts as never written."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable

from heatcli.files import is_local, sync_folder
from heatcli.store.faults import damaged
from heatcli.store.sums import check_files, note_sums, read_sums, rewrite_sums

# Entries of the log since its last checkpoint that are many enough for another one.
_MANY_ENTRIES = 100

_LAST_CHECKPOINT = "_last_checkpoint"
_ENTRY = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")


@dataclass(frozen=True, slots=True)
class Log:
    """The files of a table's log.

    Attributes:
        folder: folder of the table.
        entries: entry of each version.
        checkpoints: checkpoint of each version that has one.
    """

    folder: Path
    entries: dict[int, Path]
    checkpoints: dict[int, Path]

    @classmethod
    def list(cls, folder: Path) -> "Log":
        """List the files of a table's log."""
        files = sorted((folder / "_delta_log").glob("*"))
        found = [
            {int(match[1]): file for file in files if (match := kind.fullmatch(file.name))}
            for kind in (_ENTRY, _CHECKPOINT)
        ]
        return cls(folder, *found)

    @property
    def is_there(self) -> bool:
        """Whether there is such a table.

        The files are asked: `DeltaTable.is_deltatable` has said no of a table that four processes were making
        at that moment.
        """
        return bool(self.entries or self.checkpoints)

    @property
    def hint(self) -> Path:
        """File that names the last checkpoint; readers do without it."""
        return self.folder / "_delta_log" / _LAST_CHECKPOINT

    def since_checkpoint(self) -> dict[int, Path]:
        """Return the entries that a reader needs."""
        last = max(self.checkpoints, default=-1)
        return {version: entry for version, entry in self.entries.items() if version > last}


def make_durable(folder: Path) -> None:
    """Bring all of a table to the disk that may not be there yet, and note the sums of its files.

    What delta-rs writes stays in memory for half a minute, and a loss of power leaves files of 0 bytes.
    Whatever other processes have written is brought there too: the log goes on from their entries. What was
    put into an object store is there.
    """
    if not is_local(folder):
        return
    log, known = Log.list(folder), read_sums(folder).version
    new = {version: entry for version, entry in log.since_checkpoint().items() if version > known}
    if new:
        data = (file for entry in new.values() for file, _ in added_files(folder, entry.read_bytes()))
        note_sums(folder, max(new), [*data, *new.values()])


def make_checkpoint(table: DeltaTable, folder: Path) -> None:
    """Write a checkpoint of the log, and remove entries that have expired once it is on the disk."""
    make_durable(folder)
    table.create_checkpoint()
    if not is_local(folder):
        table.cleanup_metadata()
        return
    log = Log.list(folder)
    note_sums(folder, read_sums(folder).version, [log.checkpoints[table.version()]])
    table.cleanup_metadata()
    rewrite_sums(folder, version=None, without=())


def needs_checkpoint(folder: Path) -> bool:
    """Tell whether the log has become so long that reading it takes time."""
    return len(Log.list(folder).since_checkpoint()) > _MANY_ENTRIES


def check_log(folder: Path) -> None:
    """Make sure that the log is as it was written.

    Raises:
        StoreError: an entry or checkpoint is gone or not as it was written.
    """
    sums = read_sums(folder)
    log = Log.list(folder)
    newest = max((*log.entries, *log.checkpoints), default=-1)
    if newest < sums.version:
        raise damaged(folder.parent, f"the newest entries of the log of {folder.name} are gone")
    used = list(log.since_checkpoint().values())
    if log.checkpoints:
        used.append(log.checkpoints[max(log.checkpoints)])
    check_files(
        {str(file): sums.files.get(file.relative_to(folder).as_posix()) for file in used if file.exists()}
    )


def added_files(folder: Path, entry: bytes) -> Iterator[tuple[Path, int]]:
    """Yield the data files that an entry of the log adds, with their sizes in bytes.

    Raises:
        ValueError: the entry is none.
    """
    for line in entry.splitlines():
        action: dict[str, Any] = json.loads(line)
        if "add" in action:
            yield folder / unquote(action["add"]["path"]), action["add"]["size"]


def unwritten(folder: Path) -> list[Path]:
    """List what a loss of power has left of files of the log that were being written, the newest first.

    Whatever is noted in the sums was on the disk. After that, an entry is lost with all that follow it if it
    is missing or no entry, or if one of its data files is missing or too short. Entries without a byte at the
    end of the log count as lost in any case: older versions of heatcli, and disks that lie, leave them.
    """
    known = read_sums(folder).version
    log = Log.list(folder)
    broken = [file for file in log.checkpoints.values() if not _ends_well(file)]
    # Entries up to a checkpoint are not read any more.
    base = max((version for version, file in log.checkpoints.items() if file not in broken), default=-1)
    first = max(base, *log.entries, -1) + 1
    while first - 1 > base and first - 1 in log.entries and _is_blank(log.entries[first - 1]):
        first -= 1
    if known >= 0:
        after = range(max(known, base) + 1, first)
        first = next((version for version in after if not _is_written(folder, version)), first)
    lost = [entry for version, entry in log.entries.items() if version >= first]
    hint = [log.hint] if log.hint.exists() and not _names_one_of(log, broken) else []
    return [*hint, *reversed(broken), *reversed(lost)]


def forget(folder: Path, files: list[Path]) -> None:
    """Remove files of the log that count as never written, the newest first, so that a kill leaves no gap."""
    versions = [int(match[1]) for file in files if (match := _ENTRY.fullmatch(file.name))]
    known = read_sums(folder).version
    rewrite_sums(folder, version=min([known, *(version - 1 for version in versions)]), without=files)
    for file in files:
        file.unlink(missing_ok=True)
    sync_folder(folder / "_delta_log")


def _is_blank(file: Path) -> bool:
    """Tell whether a file is empty, or has its length but none of its bytes."""
    return not file.read_bytes().strip(b"\0")


def _is_written(folder: Path, version: int) -> bool:
    # Not asked of a list of files: while others write, it may have an entry and lack the one before it.
    entry = folder / "_delta_log" / f"{version:020}.json"
    try:
        added = list(added_files(folder, entry.read_bytes()))
    except (ValueError, FileNotFoundError):
        return False
    return all(file.exists() and file.stat().st_size == size and _ends_well(file) for file, size in added)


def _ends_well(file: Path) -> bool:
    """Tell whether a Parquet file has its end, without which it is none."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 4))
        return opened.read() == b"PAR1"


def _names_one_of(log: Log, broken: list[Path]) -> bool:
    """Tell whether the hint names a checkpoint that is there and whole."""
    try:
        version = json.loads(log.hint.read_bytes())["version"]
    except (ValueError, KeyError, TypeError):
        return False
    return version in log.checkpoints and log.checkpoints[version] not in broken
