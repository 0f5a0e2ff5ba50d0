"""Selected rows, handed out in portions to what advances in time, such as a movie frame by frame."""

from collections import deque
from collections.abc import Iterator, Sequence

from heatcli.select.mergeable import Aggregator
from heatcli.select.rows import Rows


class RowFeed:
    """Holds the rows of batches that follow each other in time, and hands each out once (an aggregator)."""

    def __init__(self) -> None:
        self._batches: deque[Rows] = deque()

    def add(self, rows: Rows) -> None:
        """Take the next batch of rows."""
        self._batches.append(rows)

    def before(self, time_us: int) -> Rows | None:
        """Return the rows whose time is before a moment and which were not handed out yet.

        Args:
            time_us: moment before which rows are returned, UTC µs; not before that of an earlier call, and
                not after the last row that was added unless no more rows follow.

        Returns:
            All rows of the moments before it that were not handed out yet; None where there are none.
        """
        ready = []
        while self._batches and self._batches[0].time_us[0] < time_us:
            batch = self._batches.popleft()
            count = int(batch.time_us.searchsorted(time_us))
            ready.append(batch.where(slice(0, count)))
            if count < len(batch):
                self._batches.appendleft(batch.where(slice(count, None)))
        return Rows.joined(ready) if ready else None


class ReadAhead:
    """Reads batches no further than a moment needs, and hands each to several aggregators.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
        aggregators: aggregators that take the batches.
    """

    def __init__(self, batches: Iterator[Rows], aggregators: Sequence[Aggregator]) -> None:
        self._batches, self._aggregators = batches, aggregators
        self._reached_us: int | None = None

    def until(self, time_us: int) -> None:
        """Read on until all rows whose time is before a moment, UTC µs, were handed out.

        Raises:
            StoreError: the store cannot be read.
        """
        while self._reached_us is None or self._reached_us < time_us:
            rows = next(self._batches, None)
            if rows is None:
                return
            for aggregator in self._aggregators:
                aggregator.add(rows)
            self._reached_us = int(rows.time_us[-1])
