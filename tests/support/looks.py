"""What people look like to a re-identification model that is good, or not: drawn at random."""

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.descriptor_bytes import to_bytes

NETWORK, COLOURS = b"\x03seventy", b"\x01" + bytes(7)
_SIZE = 32
"""Numbers of an embedding: as many as make two people as unlike as real networks find them."""


def looks_of(people: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw what people look like, (people, 32)."""
    looks = rng.normal(size=(people, _SIZE))
    scaled: NDArray[np.float64] = looks / np.linalg.norm(looks, axis=1, keepdims=True)
    return scaled


def descriptor(
    of: NDArray[np.float64], rng: np.random.Generator, *, change: float, kind: bytes = NETWORK
) -> bytes | None:
    """Draw what somebody looks like in one visit, scaled as a network's descriptors are.

    Args:
        of: (32,) what they look like.
        rng: source of random numbers.
        change: length of the difference from one time to another, to that of `of`.
        kind: first eight bytes.
    """
    own = of + change * rng.normal(size=(1, 2, _SIZE)) / np.sqrt(_SIZE)
    own *= np.sqrt(3 / 7) / np.linalg.norm(own, axis=2, keepdims=True)
    (value,) = to_bytes(np.concatenate([own, np.full((1, 2, 1), np.sqrt(4 / 7))], axis=2), kind)
    return value
