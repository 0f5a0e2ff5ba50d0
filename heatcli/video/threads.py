"""How many threads libraries may use in this process: all of the machine's, or the share of one worker."""

import cv2

_limit: int | None = None


def limit_threads(count: int) -> None:
    """Let each library use so many threads in this process, before any of them has computed anything."""
    global _limit
    _limit = count
    cv2.setNumThreads(count)


def thread_limit() -> int | None:
    """Return how many threads a library may use; None where it may choose for itself."""
    return _limit
