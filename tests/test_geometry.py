"""Boxes at the edge of the frame."""

import numpy as np
import pytest

from heatcli.geometry import cut_by_edge

WHOLE = (100.0, 100.0, 150.0, 200.0)


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        pytest.param(WHOLE, (), id="whole"),
        pytest.param((1.0, 100.0, 51.0, 200.0), (0,), id="left, as exactly as boxes are"),
        pytest.param((3.0, 100.0, 53.0, 200.0), (), id="not quite left"),
        pytest.param((100.0, -5.0, 150.0, 95.0), (1,), id="beyond the top"),
        pytest.param((600.0, 270.0, 639.0, 359.0), (2, 3), id="in a corner"),
        pytest.param((0.0, 0.0, 640.0, 360.0), (0, 1, 2, 3), id="the whole frame"),
    ],
)
@pytest.mark.parametrize("unit", [1.0, 640.0], ids=["pixels", "widths"])
def test_sides_at_the_edge_are_cut(box: tuple[float, ...], sides: tuple[int, ...], unit: float) -> None:
    boxes = np.array([WHOLE, box]) / unit
    found = cut_by_edge(boxes, width=640 / unit, height=360 / unit)
    assert not found[0].any()
    assert tuple(np.flatnonzero(found[1]).tolist()) == sides
