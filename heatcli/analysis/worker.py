"""A process of its own for the work on clips: a library that crashes in it takes one clip with it."""

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from multiprocessing.process import BaseProcess

import psutil

from heatcli.analysis.serving import Call, Connection, OpenWork, Question, Ready, serve

# A child that has done next to nothing for so long, in seconds, is stuck: decoders have threads that wait for
# each other for ever. All else that takes long uses the processor, or reads.
_STUCK_S = 300.0
# Seconds after its job in which a child frees what it had opened: more is a decoder that never ends. That
# costs only this child.
_FREED_S = 10.0
# Share of one core below which a child does next to nothing: a thread that asks for the interpreter's lock,
# 200 times a second, while another one holds it for ever, uses a quarter of a percent.
_NOTHING = 0.01
# Libraries that are loaded only where they are used, and have threads: clients of object stores and clusters.
_WITH_THREADS = frozenset({"obstore", "ray"})


class Worker:
    """A child process that does jobs, one after the other.

    Only for a program that has computed nothing yet: on Linux the child is a fork, in which threads of
    libraries do not go on. Elsewhere it is a new process, to which its work is pickled.

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
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if how == "SIGKILL":
            return "its analysis was killed, as happens when memory runs out; run it again, with more memory"
        return f"its analysis crashed ({how}); copy it from the recorder again, or convert it to H.264 first"

    def _note_life(self) -> None:
        self._asked_s, self._done = time.monotonic(), None


def how_it_stood_still() -> str:
    """Tell how long a child was stuck, and what to do."""
    return (
        f"its analysis stood still for {_STUCK_S:.0f} s and was ended; copy it from the recorder again, or "
        "convert it to H.264 first"
    )


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


def _done_by(process: BaseProcess) -> _Done:
    """Tell what a child has done so far; nothing once it has ended."""
    used_s, read = 0.0, 0
    with suppress(psutil.Error):
        child = psutil.Process(process.pid)
        used = child.cpu_times()
        used_s = used.user + used.system
        if sys.platform == "linux":
            read = child.io_counters().read_chars
        elif sys.platform == "win32":
            read = child.io_counters().read_bytes
    return _Done(used_s, read)


def _process(*arguments: object) -> BaseProcess:
    """Return a child process that is not started yet."""
    # A fork is there at once. Elsewhere than on Linux it crashes in libraries, or is not to be had; and it
    # waits for ever where this process has loaded a library with threads.
    if sys.platform == "linux" and not _WITH_THREADS & sys.modules.keys():
        return get_context("fork").Process(target=serve, args=arguments)
    return get_context("spawn").Process(target=serve, args=arguments)


def _start(open_work: OpenWork, threads: int | None) -> tuple[BaseProcess, Connection]:
    ours, theirs = Pipe()
    process = _process(open_work, threads, theirs, ours, os.getpid())
    # What interrupts is for the parent, which then ends the child: in the child the signal stays blocked.
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        process.start()
    finally:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        theirs.close()
    return process, ours
