"""Time whole processes that people wait for: `heatcli --help`, and `heatcli render` of a stored clip.

    python tests/bench/startup.py STORE

Asked for on a machine of two cores: `--help` under 0.3 s, `render` of a stored 80 s clip under 1.5 s.
Each is the best of several runs, since whatever else the machine does can only slow them down.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 7


def best_seconds(arguments: list[str], folder: str) -> float:
    """Run a command several times in a folder; return the least time it took."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "heatcli", *arguments], cwd=folder, check=True, capture_output=True
        )
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Print a line per command: asked for, and measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path, help="a heat store, such as one of vtest.avi")
    store = str(parser.parse_args().store.resolve())
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments, asked in (
            ("--help", ["--help"], 0.3),
            ("render", ["render", "--store", store, "--metric", "occupancy_pct"], 1.5),
        ):
            print(f"heatcli {name}: {best_seconds(arguments, folder):.2f} s (asked: under {asked} s)")


if __name__ == "__main__":
    main()
