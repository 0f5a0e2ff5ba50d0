"""Time linking: of a long synthetic clip, and how much longer `heatcli analyze` takes for it.

    python tests/bench/linking.py
    HEATCLI_WEIGHTS=yolo11n_openvino_model python tests/bench/linking.py --clip vtest.avi
    python tests/bench/linking.py --clip samples/store.mp4 --detector motion

Asked for: 3,000 trajectories over 8 hours, cut at random, link in under 20 s and 1 GB; and an analysis that
describes, links and smooths takes at most 5 % longer than one that does not. The two take turns, since
whatever else the machine does slows both; the time of the processor hardly depends on that.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from typer.testing import CliRunner

import heatcli.analysis.following
import heatcli.commands.analyze
from heatcli.cli.app import app
from heatcli.config.settings import TrackSettings
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations

SECONDS_ASKED = 20.0
BYTES_ASKED = 1e9
RATIO_ASKED = 1.05

PEOPLE, HOURS, FPS = 3000, 8, 5
STEP_US = 1_000_000 // FPS
WIDTH, HEIGHT = 1920, 1080
# People walk at 0.8 of their heights per second, stop once, for half a minute in the mean, and are lost
# every 20 s in the mean, for up to 15 s.
SPEED, STOPS_S, LOST_EVERY_S, LOST_S = 0.8, 30.0, 20.0, 15.0
OUTFITS, COLOURS = 40, 60

Floats = NDArray[np.float64]


def somebody(random: np.random.Generator) -> tuple[Floats, Floats]:
    """Walk in from one side, stop, and walk out: (n,) seconds and (n, 4) boxes."""
    tall = random.uniform(120, 240)
    sides = random.choice([0.0, WIDTH], 2)
    points = np.column_stack(
        [[sides[0], random.uniform(200, WIDTH - 200), sides[1]], random.uniform(400, 1000, 3)]
    )
    walks = np.linalg.norm(np.diff(points, axis=0), axis=1) / (SPEED * tall)
    turns = np.cumsum([0.0, walks[0], random.exponential(STOPS_S), walks[1]])
    times = np.arange(0, turns[-1], 1 / FPS)
    x, y = (np.interp(times, turns, points[[0, 1, 1, 2], axis]) for axis in (0, 1))
    boxes = np.column_stack([x - 0.2 * tall, y - tall, x + 0.2 * tall, y])
    return times, boxes + random.normal(0, 0.02 * tall, boxes.shape)


def long_clip() -> tuple[Observations, NDArray[np.float32], NDArray[np.int64]]:
    """Make tracklets of people who come and go for hours.

    Returns:
        Their rows, (n, 2, D) what each tracklet looks like, and (n,) whose it is.
    """
    random = np.random.default_rng(1)
    outfits = random.dirichlet(np.full(COLOURS, 0.2), OUTFITS)
    rows: list[tuple[NDArray[np.int64], Floats]] = []
    owner, appearance = [], []
    for person in range(PEOPLE):
        begin = random.integers(HOURS * 3600 * FPS - 600 * FPS)
        outfit = outfits[random.integers(OUTFITS)]
        times, boxes = somebody(random)
        at = 0
        while at < len(times):
            length = max(int(random.exponential(LOST_EVERY_S) * FPS), 3)
            rows.append((begin + np.arange(len(times))[at : at + length], boxes[at : at + length]))
            owner.append(person)
            appearance.append(random.dirichlet(300 * outfit + 1e-3, 2))
            at += length + int(random.uniform(0, LOST_S) * FPS)
    order = np.argsort([frame[0] for frame, _ in rows], kind="stable")
    frame = np.concatenate([rows[i][0] for i in order])
    tracklet = np.repeat(np.arange(1, len(rows) + 1), [len(rows[i][0]) for i in order])
    boxes = np.concatenate([rows[i][1] for i in order])
    sequence = np.lexsort((tracklet, frame))
    n = len(frame)
    seen = Observations(
        frame=frame[sequence].astype(np.int32),
        track=tracklet[sequence].astype(np.int32),
        tracklet=tracklet[sequence].astype(np.int32),
        boxes=boxes[sequence].astype(np.float32),
        confidence=np.full(n, 0.7, np.float32),
        class_id=np.zeros(n, np.int32),
        filled=np.zeros(n, np.bool_),
    )
    half_embeddings = np.sqrt(np.array(appearance)[order]).astype(np.float32)
    return seen, half_embeddings, np.array(owner)[order]


def bench_long_clip() -> None:
    """Print how long linking takes, the most memory there was, and how many pieces came together again."""
    seen, half_embeddings, owner = long_clip()
    before, processor, clock = peak_bytes(), time.process_time(), time.perf_counter()
    frames = np.arange(HOURS * 3600 * FPS, dtype=np.int32)
    linked, _ = link_tracklets(
        seen,
        half_embeddings,
        frames=frames,
        pts_us=frames.astype(np.int64) * STEP_US,
        dt_us=np.full(len(frames), STEP_US, np.int32),
        width=WIDTH,
        height=HEIGHT,
        settings=TrackSettings(),
    )
    processor, clock, peak = time.process_time() - processor, time.perf_counter() - clock, peak_bytes()
    labels = np.full(len(owner), -1)
    labels[linked.tracklet - 1] = linked.track
    cuts, made = consecutive(owner), consecutive(labels)
    print(f"{PEOPLE} people over {HOURS} h, {len(owner)} tracklets, {len(seen)} rows:")
    print(f"  {clock:.1f} s, {processor:.1f} s of the processor (asked: less than {SECONDS_ASKED:g})")
    print(f"  peak {peak / 1e6:.0f} MB, {before / 1e6:.0f} before (asked: less than {BYTES_ASKED / 1e6:g})")
    print(f"  of {len(cuts)} cuts {len(cuts & made)} joined; {len(made - cuts)} joined that are none")


def consecutive(labels: NDArray[np.integer]) -> set[tuple[int, int]]:
    """Pairs of tracklets of one label, the one following the other; below 0 is none."""
    order = np.argsort(labels, kind="stable")
    same = (np.diff(labels[order]) == 0) & (labels[order[1:]] >= 0)
    return set(zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True))


def peak_bytes() -> int:
    """Most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def analyse(clip: Path, detector: str) -> tuple[float, float]:
    """Analyse every frame of a clip: seconds of the processor, all threads together, and of the clock."""
    with tempfile.TemporaryDirectory() as store:
        command = ["analyze", str(clip), "--store", store, "--detector", detector, "--sample-fps", "0"]
        processor, clock = time.process_time(), time.perf_counter()
        result = CliRunner().invoke(app, [*command, "--quiet"])
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
    if result.exit_code:
        sys.exit(result.output)
    return processor, clock


