"""The zones of the sample over its true trajectories, out of a store, against the reference."""

from pathlib import Path

import pytest

from heatcli.clock import epoch_us
from heatcli.config.models import load_config
from heatcli.config.named_shapes import zones_of
from heatcli.names import By
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from heatcli.zones.buckets import buckets_of
from heatcli.zones.statistics import Figures, ZoneFigures
from tests.support.aggregation import read_into
from tests.support.places import SAMPLES
from tests.support.truth import FRAMES, TRUTH, put_truth
from tests.support.zones_reference import Seen, calendar, common
from tests.support.zones_scenes import ALWAYS, ZAGREB, Scene, check

FRAME_US = 80_000


def truth(start_us: int) -> list[Seen]:
    """Read the file as it is written: `frame,id,left,top,width,height,…`, frames from 1."""
    seen = []
    for line in TRUTH.read_text().splitlines():
        frame, person, left, top, width, height = (float(part) for part in line.split(",")[:6])
        time = start_us + (int(frame) - 1) * FRAME_US
        box = (left, top, left + width, top + height)
        seen.append(Seen(time, FRAME_US, 0, int(frame) - 1, int(person) - 1, box, (640, 360)))
    return seen


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("2026-05-31T23:59:20", id="midnight of a week and a month"),
        pytest.param("2026-03-29T01:59:20", id="clocks go forward"),
        pytest.param("2026-10-25T02:59:20+02:00", id="clocks go back"),
    ],
)
def test_every_field_of_the_sample_in_buckets_of_every_kind(tmp_path: Path, start: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    row = put_truth(store, start=start)
    config = load_config(SAMPLES / "heatcli.toml")
    (camera,) = selected_cameras(store, Selection(), config)
    zones = zones_of(config.cameras["store"].zones)
    assert [zone.name for zone in zones] == ["till", "shelf", "entrance", "staff"]

    first = epoch_us(row.start)
    period = (first, first + FRAMES * FRAME_US)
    scene = Scene([[period]], ALWAYS, truth(first))
    checked: dict[str, list[tuple[Figures, ...]]] = {}
    for by in By:
        buckets = buckets_of(by, covered=camera.covered, zone=ZAGREB)
        found = read_into(ZoneFigures(camera, zones, buckets), camera).result()
        # Buckets of several kinds are the same within the 72 seconds; each division is checked once.
        spans = [common(parts, [period]) for _, parts in calendar(by, *period, ZAGREB)]
        if str(spans) not in checked:
            for one in found:
                check(one, scene, spans)
            checked[str(spans)] = [one.buckets for one in found]
        assert [one.buckets for one in found] == checked[str(spans)]
    assert len(checked) > 1
