"""Stages that work at the same time: an iterator run ahead in a thread of its own."""

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """Last item in the queue: the iterator has ended, or has failed with `error`."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Stage(Generic[T]):
    """Runs an iterator in a thread, at most `ahead` items ahead of its consumer.

    Decoding, detection and association release the interpreter lock in their native code, so threads are
    enough to keep every core and the GPU busy. An exception in the iterator is raised where its item would
    have come. Leaving the `with` stops the thread after its current item, however many are left.
    """

    def __init__(self, items: Iterator[T], *, ahead: int) -> None:
        self._items = items
        self._queue: queue.Queue[T | _End] = queue.Queue(maxsize=ahead)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Stage[T]":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._drain()
        self._thread.join()

    def __iter__(self) -> Iterator[T]:
        while True:
            item = self._queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                self._queue.put(item)
                if self._stopped.is_set():
                    break
        except BaseException as caught:  # passed on to the consumer, whatever it is
            error = caught
        self._queue.put(_End(error))

    def _drain(self) -> None:
        """Empty the queue until the thread has put its last item."""
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
