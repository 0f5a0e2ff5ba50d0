"""Memory of this process that nobody uses any more."""

import ctypes


def return_memory() -> None:
    """Give unused memory back to the system.

    What each piece of a clip, and each step after it, leaves of it in the heap would add up.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)
