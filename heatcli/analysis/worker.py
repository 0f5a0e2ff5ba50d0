"""A process of its own for the work on clips: a library that crashes in it takes one clip with it."""

import ctypes
import gc
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from operator import methodcaller
from pathlib import Path
from typing import TypeAlias

from heatcli.analysis.concerns import Concern
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.errors import VideoError

Do: TypeAlias = Callable[[Job], ClipResult]
OpenWork: TypeAlias = Callable[[Progress], AbstractContextManager[Do]]

# Seconds between two messages about frames: one for each frame would cost more than it tells.
_ADVANCE_S = 0.1
# A child that has computed nothing for so long, in seconds, is stuck: decoders have threads that wait for
# each other for ever. All else that takes long, such as reading from a slow disk, uses the processor as well.
_STUCK_S = 300.0
# What a child sends after a job, once nothing of it is left.
_READY = "ready"
# Number of the call `PR_SET_PDEATHSIG` of Linux's `prctl`.
_SET_PARENT_DEATH_SIGNAL = 1


@contextmanager
def in_worker(open_work: OpenWork, progress: Progress) -> Iterator[Do]:
    """Do jobs in a child process, one after the other; another child takes over from one that has died.

    Only for a program that has computed nothing yet: the child is a fork, in which threads of libraries do
    not go on.

    Args:
        open_work: function that the child calls first, with a receiver of progress reports: what it opens
            does a job.
        progress: receiver of progress reports in this process.

    Yields:
        Function that does a job and raises what that raises; VideoError where the child died.
    """
    worker = _Worker(open_work, progress)
    try:
        yield worker.do
    finally:
        worker.stop()


@dataclass(frozen=True, slots=True)
class _Question:
    """A question to the user, for the parent to ask."""

    words: str


class _Worker:
    def __init__(self, open_work: OpenWork, progress: Progress) -> None:
        self._open_work = open_work
        self._progress = progress
        self._child: tuple[ForkProcess, Connection] | None = None
        # The child that takes over asks what the one that died has asked: once is enough for one run.
        self._answer: bool | None = None

    def do(self, job: Job) -> ClipResult:
        """Do a job.

        Raises:
            VideoError: the child died, or none can be started.
        """
        self._drop_unless_ready()
        try:
            process, connection = self._child = self._child or _start(self._open_work)
        except OSError as error:
            raise VideoError(
                f"{job.path}: no process can be started for it ({error.strerror}); run it again"
            ) from error
        try:
            connection.send(job)
            while isinstance(message := _received(process, connection), methodcaller | _Question):
                if isinstance(message, methodcaller):
                    message(self._progress)
                else:
                    connection.send(self._answered(message))
        except (EOFError, ConnectionError) as error:
            self.stop()
            raise VideoError(f"{job.path}: {_how_it_ended(process)}") from error
        except TimeoutError as error:
            self.stop()
            raise VideoError(
                f"{job.path}: its analysis stood still for {_STUCK_S:.0f} s and was ended; copy it from the "
                "recorder again, or convert it to H.264 first"
            ) from error
        if isinstance(message, Exception):
            raise message
        assert isinstance(message, ClipResult)
        return message

    def _answered(self, question: _Question) -> bool:
        if self._answer is None:
            self._answer = self._progress.ask(question.words)
        return self._answer

    def _drop_unless_ready(self) -> None:
        """Drop a child that dies or gets stuck after its job, as freeing a damaged clip's decoder can."""
        if self._child is None:
            return
        try:
            _received(*self._child)
        except (EOFError, ConnectionError, TimeoutError):
            self.stop()

    def stop(self) -> None:
        """End the child at once; what it was doing counts as never begun, as after any kill."""
        if self._child is not None:
            process, connection = self._child
            # Only then the connection: a child that still lives would print that it is broken.
            process.kill()
            process.join()
            connection.close()
            self._child = None


def _received(process: ForkProcess, connection: Connection) -> object:
    """Return the next message of the child.

    Raises:
        TimeoutError: the child is stuck.
    """
    used = -1
    # Ctrl-C ends the waiting, but not a reading: polars installs a handler that goes on with it.
    while not wait([connection], _STUCK_S):
        before, used = used, _processor_time(process)
        if used == before:
            raise TimeoutError
    return connection.recv()


def _processor_time(process: ForkProcess) -> int:
    """Return the time of the processor that a child has used so far, in ticks; 0 once it has ended."""
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text()
    except OSError:
        return 0
    # Names of programs may hold spaces and brackets.
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def _start(open_work: OpenWork) -> tuple[ForkProcess, Connection]:
    ours, theirs = Pipe()
    process = get_context("fork").Process(target=_serve, args=(open_work, theirs, ours, os.getpid()))
    # What interrupts is for the parent, which then ends the child: in the child the signal stays blocked.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        theirs.close()
    return process, ours


def _serve(open_work: OpenWork, connection: Connection, of_parent: Connection, parent: int) -> None:
    """Do the jobs that come through the connection, until the parent is gone."""
    of_parent.close()
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it was gone before the kernel knew whom to tell
    progress = _Messages(connection)
    try:
        with open_work(progress) as do:
            while True:
                job, has_failed = progress.next_job(), False
                try:
                    progress.end(do(job))
                except Exception as error:
                    connection.send(_portable(error))
                    has_failed = True
                if has_failed:
                    # The error held the decoder. If that crashes, it must not do so during another clip.
                    gc.collect()
                connection.send(_READY)
    except EOFError:
        return
    except Exception as error:
        with suppress(ConnectionError):  # the parent is gone, in the middle of a message
            connection.send(_portable(error))


class _Messages:
    """Sends progress reports through a connection, as calls to be made at its other end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._frames = 0
        self._told_s = 0.0
        self._waiting: list[Job] = []

    def next_job(self) -> Job:
        """Wait for the next job.

        Raises:
            EOFError: the parent is gone.
        """
        return self._waiting.pop() if self._waiting else self._connection.recv()

    def expect(self, clips: int) -> None:
        self._connection.send(methodcaller("expect", clips))

    def begin(self, name: str, frames: int | None) -> None:
        self._frames = 0
        self._connection.send(methodcaller("begin", name, frames))

    def advance(self, frames: int) -> None:
        self._frames += frames
        if time.monotonic() - self._told_s > _ADVANCE_S:
            self._connection.send(methodcaller("advance", self._frames))
            self._frames, self._told_s = 0, time.monotonic()

    def end(self, result: ClipResult) -> None:
        self._connection.send(result)

    def warn(self, concern: Concern, message: str) -> None:
        self._connection.send(methodcaller("warn", concern, message))

    def ask(self, question: str) -> bool:
        self._connection.send(_Question(question))
        while not isinstance(answer := self._connection.recv(), bool):
            self._waiting.append(answer)  # the first job was sent before the question was known
        return answer


def _portable(error: Exception) -> Exception:
    """Give an error its traceback as a note, since tracebacks stay in their process."""
    note = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:  # those of libraries need not survive it, and fail in ways of their own
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(note)
    return copy


def _how_it_ended(process: ForkProcess) -> str:
    code = process.exitcode or 0
    if code == -signal.SIGKILL:
        return "its analysis was killed, as happens when memory runs out; run it again, with more memory"
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"its analysis crashed ({how}); copy it from the recorder again, or convert it to H.264 first"
