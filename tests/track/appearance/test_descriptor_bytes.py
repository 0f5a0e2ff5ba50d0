"""Descriptors as bytes in the store."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.appearance.colours import Colours
from heatcli.track.appearance.descriptor_bytes import from_bytes, to_bytes
from tests.support.drawn_people import crowd


@given(arrays(np.float32, (4, 2, 12), elements=st.floats(0, 1, width=16)), st.integers(0, 3))
def test_descriptors_survive_the_store(halves: Descriptors, unknown: int) -> None:
    halves[unknown] = np.nan
    halves[0, 1] = np.nan
    column = to_bytes(halves, b"12345678")
    assert column[unknown] is None
    np.testing.assert_array_equal(from_bytes(column), halves)


def test_descriptors_of_another_kind_or_damaged_are_unknown() -> None:
    halves, _, _ = crowd(3, apart=0.2, change=0.1, pieces=1)
    ours, theirs = to_bytes(halves, b"ours    "), to_bytes(halves, b"theirs  ")
    read = from_bytes([ours[0], theirs[1], ours[2], None, b"", b"ours    odd"])
    assert np.isfinite(read[[0, 2]]).all()
    assert np.isnan(read[[1, 3, 4, 5]]).all()
    for damaged in (None, b"", b"ours", b"ours    "):
        assert from_bytes([damaged, damaged]).shape[:2] == (2, 2)
        assert np.isnan(from_bytes([damaged, damaged])).all()
        assert np.isfinite(from_bytes([damaged, damaged, ours[0]])[2]).all()


def test_stored_bytes_are_as_documented() -> None:
    """Kind, then float16, little endian, on every machine."""
    (stored,) = to_bytes(np.array([[[0.6, 0.8], [1.0, 0.0]]], np.float32), Colours.kind)
    assert stored is not None
    assert stored == b"\x01" + bytes(7) + np.array([0.6, 0.8, 1.0, 0.0], "<f2").tobytes()
