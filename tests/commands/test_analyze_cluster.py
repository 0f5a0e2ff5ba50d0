"""`analyze --engine ray` on three nodes of this machine, of which one is killed, as is the program itself."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from heatcli.analysis.options import Options
from heatcli.analysis.plan import plan
from heatcli.cli.show.clip_progress import AnalyzeProgress
from heatcli.commands.clip_work import How
from heatcli.commands.cluster_work import open_driver
from heatcli.config.models import Config
from heatcli.errors import HeatcliError
from heatcli.store.store import Store
from tests.support.analyses import AT_TEN, start
from tests.support.command_line import refused, run
from tests.support.make_clips import write_walker
from tests.support.ray_cluster import ray_cluster

CLIPS = 12
OPTIONS = ("--detector", "motion", *AT_TEN)


def finish(process: "subprocess.Popen[bytes]") -> list[dict[str, Any]]:
    """Return what is told of each clip of a run that must have gone well, with nothing of Ray's beside it."""
    out, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    assert "raylet" not in said.decode()
    clips = json.loads(out)["clips"]
    assert isinstance(clips, list)
    return clips


def live(store: Path) -> dict[str, pl.DataFrame]:
    """Read the rows that count."""
    runs = pl.read_delta(str(store / "clips"))
    key = ["camera", "clip", "run"]
    tables = {
        name: pl.read_delta(str(store / name)).join(runs, on=key, how="semi").drop("run")
        for name in ("tracks", "trajectories")
    }
    assert runs["rows"].sum() == len(tables["tracks"])
    assert runs["camera"].is_unique().all()
    return {
        name: table.sort("camera", *({"frame"} & set(table.columns)), "track")
        for name, table in tables.items()
    }


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)


def staged(store: Path) -> int:
    return len(list((store / "staged").glob("[0-9]*.zip")))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of each of twelve cameras."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(CLIPS):
        write_walker(folder / f"camera-{number:02}.mp4", number)
    return folder


@pytest.fixture(scope="module")
def alone(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The rows of a run on this machine alone."""
    store = tmp_path_factory.mktemp("alone") / "store"
    finish(start(clips, store, *AT_TEN, "--json"))
    rows = live(store)
    assert rows["trajectories"]["camera"].n_unique() == CLIPS
    return rows


@pytest.fixture
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray")
    with ray_cluster(nodes=3) as cluster:
        yield cluster


@pytest.mark.slow
def test_a_killed_program_and_a_killed_node_lose_no_clip(
    clips: Path, tmp_path: Path, cluster: Any, alone: dict[str, pl.DataFrame]
) -> None:
    on_cluster = ("--engine", "ray", "--ray-address", cluster.address)
    store = tmp_path / "store"
    program = start(clips, store, *AT_TEN, "--json", *on_cluster)
    wait_for(lambda: staged(store) >= CLIPS // 3)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    done = staged(store)

    again = start(clips, store, *AT_TEN, "--json", *on_cluster)
    # What was left is committed first. A node may have staged one clip more before it knew of the kill.
    wait_for(lambda: staged(store) < done)
    wait_for(lambda: staged(store) >= 3)
    cluster.remove_node(min(cluster.worker_nodes, key=lambda node: node.node_id), allow_graceful=False)
    told = Counter(clip["status"] for clip in finish(again))
    assert told["skipped"] >= done
    assert told["skipped"] + told["analysed"] == CLIPS
    for name, rows in live(store).items():
        assert_frame_equal(rows, alone[name])


def test_what_is_no_cluster_is_told_at_once(clips: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    analyze = ("analyze", clips, "--store", tmp_path / "store", *OPTIONS)
    assert refused(run(*analyze, "--ray-address", "auto")).endswith("--ray-address is for --engine ray")
    message = refused(run(*analyze, "--engine", "ray", "--ray-address", "ray://10.0.0.5:10001"))
    assert message.startswith(
        "heatcli: --ray-address ray://10.0.0.5:10001: is no HOST:PORT of a head, such as"
    )


def test_without_ray_it_is_told_how_to_get_it(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    said = refused(run("analyze", clips, "--store", tmp_path / "store", *OPTIONS, "--engine", "ray"))
    assert said.endswith("--engine ray needs Ray: pip install 'heatcli[ray]'")


def refusal_on_node(driver_sees: Path, node_sees: Path, **environment: str) -> str:
    """Return why a node does not begin, by what both see as the store and what the node has otherwise set."""
    how = How(driver_sees, Config(), datetime.now(UTC), force=False, reanalyse=False, dry_run=False)
    jobs = plan([Path("a.mp4")], Config(), Options()).jobs
    with (
        AnalyzeProgress(quiet=True) as progress,
        open_driver(progress, jobs=jobs, how=how) as driver,
        pytest.MonkeyPatch.context() as there,
    ):
        for name, value in environment.items():
            there.setenv(name, value)
        assert isinstance(driver.open_on_node, partial)
        with (
            pytest.raises(HeatcliError) as refused,
            driver.open_on_node(progress, how=replace(how, store=node_sees)),
        ):
            pass
    return str(refused.value)


def test_a_node_that_does_not_see_the_store_is_refused(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATCLI_WEIGHTS", str(weights))
    ours, other = tmp_path / "ours", tmp_path / "other"
    Store.create_or_open(other)
    for seen in (other, tmp_path / "nothing"):
        why = refusal_on_node(ours, seen)
        assert why == f"does not see the store {seen}; put it into a folder that all nodes have"


def test_a_node_without_the_models_is_refused(
    tmp_path: Path, weights: Path, test_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATCLI_WEIGHTS", str(weights))
    store, missing = tmp_path / "store", str(tmp_path / "missing.pt")
    assert refusal_on_node(store, store, HEATCLI_WEIGHTS=missing).startswith(f"{missing}: no such model;")
    other = str(test_data / "yolo11n_int8_480x640_openvino_model")
    assert refusal_on_node(store, store, HEATCLI_WEIGHTS=other) == (
        "would find other people than this machine: its models are not the same; put the same models onto "
        "all nodes, at the same paths"
    )
