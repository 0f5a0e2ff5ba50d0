"""The types of options: what the command line takes, each with bounds of its own.

Typer's own float, int, str and Path take anything: infinity, a million digits, a file without a name. So
every option has one of these types, is a choice, or a yes or no; `tests/cli/test_extremes.py` sees to it. An
error says what is wrong and what to do; Typer adds which option it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import typer

from heatcli.config.bounds import Bounds, check_path, check_size, check_text, read_duration, shown
from heatcli.config.options import objects_of
from heatcli.errors import UsageError
from heatcli.files import is_address
from heatcli.store.objects import place


@dataclass(frozen=True, eq=False)
class Bounded:
    """A type of options, for `parser` of `typer.Option` and `typer.Argument`.

    Attributes:
        read: function that returns the value of a text, or raises a `UsageError`.
    """

    read: Callable[[str], object]

    def __call__(self, said: object) -> Any:
        """Return the value of what was typed, or of a default.

        Raises:
            typer.BadParameter: what was typed is no such value.
        """
        try:
            return self.read(str(said))
        except UsageError as error:
            raise typer.BadParameter(str(error)) from error


class FrameSize(NamedTuple):
    """Width and height of a frame in pixels."""

    width: int
    height: int


def number(bounds: Bounds) -> Bounded:
    """Return the type of a number with bounds."""
    return Bounded(lambda text: bounds.read(text, float))


def whole(bounds: Bounds) -> Bounded:
    """Return the type of a whole number with bounds."""
    return Bounded(lambda text: bounds.read(text, int))


def text(check: Callable[[str], object] | None = None) -> Bounded:
    """Return the type of a text that a function does not refuse."""

    def read(said: str) -> str:
        check_text(said)
        if check is not None:
            check(said)
        return said

    return Bounded(read)


def _path(said: str) -> Path:
    check_path(said)
    return Path(said)


def _path_text(said: str) -> str:
    check_path(said)
    return said


def _source(said: str) -> str:
    if said:
        # A file may have a name that is no text.
        check_text(said.encode("utf-8", "replace").decode())
    return said


def _store(said: str) -> Path:
    check_path(said)
    if re.match(r"[a-z0-9+.-]+://", said, re.IGNORECASE) and not is_address(said):
        raise UsageError(f"{shown(said)} is no store: name a folder, or s3://…, gs://… or az://…")
    if Path(said).is_file():
        raise UsageError(f"{shown(said)} is a file; name a folder")
    return place(Path(said))


def _size(said: str) -> FrameSize:
    found = re.fullmatch(r"([0-9]+)x([0-9]+)", said.lower()[:40])
    if found is None:
        raise UsageError(f"{shown(said)} is not a size; write it as 1920x1080")
    size = FrameSize(int(found[1]), int(found[2]))
    check_size(*size)
    return size


PATH = Bounded(_path)
PATH_TEXT = Bounded(_path_text)
"""A path, or a word that stands for something else."""
_NAMED_OBJECTS = text(objects_of)
OBJECTS = Bounded(lambda said: _NAMED_OBJECTS(said) if said.strip() else said)
"""Kinds of object; an empty text stands for all."""
SOURCE = Bounded(_source)
"""A path or pattern. One that cannot be is told as a source that failed, and the others are done."""
STORE = Bounded(_store)
"""A folder, or an address of an object store, as a path."""
SIZE = Bounded(_size)
DURATION = Bounded(read_duration)  # in seconds, written as 3min
