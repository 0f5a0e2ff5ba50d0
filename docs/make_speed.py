"""Write the tables of docs/speed.md: what whole processes take, against other programs and against before.

    python -m docs.make_speed CLIP... --weights MODEL --peer-weights MODEL --before TREE -o docs/speed.md

Each clip is analysed by default and at every frame, and shown to Ultralytics `solutions.Heatmap`. The last
clip is also made into recordings by `tests/bench/day.py`. The first one is analysed with `motion`, by this
version and by the one in the folder TREE, and four times, by one and by two processes. A folder of weights
may hold exports for frames of several shapes. The machine should do nothing else.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.day import CACHE, Cost, measure, recording, sentence, table, whole
from tests.bench.measure import Run, run
from tests.bench.peers import run_analyze, run_decoding, run_heatmap
from tests.bench.workers import analysed, copies
from tests.support.places import ROOT

BEGIN, END = "<!-- made by docs/make_speed.py -->\n", "<!-- end -->\n"

# How many times less is asked for; and of any clip that is not named.
ASKED = {"vtest.avi": 5.0, "street-1080p.mp4": 9.0}
ASKED_DAY, ASKED_STILL, ASKED_MOTION, ASKED_WORKERS = 20.0, 1.0, 3.0, 1.0

STILL_MINUTES = 10
# Runs that take turns, of which the quickest counts.
TURNS = 2


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times less something takes than something else.

    Attributes:
        what: what is compared.
        times: how many times less.
        asked: how many times less is asked for; None where nothing is.
    """

    what: str
    times: float
    asked: float | None


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the page, and what it says in one number."""

    title: str
    text: str
    ratio: Ratio


def main() -> None:
    """Parse the arguments, run everything and put the tables into the page."""
    parser = argparse.ArgumentParser(description="Write the tables of docs/speed.md.")
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="video of people")
    parser.add_argument("--weights", type=Path, required=True, help="model of heatcli")
    parser.add_argument("--peer-weights", type=Path, required=True, help="model of solutions.Heatmap")
    parser.add_argument("--before", type=Path, required=True, help="folder with an earlier version")
    parser.add_argument("--minutes", type=float, default=60, help="length of the recording")
    parser.add_argument("--part", type=float, default=120, help="seconds of it for what is not run over all")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"keeps recordings; default: {CACHE}")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the page")
    said = parser.parse_args()
    page = said.output.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{said.output}: has no place for the tables, from {BEGIN.strip()} to {END.strip()}")
    clips = [clip.resolve() for clip in said.clips]
    weights, peer_weights = str(said.weights.resolve()), str(said.peer_weights.resolve())
    load = os.getloadavg()[0]
    os.environ["HEATCLI_WEIGHTS"] = weights  # for `analysed`
    sections, shares = [], []
    for clip in clips:
        section, share = against_heatmap(clip, weights, peer_weights)
        sections.append(section)
        shares.append(share)
    sections += [
        day(clips[-1], weights, peer_weights, minutes=said.minutes, part_s=said.part, cache=said.cache),
        still(clips[-1], weights, cache=said.cache),
        motion(clips[0], said.before.resolve()),
        workers(clips[0], "motion"),
        workers(clips[-1], "yolo"),
    ]
    made = summary(sections, load=load) + stages_table(shares)
    made += "".join(f"### {section.title}\n\n{section.text}\n" for section in sections)
    said.output.write_text(f"{before}{BEGIN}\n{made}{END}{after}", encoding="utf-8")


def against_heatmap(clip: Path, weights: str, peer_weights: str) -> tuple[Section, tuple[str, ...]]:
    """Compare the analysis of a clip with `solutions.Heatmap`.

    Returns:
        The table, and the clip's line in that of the stages.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = run_heatmap(clip, peer_weights)
        default, _ = run_analyze(clip, folder / "default", weights=weights)
        every, _ = run_analyze(clip, folder / "every", "--sample-fps", "0", weights=weights)
        costs = [
            whole("Ultralytics Heatmap, every frame", peer),
            whole("heatcli, every frame", every),
            whole("heatcli, defaults", default),
            whole("decoding every frame, nothing else", run_decoding(clip)),
        ]
        share = stages_line(clip, folder / "default", default, weights)
    ratio = Ratio(
        f"{clip.name}: heatcli by default, against Heatmap at every frame",
        peer.processor_s / default.processor_s,
        ASKED.get(clip.name),
    )
    return Section(clip.name, table(costs), ratio), share


