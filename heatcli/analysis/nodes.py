"""Nodes of a cluster that share the clips: one that vanishes loses none."""

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait

from heatcli.analysis.batches import Batches, Staged
from heatcli.analysis.cluster import Cluster
from heatcli.analysis.concerns import Concern
from heatcli.analysis.losses import Losses
from heatcli.analysis.node import Node
from heatcli.analysis.node_work import Done
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import Progress
from heatcli.analysis.serving import Call, OpenWork
from heatcli.analysis.sources import FileState
from heatcli.analysis.workers import Outcome
from heatcli.errors import ClusterError, InputError, VideoError

# Processes in a row that may end before they are open: more is no accident.
_MOST_FAILED_STARTS = 3
# Seconds that work waits, once one node is ready, for the others to be found fit.
_OTHERS_S = 20.0
# Seconds without any node after which none is expected to come: a machine with a GPU may take ten minutes.
_NO_NODE_S = 900.0
# Seconds between two looks at how many nodes there are.
_LOOK_S = 10.0
# Seconds in which a commit that has ended is heard of.
_COMMIT_S = 0.2


class Nodes:
    """Processes on nodes, the clips that wait for one, and those that wait to be committed.

    Args:
        open_work: function that each process calls first: see `NodeWork`.
        jobs: all jobs.
        numbers: numbers of the jobs that are done on nodes.
        progress: receiver of progress reports.
        batches: clips that are staged.
        cluster: the cluster, to which this program is connected.
    """

    def __init__(
        self,
        open_work: OpenWork,
        jobs: Sequence[Job],
        numbers: Sequence[int],
        progress: Progress,
        batches: Batches,
        cluster: Cluster,
    ) -> None:
        self._open_work = open_work
        self._jobs = jobs
        self._progress = progress
        self._batches = batches
        self._cluster = cluster
        # The last clip to end decides when all have ended: long ones must not be begun late.
        self._waiting = deque(sorted(numbers, key=lambda number: -_bytes(jobs[number])))
        self._nodes: list[Node] = []
        self._most = 0
        self._looked_s = -math.inf
        # When nodes were first asked for, and when the first was ready.
        self._asked_s = self._ready_s = math.inf
        self._has_begun = False
        self._unfit = 0
        self._failed_starts = 0
        self._losses = Losses()

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcomes of all jobs, as they come."""
        while True:
            self._ask_for_nodes()
            self._hand_out()
            busy = [node for node in self._nodes if node.job is not None]
            if not busy and not self._waiting:
                self.release()
                self._batches.begin(at_once=True)
                if self._batches.is_empty:
                    return
            else:
                self._batches.begin(at_once=False)
            for node in self._heard():
                yield from self._listen(node)
            if self._batches.connections and wait(self._batches.connections, 0):
                yield from self._batches.listen()
            else:
                yield from self._batches.look_after()

    def stop(self) -> None:
        """End all that is still at work."""
        self._batches.stop()
        self.release()

    def release(self) -> None:
        """Give back all nodes."""
        for node in self._nodes:
            node.stop()
        self._nodes = []

    def _ask_for_nodes(self) -> None:
        """Ask for as many processes as there are clips and room.

        Raises:
            ClusterError: none has come for long.
        """
        now_s = time.monotonic()
        if now_s - self._looked_s > _LOOK_S:
            self._looked_s = now_s
            room = self._cluster.room()
            self._most = self._cluster.most or max(1, room)
            if math.isinf(self._asked_s):
                self._asked_s = now_s
                self._wanted = min(room, self._most, len(self._waiting))
                if not room:
                    self._progress.warn(
                        Concern.NODES, f"no node has room for {self._each()}; waiting for one"
                    )
        if any(node.is_open for node in self._nodes):
            self._asked_s = now_s
        elif self._waiting and now_s - self._asked_s > _NO_NODE_S:
            raise ClusterError(
                f"no node with {self._each()} has come for {_NO_NODE_S / 60:.0f} minutes; start one, or ask "
                "for less in [ray] of heatcli.toml"
            )
        idle = sum(node.job is None for node in self._nodes)
        most = max(self._most - self._unfit, 1)
        while idle < len(self._waiting) and len(self._nodes) < most:
            self._nodes.append(Node(self._open_work, self._cluster.each))
            idle += 1

    def _each(self) -> str:
        each = self._cluster.each
        gpus = f" and {each.num_gpus:g} GPU" if each.num_gpus else ""
        return f"{each.num_cpus} CPU{gpus}"

    def _hand_out(self) -> None:
        """Give jobs to those that have none, once it is known that all nodes there are can do the work."""
        ready = [node for node in self._nodes if node.is_open]
        if not self._has_begun:
            is_late = time.monotonic() - self._ready_s > _OTHERS_S
            self._has_begun = bool(ready) and (len(ready) >= self._wanted or is_late)
        if self._has_begun:
            for node in ready:
                if node.job is None and self._waiting:
                    number = self._waiting.popleft()
                    node.give(number, self._jobs[number])
                elif node.job is None:
                    # Others may use its node, or it may be switched off.
                    self._end(node)

    def _heard(self) -> list[Node]:
        """Wait for news; return the processes of which there are some."""
        import ray

        most_s = min(self._batches.wait_s, _COMMIT_S if self._batches.connections else 1.0)
        if not self._nodes:
            wait(self._batches.connections, most_s)
            return []
        answers = {node.answer: node for node in self._nodes}
        heard, _ = ray.wait(list(answers), num_returns=1, timeout=most_s)
        if heard:
            heard, _ = ray.wait(list(answers), num_returns=len(answers), timeout=0)
        return [answers[answer] for answer in heard]

    def _listen(self, node: Node) -> Iterator[Outcome]:
        """Take what has come of a process.

        Raises:
            ClusterError: a node cannot do the work, or none can.
        """
        from ray.exceptions import RayError, RayTaskError

        was_open = node.is_open
        try:
            came = node.hear()
        except RayTaskError:
            raise  # a bug, on the node
        except RayError as error:
            yield from self._lose(node, error)
            return
        if isinstance(came, str):
            self._refuse(node, came)
            return
        if not was_open:
            self._failed_starts = 0
            self._ready_s = min(self._ready_s, time.monotonic())
        for report in came:
            if isinstance(report, Call):
                report.make(self._progress)
            else:
                assert isinstance(report, Done)
                node.job = None
                if isinstance(report.outcome, Staged):
                    self._batches.add(report.number, report.outcome)
                else:
                    yield report.number, report.outcome

    def _refuse(self, node: Node, fault: str) -> None:
        """Do without a node that came later and cannot do the work.

        Raises:
            ClusterError: nothing was begun yet, or no other node is left.
        """
        if not self._has_begun:
            raise ClusterError(f"{fault}; nothing was begun")
        self._end(node)
        self._unfit += 1
        if not any(other.is_open for other in self._nodes):
            raise ClusterError(f"{fault}; no other node is left")
        self._progress.warn(Concern.NODES, f"{fault}; the others go on without it")

    def _lose(self, node: Node, error: Exception) -> Iterator[Outcome]:
        """Do without a process that has died or cannot be reached; another one does its job.

        Raises:
            ClusterError: processes die before they are ready.
        """
        from ray.exceptions import ActorUnavailableError

        self._end(node)
        is_gone = node.has_vanished or isinstance(error, ActorUnavailableError)
        if node.name and is_gone:
            self._progress.warn(Concern.NODES, f"node {node.name} has vanished; others do what it was doing")
        if not node.is_open:
            self._failed_starts += 1
            if self._failed_starts == _MOST_FAILED_STARTS:
                why = " ".join(str(error).split())
                raise ClusterError(f"processes on nodes end before they are ready: {why}") from error
        if node.job is None:
            return
        given_up = self._losses.note(node.job, node, has_died=not is_gone)
        if given_up is None:
            self._waiting.appendleft(node.job)
        else:
            yield node.job, VideoError(f"{self._jobs[node.job].path}: {given_up}")

    def _end(self, node: Node) -> None:
        node.stop()
        self._nodes.remove(node)


def _bytes(job: Job) -> int:
    try:
        return FileState.of(job.path).size
    except InputError:
        return 0  # told when its turn comes
