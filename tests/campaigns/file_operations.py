"""Let each operation on the store's files fail, or be the last of its process; the store is never in between.

    python -m tests.campaigns.file_operations
    python -m tests.campaigns.file_operations --every 10

The writes are a first run, one that replaces another, compaction, removal, and a shift of times. At each
operation on files the process is killed, or the disk is full from there on, or there is an I/O error. Then
the store must read as before or as after, and the next run must complete. Needs a C compiler and Linux.
"""

import argparse
import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from heatcli.errors import StoreError, UsageError
from heatcli.store.maintenance import compact, remove_clips
from heatcli.store.shift import shift_clips
from heatcli.store.store import Store
from tests.support.store_runs import clip_row, expected_rows, live_rows, put

_SOURCE = Path(__file__).with_suffix(".c")
FAULTS = {"kill": 0, "no space": errno.ENOSPC, "I/O error": errno.EIO}
DONE, REFUSED, BROKEN = 0, 1, 2


def fill(folder: Path) -> None:
    """Make a store with two clips, of which one has been replaced before."""
    put(Store.create_or_open(folder), clip_row("till", "beef"))
    put(Store.open(folder), clip_row())


WRITES: dict[str, Callable[[Path], object]] = {
    "first run": lambda folder: put(Store.create_or_open(folder), clip_row()),
    "run": lambda folder: put(Store.open(folder), clip_row(), version=1),
    "compaction": lambda folder: compact(Store.open(folder)),
    "removal": lambda folder: remove_clips(Store.open(folder), Store.open(folder).clips("door")),
    "shift": lambda folder: shift_clips(
        Store.open(folder), Store.open(folder).clips("door"), timedelta(hours=1)
    ),
}


def allowed(name: str) -> list[set[tuple[str, str, int, float, int]]]:
    """Return what the store may answer after a write, done or not."""
    door, till = expected_rows(clip_row()), expected_rows(clip_row("till", "beef"))
    if name == "first run":
        return [set(), door]
    after = {"run": expected_rows(clip_row(), version=1), "removal": set()}.get(name, door)
    return [door | till, after | till]


def check(name: str, folder: Path) -> None:
    """Make sure that the store reads as before or as after, and that the next run completes."""
    assert _rows(folder) in allowed(name), "neither as before nor as after"
    again = put(Store.create_or_open(folder), clip_row(), version=7)
    assert expected_rows(again, version=7) <= _rows(folder), "the next run is not there"


def _rows(folder: Path) -> set[tuple[str, str, int, float, int]]:
    try:
        return live_rows(Store.open(folder))
    except UsageError:
        return set()


def in_fork(action: Callable[[], object]) -> int:
    """Do something in a child, which may die.

    Returns:
        Its exit code: `DONE`, `REFUSED` after an error of one line about the store, `BROKEN` after any other;
        or the signal as a negative number.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = BROKEN
    try:
        action()
        code = DONE
    except StoreError as error:
        code = BROKEN if "\n" in str(error) else REFUSED
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _write(
    shim: ctypes.CDLL, write: Callable[[Path], object], store: Path, number: int, error: int, counted: Path
) -> None:
    shim.arm(os.fsencode(store), number, error)
    try:
        write(store)
    finally:
        counted.write_text(str(shim.counted()))


def campaign(shim: ctypes.CDLL, name: str, fault: str, every: int, folder: Path) -> Counter[str]:
    """Do a kind of write again and again, with a fault at each operation in turn; count what came of it."""
    filled, store = folder / "filled", folder / "store"
    came: Counter[str] = Counter()
    number, reached = every, True
    while reached:
        shutil.rmtree(store, ignore_errors=True)
        if name != "first run":
            shutil.copytree(filled, store)
        counted = folder / "counted"
        code = in_fork(partial(_write, shim, WRITES[name], store, number, FAULTS[fault], counted))
        reached = code == -signal.SIGKILL or int(counted.read_text()) >= number
        if reached:
            came[{DONE: "done", REFUSED: "refused", -signal.SIGKILL: "killed"}.get(code, "broken")] += 1
            if code not in (DONE, REFUSED, -signal.SIGKILL):
                print(f"{name}, {fault} at operation {number}: exit code {code}", flush=True)
            if in_fork(lambda: check(name, store)) != DONE:
                came["not whole"] += 1
                print(f"{name}, {fault} at operation {number}: the store is not whole", flush=True)
        number += every
    return came


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="take every n-th operation only")
    every = parser.parse_args().every
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shim = os.environ.get("LD_PRELOAD")
        if shim is None:
            library = folder / "file_operations.so"
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True)
            command = [sys.executable, "-m", "tests.campaigns.file_operations", "--every", str(every)]
            return subprocess.run(command, env={**os.environ, "LD_PRELOAD": str(library)}).returncode
        broken = 0
        if in_fork(lambda: fill(folder / "filled")) != DONE:
            return 1
        for write in WRITES:
            for fault in FAULTS:
                came = campaign(ctypes.CDLL(shim), write, fault, every, folder)
                told = ", ".join(f"{count} {what}" for what, count in sorted(came.items()))
                print(f"{write}, {fault}: {told}", flush=True)
                broken += came["broken"] + came["not whole"]
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
