"""A clip that is stored in two pieces gives the maps of the whole."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.commands.render import heat_map
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMap
from heatcli.names import AccumulationMode, Metric
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.places import SAMPLES

TRUTH = SAMPLES / "store.gt.txt"
FPS, FRAMES, CUT = 12.5, 900, 437


def put(store: Store, lines: list[str], first: int, frames: int) -> None:
    """Import frames of the truth, counted from 0, as a clip that starts when the first of them is shown."""
    parts = [line.split(",", 1) for line in lines]
    inside = [(int(frame) - first, rest) for frame, rest in parts if first < int(frame) <= first + frames]
    file = store.path.parent / "piece.txt"
    file.write_text("".join(f"{frame},{rest}\n" for frame, rest in inside))
    start = datetime(2026, 3, 14, 10) + timedelta(seconds=first / FPS)
    import_mot(
        store, file=file, camera="store", width=640, height=360, fps=FPS, frames=frames,
        start=start.isoformat(), timezone="Europe/Zagreb",
    )  # fmt: skip


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    lines = TRUTH.read_text().splitlines()
    folder = tmp_path_factory.mktemp("split")
    whole, cut = (Store.create_or_open(folder / name) for name in ("whole", "cut"))
    put(whole, lines, 0, FRAMES)
    put(cut, lines, 0, CUT)
    put(cut, lines, CUT, FRAMES - CUT)
    return whole, cut


def mapped(store: Store, settings: RenderSettings) -> HeatMap:
    (camera,) = selected_cameras(store, Selection())
    return heat_map(camera, settings)


@pytest.mark.parametrize("mode", AccumulationMode)
@pytest.mark.parametrize("metric", Metric)
def test_a_clip_in_two_pieces_gives_the_map_of_the_whole(
    metric: Metric, mode: AccumulationMode, stores: tuple[Store, Store]
) -> None:
    settings = RenderSettings(metric=metric, accumulation_mode=mode)
    whole, cut = (mapped(store, settings) for store in stores)
    assert cut.covered_s == whole.covered_s == FRAMES / FPS
    assert whole.raw.max() > 0
    # Whole µs in cumulative maps, and counts: they are the same to the last digit.
    tolerance = 0.0 if mode is AccumulationMode.CUMULATIVE else 1e-9
    np.testing.assert_allclose(cut.raw, whole.raw, rtol=tolerance)
