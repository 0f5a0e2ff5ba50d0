"""Selected rows handed out as time goes on: what grows frame by frame takes them in portions."""

from collections.abc import Iterable

from heatcli.select.rows import Rows


class RowFeed:
    """Hands out the rows of batches that follow each other in time, each once; it holds one batch.

    Args:
        batches: selected rows of one camera, as `read_rows` yields them.
    """

    def __init__(self, batches: Iterable[Rows]) -> None:
        self._batches = iter(batches)
        self._rest: Rows | None = next(self._batches, None)

    def before(self, time_us: int) -> Rows | None:
        """Return the rows whose time is before a moment and that were not handed out yet.

        Args:
            time_us: UTC µs, not before that of an earlier call.

        Returns:
            All rows of the moments before it; None where there are none.
        """
        ready = []
        while self._rest is not None and self._rest.time_us[0] < time_us:
            count = int(self._rest.time_us.searchsorted(time_us))
            ready.append(self._rest.where(slice(0, count)))
            self._rest = (
                self._rest.where(slice(count, None)) if count < len(self._rest) else next(self._batches, None)
            )
        return Rows.joined(ready) if ready else None
