"""A process of its own for the work on clips: a library that crashes in it takes one clip with it."""

import ctypes
import gc
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from heatcli.analysis.concerns import Concern
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.video.threads import limit_threads

T = TypeVar("T")
R = TypeVar("R")

Do: TypeAlias = Callable[[Any], Any]
"""Does one task: a job, or the commit of clips."""
OpenWork: TypeAlias = Callable[[Progress], AbstractContextManager[Do]]

# Seconds between two messages about frames: one for each frame would cost more than it tells.
_ADVANCE_S = 0.1
# A child that has done next to nothing for so long, in seconds, is stuck: decoders have threads that wait for
# each other for ever. All else that takes long uses the processor, or reads.
_STUCK_S = 300.0
# Seconds after its job in which a child frees what it had opened: more is a decoder that never ends. That
# costs only this child.
_FREED_S = 10.0
# Share of one core below which a child does next to nothing: a thread that asks for the interpreter's lock,
# 200 times a second, while another one holds it for ever, uses a quarter of a percent.
_NOTHING = 0.01
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


class Worker:
    """A child process that does jobs, one after the other.

    Only for a program that has computed nothing yet: the child is a fork, in which threads of libraries do
    not go on.

    Attributes:
        connection: connection to the child, for waiting for its messages.
        job: number of the job that it does; None where it does none.
        is_ready: whether nothing of a job before is left in it.
        has_begun: whether it has begun to decode a clip.
    """

    def __init__(self, open_work: OpenWork, *, threads: int | None) -> None:
        """Start a child.

        Args:
            open_work: function that the child calls first, with a receiver of progress reports: what it opens
                does a job.
            threads: number of threads that each library may use in it; None for as many as it likes.

        Raises:
            OSError: no process can be started.
        """
        self._process, self.connection = _start(open_work, threads)
        self._asked_s = time.monotonic()
        self._done: _Done | None = None
        self.job: int | None = None
        self.is_ready = True
        self.has_begun = False

    def give(self, number: int, job: object) -> None:
        """Let the child do a task. If it is dead, `receive` will tell."""
        self.job, self.is_ready = number, False
        self._note_life()
        with suppress(ConnectionError):
            self.connection.send(job)

    def receive(self) -> object:
        """Return the next message, which is there already.

        Raises:
            EOFError: the child has died.
            ConnectionError: the child has died.
        """
        message = self.connection.recv()
        self._note_life()
        if isinstance(message, Ready):
            self.is_ready = True
        elif isinstance(message, Call):
            self.has_begun |= message.method == "begin"
        elif not isinstance(message, Question):
            self.job = None
        return message

    @property
    def wait_s(self) -> float:
        """Seconds after which `is_stuck` may tell more."""
        patience_s = _FREED_S if self.job is None else _STUCK_S
        return max(0.0, self._asked_s + patience_s - time.monotonic())

    def is_stuck(self) -> bool:
        """Whether the child has done next to nothing of its job for long, or is not done with freeing it."""
        if self.is_ready or self.wait_s > 0:
            return False
        if self.job is None:
            return True
        before, self._done = self._done, _done_by(self._process)
        self._asked_s = time.monotonic()
        return before is not None and self._done.is_next_to_nothing_after(before)

    def stop(self) -> None:
        """End the child at once; what it was doing counts as never begun, as after any kill."""
        # Only then the connection: a child that still lives would print that it is broken.
        self._process.kill()
        self._process.join()
        self.connection.close()

    def how_it_ended(self) -> str:
        """Tell how the child ended, and what to do."""
        code = self._process.exitcode or 0
        if code == -signal.SIGKILL:
            return "its analysis was killed, as happens when memory runs out; run it again, with more memory"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"its analysis crashed ({how}); copy it from the recorder again, or convert it to H.264 first"

    def _note_life(self) -> None:
        self._asked_s, self._done = time.monotonic(), None


def how_it_stood_still() -> str:
    """Tell how long a child was stuck, and what to do."""
    return (
        f"its analysis stood still for {_STUCK_S:.0f} s and was ended; copy it from the recorder again, or "
        "convert it to H.264 first"
    )


def attempt(do: Callable[[T], R], job: T) -> R | Exception:
    """Do a task; whatever it raises becomes the outcome."""
    try:
        return do(job)
    except Exception as error:
        return error


@dataclass(frozen=True, slots=True)
class _Done:
    """What a child has done so far.

    Attributes:
        used_s: time of the processor in seconds.
        read: number of bytes that were read; 0 where that is not told.
    """

    used_s: float
    read: int

    def is_next_to_nothing_after(self, before: "_Done") -> bool:
        """Tell whether next to nothing was done in the `_STUCK_S` seconds since."""
        return self.read == before.read and self.used_s - before.used_s < _NOTHING * _STUCK_S


def _done_by(process: ForkProcess) -> _Done:
    """Tell what a child has done so far; nothing once it has ended."""
    used_s, read = 0.0, 0
    with suppress(OSError):
        # Names of programs may hold spaces and brackets.
        stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        used_s = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        read = int(Path(f"/proc/{process.pid}/io").read_text().split()[1])  # "rchar: 123"
    return _Done(used_s, read)


def _start(open_work: OpenWork, threads: int | None) -> tuple[ForkProcess, Connection]:
    ours, theirs = Pipe()
    process = get_context("fork").Process(target=_serve, args=(open_work, threads, theirs, ours, os.getpid()))
    # What interrupts is for the parent, which then ends the child: in the child the signal stays blocked.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        theirs.close()
    return process, ours


def _serve(
    open_work: OpenWork, threads: int | None, connection: Connection, of_parent: Connection, parent: int
) -> None:
    """Do the jobs that come through the connection, until the parent is gone."""
    of_parent.close()
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it was gone before the kernel knew whom to tell
    if threads is not None:
        limit_threads(threads)
    progress = _Messages(connection)
    try:
        with open_work(progress) as do:
            while True:
                outcome = attempt(do, progress.next_job())
                has_failed = isinstance(outcome, Exception)
                connection.send(_portable(outcome) if isinstance(outcome, Exception) else outcome)
                del outcome
                if has_failed:
                    # The error held the decoder. If that crashes, it must not do so during another clip.
                    gc.collect()
                connection.send(Ready())
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
        self._waiting: list[object] = []

    def next_job(self) -> object:
        """Wait for the next task.

        Raises:
            EOFError: the parent is gone.
        """
        return self._waiting.pop() if self._waiting else self._connection.recv()

    def expect(self, clips: int) -> None:
        self._send("expect", clips)

    def begin(self, clip: str, frames: int | None) -> None:
        self._frames = 0
        self._send("begin", clip, frames)

    def advance(self, clip: str, frames: int) -> None:
        self._frames += frames
        if time.monotonic() - self._told_s > _ADVANCE_S:
            self._send("advance", clip, self._frames)
            self._frames, self._told_s = 0, time.monotonic()

    def end(self, result: ClipResult) -> None:
        self._send("end", result)

    def warn(self, concern: Concern, message: str) -> None:
        self._send("warn", concern, message)

    def ask(self, question: str) -> bool:
        self._connection.send(Question(question))
        while not isinstance(answer := self._connection.recv(), bool):
            self._waiting.append(answer)  # the first job was sent before the question was known
        return answer

    def _send(self, method: str, *arguments: object) -> None:
        self._connection.send(Call(method, arguments))


def _portable(error: Exception) -> Exception:
    """Give an error its traceback as a note, since tracebacks stay in their process."""
    note = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:  # those of libraries need not survive it, and fail in ways of their own
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(note)
    return copy
