"""An analysis on a node of a cluster, as the program that has asked for it sees it."""

import pickle
import platform
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from heatcli.analysis.plan import Job
from heatcli.analysis.serving import OpenWork
from heatcli.config.cluster import RayConfig
from heatcli.version import __version__

VERSIONS = (__version__, ".".join(platform.python_version_tuple()[:2]))
"""Versions of heatcli and Python, both of which nodes must have too."""


class Node:
    """A process on some node, which does jobs one after the other.

    It is asked for at once, and is there once the cluster has room for it.

    Attributes:
        answer: Ray's reference to what comes next of the process.
        is_open: whether it is there and can do jobs.
        name: name of the node's host; empty as long as it is not known.
        job: number of the job that it does; None where it does none.
    """

    def __init__(self, open_work: OpenWork, each: RayConfig) -> None:
        self._actor: Any = _actor_class(each).remote()
        self.answer: Any = self._actor.open.remote(
            VERSIONS, pickle.dumps(open_work), str(Path.cwd()), each.num_cpus
        )
        self._task: Any = None
        self.is_open = False
        self.name = ""
        self._id = ""
        self.job: int | None = None

    def hear(self) -> Sequence[object] | str:
        """Return what has come: reports, or why the node cannot do the work.

        Raises:
            ray.exceptions.RayTaskError: a bug, on the node.
            ray.exceptions.RayError: the process has died, or its node has vanished.
        """
        import ray

        came = ray.get(self.answer)
        if self.is_open:
            if self._task is not None and ray.wait([self._task], timeout=0)[0]:
                ray.get(self._task)
            self.answer = self._actor.reports.remote()
            return came  # type: ignore[no-any-return]  # a list of reports
        self._id, self.name, fault = came
        if fault is not None:
            return f"node {self.name}: {fault}"
        self.is_open, self.answer = True, self._actor.reports.remote()
        return ()

    def give(self, number: int, job: Job) -> None:
        """Let the process do a job."""
        self.job = number
        self._task = self._actor.do.remote(number, job)

    @property
    def has_vanished(self) -> bool:
        """Whether the cluster knows the node no more."""
        import ray

        return not any(node["Alive"] and node["NodeID"] == self._id for node in ray.nodes())

    def stop(self) -> None:
        """End the process at once; what it was doing counts as never begun."""
        import ray

        with suppress(ray.exceptions.RayError):
            ray.kill(self._actor)


def _actor_class(each: RayConfig) -> Any:
    """Return the class of the process, with what it takes of its node.

    It goes to nodes as code, and takes and returns only built-in types until both sides are known to have
    the same heatcli: what refers to a module fails where that is missing, or another version.
    """
    import ray

    class Analysis:
        def open(
            self, versions: tuple[str, str], open_work: bytes, folder: str, threads: int
        ) -> tuple[str, str, str | None]:
            """Prepare for jobs; return the node's id and host, and why it cannot do them, if that is so."""
            import platform
            import socket

            import ray

            node, host = ray.get_runtime_context().get_node_id(), socket.gethostname()
            try:
                from heatcli.version import __version__
            except ImportError:
                return node, host, f"has no heatcli; install version {versions[0]} there"
            has = (__version__, ".".join(platform.python_version_tuple()[:2]))
            if has != versions:
                fault = "has heatcli {} on Python {}, and here is {} on Python {}; install the same on both"
                return node, host, fault.format(*has, *versions)
            from heatcli.analysis.node_work import opened

            work = opened(open_work, folder=folder, threads=threads)
            if isinstance(work, str):
                return node, host, work
            self._work = work
            return node, host, None

        def do(self, number: int, job: object) -> None:
            """Do a job."""
            self._work.do(number, job)  # type: ignore[arg-type]  # a Job, which this class must not name

        @ray.method(concurrency_group="reports")  # type: ignore[untyped-decorator]  # it has no type
        def reports(self) -> list[object]:
            """Return the reports since the last call; wait a while for the first."""
            return self._work.reports()

    # What one clip has killed is begun again by this program, which counts how often.
    return ray.remote(
        num_cpus=each.num_cpus,
        num_gpus=each.num_gpus,
        max_restarts=0,
        max_task_retries=0,
        concurrency_groups={"reports": 1},
        scheduling_strategy="SPREAD",
    )(Analysis)
