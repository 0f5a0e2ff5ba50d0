"""Analyse the same recordings again and again while the machine is busy; all that is stored must be the same.

    python -m tests.campaigns.repeated_runs --runs 10

Five recordings, two of them damaged. Each run is a process of its own.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.repeated_runs import busy_machine, stored, write_recordings


def main() -> int:
    """Run the campaign and print how many different results there were of each recording."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="runs of each recording")
    runs = parser.parse_args().runs
    differing = 0
    with tempfile.TemporaryDirectory() as name, busy_machine():
        folder = Path(name)
        for recording, clip in write_recordings(folder).items():
            results = {stored(clip, folder / f"store-{recording}-{run}") for run in range(runs)}
            print(f"{recording}: {len(results)} different results of {runs} runs", flush=True)
            differing += len(results) > 1
    return min(differing, 1)


if __name__ == "__main__":
    sys.exit(main())
