"""Paths of objects: what files of a store are read and written with of `pathlib.Path`, on obstore.

universal_pathlib has all of it, but goes through asyncio, and one in six programs that had used it aborted at
their end.
"""

import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from glob import has_magic
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class ObjectState(NamedTuple):
    """What `ObjectPath.stat` tells, named as in `os.stat_result`."""

    st_mode: int
    st_size: int
    st_mtime: float
    st_mtime_ns: int


class ObjectPath:
    """A path in an object store; all methods do what those of `pathlib.Path` do.

    Args:
        bucket: address of the bucket or container, such as `s3://bucket`.
        key: key of an object in it, or what the keys of some begin with.

    Raises:
        FileNotFoundError: (of each method that reads) there is no such object.
        obstore.exceptions.BaseError: (of each method that asks the server) it cannot be asked, or refuses.
    """

    def __init__(self, bucket: str, key: str | PurePosixPath) -> None:
        self._bucket, self._key = bucket, PurePosixPath(key)

    def __str__(self) -> str:
        return f"{self._bucket}/{self._key}" if self._key.parts else self._bucket

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectPath) and str(self) == str(other)

    def __lt__(self, other: "ObjectPath") -> bool:
        return (self._bucket, self._key) < (other._bucket, other._key)

    def __hash__(self) -> int:
        return hash(str(self))

    def __truediv__(self, name: str) -> "ObjectPath":
        return ObjectPath(self._bucket, self._key / name)

    @property
    def name(self) -> str:
        """See `pathlib.Path.name`."""
        return self._key.name

    @property
    def stem(self) -> str:
        """See `pathlib.Path.stem`."""
        return self._key.stem

    @property
    def parent(self) -> "ObjectPath":
        """See `pathlib.Path.parent`."""
        return ObjectPath(self._bucket, self._key.parent)

    def absolute(self) -> "ObjectPath":
        """See `pathlib.Path.absolute`."""
        return self

    def relative_to(self, other: "ObjectPath") -> PurePosixPath:
        """See `pathlib.Path.relative_to`."""
        return self._key.relative_to(other._key)

    def exists(self) -> bool:
        """See `pathlib.Path.exists`."""
        return self.is_file() or self.is_dir()

    def is_file(self) -> bool:
        """See `pathlib.Path.is_file`."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        """See `pathlib.Path.is_dir`."""
        return next(self._below(), None) is not None

    def stat(self) -> ObjectState:
        """See `pathlib.Path.stat`."""
        import obstore

        found = obstore.head(_client(self._bucket), str(self._key))
        seconds = found["last_modified"].timestamp()
        return ObjectState(stat.S_IFREG | 0o644, found["size"], seconds, round(seconds * 1e9))

    def read_bytes(self) -> bytes:
        """See `pathlib.Path.read_bytes`."""
        import obstore

        return bytes(obstore.get(_client(self._bucket), str(self._key)).bytes())

    def copy_to(self, file: Path) -> None:
        """Write the bytes of the object to a file, a part at a time."""
        import obstore

        with file.open("wb") as copy:
            for part in obstore.get(_client(self._bucket), str(self._key)).stream():
                copy.write(part)

    def create(self, data: bytes) -> bool:
        """Put an object, unless there is one; return whether it was put."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            obstore.put(_client(self._bucket), str(self._key), data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def write_bytes(self, data: bytes) -> int:
        """See `pathlib.Path.write_bytes`."""
        import obstore

        obstore.put(_client(self._bucket), str(self._key), data)
        return len(data)

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Do nothing: objects need no folder."""

    def unlink(self, *, missing_ok: bool = False) -> None:
        """See `pathlib.Path.unlink`."""
        import obstore

        try:
            obstore.delete(_client(self._bucket), str(self._key))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def glob(self, pattern: str) -> Iterator["ObjectPath"]:
        """Yield the objects whose names match from here on, part by part; `**` is not known."""
        wanted = PurePosixPath(pattern).parts
        plain = takewhile(lambda part: not has_magic(part), wanted[:-1])
        for found in ObjectPath(self._bucket, self._key.joinpath(*plain))._below():
            parts = found.relative_to(self).parts
            if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
                yield found

    def sizes(self) -> dict[str, int]:
        """Return the sizes in bytes of all objects below, by their names from here."""
        return {found.relative_to(self).as_posix(): size for found, size in self._listed()}

    def _below(self) -> Iterator["ObjectPath"]:
        return (found for found, _ in self._listed())

    def _listed(self) -> Iterator[tuple["ObjectPath", int]]:
        import obstore

        prefix = str(self._key) if self._key.parts else None
        for some in obstore.list(_client(self._bucket), prefix):
            for one in some:
                yield ObjectPath(self._bucket, one["path"]), one["size"]


@cache
def _client(bucket: str) -> "ObjectStore":
    from obstore.store import from_url

    return from_url(bucket)
