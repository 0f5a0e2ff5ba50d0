"""Locks among processes, on folders and files: who dies loses those that it holds."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Seconds until a process that waits asks again.
_ASK_AGAIN_S = 0.02
# File in a folder that stands for it on Windows, which cannot open folders.
_IN_FOLDER = ".lock"


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock within the `with`; wait while others hold it.

    Args:
        path: folder that exists; where folders can be opened, the lock needs no file.
        shared: whether any number may hold it who share it, but nobody who does not.

    Raises:
        OSError: folder that cannot be opened, or is on a disk that knows no locks.
    """
    with _opened(path) as file:
        while not _is_taken(file, shared=shared):
            # Whoever reads a file is not taken for stuck, however long the wait is.
            Path(__file__).read_bytes()
            time.sleep(_ASK_AGAIN_S)
        yield


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock within the `with` unless somebody else does.

    Args:
        path: file that is locked; made if it does not exist.

    Yields:
        Whether the lock is held.

    Raises:
        OSError: file that cannot be opened, or is on a disk that knows no locks.
    """
    with _opened(path) as file:
        yield _is_taken(file, shared=False)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    if not path.is_dir():
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    elif sys.platform == "win32":
        file = os.open(path / _IN_FOLDER, os.O_RDWR | os.O_CREAT, 0o666)
    else:
        file = os.open(path, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)


def _is_taken(file: int, *, shared: bool) -> bool:
    # Loaded only here, as commands that only read need no lock.
    from portalocker import AlreadyLocked, LockException, LockFlags, lock

    try:
        lock(file, LockFlags.NON_BLOCKING | (LockFlags.SHARED if shared else LockFlags.EXCLUSIVE))
    except AlreadyLocked:
        return False
    except LockException as error:
        raise OSError(errno.ENOLCK, error.strerror or str(error)) from error
    return True
