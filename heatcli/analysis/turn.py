"""Turns among the processes of one program."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds until a process that waits for its turn asks again.
_ASK_AGAIN_S = 0.02


class Turn:
    """Lets one process at a time do something, of this one and the forks of it that come after.

    A process that dies loses its turn with it.
    """

    def __init__(self) -> None:
        self._file = os.memfd_create("heatcli-turn")
        os.write(self._file, b"x")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn of this process, and have it within the `with`."""
        while not self._is_taken():
            # Whoever reads is not taken for stuck, however long the wait is.
            os.pread(self._file, 1, 0)
            time.sleep(_ASK_AGAIN_S)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _is_taken(self) -> bool:
        try:
            # Such a lock belongs to a process, although forks share the file.
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
