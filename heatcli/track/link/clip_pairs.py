"""Which clips of a camera overlap in time."""

import numpy as np
from numpy.typing import NDArray

# Most clips that each is compared with: more than two overlap at once only where clocks are wrong.
_MOST = 8


def overlapping_pairs(begin_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> NDArray[np.intp]:
    """Pair each clip with those before it that go on while it begins, the latest of them.

    Args:
        begin_us: (n,) time at which each clip begins, UTC µs, in order.
        end_us: (n,) time at which each clip ends, UTC µs.

    Returns:
        (p, 2) indices of clips, the earlier one first, in the order of the later one.
    """
    latest_us = np.maximum.accumulate(end_us)
    pairs: list[tuple[int, int]] = []
    for later in (1 + np.flatnonzero(begin_us[1:] < latest_us[:-1])).tolist():
        goes_on = np.flatnonzero(end_us[:later] > begin_us[later])
        pairs += [(earlier, later) for earlier in goes_on[-_MOST:].tolist()]
    return np.array(pairs, np.intp).reshape(-1, 2)