def stages_line(clip: Path, store: Path, default: Run, weights: str) -> tuple[str, ...]:
    """Run the stages of an analysis alone; return the cells of the clip's line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = [sys.executable, "-m", "heatcli", "clips", "--store", str(store), "--quiet", "--json"]
        (row,) = json.loads(run(asked, folder).stdout)["clips"]
        looks = int(row["frames_looked_at"])
        command = [sys.executable, str(ROOT / "tests/bench/stages.py"), str(clip)]
        alone = json.loads(run([*command, "--weights", weights, "--looks", str(looks)], folder).stdout)
    parts = [*alone.values(), default.processor_s - sum(alone.values())]
    shares = (f"{100 * part / default.processor_s:.0f} %" for part in parts)
    return (clip.name, f"{looks} of {row['frames_processed']}", f"{default.processor_s:.1f} s", *shares)


def stages_table(lines: list[tuple[str, ...]]) -> str:
    """Write which stage takes which share of an analysis by default."""
    head = ("clip", "frames looked at", "processor", "starting", "decoding", "finding people", "the rest")
    rule = ("---", *["---:"] * (len(head) - 1))
    rows = "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *lines))
    return f"### Stages\n\n{rows}\n"


def day(
    clip: Path, weights: str, peer_weights: str, *, minutes: float, part_s: float, cache: Path
) -> Section:
    """Compare what a recording takes before which, most of the time, nobody is."""
    costs, same = measure(
        clip,
        weights=weights,
        peer_weights=peer_weights,
        minutes=minutes,
        people=0.3,
        part_s=part_s,
        cache=cache,
    )
    assert same is not None
    peer, _, default, _ = costs
    ratio = Ratio(
        f"{minutes:g} minutes, people for 30 % of the time: likewise",
        peer.processor_s / default.processor_s,
        ASKED_DAY,
    )
    title = f"{minutes:g} minutes with people for 30 % of the time"
    return Section(title, f"{table(costs)}\n{sentence(same, part_s=part_s)}", ratio)


def still(clip: Path, weights: str, *, cache: Path) -> Section:
    """Compare what a recording takes in which nobody comes with decoding it."""
    long = recording(clip, weights=weights, minutes=STILL_MINUTES, people=0, cache=cache)
    decoding = run_decoding(long)
    with tempfile.TemporaryDirectory() as folder:
        default, _ = run_analyze(long, Path(folder) / "store", weights=weights)
    costs = [whole("decoding every frame, nothing else", decoding), whole("heatcli, defaults", default)]
    ratio = Ratio(
        f"{STILL_MINUTES} minutes in which nobody comes: heatcli, against decoding every frame",
        decoding.processor_s / default.processor_s,
        ASKED_STILL,
    )
    return Section(f"{STILL_MINUTES} minutes in which nobody comes", table(costs), ratio)


def motion(clip: Path, before: Path) -> Section:
    """Compare `motion` with that of an earlier version."""
    runs: dict[str, list[Run]] = {"motion, before": [], "motion": []}
    for _ in range(TURNS):
        for tree, done in zip((before, ROOT), runs.values(), strict=True):
            with tempfile.TemporaryDirectory() as folder:
                command = ["/usr/bin/env", f"PYTHONPATH={tree}", sys.executable, "-m", "heatcli", "analyze"]
                command += [str(clip), "--store", "store", "--quiet", "--detector", "motion"]
                done.append(run([*command, "--start", "2026-01-01", "--timezone", "UTC"], Path(folder)))
    costs = [quickest(name, done) for name, done in runs.items()]
    ratio = Ratio(
        f"{clip.name}, `motion`: against before", costs[0].processor_s / costs[1].processor_s, ASKED_MOTION
    )
    return Section(f"`motion`, {clip.name}", table(costs), ratio)


def workers(clip: Path, detector: str) -> Section:
    """Compare one process with two, over four copies of a clip."""
    runs: dict[int, list[Run]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        clips = copies(clip, base, 4)
        for turn in range(TURNS):
            for count, done in runs.items():
                folder = base / f"{turn}-{count}"
                folder.mkdir()
                done.append(analysed(clips, folder, count, detector))
    costs = [quickest(f"--workers {count}", done) for count, done in runs.items()]
    title = f"Four times {clip.name}, `{detector}`"
    times = costs[0].wall_s / costs[1].wall_s
    return Section(
        title, table(costs), Ratio(f"{title}: two processes, against one, by the clock", times, ASKED_WORKERS)
    )


def quickest(name: str, runs: list[Run]) -> Cost:
    """Return the quickest of several runs."""
    best = min(runs, key=lambda one: one.seconds)
    return whole(name, best)


def summary(sections: list[Section], *, load: float) -> str:
    """Write what is asked against what was measured, on which machine, with which load at first."""
    rows = "".join(
        f"| {one.ratio.what} | {'-' if one.ratio.asked is None else f'{one.ratio.asked:g}'} "
        f"| {one.ratio.times:.2f} |\n"
        for one in sections
    )
    head = "| | asked | measured |\n|---|---:|---:|\n"
    return f"On {machine()}, with a load of {load:.1f} by other programs. Times less:\n\n{head}{rows}\n"


def machine() -> str:
    """Say which processor this is, and with how many cores."""
    information = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.split(":")[1].strip() for line in information.splitlines() if line.startswith("model name")]
    features = [name for name in ("avx512_vnni", "amx_int8") if name in information]
    name = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores of {name} ({', '.join(features) or 'neither VNNI nor AMX'})"


if __name__ == "__main__":
    main()
