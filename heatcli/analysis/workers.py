"""Several processes that share the clips: each does one after the other, and one that dies loses one clip."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import wait
from typing import TypeAlias

from heatcli.analysis.batches import Batches, OpenCommit, Staged
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import Call, OpenWork, Question, Ready, attempt
from heatcli.analysis.worker import Worker, how_it_stood_still
from heatcli.errors import VideoError

Outcome: TypeAlias = tuple[int, ClipResult | Exception]
"""Number of a job, and its result or what it has raised."""


@contextmanager
def done_here(open_work: OpenWork, jobs: Sequence[Job], progress: Progress) -> Iterator[Iterator[Outcome]]:
    """Do jobs in this process, one after the other, within the `with`."""
    with open_work(progress) as do:
        yield ((number, attempt(do, job)) for number, job in enumerate(jobs))


@contextmanager
def done_by_workers(
    open_work: OpenWork,
    jobs: Sequence[Job],
    progress: Progress,
    *,
    most: int,
    threads: int | None,
    open_commit: OpenCommit,
) -> Iterator[Iterator[Outcome]]:
    """Do jobs in child processes, within the `with`; another child takes over from one that has died.

    Args:
        open_work: function that each child calls first: see `Worker`.
        jobs: jobs, each for one of the children.
        progress: receiver of progress reports in this process.
        most: largest number of children at once. Another one is started only while all others are decoding:
            passing over clips that the store has takes no time.
        threads: number of threads that each library may use in a child; None for as many as it likes.
        open_commit: function that opens the commit of clips which children have only staged.

    Yields:
        Outcomes, as they come; a VideoError where the child died or none can be started.
    """
    batches = Batches(open_commit, progress)
    pool = _Pool(open_work, jobs, progress, batches, most=most, threads=threads)
    try:
        with closing(pool.outcomes()) as outcomes:
            yield outcomes
    finally:
        pool.stop()


class _Pool:
    def __init__(
        self,
        open_work: OpenWork,
        jobs: Sequence[Job],
        progress: Progress,
        batches: Batches,
        *,
        most: int,
        threads: int | None,
    ) -> None:
        self._open_work = open_work
        self._jobs = jobs
        self._progress = progress
        self._batches = batches
        self._most = most
        self._threads = threads
        self._waiting = deque(range(len(jobs)))
        self._workers: list[Worker] = []
        # All children ask what the first one has asked: once is enough for one run.
        self._answer: bool | None = None

    def outcomes(self) -> Generator[Outcome, None, None]:
        """Yield the outcomes of all jobs, as they come."""
        while True:
            yield from self._hand_out()
            busy = [worker for worker in self._workers if not worker.is_ready]
            self._batches.begin(at_once=not busy)
            if not busy and self._batches.is_empty:
                return
            if not self._waiting:
                # The memory of those that have nothing left to do is for the others.
                self._end([worker for worker in self._workers if worker.is_ready])
            # Ctrl-C ends the waiting, but not a reading: polars installs a handler that goes on with it.
            waits = [*(worker.wait_s for worker in busy), self._batches.wait_s]
            committing = self._batches.connections
            heard = wait([*(worker.connection for worker in busy), *committing], min(waits))
            for worker in busy:
                if worker.connection in heard:
                    yield from self._listen(worker)
                elif worker.is_stuck():
                    yield from self._lose(worker, how_it_stood_still())
            if any(connection in heard for connection in committing):
                yield from self._batches.listen()
            else:
                yield from self._batches.look_after()

    def stop(self) -> None:
        """End all children at once."""
        self._batches.stop()
        self._end(list(self._workers))

    def _end(self, workers: Sequence[Worker]) -> None:
        for worker in workers:
            self._workers.remove(worker)
            worker.stop()

    def _hand_out(self) -> Iterator[Outcome]:
        """Give jobs to children that have none, and start another child where that helps."""
        while self._waiting:
            worker = next((worker for worker in self._workers if worker.is_ready), None)
            if worker is None and len(self._workers) < self._most and all(w.has_begun for w in self._workers):
                try:
                    worker = Worker(self._open_work, threads=self._threads)
                except OSError as error:
                    if self._workers:  # the others go on
                        self._most = len(self._workers)
                        return
                    number = self._waiting.popleft()
                    yield number, self._no_process(number, error)
                    continue
                self._workers.append(worker)
            if worker is None:
                return
            number = self._waiting.popleft()
            worker.give(number, self._jobs[number])

    def _listen(self, worker: Worker) -> Iterator[Outcome]:
        """Take the next message of a child."""
        number = worker.job
        try:
            message = worker.receive()
            if isinstance(message, Question):
                worker.connection.send(self._answered(message))
        except (EOFError, ConnectionError):
            yield from self._lose(worker, None)
            return
        if isinstance(message, Call):
            message.make(self._progress)
        elif isinstance(message, ClipResult | Exception):
            assert number is not None, "an outcome is that of a job"
            yield number, message
        elif isinstance(message, Staged):
            assert number is not None, "what is staged is of a job"
            self._batches.add(number, message)
        else:
            assert isinstance(message, Question | Ready)

    def _lose(self, worker: Worker, why: str | None) -> Iterator[Outcome]:
        """Do without a child that has died or is stuck; its job has failed.

        A child may die after its job, as freeing a damaged clip's decoder can make it: that costs nothing.
        """
        self._end([worker])
        if worker.job is not None:
            path = self._jobs[worker.job].path
            yield worker.job, VideoError(f"{path}: {why or worker.how_it_ended()}")

    def _answered(self, question: Question) -> bool:
        if self._answer is None:
            self._answer = self._progress.ask(question.words)
        return self._answer

    def _no_process(self, number: int, error: OSError) -> VideoError:
        fault = VideoError(
            f"{self._jobs[number].path}: no process can be started for it ({error.strerror}); run it again"
        )
        fault.__cause__ = error
        return fault
