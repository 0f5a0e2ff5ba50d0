"""SHA-256 of a table's files as they were written, so that a bit that flips later is found.

They are kept beside the table in the folder `_sums`, which readers of Delta tables pass over, in the
format of `sha256sum`. The name of each file there begins with the version of the table up to
which everything is on the disk.
"""

import functools
import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from heatcli.errors import StoreError
from heatcli.files import is_local, replacing, sync_file, sync_folder
from heatcli.store.faults import damaged

_FOLDER = "_sums"
# More files of sums than this are merged: whoever opens the table reads all of them.
_MANY_FILES = 50

# Bytes of a file that is worth a thread.
_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sums:
    """What is known of the files of a table.

    Attributes:
        version: newest version of the table that is known to be on the disk; -1 where nothing is known.
        files: SHA-256 of files, by their path within the table's folder.
    """

    version: int
    files: Mapping[str, str]


def read_sums(folder: Path) -> Sums:
    """Read what is known of the files of a table; nothing in an object store, which looks after them itself.

    Raises:
        StoreError: a file of sums is not one.
    """
    if not is_local(folder):
        return Sums(-1, {})
    while True:
        try:
            return _read(folder, _sum_files(folder))
        except FileNotFoundError:
            # Another process has merged the files meanwhile.
            continue


def note_sums(folder: Path, version: int, files: Iterable[Path]) -> None:
    """Bring files and their folders to the disk, then note their sums.

    Args:
        folder: folder of the table.
        version: version of the table up to which everything is on the disk then.
        files: files below the folder; those that are gone are passed over.
    """
    sums: dict[str, str] = {}
    folders = {folder, folder.parent, folder.parent.parent}
    for file in files:
        try:
            sync_file(file)
            with file.open("rb") as opened:
                sums[_name(folder, file)] = hashlib.file_digest(opened, "sha256").hexdigest()
        except FileNotFoundError:
            continue
        folders.update(parent for parent in file.parents if folder in parent.parents)
    for changed in folders:
        sync_folder(changed)
    _write(folder, Sums(version, sums))
    if len(_sum_files(folder)) > _MANY_FILES:
        rewrite_sums(folder, version=None, without=())


def rewrite_sums(folder: Path, *, version: int | None, without: Iterable[Path]) -> None:
    """Merge the files of sums into one, without files that no longer exist.

    Args:
        folder: folder of the table.
        version: newest version that counts as written; None where that stays as it is.
        without: files whose sums are left out.
    """
    old = _sum_files(folder)
    try:
        known = _read(folder, old)
    except FileNotFoundError:
        # Another process is merging them.
        return
    left_out = {_name(folder, file) for file in without}
    files = {
        name: known.files[name] for name in known.files if name not in left_out and (folder / name).exists()
    }
    if old:
        _write(folder, Sums(known.version if version is None else version, files))
    for file in old:
        file.unlink(missing_ok=True)


def check_files(sums: Mapping[str, str | None]) -> None:
    """Make sure that files are as they were written. Each is looked at once in the life of a process.

    Args:
        sums: SHA-256 by path; None where it is not known.

    Raises:
        FileNotFoundError: a file is gone.
        StoreError: a file is not as it was written.
    """
    known = {path: sha256 for path, sha256 in sums.items() if sha256 is not None}
    # Threads help with data files, and cost more than they bring with the small ones of a log.
    large = {path for path in known if os.path.getsize(path) > _LARGE}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(_check_file, large, map(known.__getitem__, large)):
            pass
    for path in known.keys() - large:
        _check_file(path, known[path])


def is_intact(path: str, sha256: str) -> bool:
    """Tell whether a file is as it was written.

    Raises:
        FileNotFoundError: the file is gone.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


@functools.cache
def _check_file(path: str, sha256: str) -> None:
    if not is_intact(path, sha256):
        raise not_as_written(Path(path))


def not_as_written(file: Path) -> StoreError:
    """Return the error about a file of a table that has changed."""
    (folder,) = (parent for parent in file.parents if (parent / "_delta_log").is_dir())
    name = file.relative_to(folder.parent)
    return damaged(folder.parent, f"{name} is not as it was written; `heatcli clips --check` names the clips")


def _name(folder: Path, file: Path) -> str:
    """Return how a file of a table is called in the sums, and in the table's log: `/` on all systems."""
    return file.relative_to(folder).as_posix()


def _sum_files(folder: Path) -> list[Path]:
    return sorted((folder / _FOLDER).glob("[0-9]*.sha256"))


def _read(folder: Path, files: Iterable[Path]) -> Sums:
    version, sums = -1, {}
    for file in files:
        try:
            version = max(version, int(file.name.partition("-")[0]))
            for line in file.read_text(encoding="utf-8").splitlines():
                sha256, name = line.split("  ", 1)
                sums[name] = sha256
        except ValueError as error:
            raise damaged(folder.parent, f"{file.relative_to(folder.parent)} is no list of sums") from error
    return Sums(version, sums)


def _write(folder: Path, sums: Sums) -> None:
    """Write a file of sums, under a name that no other process has."""
    file = folder / _FOLDER / f"{sums.version:020}-{secrets.token_hex(4)}.sha256"
    file.parent.mkdir(exist_ok=True)
    lines = [f"{sha256}  {name}\n" for name, sha256 in sums.files.items()]
    with replacing(file) as beside:
        beside.write_text("".join(lines), encoding="utf-8")
    sync_folder(file.parent)
    sync_folder(folder)
