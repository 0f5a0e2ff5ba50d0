"""Kill an analysis on a Ray cluster at random moments: the program, a process on a node, or a node.

    python -m tests.campaigns.killed_nodes --kills 30

Twelve clips on three nodes of this machine. After each kill the analysis goes on, or the next one does: each
clip must count once, with the rows of a run that nobody disturbs.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import psutil

from tests.support.analyses import AT_TEN, start
from tests.support.make_clips import write_walker
from tests.support.ray_cluster import CORES, ray_cluster

_CLIPS = 12
_KEY = ["camera", "clip", "run"]


def rows_of(store: Path) -> pl.DataFrame:
    """Return the rows that count.

    Raises:
        AssertionError: a clip counts twice, or is not whole.
    """
    runs = pl.read_delta(str(store / "clips"))
    assert runs["camera"].is_unique().all(), "a clip counts twice"
    tracks = pl.read_delta(str(store / "tracks")).join(runs, on=_KEY, how="semi")
    assert runs["rows"].sum() == len(tracks), "a run is complete or it is not there"
    return tracks.drop("run").sort("camera", "frame", "track")


def at_work(cluster: Any) -> list[psutil.Process]:
    """Return the processes on nodes that analyse clips."""
    raylets = [node.all_processes["raylet"][0].process.pid for node in cluster.worker_nodes]
    children = [child for raylet in raylets for child in psutil.Process(raylet).children(recursive=True)]
    return [child for child in children if "ray::Analysis" in " ".join(child.cmdline())]


def killed(cluster: Any, clips: Path, store: Path, what: str, after_s: float, chance: random.Random) -> str:
    """Kill something after some seconds; tell how the run that goes on ends."""
    on_cluster = ("--engine", "ray", "--ray-address", cluster.address)
    process = start(clips, store, *AT_TEN, "--quiet", *on_cluster)
    time.sleep(after_s)
    if what == "program":
        process.kill()
        process.communicate()
        process = start(clips, store, *AT_TEN, "--quiet", *on_cluster)
    elif what == "process":
        for one in chance.sample(found := at_work(cluster), min(1, len(found))):
            one.send_signal(signal.SIGKILL)
    else:
        cluster.remove_node(chance.choice(sorted(cluster.worker_nodes, key=id)), allow_graceful=False)
        cluster.add_node(wait=False, num_cpus=CORES, object_store_memory=80_000_000)
    _, said = process.communicate()
    return "right" if process.returncode == 0 else f"NOT RIGHT: {process.returncode}, {said.decode()[-300:]}"


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    chance, came = random.Random(said.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name, ray_cluster(nodes=3) as cluster:
        clips = Path(name) / "clips"
        clips.mkdir()
        for number in range(_CLIPS):
            write_walker(clips / f"camera-{number:02}.mp4", number)
        undisturbed = Path(name) / "undisturbed"
        assert start(clips, undisturbed, *AT_TEN, "--quiet").wait() == 0
        expected = rows_of(undisturbed)
        for number in range(said.kills):
            what, store = ("program", "process", "node")[number % 3], Path(name) / f"store-{number}"
            told = killed(cluster, clips, store, what, chance.uniform(3.0, 9.0), chance)
            if told == "right" and not rows_of(store).equals(expected):
                told = "NOT RIGHT: other rows"
            came[f"{what} killed: {told}"] += 1
            print(*came.items(), sep="\n", flush=True)
    return int(any("NOT RIGHT" in told for told in came))


if __name__ == "__main__":
    sys.exit(main())
