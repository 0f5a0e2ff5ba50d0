"""Measure how many of those who are found at every frame are found by default, by how tall they are.

    python -m tests.bench.recall street-1080p.mp4 --weights yolo11n_openvino_model --minutes 6
    python -m tests.bench.recall vtest.avi --weights yolo11n_openvino_model

With `--minutes` the clip is first made into a recording of that length, as `tests.bench.day` does. It is
analysed by default and at every frame, which takes minutes of the processor for each minute.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.day import CACHE, recording
from tests.bench.peers import run_analyze
from tests.bench.same_answers import Agreement, agreement


def compared(clip: Path, weights: str) -> Agreement:
    """Analyse a clip by default and at every frame, and compare."""
    with tempfile.TemporaryDirectory() as name:
        default, every = Path(name) / "default", Path(name) / "every"
        run_analyze(clip, default, weights=weights)
        run_analyze(clip, every, "--sample-fps", "0", weights=weights)
        return agreement(default, every)


def table(same: Agreement) -> str:
    """Write who was found again, by height, and how far the other answers agree."""
    lines = ["| height in pixels | longer than a second | found | |", "|---|---:|---:|---:|"]
    rows = {f"{low} to {high}": of for (low, high), of in same.by_height.items()} | {"all": same.found}
    lines += [
        f"| {name} | {total} | {found} | {100 * found / max(total, 1):.0f} % |"
        for name, (found, total) in rows.items()
    ]
    missed = ", ".join(f"{seconds:.1f} s at {height} pixels" for seconds, height in same.missed)
    return (
        "\n".join(lines) + f"\n\nMissed: {missed or 'nobody'}.\n\nHeat r {same.heat_r:.3f}, "
        f"{same.persons[0]} persons for {same.persons[1]}, dwell {same.dwell:.3f}.\n"
    )


def main() -> None:
    """Parse the arguments, run both and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path, help="video of people before a fixed camera")
    parser.add_argument("--weights", required=True, help="model; a folder may hold several exports")
    parser.add_argument("--minutes", type=float, help="length of a recording that is made of the clip")
    parser.add_argument("--people", type=float, default=0.3, help="share of its time with people")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"folder that keeps it; default: {CACHE}")
    said = parser.parse_args()
    weights, clip = str(Path(said.weights).resolve()), said.clip.resolve()
    if said.minutes is not None:
        clip = recording(clip, weights=weights, minutes=said.minutes, people=said.people, cache=said.cache)
    print(table(compared(clip, weights)))


if __name__ == "__main__":
    main()
