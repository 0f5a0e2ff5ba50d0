"""Descriptors in the store: what a trajectory looks like at its beginning and its end, as bytes.

A kind, and then the two unit vectors as float16, little endian; NaN where unknown. The kind changes whenever
the numbers mean something else: descriptors of different kinds never compare.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from heatcli.track.appearance import Descriptors

COLOURS = b"\x01"
"""Kind of the colour histograms of `heatcli.track.appearance`."""


def to_bytes(halves: Descriptors, kind: bytes) -> list[bytes | None]:
    """Write descriptors.

    Args:
        halves: (n, 2, D) as `Gallery.halves` gives them.
        kind: of descriptor.

    Returns:
        n values for the column `descriptor`; None where both halves are unknown.
    """
    known = ~np.isnan(halves).all(axis=(1, 2))
    return [
        kind + vectors.astype("<f2").tobytes() if some else None
        for vectors, some in zip(halves, known, strict=True)
    ]


def from_bytes(column: Sequence[bytes | None]) -> Descriptors:
    """Read descriptors.

    Args:
        column: n values of the column `descriptor`.

    Returns:
        (n, 2, D) float32 unit vectors; NaN where unknown, and where the kind is not that of most.
    """
    forms = Counter((value[:1], len(value)) for value in column if value)
    if not forms:
        return np.full((len(column), 2, 1), np.nan, np.float32)
    (most, length), _ = forms.most_common(1)[0]
    size = (length - 1) // 4
    halves = np.full((len(column), 2, size), np.nan, np.float32)
    for row, value in enumerate(column):
        if value and (value[:1], len(value)) == (most, length):
            halves[row] = np.frombuffer(value, "<f2", offset=1).reshape(2, size)
    return halves
