"""A map's value at a place is what `heatcli zone --circle` says of the circle around it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.grid import Grid
from heatcli.heat.heatmap import HeatMap, HeatMaps
from heatcli.heat.reach import Disc, Reach
from heatcli.names import Metric
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import Circle, Zone
from heatcli.store.store import Store
from heatcli.zones.statistics import Figures, ZoneFigures
from tests.support.aggregation import read_into
from tests.support.truth import put_truth

PLACES = 10


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> SelectedCamera:
    store = Store.create_or_open(tmp_path_factory.mktemp("reach") / "store")
    put_truth(store)
    (camera,) = selected_cameras(store, Selection())
    return camera


def maps_of(camera: SelectedCamera, **values: object) -> dict[Metric, HeatMap]:
    settings = RenderSettings.model_validate(values)
    return read_into(HeatMaps(camera, settings, list(Metric)), camera).result()


def said_of(camera: SelectedCamera, circles: list[Circle]) -> list[Figures]:
    """Return what is said of zones."""
    zones = [Zone(str(number), circle) for number, circle in enumerate(circles)]
    return [found.total for found in read_into(ZoneFigures(camera, zones), camera).result()]


def of_zone(metric: Metric, figures: Figures) -> float:
    """Return a metric by the figures of a zone."""
    assert figures.avg_occupancy is not None
    assert figures.occupancy_pct is not None
    assert figures.unique_visits is not None
    return {
        Metric.DWELL_TIME: figures.avg_occupancy * figures.covered_s,
        Metric.AVG_OCCUPANCY: figures.avg_occupancy,
        Metric.OCCUPANCY_PCT: figures.occupancy_pct,
        Metric.UNIQUE_VISITS: float(figures.unique_visits),
    }[metric]


def some_places(value: NDArray[np.float64], seed: int) -> list[tuple[int, int]]:
    """Choose rows and columns of cells where there is something."""
    there = np.argwhere(value > 0)
    chosen = np.random.default_rng(seed).choice(len(there), PLACES, replace=False)
    return [(int(row), int(column)) for row, column in there[chosen]]


@pytest.mark.parametrize("reach", [0.02, 0.05, 0.2])
@pytest.mark.parametrize("columns", [16, 160, 400])
def test_a_value_is_that_of_the_circle_around_the_place(
    shop: SelectedCamera, columns: int, reach: float
) -> None:
    maps = maps_of(shop, grid_resolution=columns, reach=reach, smoothing=0)
    rows = maps[Metric.DWELL_TIME].value.shape[0]
    # Half the diagonal of the cells in which positions are told apart, with a little for steps of a path.
    rim = 0.75 * min(1 / columns, reach / 8) + 0.001
    for metric, heat in maps.items():
        places = some_places(heat.value, seed=columns)
        centres = [((column + 0.5) / columns, (row + 0.5) / rows) for row, column in places]
        exact, smaller, larger = (
            said_of(shop, [Circle(x, y, radius) for x, y in centres])
            for radius in (reach, reach - rim, reach + rim)
        )
        for place, figures, least, most in zip(places, exact, smaller, larger, strict=True):
            value, zone = heat.value[place], of_zone(metric, figures)
            is_near = abs(value - zone) <= 0.05 * zone
            is_within_the_rim = of_zone(metric, least) <= value <= of_zone(metric, most)
            assert is_near or is_within_the_rim, (metric, place, value, zone)


def test_the_grid_hardly_changes_the_hottest_value(shop: SelectedCamera) -> None:
    coarse, usual, fine = (maps_of(shop, grid_resolution=columns) for columns in (40, 160, 400))
    for metric in Metric:
        hottest = [maps[metric].value.max() for maps in (coarse, usual, fine)]
        assert min(hottest) > 0.85 * max(hottest), metric


def test_smoothing_only_softens(shop: SelectedCamera) -> None:
    hard, soft = maps_of(shop, smoothing=0), maps_of(shop)
    for metric in Metric:
        assert soft[metric].value.max() > 0.9 * hard[metric].value.max(), metric
        assert np.array_equal(soft[metric].raw, hard[metric].raw)


def test_people_side_by_side_are_there_at_once_but_occupy_no_longer_than_one(shop: SelectedCamera) -> None:
    maps = maps_of(shop, reach=1, smoothing=0)
    # From the middle, everybody in the frame is within reach.
    middle = tuple(side // 2 for side in maps[Metric.DWELL_TIME].value.shape)
    everywhere = said_of(shop, [Circle(0.5, 0.5, 1)])[0]
    for metric, heat in maps.items():
        assert heat.value[middle] == pytest.approx(of_zone(metric, everywhere))
    assert maps[Metric.OCCUPANCY_PCT].value.max() <= 100
    assert maps[Metric.AVG_OCCUPANCY].value.max() > 1


def test_without_a_reach_it_is_what_is_in_the_cell(shop: SelectedCamera) -> None:
    for heat in maps_of(shop, reach=0, smoothing=0).values():
        assert np.array_equal(heat.value, heat.raw)
        assert heat.place == "in a cell of 4 × 4 px"


def test_circles_are_round_in_square_pixels() -> None:
    # 40 x 40 cells of 10 x 5 stored pixels, which are shown twice as wide as high: cells of 20 x 5.
    reach = Reach.in_picture(0.25, Grid(40, 40), width=400, height=200, sample_aspect=2.0)
    assert reach.fine == reach.grid
    assert reach.disc.half[reach.disc.radius] == 10
    assert reach.disc.radius == 39  # a radius of 200 shown pixels is 40 cells, one more than ever matters


def test_small_circles_divide_the_cells_around_the_same_centres() -> None:
    reach = Reach.of(1.0, 1.0, Grid(10, 5))
    times = reach.fine.columns // 10
    assert times % 2 == 1
    assert reach.disc.radius == times >= 8
    row, column = np.indices(reach.fine.shape)
    centres = reach.at_centres((column + 0.5) / times)
    assert np.allclose(centres, np.arange(10) + 0.5)
    assert np.allclose(reach.at_centres((row + 0.5) / times), np.arange(5)[:, None] + 0.5)


def test_a_rim_belongs_to_its_circle() -> None:
    disc = Disc.of(5.0, 1.0, Grid(30, 30))
    assert disc.half.tolist() == [0, 3, 4, 4, 4, 5, 4, 4, 4, 3, 0]
