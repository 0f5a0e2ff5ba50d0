"""Stores in an object store: an address such as `s3://bucket/prefix` in the place of a folder.

The path of such a store offers what `pathlib.Path` does (`heatcli.store.object_path`), so that whoever reads
or writes a file of a store does not ask where it lies. Tables are deltalake's business there: of two writers
of one version the server lets one through. What only helps this machine stays on it: `working_folder`.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from heatcli.errors import StoreError, UsageError
from heatcli.files import address_of, cache_folder, is_address, is_local
from heatcli.store.object_path import ObjectPath

# Key of the object by which it is tried whether the server puts only what is not there.
_PROBE = "_heatcli-probe"


def place(path: Path) -> Path:
    """Return where a store lies: in the folder of that path or, if that is an address, in an object store.

    Raises:
        UsageError: it is an address, and what reads object stores is not installed.
    """
    if not (is_local(path) and is_address(str(path))):
        return path
    address = address_of(path)
    if find_spec("obstore") is None:
        raise UsageError(f"{address}: object stores need one more library: pip install 'heatcli[objects]'")
    scheme, _, name = address.partition("://")
    bucket, _, key = name.partition("/")
    # It has all methods of a path that are used here, but is none for `isinstance`.
    return cast(Path, ObjectPath(f"{scheme}://{bucket}", key))


def storage_options(path: Path) -> dict[str, str] | None:
    """Return what deltalake has to know of a place, beside what the environment tells; None for a folder."""
    if is_local(path):
        return None
    return {"aws_conditional_put": "etag"} if str(path).startswith("s3:") else {}


def working_folder(store: Path) -> Path:
    """Return the folder for what may be lost without harm; the store itself if that is a folder.

    It has pieces of clips that are being analysed, partial results of days and locks. For a store in an
    object store it is in the user's cache on this machine, and made if it is not there.

    Raises:
        OSError: it cannot be made.
    """
    if is_local(store):
        return store
    folder = cache_folder() / "stores" / hashlib.sha256(str(store).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def check_conditional_put(store: Path) -> None:
    """Make sure that a server refuses to create an object that is there: writers would overwrite each other.

    The object with which it was tried stays, so that the next time one request tells.

    Args:
        store: place of a store in an object store.

    Raises:
        StoreError: the server overwrites objects.
        obstore.exceptions.BaseError: it cannot be asked.
    """
    tried = store / _PROBE
    assert isinstance(tried, ObjectPath)
    data = b"heatcli asks whether this can be put twice"
    if tried.create(data) and tried.create(data):
        raise StoreError(
            f"{store}: this server overwrites objects that it was asked to create (`If-None-Match: *`), so "
            "that two programs would destroy each other's work; use one that knows conditional writes, such "
            "as AWS S3, MinIO or SeaweedFS in their present versions, or a store in a folder"
        )


def object_sizes(top: Path) -> dict[str, int]:
    """Return the sizes in bytes of all objects below a place, by their names from there.

    Raises:
        obstore.exceptions.BaseError: the server cannot be asked.
    """
    assert isinstance(top, ObjectPath)
    return top.sizes()


@contextmanager
def local_copy(path: Path) -> Iterator[Path]:
    """Yield a file as one of this machine: itself or, of an object, a copy that goes afterwards.

    Raises:
        OSError: there is no such object, or no room for the copy.
        obstore.exceptions.BaseError: the server cannot be asked.
    """
    there = place(path)
    if not isinstance(there, ObjectPath):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="heatcli-") as folder:
        copy = Path(folder) / path.name
        there.copy_to(copy)
        yield copy


def only_folders(store: Path, what: str) -> None:
    """Refuse what can only be done to a store in a folder.

    Args:
        store: place of the store.
        what: what was to be done, to begin a sentence with.

    Raises:
        UsageError: the store is in an object store.
    """
    if not is_local(store):
        raise UsageError(f"{store}: {what} works only with a store in a folder; see docs/object-stores.md")
