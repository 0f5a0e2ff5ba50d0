"""Call a function in a process of its own, which starts within milliseconds and may die."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


class DiedError(Exception):
    """A process that ended without an answer.

    Attributes:
        code: exit code of the process, or its signal as a negative number.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def in_own_process(function: Callable[..., T], *args: object, seconds: float = 120) -> T:
    """Call a function of a module in a fresh process that has imported this module already.

    Raises:
        DiedError: the process ended without an answer.
        TimeoutError: it took longer.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([function.__module__])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(function, args, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise TimeoutError
        answer: T = ours.recv()
    except EOFError:
        process.join()
        raise DiedError(process.exitcode or 0) from None
    else:
        return answer
    finally:
        process.kill()
        process.join()
        ours.close()


def _answer(function: Callable[..., object], args: tuple[object, ...], answer: Connection) -> None:
    answer.send(function(*args))
