"""What a child process does: it serves its parent, job by job, and tells how far it is."""

import ctypes
import gc
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from threading import Thread
from typing import Any, TypeAlias, TypeVar

from heatcli.analysis.concerns import Concern
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.video.threads import limit_threads

if sys.platform == "win32":
    Connection: TypeAlias = connection.PipeConnection
else:
    Connection: TypeAlias = connection.Connection

T = TypeVar("T")
R = TypeVar("R")

Do: TypeAlias = Callable[[Any], Any]
"""Does one task: a job, or the commit of clips."""
OpenWork: TypeAlias = Callable[[Progress], AbstractContextManager[Do]]

# Seconds between two messages about frames: one for each frame would cost more than it tells.
_ADVANCE_S = 0.1
# Number of the call `PR_SET_PDEATHSIG` of Linux's `prctl`.
_SET_PARENT_DEATH_SIGNAL = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A progress report: a method of `Progress` that returns nothing, with its arguments."""

    method: str
    arguments: tuple[object, ...]

    def make(self, progress: Progress) -> None:
        """Pass the report on."""
        getattr(progress, self.method)(*self.arguments)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the user, for the parent to ask."""

    words: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What a child says after a job, once nothing of it is left."""


def attempt(do: Callable[[T], R], job: T) -> R | Exception:
    """Do a task; whatever it raises becomes the outcome."""
    try:
        return do(job)
    except Exception as error:
        return error


def serve(
    open_work: OpenWork, threads: int | None, to_parent: Connection, of_parent: Connection, parent: int
) -> None:
    """Do the jobs that come through the connection, until the parent is gone."""
    of_parent.close()
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            return  # it was gone before the kernel knew whom to tell
    else:
        Thread(target=_end_with_parent, daemon=True).start()
    limit_threads(threads)
    progress = _Messages(to_parent)
    try:
        with open_work(progress) as do:
            while True:
                outcome = attempt(do, progress.next_job())
                has_failed = isinstance(outcome, Exception)
                to_parent.send(portable(outcome) if isinstance(outcome, Exception) else outcome)
                del outcome
                if has_failed:
                    # The error held the decoder. If that crashes, it must not do so during another clip.
                    gc.collect()
                to_parent.send(Ready())
    except EOFError:
        return
    except Exception as error:
        with suppress(ConnectionError):  # the parent is gone, in the middle of a message
            to_parent.send(portable(error))


def _end_with_parent() -> None:
    """End this process, in the middle of whatever it does, once its parent is gone."""
    parent = parent_process()
    assert parent is not None, "only a child calls this"
    parent.join()
    os._exit(1)


class Reports:
    """Sends progress reports, as calls to be made at the other end.

    Args:
        send: function that sends a message.
    """

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send_message = send
        self._frames = 0
        self._told_s = 0.0

    def expect(self, clips: int) -> None:
        """See `Progress.expect`."""
        self._send("expect", clips)

    def begin(self, clip: str, frames: int | None) -> None:
        """See `Progress.begin`."""
        self._frames = 0
        self._send("begin", clip, frames)

    def advance(self, clip: str, frames: int) -> None:
        """See `Progress.advance`; told now and then."""
        self._frames += frames
        if time.monotonic() - self._told_s > _ADVANCE_S:
            self._send("advance", clip, self._frames)
            self._frames, self._told_s = 0, time.monotonic()

    def end(self, result: ClipResult) -> None:
        """See `Progress.end`."""
        self._send("end", result)

    def warn(self, concern: Concern, message: str) -> None:
        """See `Progress.warn`."""
        self._send("warn", concern, message)

    def _send(self, method: str, *arguments: object) -> None:
        self._send_message(Call(method, arguments))


class _Messages(Reports):
    """What goes through the connection to a parent, who is also asked."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.send)
        self._connection = connection
        self._waiting: list[object] = []

    def next_job(self) -> object:
        """Wait for the next task.

        Raises:
            EOFError: the parent is gone.
        """
        return self._waiting.pop() if self._waiting else self._connection.recv()

    def ask(self, question: str) -> bool:
        self._connection.send(Question(question))
        while not isinstance(answer := self._connection.recv(), bool):
            self._waiting.append(answer)  # the first job was sent before the question was known
        return answer


def portable(error: Exception) -> Exception:
    """Give an error its traceback as a note, since tracebacks stay in their process."""
    note = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:  # those of libraries need not survive it, and fail in ways of their own
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(note)
    return copy
