"""Who writes to a store at the same time: any number may, unless one must be alone.

Whoever commits rows writes files first and names them in a log later. Whoever removes files that no log
names has to know that nobody is in between. The lock is one of the operating system's, on the folder of the
table `clips`: it needs no file, and a process that dies loses it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heatcli.errors import StoreError
from heatcli.store.faults import store_errors

# File in the folder of the store that a `heatcli run` holds.
_NIGHT = ".night"
# Seconds until a process that waits asks again.
_ASK_AGAIN_S = 0.05


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Write to a store beside others; wait while somebody must be alone.

    Args:
        store: folder of a store that exists.
    """
    with _locked(store, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Write to a store while nobody else does; wait until all others are done.

    Args:
        store: folder of a store that exists.
    """
    with _locked(store, fcntl.LOCK_EX):
        yield


@contextmanager
def only_night(store: Path) -> Iterator[None]:
    """Look after a store as the only `heatcli run`, beside whatever else writes to it.

    The lock is on a file of its own: recovery after a loss of power, which a night may begin with, locks the
    folder. A process that dies loses it.

    Args:
        store: folder of a store; made if it does not exist.

    Raises:
        StoreError: another one is at work, or the folder cannot be made.
    """
    with store_errors(store):
        store.mkdir(parents=True, exist_ok=True)
        file = os.open(store / _NIGHT, os.O_RDONLY | os.O_CREAT, 0o666)
    try:
        if not _is_taken(file, fcntl.LOCK_EX):
            raise StoreError(f"{store}: another `heatcli run` is at work on it; nothing was done this time")
        yield
    finally:
        os.close(file)


@contextmanager
def _locked(store: Path, kind: int) -> Iterator[None]:
    folder = os.open(store / "clips", os.O_RDONLY)
    try:
        while not _is_taken(folder, kind):
            # Whoever reads a file is not taken for stuck, however long the wait is.
            Path(__file__).read_bytes()
            time.sleep(_ASK_AGAIN_S)
        yield
    finally:
        os.close(folder)


def _is_taken(folder: int, kind: int) -> bool:
    try:
        fcntl.flock(folder, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
