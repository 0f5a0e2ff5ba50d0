"""What a node of a cluster does: it analyses clips, and keeps its reports until they are fetched."""

import gc
import os
import pickle
import queue
import socket
from contextlib import ExitStack
from dataclasses import dataclass

from heatcli.analysis.batches import Staged
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import ClipResult
from heatcli.analysis.serving import OpenWork, Reports, attempt, portable
from heatcli.analysis.sources import FileState
from heatcli.errors import ClusterError, HeatcliError, VideoError
from heatcli.video.threads import limit_threads

# Seconds that somebody who fetches reports waits for the first at most.
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Done:
    """Outcome of a job: a ClipResult, a Staged, or the error that it has raised."""

    number: int
    outcome: ClipResult | Staged | Exception


class NodeWork:
    """Does jobs, and keeps what is to be told.

    Args:
        open_work: pickled function that is called first, with a receiver of progress reports: what it opens
            does a job.
        folder: folder in which heatcli was called.
        threads: number of threads that each library may use.

    Raises:
        HeatcliError: the work cannot be done on this node.
    """

    def __init__(self, open_work: bytes, *, folder: str, threads: int) -> None:
        try:
            os.chdir(folder)  # paths are relative to it
        except OSError as error:
            why = f"has no folder {folder} ({error.strerror})"
            raise ClusterError(f"{why}; call heatcli in a folder that all nodes have") from error
        limit_threads(threads)
        self._reports: queue.SimpleQueue[object] = queue.SimpleQueue()
        # What it opens stays open until this process is ended.
        self._open = ExitStack()
        opening: OpenWork = pickle.loads(open_work)
        self._do = self._open.enter_context(opening(_Kept(self._reports.put)))

    def do(self, number: int, job: Job) -> None:
        """Do a job; its outcome is the last of its reports."""
        try:
            FileState.of(job.path)
        except VideoError:
            outcome: ClipResult | Staged | Exception = VideoError(
                f"{job.path}: is not on the node {socket.gethostname()}, only where heatcli was called; put "
                "recordings into a folder that all nodes have"
            )
        else:
            outcome = attempt(self._do, job)
        has_failed = isinstance(outcome, Exception)
        self._reports.put(Done(number, portable(outcome) if isinstance(outcome, Exception) else outcome))
        del outcome
        if has_failed:
            # The error held the decoder. If that crashes, it must not do so during another clip.
            gc.collect()

    def reports(self) -> list[object]:
        """Return the reports since the last call, in their order; wait a while for the first."""
        found: list[object] = []
        try:
            found.append(self._reports.get(timeout=_PATIENCE_S))
            while True:
                found.append(self._reports.get_nowait())
        except queue.Empty:
            return found


class _Kept(Reports):
    """Reports that are kept; nobody is there to be asked."""

    def ask(self, question: str) -> bool:
        return False


def opened(open_work: bytes, *, folder: str, threads: int) -> NodeWork | str:
    """Open the work on this node; return why it cannot be done here, if that is so."""
    try:
        return NodeWork(open_work, folder=folder, threads=threads)
    except HeatcliError as error:
        return str(error)
