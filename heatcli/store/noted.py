"""What people have told a store: lines of JSON in a folder of it.

There is one file for each time that somebody says something, so that several processes may do so at once.
Reading takes all files, the oldest first.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from heatcli.files import replacing, sync_folder
from heatcli.store.faults import damaged, store_errors
from heatcli.store.identity import new_run

T = TypeVar("T")

# The rows of the store are not at fault, and nothing can compute what people have said.
_REMEDY = "bring this file back from a backup; without one, remove it, and say again what it told"


def note_lines(store: Path, folder: str, lines: Iterable[object]) -> str:
    """Note some lines; they are on the disk afterwards, all of them or none.

    Args:
        store: folder of the store.
        folder: name of the folder for this kind of notes.
        lines: what is noted, as JSON has it.

    Returns:
        Id of the note: it sorts by time.

    Raises:
        StoreError: the store cannot be written.
    """
    name = new_run()
    file = store / folder / f"{name}.jsonl"
    with store_errors(store):
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as beside:
            beside.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        sync_folder(file.parent)
        sync_folder(store)
    return name


def rewrite_notes(store: Path, folder: str, change: Callable[[Any], object | None]) -> int:
    """Change what is noted; return how many lines are other ones or gone afterwards.

    Args:
        store: folder of the store.
        folder: name of the folder for this kind of notes.
        change: function that makes of a line, as JSON has it, what it is to be; None where it is to go.

    Raises:
        StoreError: a file is damaged, or cannot be read or written.
    """
    changed = 0
    for file in noted_files(store, folder):
        with store_errors(store):
            try:
                lines = [json.loads(line) for line in file.read_bytes().splitlines()]
            except ValueError as error:
                raise damaged(store, f"{folder}/{file.name} is no JSON", _REMEDY) from error
            new = [change(line) for line in lines]
            changed += sum(before != after for before, after in zip(lines, new, strict=True))
            if left := [line for line in new if line is not None]:
                if left != lines:
                    with replacing(file) as beside:
                        beside.write_text("".join(f"{json.dumps(line)}\n" for line in left), encoding="utf-8")
            else:
                file.unlink()
            sync_folder(file.parent)
    return changed


def noted_files(store: Path, folder: str) -> Sequence[Path]:
    """List the files of one kind of notes, the oldest first."""
    return sorted((store / folder).glob("*Z-*.jsonl"))


def read_notes(store: Path, folder: str, of: Callable[[Any], T], *, kind: str) -> Iterator[tuple[str, T]]:
    """Read all notes of a kind, the oldest first, each with its id.

    Args:
        store: folder of the store.
        folder: name of the folder for this kind of notes.
        of: function that makes what is wanted of a line; it raises one of the usual errors where it cannot.
        kind: what a file of them is, for an error.

    Raises:
        StoreError: a file is damaged or cannot be read.
    """
    for file in noted_files(store, folder):
        try:
            with store_errors(store):
                lines = file.read_bytes().splitlines()
            found = [of(json.loads(line)) for line in lines]
        except (ValueError, TypeError, KeyError) as error:
            raise damaged(store, f"{folder}/{file.name} is no {kind}", _REMEDY) from error
        yield from ((file.stem, one) for one in found)
