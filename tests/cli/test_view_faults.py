"""A camera that was turned: who tells it, where, and in which words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from heatcli.store.store import Store
from tests.support.camera_days import Camera, DrawnPlace
from tests.support.command_line import answer, done, run
from tests.support.store_runs import clip_row, put

ZONES = "[cameras.door.zones]\ntill = { circle = [0.5, 0.5, 0.2] }\n"


def noon(days_ago: int) -> datetime:
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days_ago)


@pytest.fixture
def turned(folder: Path) -> None:
    """Two cameras over three days, of which one was turned on the last."""
    store, place = Store.create_or_open(Path("heat-store")), DrawnPlace(1)
    for days_ago in (3, 2, 1):
        for number, camera in enumerate(("door", "yard")):
            hangs = Camera(turned=3) if (days_ago, camera) == (1, "door") else Camera()
            row = clip_row(camera, f"{days_ago}{number:015x}", start=noon(days_ago), timezone="UTC")
            put(store, row, plate=place.at(days_ago, 12, hangs))
    Path("heatcli.toml").write_text(f"timezone = 'UTC'\n[cameras.door]\nsources = ['nvr/*.mp4']\n{ZONES}")


@pytest.mark.slow
@pytest.mark.usefixtures("turned")
def test_first_lines_metrics_checks_and_maps_tell_of_a_turned_camera() -> None:
    first = "camera 'door' was turned: the picture has turned by 3.0°"
    told = done(run("report", "-o", "reports")).stdout.splitlines()
    assert told[0].startswith(first)
    assert f"since {noon(1):%Y-%m-%d} 12:00" in told[0]
    assert "zones were drawn on the view before" in told[0]
    assert "yard" not in told[0]
    assert not told[1].startswith("camera")

    night = done(run("run", "--quiet", "--json", "--metrics", "night.prom"))
    assert f"heatcli: warning: {first}" in night.stderr
    found = json.loads(night.stdout)
    assert next(iter(found)) == "troubles"
    assert found["troubles"][0].startswith(first)
    metrics = {
        (sample.labels["camera"], sample.labels["kind"]): sample.value
        for family in text_string_to_metric_families(Path("night.prom").read_text())
        for sample in family.samples
        if sample.name == "heatcli_view_trouble"
    }
    assert {kind for (camera, kind), value in metrics.items() if value} == {"turned"}
    assert len(metrics) == 10

    health = answer(run("check", "--json"), 1)
    assert any(one["part"] == "views" and one["what"].startswith(first) for one in health["findings"])

    # A map says which time it does not show, and how to have it.
    maps = answer(run("render", "--camera", "door", "--json", "-o", "map.png"))
    assert "--all-views counts them" in json.dumps(maps)
    mixed = answer(run("render", "--camera", "door", "--all-views", "--json", "-o", "mixed.png"))
    assert "--all-views counts them" not in json.dumps(mixed)
