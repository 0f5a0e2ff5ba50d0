"""Zones, lines and hottest places that are drawn onto maps with their figures."""

from pathlib import Path

import numpy as np
import pytest

from heatcli.answers.map_places import PlacesReading, on_plan, places_of
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.calibration import calibration_of
from heatcli.config.models import load_config
from heatcli.heat.floor import Floor
from heatcli.heat.grid import Grid
from heatcli.picture.files import read_picture
from heatcli.select.one_pass import OnePass
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import Line, Polygon
from heatcli.store.store import Store
from tests.support.command_line import done, refused, run
from tests.support.places import SAMPLES

CONFIG = SAMPLES / "heatcli.toml"


def test_figures_are_those_of_zone(truth_store: Store) -> None:
    config = load_config(CONFIG)
    (camera,) = selected_cameras(truth_store, Selection(), config)
    reading = OnePass(camera)
    places = PlacesReading(reading, camera, places_of(camera, config.camera("store"), zones=True, hot=2))
    reading.run()
    told = dict(places.result())
    names = tuple(config.camera("store").zones)
    (report,) = zone_report(
        store=truth_store, selection=Selection(), query=ZoneQuery(names=names, top=2), config=config
    )
    assert list(told) == [
        f"{one.zone.name}: {one.total.unique_visits} visitor{'s' * (one.total.unique_visits != 1)}, "
        f"{one.total.occupancy_pct:.0f} % of the time"
        for one in report.zones
    ]
    assert list(told.values()) == [one.zone.shape for one in report.zones]


@pytest.mark.parametrize("kind", ["", "--density", "--paths", "--flow", "--columns 1", "--on floor"])
@pytest.mark.parametrize("places", ["--zones", "--hot 3"])
def test_every_kind_of_map_shows_them(truth_store: Store, folder: Path, kind: str, places: str) -> None:
    store = ("render", "--store", truth_store.path, "--config", CONFIG, *kind.split())
    done(run(*store, "-o", "plain.png"))
    done(run(*store, *places.split(), "-o", "places.png"))
    plain, shown = (read_picture(Path(f"{name}.png")).astype(int) for name in ("plain", "places"))
    changed = (plain != shown).any(axis=2)
    assert 0.002 < changed.mean() < 0.3


def test_a_line_tells_both_directions_and_a_place_above_the_horizon_is_not_on_the_floor(
    truth_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "heatcli.toml"
    table = "[cameras.store.zones]\n"
    more = "way = { line = [[0.2, 0.9], [0.9, 0.5]] }\nsky = { circle = [0.5, 0.01, 0.02] }\n"
    file.write_text(CONFIG.read_text().replace(table, table + more))
    config = load_config(file)
    (camera,) = selected_cameras(truth_store, Selection(), config)
    reading = OnePass(camera)
    places = PlacesReading(reading, camera, places_of(camera, config.camera("store"), zones=True, hot=0))
    reading.run()
    found = places.result()
    (text,) = [text for text, shape in found if isinstance(shape, Line)]
    assert text.startswith("way: ")
    assert text.endswith(" to the left")
    assert any(text == "sky: 0 visitors, 0 % of the time" for text, _ in found)
    calibration = calibration_of("store", config)
    assert calibration is not None
    shown = on_plan(found, calibration.projection, camera, Floor(Grid(10, 10), 9.6, 9.1))
    assert {type(shape) for _, shape in shown} == {Line, Polygon}
    till = next(shape for text, shape in shown if text.startswith("till"))
    assert isinstance(till, Polygon)
    # The middle of the circle is in the middle of its outline on the floor, as far as perspective lets it.
    middle = calibration.projection.apply(np.array([[0.567, 0.638]]))[0] / (9.6, 9.1)
    assert np.abs(np.mean(till.corners, axis=0) - middle).max() < 0.05


def test_numbers_have_no_places(truth_store: Store, folder: Path) -> None:
    line = refused(run("render", "--store", truth_store.path, "--hot", "2", "-o", "x.npz"))
    assert "--hot is drawn; name a picture" in line
    assert "--axes is drawn" in refused(run("render", "--store", truth_store.path, "--axes", "-o", "x.csv"))
    assert "--zones is for pictures" in refused(
        run("render", "--store", truth_store.path, "--zones", "-o", "x.mp4")
    )
