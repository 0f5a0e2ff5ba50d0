"""Arrays that wait until they are looked at, on the disk if there are many: memory does not hold a year."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from tempfile import TemporaryFile, gettempdir
from typing import IO, Generic, TypeVar
from weakref import finalize

import numpy as np

from heatcli.errors import OutputError

ArraysT = TypeVar("ArraysT")
"""A dataclass whose fields are all arrays."""


class Scratch:
    """Memory and, for what is more than that, a file without a name; gone once nobody holds this object.

    Args:
        in_memory: bytes that are kept in memory. To write arrays takes about as long as to compute them.

    Raises:
        OutputError: the file cannot be made.
    """

    def __init__(self, in_memory: int = 0) -> None:
        self._room = in_memory
        with _writing():
            # Bytes that wait in a buffer would meet a full disk later, where nobody expects it.
            self._file: IO[bytes] = TemporaryFile(buffering=0)  # noqa: SIM115  # `finalize` closes it
        finalize(self, self._file.close)

    def keep(self, arrays: ArraysT) -> "Kept[ArraysT]":
        """Keep arrays.

        Raises:
            OutputError: there is no room.
        """
        values = [getattr(arrays, one.name) for one in fields(arrays)]  # type: ignore[arg-type]  # any dataclass
        size = sum(one.nbytes for one in values)
        if size <= self._room:
            self._room -= size
            return Kept(lambda: arrays)
        place = self._file.seek(0, 2)
        with _writing():
            for one in values:
                np.save(self._file, one, allow_pickle=False)
        return Kept(partial(self._read, type(arrays), place))

    def _read(self, kind: type[ArraysT], place: int) -> ArraysT:
        self._file.seek(place)
        names = fields(kind)  # type: ignore[arg-type]  # dataclasses have no type in common
        return kind(*(np.load(self._file, allow_pickle=False) for _ in names))


@dataclass(frozen=True, slots=True, eq=False)
class Kept(Generic[ArraysT]):
    """Arrays that wait.

    Attributes:
        read: function that returns them; where they are on the disk, they take memory for as long as the
            caller holds them.
    """

    read: Callable[[], ArraysT]


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise OutputError(
            f"{gettempdir()}: cannot be written ({why}), where the points of a page wait; make room, or name "
            "another folder with TMPDIR"
        ) from error
