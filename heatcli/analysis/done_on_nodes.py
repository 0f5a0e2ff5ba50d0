"""Clips that are analysed on the nodes of a cluster, but for those that need none."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Protocol, TypeAlias

from heatcli.analysis.batches import Batches, OpenCommit, Staged
from heatcli.analysis.cluster import Cluster, connected
from heatcli.analysis.nodes import Nodes
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import OpenWork, attempt
from heatcli.analysis.workers import Outcome


class Driver(Protocol):
    """What the program that asks for the work knows and does of it."""

    @property
    def open_on_node(self) -> OpenWork:
        """What opens the work on a node; it raises a HeatcliError if it cannot be done there."""
        ...

    def settled(self, jobs: Sequence[Job]) -> set[int]:
        """Tell which jobs, by number, need no node."""
        ...

    def do(self, job: Job) -> ClipResult | Staged:
        """Do a job here."""
        ...


OpenDriver: TypeAlias = Callable[[Progress], AbstractContextManager[Driver]]


@contextmanager
def done_on_nodes(
    open_driver: OpenDriver,
    jobs: Sequence[Job],
    progress: Progress,
    *,
    cluster: Cluster,
    open_commit: OpenCommit,
) -> Iterator[Iterator[Outcome]]:
    """Do jobs on the nodes of a cluster, within the `with`; those that need no node are done here.

    Args:
        open_driver: function that opens what is done here.
        jobs: jobs, the longest of which are begun first.
        progress: receiver of progress reports in this process.
        cluster: the cluster, which is left alone if no job needs it.
        open_commit: function that opens the commit of clips which nodes have only staged.

    Yields:
        Outcomes, as they come; a VideoError for a clip that has ended its process again and again.

    Raises:
        UsageError: the cluster's address is none, or Ray is not installed.
        ClusterError: the cluster cannot be reached, has no room, or has nodes that cannot do the work.
    """
    with open_driver(progress) as driver:
        settled = driver.settled(jobs)
        here = _done_here(driver, jobs, settled)
        rest = [number for number in range(len(jobs)) if number not in settled]
        if not rest:
            yield here
            return
        with connected(cluster.address):
            batches = Batches(open_commit, progress)
            nodes = Nodes(driver.open_on_node, jobs, rest, progress, batches, cluster)
            try:
                yield chain(here, nodes.outcomes())
            finally:
                nodes.stop()


def _done_here(driver: Driver, jobs: Sequence[Job], numbers: set[int]) -> Iterator[Outcome]:
    for number in sorted(numbers):
        outcome = attempt(driver.do, jobs[number])
        assert not isinstance(outcome, Staged), "what is done here is committed here"
        yield number, outcome
