"""Measure speed on an hour of a camera before which few people are.

    python -m tests.bench.day street-1080p.mp4 --weights yolo11n_openvino_model
    python -m tests.bench.day street-1080p.mp4 --weights yolo11n_openvino_model --minutes 6 --part 40
    python -m tests.bench.day street-1080p.mp4 --weights yolo11n_openvino_model --minutes 6 --people 0

The recording is made once (`tests/bench/day_clip.py`) and kept in a cache folder. heatcli's defaults and
decoding alone run over all of it. `solutions.Heatmap` and heatcli at every frame run over its first seconds,
`--part`, and over its first two: what the rest of the part takes is multiplied by the number of frames, so
that starting up counts once. The answers of heatcli's defaults are compared with those of every frame on the
part. Processor time is the measure; by the clock, machines are noisy.
"""

import argparse
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av

from tests.bench.day_clip import GROUP_S, make
from tests.bench.measure import Run
from tests.bench.peers import run_analyze, run_decoding, run_heatmap
from tests.bench.same_answers import Agreement, agreement

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "heatcli-bench"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run over the whole recording costs.

    Attributes:
        name: what ran.
        processor_s: seconds of the processor.
        wall_s: seconds by the clock.
        peak_bytes: most memory.
        measured: on what it was measured.
    """

    name: str
    processor_s: float
    wall_s: float
    peak_bytes: int
    measured: str


def whole(name: str, run: Run) -> Cost:
    """Return the cost of a run over the whole recording."""
    return Cost(name, run.processor_s, run.seconds, run.peak_bytes, "all of it")


def scaled(name: str, first: Run, part: Run, *, part_s: float, length_s: float) -> Cost:
    """Compute the cost of the whole recording from runs over its first group of pictures and over a part."""
    times = (length_s - GROUP_S) / (part_s - GROUP_S)
    return Cost(
        name,
        first.processor_s + times * (part.processor_s - first.processor_s),
        first.seconds + times * (part.seconds - first.seconds),
        part.peak_bytes,
        f"{part_s:g} s",
    )


def recording(clip: Path, *, weights: str, minutes: float, people: float, cache: Path) -> Path:
    """Return the recording, made now if it is not in the cache."""
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()[:12]
    kept = cache / f"{clip.stem}-{digest}-{minutes:g}min-{people:g}.mp4"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            made = Path(folder) / kept.name
            make(clip, weights=weights, minutes=minutes, people=people, output=made)
            made.replace(kept)
    return kept


def cut(clip: Path, seconds: float, output: Path) -> Path:
    """Write the first seconds of a recording, whole groups of pictures, without decoding them."""
    with av.open(str(clip)) as source, av.open(str(output), "w") as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.pts is None or packet.pts * packet.time_base >= seconds:
                break
            packet.stream = stream
            target.mux(packet)
    return output


def measure(
    clip: Path, *, weights: str, peer_weights: str, minutes: float, people: float, part_s: float, cache: Path
) -> tuple[list[Cost], Agreement | None]:
    """Run everything over the recording.

    Returns:
        What each run costs, `solutions.Heatmap` first; and how far the answers agree, None where nobody is in
        the recording.
    """
    long = recording(clip, weights=weights, minutes=minutes, people=people, cache=cache)
    length_s = minutes * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, part = cut(long, GROUP_S, folder / "first.mp4"), cut(long, part_s, folder / "part.mp4")
        peer = [run_heatmap(one, peer_weights) for one in (first, part)]
        each = [
            run_analyze(one, folder / f"every-{one.stem}", "--sample-fps", "0", weights=weights)[0]
            for one in (first, part)
        ]
        default, _ = run_analyze(long, folder / "default", weights=weights)
        costs = [
            scaled("Ultralytics Heatmap, every frame", *peer, part_s=part_s, length_s=length_s),
            scaled("heatcli, every frame", *each, part_s=part_s, length_s=length_s),
            whole("heatcli, defaults", default),
            whole("decoding every frame, nothing else", run_decoding(long)),
        ]
        if not people:
            return costs, None
        run_analyze(part, folder / "part", weights=weights)
        return costs, agreement(folder / "part", folder / "every-part")


def table(costs: list[Cost]) -> str:
    """Write what the runs cost as a table; ratios are to the first one."""
    lines = [
        "| | processor s | times less | wall s | memory MB | measured on |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for cost in costs:
        less = costs[0].processor_s / cost.processor_s
        lines.append(
            f"| {cost.name} | {cost.processor_s:.1f} | {less:.1f} | {cost.wall_s:.1f} "
            f"| {cost.peak_bytes / 1e6:.0f} | {cost.measured} |"
        )
    return "\n".join(lines) + "\n"


def sentence(same: Agreement, *, part_s: float) -> str:
    """Say how far the answers of defaults agree with those of every frame."""
    return (
        f"Defaults against every frame, on the first {part_s:g} s: heat r {same.heat_r:.3f}, "
        f"{same.persons[0]} persons for {same.persons[1]}, dwell {same.dwell:.3f}, "
        f"{same.found[0]} of {same.found[1]} trajectories longer than a second found.\n"
    )


def main() -> None:
    """Parse the arguments, run everything and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path, help="video of people before a fixed camera")
    parser.add_argument(
        "--weights", required=True, help="model of heatcli; a folder may hold several exports"
    )
    parser.add_argument("--peer-weights", help="model of solutions.Heatmap; default: the same")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--people", type=float, default=0.3, help="share of the time with people; 0: nobody")
    parser.add_argument("--part", type=float, default=120, help="seconds for what is not run over all of it")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"folder that keeps it; default: {CACHE}")
    said = parser.parse_args()
    weights = str(Path(said.weights).resolve())
    costs, same = measure(
        said.clip.resolve(),
        weights=weights,
        peer_weights=str(Path(said.peer_weights or weights).resolve()),
        minutes=said.minutes,
        people=said.people,
        part_s=said.part,
        cache=said.cache,
    )
    print(table(costs))
    if same is not None:
        print(sentence(same, part_s=said.part))


if __name__ == "__main__":
    main()
