"""What never lives does not count: who is told so, and in which order of reasons."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.page_tab import ZAGREB
from tests.support.report_stores import put_people

CLIP = "a" * 16


@pytest.fixture
def shop(tmp_path: Path) -> Store:
    """A mannequin, a visitor, and somebody of whom nothing was judged, as in a clip of an older version."""
    store = Store.create_or_open(tmp_path / "store")
    feet = np.stack([np.column_stack([np.full(20, x), np.full(20, 200.0)]) for x in (100.0, 300.0, 500.0)])
    times = [second * 1_000_000 for second in range(20)]
    put_people(
        store,
        CLIP,
        start=datetime(2026, 3, 14, 10, tzinfo=ZAGREB),
        times_us=times,
        dt_us=[1_000_000] * 20,
        feet=feet,
        alive=[0.2, 0.9, None],
    )
    return store


@pytest.mark.parametrize(
    ("asked", "left_out"),
    [
        ({}, [(1, "lifeless", 0.2, 0.5)]),
        ({"lifeless": True}, []),
        ({"exclude": (f"{CLIP}:1",)}, [(1, "listed", None, None)]),
        (
            {"min_dwell_s": 60.0},
            [(1, "lifeless", 0.2, 0.5), (2, "short", 20.0, 60.0), (3, "short", 20.0, 60.0)],
        ),
        ({"lifeless": True, "max_dwell_s": 5.0}, [(track, "long", 20.0, 5.0) for track in (1, 2, 3)]),
    ],
)
def test_a_thing_is_left_out_with_its_reason(
    shop: Store, asked: dict[str, Any], left_out: list[tuple[int, str, float | None, float | None]]
) -> None:
    (camera,) = selected_cameras(shop, Selection(**asked))
    told = camera.excluded.sort("track").select("track", "reason", "value", "limit").rows()
    assert told == [(track, reason, pytest.approx(value), limit) for track, reason, value, limit in left_out]
    assert len(camera.trajectories) == 3 - len(left_out)
