"""What of the machine this process may use: cores and memory, also in a container."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

WORKER_BYTES = 10**9
"""Memory that a process which analyses clips may take: 300 MB with `motion` at 576p, 700 MB with a model at
1080p, and more with larger pictures."""
# Cores that one analysis keeps busy: it decodes, detects and associates at the same time.
_CORES_EACH = 2

_ROOT = Path("/")


def usable_workers(clips: int, root: Path = _ROOT) -> int:
    """Return how many processes analyse so many clips the fastest: two cores each, as far as memory goes.

    Args:
        clips: number of clips, at least one.
        root: folder that `proc` and `sys` are in.
    """
    return max(1, min(cores(root) // _CORES_EACH, most_workers(root), clips))


def most_workers(root: Path = _ROOT) -> int:
    """Return for how many processes that analyse clips there is memory; one is always tried."""
    return max(1, free_bytes(root) // WORKER_BYTES)


def cores(root: Path = _ROOT) -> int:
    """Return how many cores this process may use."""
    count = float(_cores())
    for folder in _control_groups("cpu", root):
        # "max 100000", or microseconds of the processor per so many.
        quota = _words(folder / "cpu.max") or [
            *_words(folder / "cpu.cfs_quota_us"),
            *_words(folder / "cpu.cfs_period_us"),
        ]
        with suppress(ValueError):
            used, period = map(int, quota)
            if used > 0 and period > 0:
                count = min(count, used / period)
    return max(1, int(count))


def _cores() -> int:
    """Return how many cores the system gives to this process."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_bytes(root: Path = _ROOT) -> int:
    """Return how much memory there is for this process and those that it starts."""
    if sys.platform != "linux":
        return int(psutil.virtual_memory().available)
    free = _value(root / "proc/meminfo", "MemAvailable:") * 1024
    for folder in _control_groups("memory", root):
        for limit, used, cache in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            with suppress(ValueError):
                (most,), (now,) = map(int, _words(folder / limit)), map(int, _words(folder / used))
                # What is kept of files gives way.
                free = min(free, most - now + _value(folder / "memory.stat", cache))
    return max(0, free)


def _control_groups(controller: str, root: Path) -> Iterator[Path]:
    """Yield the folders of the control groups that bound this process, version 2 and 1, up to the topmost."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            mount = root / "sys/fs/cgroup" / (controller if controllers else "")
            own = mount / path.lstrip("/")
            yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(mount))


def _words(file: Path) -> list[str]:
    """Return the words of a file of the kernel; none where there is no such file."""
    with suppress(OSError):
        return file.read_text().split()
    return []


def _value(file: Path, name: str) -> int:
    """Return the number that follows a name in a file of the kernel; 0 where there is none."""
    words = _words(file)
    return int(words[words.index(name) + 1]) if name in words else 0
