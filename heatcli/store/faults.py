"""What can go wrong with the store's files: one line for the user, and another try where that helps."""

import errno
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import polars as pl
from deltalake.exceptions import CommitFailedError, DeltaError

from heatcli.errors import InputError, StoreError
from heatcli.files import address_of, is_local

T = TypeVar("T")

# Tries of an operation that another writer made void, with waits that double each time, up to 2 s. With a few
# writers each succeeds within the first handful of tries; all tries together take up to some 15 s.
_ATTEMPTS = 12
_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0

_REMEDIES = {
    errno.ENOSPC: "free some space on that disk and run it again",
    errno.EDQUOT: "free some space in your quota and run it again",
    errno.EFBIG: "choose a --store on a disk that takes larger files",
    errno.EROFS: "make it writable or choose another --store",
    errno.EACCES: "make it writable for this user or choose another --store",
    errno.EPERM: "make it writable for this user or choose another --store",
    errno.ENOTDIR: "choose another --store: a file is in the way",
    errno.ENAMETOOLONG: "give the camera a shorter name",
}

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Rust's errors may carry a backtrace.
_BACKTRACE = re.compile(r"\s+0: .*", re.DOTALL)
_FILE = re.compile(r"[\w.-]+\.parquet")

# What a server's answer has beside its reason; the query of an address may hold a signature.
_REPLY = re.compile(r"Debug source:.*|<\?xml.*|\?\S+", re.DOTALL)
_REASON = re.compile(r"<Message>([^<]*)\.?</Message>")
_LONGEST_REPLY = 400

_DAMAGED = "bring it back from a backup, or remove the folder and analyse again"


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn what deltalake, polars and the file system raise into one line about the store at `path`.

    Raises:
        StoreError: one of them was raised; the message names the store, what happened and what to do.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, (OSError, DeltaError, pl.exceptions.PolarsError)) or _is_of_objects(error)):
            raise
        # Rust's errors carry the number of the system error in their text, if anywhere.
        found = re.search(r"(?:os error|code:) (\d+)", str(error))
        number = getattr(error, "errno", None) or (int(found[1]) if found else 0)
        what = " ".join(_COLOUR.sub("", _BACKTRACE.sub("", str(error))).split()).rstrip(".")
        remedy = "check that disk and run it again"
        if not is_local(path):
            raise StoreError(f"{path}: {_of_server(what)}") from error
        if number in _REMEDIES:
            what, remedy = os.strerror(number), _REMEDIES[number]
        elif isinstance(error, CommitFailedError) and not found:
            remedy = "other writers were faster each time; run it again"
        elif isinstance(error, FileNotFoundError) and (file := _FILE.search(what)):
            what, remedy = f"the file {file[0]} is gone from it", _DAMAGED
        elif not number:
            raise damaged(path, what) from error
        raise StoreError(f"{path}: {what}; {remedy}") from error


@contextmanager
def recording_errors(path: Path) -> Iterator[None]:
    """Turn what an object store raises of a recording into one line; errors of files stay what they are.

    Raises:
        InputError: the server cannot be asked, or refuses.
    """
    try:
        yield
    except Exception as error:
        if not _is_of_objects(error):
            raise
        raise InputError(f"{address_of(path)}: {_of_server(str(error))}") from error


def _is_of_objects(error: Exception) -> bool:
    """Tell whether an error is one of obstore's, which is not loaded for stores in folders."""
    return type(error).__module__.startswith("obstore")


def damaged(path: Path, what: str, remedy: str = _DAMAGED) -> StoreError:
    """Return the error about a store at `path` of which a file is damaged."""
    return StoreError(f"{path}: is damaged ({what}); {remedy}")


def retried(action: Callable[[], T]) -> T:
    """Do an action, again from the start each time that another writer's commit makes it void.

    Args:
        action: function that reads the newest version of a table and commits to it.

    Raises:
        deltalake.exceptions.CommitFailedError: other writers were faster every time.
    """
    for attempt in range(_ATTEMPTS - 1):
        try:
            return action()
        except CommitFailedError:
            longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)
            time.sleep(random.uniform(0, longest))
    return action()


def _of_server(what: str) -> str:
    """Return what an object store has said, and what to do."""
    what = " ".join(what.split())
    reason = _REASON.search(what)
    said = " ".join([_REPLY.sub("", what).strip(" :."), *([f"({reason[1]})"] if reason else [])])
    return (
        f"{said[:_LONGEST_REPLY]}; check address, network and credentials, and run it again: nothing is lost"
    )
