"""Write the tables of docs/accuracy.md: scores of both detectors on clips with ground truth.

python docs/make_accuracy.py CLIP... --weights MODEL -o docs/accuracy.md

The ground truth of `street.mp4` is `street.gt.txt` beside it. Each line is a run of `heatcli analyze` over
the whole clip into a store of its own, and of `heatcli score` on what it stored. Without --weights, only
`motion` is run. A folder of weights may hold exports for frames of several shapes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- made by docs/make_accuracy.py -->\n", "<!-- end -->\n"

HEADER = (
    *("detector", "frames/s", "looked at"),
    *("HOTA", "IDF1", "switches", "people"),
    *("DetA", "time"),
    *("map r", "map TV"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One analysis of a clip.

    Attributes:
        detector: `yolo` or `motion`.
        rate: what was asked of `--sample-fps`.
        clip: what `heatcli clips --json` says of the clip.
        score: what `heatcli score --json` says of it.
    """

    detector: str
    rate: str
    clip: dict[str, Any]
    score: dict[str, Any]

    @property
    def fps(self) -> float:
        """Processed frames a second."""
        return float(self.clip["frames_processed"] / self.clip["covered_s"])


def main() -> None:
    """Parse the arguments, run everything and put the tables into the page."""
    parser = argparse.ArgumentParser(description="Write the tables of docs/accuracy.md.")
    parser.add_argument(
        "clips", type=Path, nargs="+", metavar="CLIP", help="a video, with its truth in MOT format beside it"
    )
    parser.add_argument("--weights", type=Path, help="model for yolo; without one, only motion is run")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the page")
    arguments = parser.parse_args()
    page = arguments.output.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{arguments.output}: has no place for the tables, from {BEGIN.strip()} to {END.strip()}")
    made = "".join(section(clip, all_runs(clip, arguments.weights)) for clip in arguments.clips)
    arguments.output.write_text(f"{before}{BEGIN}\n{made}{END}{after}", encoding="utf-8")


def all_runs(clip: Path, weights: Path | None) -> list[Run]:
    """Run each detector by default, at 10 frames a second if the clip has more, and over every frame."""
    runs = []
    for detector in ("motion",) if weights is None else ("yolo", "motion"):
        every = run(clip, detector, "0", weights)
        fewer = ["auto"] if every.fps < 10.1 else ["auto", "10"]
        runs += [*(run(clip, detector, rate, weights) for rate in fewer), every]
    return runs


def run(clip: Path, detector: str, rate: str, weights: Path | None) -> Run:
    """Analyse the clip and score it."""
    options = ["--detector", detector, "--sample-fps", rate, "--start", "2026-01-01", "--timezone", "UTC"]
    if detector == "yolo":
        options += ["--weights", str(weights)]
    with tempfile.TemporaryDirectory() as store:
        heatcli("analyze", str(clip), *options, "--store", store)
        (analysed,) = heatcli("clips", "--store", store)["clips"]
        score = heatcli("score", str(clip.with_suffix(".gt.txt")), "--store", store)
    return Run(detector, rate, analysed, score)


def heatcli(*arguments: str) -> dict[str, Any]:
    """Run a command in a process of its own; return its answer."""
    command = [sys.executable, "-m", "heatcli", *arguments, "--quiet", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def section(clip: Path, runs: list[Run]) -> str:
    """Write the table of a clip, under its name; every frame of a detector comes last."""
    lines = [HEADER, ("---", *["---:"] * (len(HEADER) - 1)), *map(cells, runs)]
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    every = runs[-1]
    return f"### {clip.name}\n\n{every.clip['covered_s']:.1f} s, {every.fps:.3g} frames a second.\n\n{rows}\n"


def cells(run: Run) -> tuple[str, ...]:
    """Write a line of the table."""
    score, people, alike = run.score, run.score["unique_visits"], run.score["map"]
    return (
        run.detector,
        {"0": "every", "auto": "auto (default)"}.get(run.rate, run.rate),
        str(run.clip["frames_looked_at"]),
        f"{score['hota']:.3f}",
        f"{score['idf1']:.3f}",
        str(score["id_switches"]),
        f"{people['found']} of {people['true']}",
        f"{score['det_a']:.3f}",
        *(f"{value:.3f}" for value in (score["dwell_s"]["ratio"], alike["r"], alike["total_variation"])),
    )


if __name__ == "__main__":
    main()
