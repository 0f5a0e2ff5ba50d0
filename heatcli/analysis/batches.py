"""Clips that several processes have analysed, and that one process more commits, many at once."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeAlias

from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import Call, Connection, Ready
from heatcli.analysis.worker import Worker
from heatcli.errors import StoreError
from heatcli.store.clips import ClipRow

# Seconds that an analysed clip waits at most for others to be committed with.
_PATIENCE_S = 60.0
# Times that the process that commits may be killed in a row, as happens when memory runs out.
_MOST_KILLS = 3

Commit: TypeAlias = Callable[[Sequence[ClipRow]], dict[str, ClipRow]]
"""Commits staged runs, and returns the rows of their clips as they are live, by the ids of the runs."""

OpenCommit: TypeAlias = Callable[[Progress], AbstractContextManager[Commit]]


@dataclass(frozen=True, slots=True)
class Staged:
    """What comes of a clip whose run is staged.

    Attributes:
        result: result of the clip once it is committed, with its row as it was staged.
        row: row as it was staged.
    """

    result: ClipResult
    row: ClipRow


class Batches:
    """Collects staged clips, and has them committed in a process of their own.

    Args:
        open_commit: function that this process calls first: what it opens commits.
        progress: receiver of progress reports.
    """

    def __init__(self, open_commit: OpenCommit, progress: Progress) -> None:
        self._open_commit = open_commit
        self._progress = progress
        self._worker: Worker | None = None
        self._waiting: dict[int, Staged] = {}
        self._given: dict[int, Staged] = {}
        self._since_s = math.inf
        self._kills = 0

    @property
    def is_empty(self) -> bool:
        """Whether no clip waits to be committed."""
        return not self._waiting and not self._given

    @property
    def wait_s(self) -> float:
        """Seconds until there is something to do though nobody has sent anything; infinite if never."""
        if self._worker is not None and self._given:
            return self._worker.wait_s
        return max(0.0, self._since_s + _PATIENCE_S - time.monotonic())

    @property
    def connections(self) -> list[Connection]:
        """Connection to the process while it commits."""
        return [self._worker.connection] if self._worker is not None and self._given else []

    def add(self, number: int, staged: Staged) -> None:
        """Take a clip that is staged, with the number of its job."""
        if not self._waiting:
            self._since_s = time.monotonic()
        self._waiting[number] = staged

    def begin(self, *, at_once: bool) -> None:
        """Have the clips that wait committed, if they have waited long enough.

        Raises:
            StoreError: no process can be started.
        """
        if self._given or not self._waiting or not (at_once or self.wait_s == 0):
            return
        if self._worker is None:
            try:
                self._worker = Worker(self._open_commit, threads=None)
            except OSError as error:
                why = f"no process can be started that writes to the store ({error.strerror})"
                raise StoreError(f"{why}; run it again: what was analysed is kept") from error
        self._given, self._waiting, self._since_s = self._waiting, {}, math.inf
        self._worker.give(min(self._given), [staged.row for staged in self._given.values()])

    def look_after(self) -> Iterator[tuple[int, ClipResult | Exception]]:
        """Let another process take over if this one is stuck."""
        if self._worker is not None and self._given and self._worker.is_stuck():
            yield from self._killed()

    def listen(self) -> Iterator[tuple[int, ClipResult | Exception]]:
        """Take the next message of the process, which is there; yield what has become of the clips."""
        assert self._worker is not None, "it has been given something"
        try:
            message = self._worker.receive()
        except (EOFError, ConnectionError):
            yield from self._killed()
            return
        if isinstance(message, Call):
            message.make(self._progress)
        elif isinstance(message, Exception):
            if isinstance(message, MemoryError):
                message = StoreError("memory is too short to write to the store; run it again: all is kept")
            yield min(self._given), message
            self._given = {}
        elif not isinstance(message, Ready):
            assert isinstance(message, dict)
            given, self._given, self._kills = self._given, {}, 0
            for number, staged in given.items():
                yield number, _result(staged, message.get(staged.row.run))

    def stop(self) -> None:
        """End the process; what it was committing stays staged for the next run."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _killed(self) -> Iterator[tuple[int, Exception]]:
        """Let another process commit the same; give up where it is killed again and again."""
        self.stop()
        self._kills += 1
        if self._kills == _MOST_KILLS:
            yield (
                min(self._given),
                StoreError(
                    "the process that writes to the store was killed again and again, as happens when memory "
                    "runs out; run it again, with more memory: what was analysed is kept"
                ),
            )
        self._waiting, self._given = self._given | self._waiting, {}
        self._since_s = -math.inf


def _result(staged: Staged, row: ClipRow | None) -> ClipResult:
    if row is None:
        return replace(
            staged.result,
            status="failed",
            row=None,
            message=f"{staged.result.path}: its rows were gone before they were committed; run it again",
        )
    return replace(staged.result, row=row)
