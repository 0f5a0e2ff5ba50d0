"""Processes on the nodes of a cluster: what is refused before they begin, and what is left when one dies."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from heatcli.analysis import node
from heatcli.analysis.batches import Commit
from heatcli.analysis.cluster import Cluster
from heatcli.analysis.concerns import Concern
from heatcli.analysis.done_on_nodes import done_on_nodes
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import Do, OpenWork
from heatcli.config.cluster import RayConfig
from heatcli.config.models import Config
from heatcli.errors import HeatcliError, InputError
from heatcli.store.clips import ClipRow
from tests.support.own_process import in_own_process
from tests.support.ray_cluster import ray_cluster

pytest.importorskip("ray")
pytestmark = pytest.mark.slow


class Told:
    """Notes what is begun, and what is warned of."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.warned: list[str] = []

    def ask(self, question: str) -> bool:
        return False

    def begin(self, clip: str, frames: int | None) -> None:
        self.begun.append(clip)

    def warn(self, concern: Concern, message: str) -> None:
        self.warned.append(message)

    def expect(self, clips: int) -> None: ...
    def advance(self, clip: str, frames: int) -> None: ...
    def end(self, result: ClipResult) -> None: ...


@contextmanager
def _working(progress: Progress) -> Iterator[Do]:
    """Note in which process a clip is done, and die of some: always, or only the first time."""

    def do(job: Job) -> ClipResult:
        progress.begin(job.path.name, None)
        done = job.path.read_text()
        job.path.write_text(f"{done}{os.getpid()} ")
        if "deadly" in job.path.name or ("once" in job.path.name and not done):
            os._exit(3)
        if "wrong" in job.path.name:
            raise InputError(f"{job.path.name}: is wrong")
        return ClipResult(str(job.path), "analysed")

    yield do


@contextmanager
def _committing(progress: Progress) -> Iterator[Commit]:
    def commit(rows: Sequence[ClipRow]) -> dict[str, ClipRow]:
        raise AssertionError("nothing is staged")

    yield commit


@dataclass(frozen=True)
class Here:
    """A driver who knows the clips whose name says so."""

    open_on_node: OpenWork = _working

    def settled(self, jobs: Sequence[Job]) -> set[int]:
        return {number for number, job in enumerate(jobs) if "known" in job.path.name}

    def do(self, job: Job) -> ClipResult:
        return ClipResult(str(job.path), "skipped")


@contextmanager
def _driver(progress: Progress) -> Iterator[Here]:
    yield Here()


def _outcomes(address: str, paths: Sequence[Path], version: tuple[str, str]) -> tuple[dict[str, str], Told]:
    """Return what becomes of clips, by their name; by none, why nothing was done."""
    node.VERSIONS = version
    jobs, told = plan(list(paths), Config(), Options()).jobs, Told()
    cluster = Cluster(RayConfig(num_cpus=1), address)
    try:
        with done_on_nodes(_driver, jobs, told, cluster=cluster, open_commit=_committing) as outcomes:
            found = {
                paths[number].name: one.status if isinstance(one, ClipResult) else str(one)
                for number, one in outcomes
            }
    except HeatcliError as error:
        found = {"": str(error)}
    return found, told


def outcomes(
    address: str, folder: Path, *names: str, version: tuple[str, str] = node.VERSIONS
) -> tuple[dict[str, str], Told]:
    """Return what becomes of clips in a folder, and what is told; Ray knows nothing of this process."""
    for name in names:
        (folder / name).touch()
    return in_own_process(_outcomes, address, [folder / name for name in names], version)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ray_cluster(nodes=2) as cluster:
        yield cluster.address


def test_a_clip_that_ends_two_processes_is_left_out_and_the_others_are_done(
    address: str, tmp_path: Path
) -> None:
    names = ("a.mp4", "deadly.mp4", "once.mp4", "wrong.mp4", "b.mp4")
    found, told = outcomes(address, tmp_path, *names)
    deadly = found.pop("deadly.mp4")
    assert deadly.startswith(f"{tmp_path / 'deadly.mp4'}: its analysis has ended 2 processes, on ")
    assert deadly.endswith("copy it from the recorder again, or convert it to H.264 first")
    assert found == {
        "a.mp4": "analysed",
        "b.mp4": "analysed",
        "once.mp4": "analysed",
        "wrong.mp4": "wrong.mp4: is wrong",
    }
    assert {name: len((tmp_path / name).read_text().split()) for name in names} == {
        "a.mp4": 1,
        "b.mp4": 1,
        "deadly.mp4": 2,
        "once.mp4": 2,
        "wrong.mp4": 1,
    }
    assert told.begun.count("b.mp4") == 1
    assert told.warned == []


def test_nodes_with_another_version_are_refused_before_work_starts(address: str, tmp_path: Path) -> None:
    has, python = node.VERSIONS
    found, _ = outcomes(address, tmp_path, "a.mp4", version=("0.0.1", "3.1"))
    assert found == {
        "": f"node {socket.gethostname()}: has heatcli {has} on Python {python}, and here is 0.0.1 on Python "
        "3.1; install the same on both; nothing was begun"
    }
    assert (tmp_path / "a.mp4").read_text() == ""


def test_a_clip_that_only_this_machine_has_costs_only_itself(address: str, tmp_path: Path) -> None:
    (tmp_path / "here.mp4").touch()
    paths = [tmp_path / "here.mp4", tmp_path / "gone.mp4"]
    found, _ = in_own_process(_outcomes, address, paths, node.VERSIONS)
    assert found == {
        "here.mp4": "analysed",
        "gone.mp4": f"{paths[1]}: is not on the node {socket.gethostname()}, only where heatcli was called; "
        "put recordings into a folder that all nodes have",
    }


def test_clips_that_need_no_node_need_no_cluster(tmp_path: Path) -> None:
    nowhere = "127.0.0.1:1"
    assert outcomes(nowhere, tmp_path, "known.mp4")[0] == {"known.mp4": "skipped"}
    found, _ = outcomes(nowhere, tmp_path, "known.mp4", "new.mp4")
    assert found == {
        "": f"{nowhere}: no Ray cluster answers (Connection refused); start one with `ray start --head`, or "
        "correct --ray-address"
    }
