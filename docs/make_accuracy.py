"""Write the table of docs/accuracy.md: accuracy against speed, for both detectors and several frame rates.

python docs/make_accuracy.py CLIP GT --weights MODEL -o docs/accuracy.md

Each line is a run of `heatcli analyze` over the whole clip into a store of its own, and of `heatcli score` on
what it stored. Without --weights, only `motion` is run. It takes minutes, in which the machine should do
nothing else: speeds are measured.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- made by docs/make_accuracy.py -->\n", "<!-- end -->\n"

# Frames a second; 0 is every frame and comes first.
RATES = (0.0, 10.0, 5.0, 2.5)

HEADER = (
    *("detector", "frames/s", "HOTA", "IDF1", "MOTA", "switches", "people", "time", "map r", "map TV"),
    *("speed", "ratio"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One analysis of the clip.

    Attributes:
        detector: `yolo` or `motion`.
        rate: frames a second that were asked for; 0 is every frame.
        fps: frames a second that were processed.
        speed: seconds of the clip that were analysed in a second.
        score: what `heatcli score --json` says of it.
    """

    detector: str
    rate: float
    fps: float
    speed: float
    score: dict[str, Any]


def main() -> None:
    """Parse the arguments, run everything and put the table into the page."""
    parser = argparse.ArgumentParser(description="Write the table of docs/accuracy.md.")
    parser.add_argument("clip", type=Path, help="a video")
    parser.add_argument("truth", type=Path, help="its ground truth in MOT format")
    parser.add_argument("--weights", type=Path, help="model for yolo; without one, only motion is run")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the page")
    arguments = parser.parse_args()
    page = arguments.output.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{arguments.output}: has no place for the table, from {BEGIN.strip()} to {END.strip()}")
    runs = all_runs(arguments.clip, arguments.truth, arguments.weights)
    arguments.output.write_text(before + BEGIN + table(runs) + END + after, encoding="utf-8")


def all_runs(clip: Path, truth: Path, weights: Path | None) -> list[Run]:
    """Run each detector at all rates; those that are not below the clip's own would be every frame again."""
    runs = []
    for detector in ("motion",) if weights is None else ("yolo", "motion"):
        every, *fewer = RATES
        runs.append(run(clip, truth, detector, every, weights))
        own = runs[-1].fps
        runs += [run(clip, truth, detector, rate, weights) for rate in fewer if rate < 0.99 * own]
    return runs


def run(clip: Path, truth: Path, detector: str, rate: float, weights: Path | None) -> Run:
    """Analyse the clip and score it."""
    options = ["--detector", detector, "--sample-fps", f"{rate:g}", "--start", "2026-01-01"]
    if detector == "yolo":
        options += ["--weights", str(weights)]
    with tempfile.TemporaryDirectory() as store:
        (done,) = heatcli("analyze", str(clip), *options, "--timezone", "UTC", "--store", store)["clips"]
        score = heatcli("score", str(truth), "--store", store)
    seconds = done["frames_processed"] / done["frames_per_second"]
    covered_s = done["covered_s"]
    return Run(detector, rate, done["frames_processed"] / covered_s, covered_s / seconds, score)


def heatcli(*arguments: str) -> dict[str, Any]:
    """Run a command in a process of its own; return its answer."""
    command = [sys.executable, "-m", "heatcli", *arguments, "--quiet", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def table(runs: list[Run]) -> str:
    """Write the table, and on which machine it was made; ratios are to every frame of the same detector."""
    whole = {run.detector: run.speed for run in runs if run.rate == 0}
    lines = [HEADER, ("---", *["---:"] * (len(HEADER) - 1))]
    lines += [cells(run, run.speed / whole[run.detector]) for run in runs]
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    models = {run.score["weights"] for run in runs} - {None}
    model = f"; `yolo` is {', '.join(sorted(models))}" if models else ""
    return f"\n{rows}\nOn {os.cpu_count()} processor cores{model}.\n\n"


def cells(run: Run, ratio: float) -> tuple[str, ...]:
    """Write a line of the table."""
    score, people, alike = run.score, run.score["unique_visits"], run.score["map"]
    return (
        run.detector,
        f"{run.fps:.3g}" + (" (every)" if run.rate == 0 else ""),
        *(f"{score[name]:.3f}" for name in ("hota", "idf1", "mota")),
        str(score["id_switches"]),
        f"{people['found']} of {people['true']}",
        *(f"{value:.3f}" for value in (score["dwell_s"]["ratio"], alike["r"], alike["total_variation"])),
        f"{run.speed:.1f}",
        f"{ratio:.2f}",
    )


if __name__ == "__main__":
    main()
