"""Arrays that wait until they are looked at, on the disk if there are many: memory does not hold a year."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Generic, TypeVar
from weakref import finalize

import numpy as np

from heatcli.errors import OutputError

ArraysT = TypeVar("ArraysT")
"""A dataclass whose fields are all arrays."""

# Bytes that wait in memory before all goes to the disk. A busy month of one camera is 120 MB, and to write
# it takes as long as to read all else that its report is made of.
_IN_MEMORY = 160_000_000


class Scratch:
    """Memory and, for what is more, a file without a name; gone once nobody holds this object."""

    def __init__(self) -> None:
        # Bytes that wait in a buffer would meet a full disk later, where nobody expects it.
        self._file = SpooledTemporaryFile(_IN_MEMORY, buffering=0)  # noqa: SIM115  # `finalize` closes it
        finalize(self, self._file.close)

    def keep(self, arrays: ArraysT) -> "Kept[ArraysT]":
        """Keep arrays.

        Raises:
            OutputError: the file cannot be made, or there is no room for it.
        """
        place = self._file.seek(0, 2)
        with _writing():
            for one in fields(arrays):  # type: ignore[arg-type]  # dataclasses have no type in common
                np.save(self._file, getattr(arrays, one.name), allow_pickle=False)
        return Kept(self, type(arrays), place)

    def read(self, kind: type[ArraysT], place: int) -> ArraysT:
        """Read the arrays that were kept at a place of the file."""
        self._file.seek(place)
        names = fields(kind)  # type: ignore[arg-type]  # dataclasses have no type in common
        return kind(*(np.load(self._file, allow_pickle=False) for _ in names))


@dataclass(frozen=True, slots=True, eq=False)
class Kept(Generic[ArraysT]):
    """Arrays that lie in a scratch file.

    Attributes:
        scratch: file that has them.
        kind: class of the arrays.
        place: place in the file at which they begin, in bytes.
    """

    scratch: Scratch
    kind: type[ArraysT]
    place: int

    def read(self) -> ArraysT:
        """Read the arrays; memory is taken for as long as the caller holds them."""
        return self.scratch.read(self.kind, self.place)


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
