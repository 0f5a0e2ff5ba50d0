"""Let several processes import into one store beside compaction and reading; nothing is lost or doubled.

    python -m tests.campaigns.writers
    python -m tests.campaigns.writers --writers 4 --imports 25 --readers 2

Each fifth import replaces the clip of the one before. What a reader gets must always be whole clips, and none
that was there may be gone. Compaction begins anew as soon as it is done.
"""

import argparse
import multiprocessing
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

from heatcli.commands.import_mot import import_mot
from heatcli.store.checks import check
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from tests.support.store_runs import START, live_rows

FRAMES, TRACKS = 20, 2
REPLACES_EACH = 5


def put_file(folder: Path, number: int) -> None:
    """Import a file of trajectories, which is another one for each number."""
    file = folder / f"{number}.txt"
    file.write_text(
        "".join(
            f"{frame},{track},{100 * track},{number},30,40,1\n"
            for frame in range(1, FRAMES + 1)
            for track in range(1, TRACKS + 1)
        )
    )
    start = START + timedelta(hours=number)
    camera = ("door", "till")[number % 2]
    import_mot(
        Store(folder / "store"),
        file=file,
        camera=camera,
        width=640,
        height=2000,
        fps=1.0,
        start=start.isoformat(),
    )


def write(folder: Path, writer: int, imports: int) -> int:
    """Import one file after the other; return how many imports there were."""
    for number in range(imports):
        put_file(folder, writer * imports + number - (number % REPLACES_EACH == REPLACES_EACH - 1))
    return imports


def read(folder: Path) -> int:
    """Read until all is written; return how many times."""
    count, known = 0, set[str]()
    while not (folder / "done").exists():
        rows = Counter(clip for _, clip, *_ in live_rows(Store.open(folder / "store")))
        assert known <= set(rows), f"gone: {known - set(rows)}"
        assert set(rows.values()) == {FRAMES * TRACKS}, f"not whole: {rows}"
        count, known = count + 1, set(rows)
    return count


def tidy(folder: Path) -> int:
    """Compact until all is written; return how many times."""
    count = 0
    while not (folder / "done").exists():
        compact(Store.open(folder / "store"))
        count += 1
    return count


def campaign(folder: Path, writers: int, imports: int, readers: int) -> int:
    """Run the campaign and print what came of it; return 1 if a promise was broken."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.store_runs", "heatcli.commands.import_mot"])
    with ProcessPoolExecutor(writers + readers + 1, mp_context=context) as pool:
        # Something to read and to compact from the beginning.
        pool.submit(put_file, folder, 0).result()
        found = {
            "readings": [pool.submit(read, folder) for _ in range(readers)],
            "compactions": [pool.submit(tidy, folder)],
            "imports": [pool.submit(write, folder, writer, imports) for writer in range(writers)],
        }
        wait(found["imports"])
        (folder / "done").touch()
        broken = 0
        for what, futures in found.items():
            errors = [error for one in futures if (error := one.exception()) is not None]
            print(f"{what}: {sum(one.result() for one in futures if one.exception() is None)}", flush=True)
            for error in errors:
                print(f"{type(error).__name__}: {error}", flush=True)
            broken += len(errors)
        left = pool.submit(stored_rows, folder).result()
    numbers = range(writers * imports)
    expected = [n for n in numbers if n % imports % REPLACES_EACH != REPLACES_EACH - 1]
    whole = left == dict.fromkeys(expected, FRAMES * TRACKS)
    print(f"{len(left)} clips of {len(expected)}, {'all whole' if whole else f'not whole: {left}'}")
    return min(broken + (not whole), 1)


def stored_rows(folder: Path) -> dict[int, int]:
    """Count the rows of each file in the end, by its number, in a store that must be sound."""
    store = Store.open(folder / "store")
    assert not check(store).faults
    numbers = {row.clip: (row.start - START) // timedelta(hours=1) for row in store.clips()}
    return dict(Counter(numbers[clip] for _, clip, *_ in live_rows(store)))


def main() -> int:
    """Read the options and run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--imports", type=int, default=25, help="imports of each writer")
    parser.add_argument("--readers", type=int, default=2)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return campaign(Path(name), said.writers, said.imports, said.readers)


if __name__ == "__main__":
    sys.exit(main())
