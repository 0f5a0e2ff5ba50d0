"""Analyse recordings that were damaged at random, and ask more of each than that nothing crashes.

    python -m tests.campaigns.mutated_recordings --count 3000
    python -m tests.campaigns.mutated_recordings --count 3000 --seed 1 --keep bad

Each mutation is made from its number and the seed alone, and analysed in a process of its own with bounds of
memory and time. Those that break a promise are listed; `--keep` names a folder for their files.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.mutations import FORMATS, Campaign


def main() -> int:
    """Run a campaign over all formats and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="mutations over all formats")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, help="folder for the files that broke a promise")
    said = parser.parse_args()
    if said.keep is not None:
        said.keep.mkdir(exist_ok=True)
    broken = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(said.jobs) as pool:
        for name in FORMATS:
            campaign = Campaign(Path(folder), name)
            numbers = range(said.count // len(FORMATS))
            statuses: Counter[str] = Counter()
            results = pool.map(lambda n, c=campaign: c.mutation(said.seed, n, said.keep), numbers)
            for number, found in zip(numbers, results, strict=True):
                statuses[found.status] += 1
                for fault in found.faults:
                    broken += 1
                    print(f"{name} {said.seed} {number}: {fault}", flush=True)
            told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
            print(f"{name}: {told}; undamaged {campaign.clean}", flush=True)
    print(f"{broken} promises broken")
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
