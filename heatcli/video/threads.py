"""How many threads libraries may use in this process: all of the machine's, or the share of one worker."""

import cv2

_limit: int | None = None


def limit_threads(count: int | None) -> None:
    """Let libraries use so many threads in this process, before any of them has computed anything.

    OpenCV has one in any case: its pictures are small, and threads that share one wait longer than they work.

    Args:
        count: number of threads of each other library; None for as many as it likes.
    """
    global _limit
    _limit = count
    cv2.setNumThreads(1)


def thread_limit() -> int | None:
    """Return how many threads a library may use; None where it may choose for itself."""
    return _limit