def bench_analysis(clip: Path, detector: str, repeats: int) -> None:
    """Print how much longer an analysis takes that describes, links and smooths than one that does not."""
    without: list[tuple[Any, str, Callable[..., Any]]] = [
        (heatcli.analysis.following, "appearance_of", lambda *_: None),
        (
            heatcli.commands.analyze,
            "link_tracklets",
            lambda seen, half_embeddings, **_: (seen, half_embeddings),
        ),
        (heatcli.commands.analyze, "smooth", lambda seen, **_: seen),
    ]

    def one(linked: bool) -> tuple[float, float]:
        with ExitStack() as stack:
            for owner, name, nothing in () if linked else without:
                stack.enter_context(patch.object(owner, name, nothing))
            return analyse(clip, detector)

    one(True)
    ratios = []
    for repeat in range(repeats):
        # First the one, then the other: what else the machine does then meets both.
        took = {linked: np.array(one(linked)) for linked in (repeat % 2 == 0, repeat % 2 == 1)}
        ratios.append(took[True] / took[False])
        print(f"{detector}: {took[True].round(1)} s with linking, {took[False].round(1)} without", flush=True)
    processor, clock = np.median(ratios, axis=0)
    print(f"median ratio: {processor:.3f} of processor, {clock:.3f} of clock (asked: at most {RATIO_ASKED})")


def main() -> None:
    """Parse the arguments and run what they ask for."""
    parser = argparse.ArgumentParser(description="Time linking, of a long clip or as a part of analyze.")
    parser.add_argument("--clip", type=Path, help="analyse this clip, every frame of it")
    parser.add_argument("--detector", default="yolo", help="with which detector (default: yolo)")
    parser.add_argument(
        "--repeats", type=int, default=6, help="how often, with linking and without (default: %(default)s)"
    )
    arguments = parser.parse_args()
    if arguments.clip is None:
        bench_long_clip()
    else:
        bench_analysis(arguments.clip.resolve(), arguments.detector, arguments.repeats)


if __name__ == "__main__":
    main()
