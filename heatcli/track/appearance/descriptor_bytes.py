"""Descriptors in the store: appearance of a trajectory at its beginning and at its end, as bytes.

Eight bytes for the kind of descriptor, then two unit vectors of little-endian float16; NaN where unknown. The
kind changes whenever the numbers mean something else: descriptors of different kinds are never compared.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from heatcli.track.appearance.appearance import Descriptors

_KIND = 8
# First byte of the kinds that are colours, which are no biometric data; all others are of networks.
_COLOURS = b"\x01"


def to_bytes(half_embeddings: Descriptors, kind: bytes) -> list[bytes | None]:
    """Write descriptors.

    Args:
        half_embeddings: (n, 2, D) half embeddings, as `Gallery.half_embeddings` returns them.
        kind: eight bytes that identify the kind of descriptor.

    Returns:
        Values for the column `descriptor`, n of them; None where both halves are unknown.
    """
    return [
        None if np.isnan(vectors).all() else kind + vectors.astype("<f2").tobytes()
        for vectors in half_embeddings
    ]


def from_bytes(column: Sequence[bytes | None]) -> Descriptors:
    """Read descriptors.

    Args:
        column: values of the column `descriptor`, n of them.

    Returns:
        (n, 2, D) float32 unit vectors; NaN where unknown, and where the kind is not the most frequent one.
    """
    whole = (value for value in column if value and len(value) > _KIND and len(value) % 4 == 0)
    forms = Counter((value[:_KIND], len(value)) for value in whole)
    if not forms:
        return np.full((len(column), 2, 1), np.nan, np.float32)
    (most, length), _ = forms.most_common(1)[0]
    size = (length - _KIND) // 4
    half_embeddings = np.full((len(column), 2, size), np.nan, np.float32)
    for row, value in enumerate(column):
        if value and (value[:_KIND], len(value)) == (most, length):
            half_embeddings[row] = np.frombuffer(value, "<f2", offset=_KIND).reshape(2, size)
    return half_embeddings


def is_of_network(column: str) -> pl.Expr:
    """Return whether the descriptors in a column are embeddings of a network; false where there is none."""
    value = pl.col(column)
    return (value.bin.size() > _KIND).fill_null(value=False) & ~value.bin.starts_with(_COLOURS)
