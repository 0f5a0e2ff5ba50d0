"""Flip single bits in the files of a store: what is read is as it was written, or the damage is told.

python -m tests.campaigns.flipped_bits --count 800
"""

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np

from heatcli.errors import StoreError
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from tests.support.own_process import DiedError, in_own_process
from tests.support.store_runs import START, clip_row, live_rows, put

KINDS = {
    "data": "t*/**/*.parquet",
    "clips": "clips/*.parquet",
    "entries of logs": "*/_delta_log/*.json",
    "checkpoints": "*/_delta_log/*.checkpoint.parquet",
    "sums": "*/_sums/*",
}
"""Files in which bits are flipped in turn, by what they are."""

Rows = set[tuple[str, str, int, float, int]]


def fill(folder: Path) -> Rows:
    """Make a store of three clips, partly compacted, and return what it answers."""
    store = Store.create_or_open(folder)
    for number in range(2):
        put(store, clip_row(clip=f"{number:016x}", start=START + timedelta(hours=number)))
    compact(store)
    put(store, clip_row(clip=f"{0:016x}"), version=1)
    put(store, clip_row("till", "beef"))
    return live_rows(store)


def ask(folder: Path, before: Rows) -> str:
    """Say what came of a flipped bit: `told`, `unharmed`, or what is wrong."""
    try:
        return "unharmed" if live_rows(Store.open(folder)) == before else "silently other"
    except StoreError as error:
        return "told" if "\n" not in str(error) else "told in several lines"


def main() -> int:
    """Run the campaign and print what came of the flips, by kind of file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=800, help="flips over all kinds of files")
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    chance = np.random.default_rng(said.seed)
    broken = 0
    with tempfile.TemporaryDirectory() as name:
        whole, store = Path(name, "whole"), Path(name, "store")
        before = in_own_process(fill, whole)
        for kind, pattern in KINDS.items():
            files = sorted(whole.glob(pattern))
            came: Counter[str] = Counter()
            for _ in range(said.count // len(KINDS)):
                shutil.copytree(whole, store)
                file = store / files[int(chance.integers(len(files)))].relative_to(whole)
                data = bytearray(file.read_bytes())
                data[int(chance.integers(len(data)))] ^= 1 << int(chance.integers(8))
                file.write_bytes(data)
                try:
                    came[in_own_process(ask, store, before)] += 1
                except DiedError as error:
                    came[f"died with {error.code}"] += 1
                shutil.rmtree(store)
            print(f"{kind}: " + ", ".join(f"{n} {what}" for what, n in sorted(came.items())), flush=True)
            broken += came.total() - came["told"] - came["unharmed"]
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
