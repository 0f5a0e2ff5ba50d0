"""Blobs of a mask, against labels that another library gives them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage

from heatcli.detect.blobs import blobs
from heatcli.detect.perspective import Perspective
from heatcli.detect.scene import PersonSize
from heatcli.detect.silhouettes import BACKGROUND, FOREGROUND, SHADOW

# So small that no blob is a speck.
SIZE = PersonSize(Perspective(1.0, 0.0, 0.0), (1.0, 1.0), 0.35)

classes = st.sampled_from([BACKGROUND, FOREGROUND, SHADOW])
masks = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda shape: arrays(np.uint8, shape, elements=classes, fill=st.just(BACKGROUND))
)


@given(mask=masks, top=st.integers(0, 5), left=st.integers(0, 5))
def test_blobs_are_the_connected_parts_of_the_foreground(
    mask: NDArray[np.uint8], top: int, left: int
) -> None:
    foreground = np.pad(mask, ((top, 3), (left, 2)), constant_values=BACKGROUND)
    boxes, areas = blobs(foreground, SIZE)
    labels, count = ndimage.label(foreground == FOREGROUND, np.ones((3, 3)))
    expected = [
        (columns.start, rows.start, columns.stop, rows.stop, int((labels == number).sum()))
        for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1)
    ]
    assert len(expected) == count
    found = [(*box, area) for box, area in zip(boxes.tolist(), areas.tolist(), strict=True)]
    assert sorted(found) == sorted(expected)
