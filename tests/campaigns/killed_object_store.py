"""Kill analyses into an object store, and its server, at random moments: nothing is lost or counts twice.

    python -m tests.campaigns.killed_object_store --kills 30

Two programs analyse two cameras into one store at once. Every third kill is one of the server, which comes up
again with what was on its disk.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from heatcli.errors import StoreNotFoundError
from heatcli.store.store import Store
from tests.support.analyses import AT_TEN, start
from tests.support.make_clips import write_walker
from tests.support.object_server import ObjectServer
from tests.support.store_runs import live_rows

_ONCE = (*AT_TEN, "--quiet")

Rows = set[tuple[str, str, int, float, int]]


def live(store: str) -> Rows:
    """Return the rows that count; none where there is no store yet."""
    try:
        opened = Store.open(Path(store))
    except StoreNotFoundError:
        return set()
    return live_rows(opened) if opened.clips() else set()


def of_camera(rows: Rows, camera: str) -> Rows:
    return {row for row in rows if row[0] == camera}


def main() -> int:
    """Print how many kills of each kind left which state; 1 where one left another than before or after."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=30)
    kills = parser.parse_args().kills
    folder = Path(tempfile.mkdtemp())
    server = ObjectServer(folder)
    os.environ.update({**server.environment, "XDG_CACHE_HOME": str(folder / "cache")})
    clips = [write_walker(folder / f"{name}.mp4", seed) for seed, name in enumerate(("one", "two"))]
    began = time.perf_counter()
    for clip in clips:
        assert start(clip, folder / "store", *_ONCE).wait() == 0
    seconds = (time.perf_counter() - began) / 2
    expected = live(str(folder / "store"))
    server.start()
    moments, found = random.Random(1), Counter[str]()
    try:
        for number in range(kills):
            store = f"s3://recordings/{number}"
            running = [start(clip, store, *_ONCE) for clip in clips]
            time.sleep(seconds * moments.uniform(0.6, 2.2))
            kind = "server" if number % 3 == 2 else "program"
            if kind == "server":
                server.kill()
                time.sleep(1)
                server.start()
            else:
                running[0].send_signal(signal.SIGKILL)
            for process in running:
                process.communicate(timeout=300)
            after = live(store)
            states = [of_camera(after, name) for name in ("one", "two")]
            whole = [of_camera(expected, name) for name in ("one", "two")]
            is_right = all(not state or state == one for state, one in zip(states, whole, strict=True))
            for clip in clips:
                process = start(clip, store, *_ONCE)
                _, errors = process.communicate(timeout=300)
                is_right = is_right and process.returncode == 0
                if process.returncode:
                    print(errors.decode(), file=sys.stderr)
            is_right = is_right and live(store) == expected
            found[f"{kind}: {'right' if is_right else 'WRONG'}"] += 1
    finally:
        server.kill()
        shutil.rmtree(folder)
    for what, count in sorted(found.items()):
        print(f"{count} kills of the {what}")
    return int(any("WRONG" in what for what in found))


if __name__ == "__main__":
    sys.exit(main())
