"""What `heatcli analyze --engine ray` does where it was called, and what on each node."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from heatcli.analysis.batches import Staged
from heatcli.analysis.models import Models
from heatcli.analysis.plan import Job, settings_hash
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import Do, OpenWork
from heatcli.commands.clip_work import How, Work, open_all
from heatcli.config.settings import AnalyzeSettings
from heatcli.errors import ClusterError, StoreNotFoundError
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True)
class DriverWork:
    """The work as the program sees it that was called: a `Driver`."""

    work: Work
    open_on_node: OpenWork

    def do(self, job: Job) -> ClipResult | Staged:
        """Do a job here."""
        return self.work.do(job)

    def settled(self, jobs: Sequence[Job]) -> set[int]:
        """Tell which jobs need no node."""
        return self.work.settled(jobs)


@contextmanager
def open_driver(progress: Progress, *, jobs: Sequence[Job], how: How) -> Iterator[DriverWork]:
    """Open the store here, and do what comes before the first clip.

    Raises:
        UsageError: no job has its model, or the settings are invalid.
        StoreError: the store cannot be written.
    """
    with open_all(progress, jobs=jobs, how=how) as work:
        there = replace(how, stages=True, reanalyse=work.has_consent)
        settings, table = work.settings_hashes(jobs), _table_id(Store.open(how.store))
        yield DriverWork(work, partial(open_on_node, how=there, table=table, settings=settings))


@contextmanager
def open_on_node(
    progress: Progress, *, how: How, table: str, settings: Sequence[tuple[AnalyzeSettings, str]]
) -> Iterator[Do]:
    """Open the store on a node, and make sure that clips are analysed there as they would be here.

    Args:
        progress: receiver of progress reports.
        how: what is to be done with all clips.
        table: id of the store.
        settings: settings of all clips, and for each the hash of what decides what is found in a clip.

    Raises:
        ClusterError: the node has another store at that path, or other models.
        UsageError: the node has no store there, or lacks a model.
    """
    try:
        store = Store.open(how.store)
    except StoreNotFoundError:
        store = None
    if store is None or _table_id(store) != table:
        raise ClusterError(f"does not see the store {how.store}; put it into a folder that all nodes have")
    with Models() as models:
        for one, expected in settings:
            fault = models.fault(one)
            if fault is not None:
                raise ClusterError(str(fault))
            if settings_hash(models.resolved(one)) != expected:
                chosen = models.fallback(one) or "its models are not the same"
                raise ClusterError(
                    f"would find other people than this machine: {chosen}; put the same models onto all "
                    "nodes, at the same paths"
                )
        yield Work(store, progress, models, how).do


def _table_id(store: Store) -> str:
    """Return what no other store has: the id of its table of clips."""
    return str(store.table("clips").metadata().id)
