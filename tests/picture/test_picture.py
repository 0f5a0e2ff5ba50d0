"""What a picture shows: colours, overlay, legend."""

import itertools

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.clock import duration_text
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMap
from heatcli.names import ColorMap, Metric
from heatcli.picture.colour import color_table, colorize
from heatcli.picture.draw import draw_heat_map
from heatcli.picture.legend import legend_of
from heatcli.picture.overlay import hatched, overlay, upsample
from heatcli.picture.ticks import nice_ticks, number_text


def heat_of(value: NDArray[np.float64], metric: Metric = Metric.DWELL_TIME) -> HeatMap:
    return HeatMap(value, value, metric, "object-seconds", 10.0, 640, 360, "till", 0.05, "within 32 px")


@pytest.fixture
def plate() -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 256, (360, 640, 3)).astype(np.uint8)


@pytest.fixture
def one_spot() -> HeatMap:
    value = np.zeros((9, 16))
    value[3:6, 7:10] = 50.0
    return heat_of(value)


def settings_of(**values: object) -> RenderSettings:
    return RenderSettings.model_validate({"display_legend": False, **values})


@pytest.mark.parametrize("color_map", [*ColorMap, "magma", "YlOrRd_r"])
def test_colours_run_smoothly_from_end_to_end(color_map: str) -> None:
    table = color_table(color_map)
    assert table.shape == (256, 3)
    assert table.min() >= 0
    assert table.max() <= 255
    colors = colorize(np.linspace(0, 1, 5000), table)
    np.testing.assert_array_equal(colors[[0, -1]], table[[0, -1]])
    assert np.abs(np.diff(colors, axis=0)).max() < 1


def test_colours_of_matplotlib_are_its_own() -> None:
    rgb = matplotlib.colormaps["magma"](range(256))[:, :3]
    assert color_table("magma")[:, ::-1] == pytest.approx(255 * rgb, abs=1e-3)


def test_purple_is_cold_and_red_is_hot() -> None:
    blue, green, red = color_table(ColorMap.PURPLE_RED)[[0, -1]].T
    assert blue[0] > red[0] > 2 * green[0]
    assert red[1] > 250
    assert max(blue[1], green[1]) < 50


@pytest.mark.parametrize("color_map", [ColorMap.PURPLE_RED, ColorMap.VIRIDIS])
def test_lightness_grows_with_heat(color_map: ColorMap) -> None:
    # Every 15th colour: neighbours in a table of whole numbers may differ by rounding alone.
    blue, green, red = color_table(color_map)[::15].T
    assert (np.diff(0.114 * blue + 0.587 * green + 0.299 * red) > 0).all()


def test_the_plate_stays_bit_for_bit_where_heat_is_below_the_threshold(
    one_spot: HeatMap, plate: NDArray[np.uint8]
) -> None:
    threshold = 0.3
    picture = draw_heat_map(
        one_spot, settings=settings_of(min_display_threshold=threshold, opacity=1), background=plate
    )
    cold = upsample(one_spot.value, width=640, height=360) / 50 < threshold
    assert (picture[cold] == plate[cold]).all()
    changed = (picture != plate).any(axis=2)
    assert changed[180, 340]
    assert not changed[:100].any()


def test_opacity_weighs_the_colour_against_the_plate(one_spot: HeatMap, plate: NDArray[np.uint8]) -> None:
    def drawn(opacity: float) -> NDArray[np.uint8]:
        return draw_heat_map(one_spot, settings=settings_of(opacity=opacity), background=plate)

    assert np.array_equal(drawn(0), plate)
    hottest = color_table(ColorMap.TURBO)[255]
    peak = np.unravel_index(upsample(one_spot.value, width=640, height=360).argmax(), (360, 640))
    np.testing.assert_allclose(drawn(1)[peak], hottest, atol=0.51)
    np.testing.assert_allclose(drawn(0.5)[peak], (hottest + plate[peak]) / 2, atol=0.51)


def test_threshold_zero_colours_everything(plate: NDArray[np.uint8]) -> None:
    settings = settings_of(min_display_threshold=0, opacity=1)
    picture = draw_heat_map(heat_of(np.zeros((9, 16))), settings=settings, background=plate)
    coldest = color_table(ColorMap.TURBO)[0]
    np.testing.assert_allclose(picture, np.broadcast_to(coldest, picture.shape), atol=0.51)


def test_relative_scale_ignores_the_unit_and_absolute_does_not(plate: NDArray[np.uint8]) -> None:
    value = np.random.default_rng(1).random((9, 16))

    def drawn(factor: float, **values: object) -> NDArray[np.uint8]:
        return draw_heat_map(heat_of(value * factor), settings=settings_of(**values), background=plate)

    assert np.array_equal(drawn(1), drawn(1024))
    absolute = {"normalization": "absolute", "max_value": 1024 * value.max()}
    assert np.array_equal(drawn(1024, **absolute), drawn(1024))
    assert np.array_equal(drawn(1, **absolute), plate)


def test_an_empty_map_is_the_plate_with_a_legend(plate: NDArray[np.uint8]) -> None:
    heat = heat_of(np.zeros((9, 16)), Metric.AVG_OCCUPANCY)
    assert np.array_equal(draw_heat_map(heat, settings=settings_of(), background=plate), plate)
    picture = draw_heat_map(heat, settings=settings_of(display_legend=True), background=plate)
    assert (picture != plate).any()
    assert (picture == plate).mean() > 0.7


def test_what_is_not_known_is_hatched_and_not_cold(plate: NDArray[np.uint8]) -> None:
    value = np.ones((9, 16))
    value[:, 8:] = np.nan
    settings = settings_of(min_display_threshold=0, opacity=1)
    picture = draw_heat_map(heat_of(value), settings=settings, background=plate)
    hottest, half = color_table(ColorMap.TURBO)[-1], picture.shape[1] // 2
    # up to its very edge what is known is not mixed with what is not
    np.testing.assert_allclose(
        picture[:, :half], np.broadcast_to(hottest, picture[:, :half].shape), atol=0.51
    )
    assert np.array_equal(picture[:, half:], hatched(plate)[:, half:])
    changed = (hatched(plate) != plate).any(axis=2)
    assert 0.1 < changed.mean() < 0.5
    assert changed.any(axis=0).all()
    unknown = heat_of(np.full((9, 16), np.nan), Metric.AVG_OCCUPANCY)
    assert np.array_equal(draw_heat_map(unknown, settings=settings_of(), background=plate), hatched(plate))


@pytest.mark.parametrize(("aspect", "size"), [(1, (360, 640)), (16 / 11, (360, 931)), (0.5, (720, 640))])
def test_pixels_that_are_not_square_are_shown_at_their_true_shape(
    aspect: float, size: tuple[int, int], one_spot: HeatMap, plate: NDArray[np.uint8]
) -> None:
    for background in (plate, None):
        picture = draw_heat_map(one_spot, settings=settings_of(), background=background, sample_aspect=aspect)
        assert picture.shape == (*size, 3)


def test_the_legend_goes_where_no_heat_is() -> None:
    settings = settings_of(display_legend=True, min_display_threshold=0.2)
    for corner in itertools.product((0, 1), (0, 1)):
        value = np.ones((90, 160))
        value[corner[0] * 45 : corner[0] * 45 + 45, corner[1] * 80 : corner[1] * 80 + 80] = 0
        with_legend = draw_heat_map(heat_of(value), settings=settings, background=None)
        without = draw_heat_map(heat_of(value), settings=settings_of(), background=None)
        y, x = np.nonzero((with_legend != without).any(axis=2))
        assert (y.mean() > 180, x.mean() > 320) == (bool(corner[0]), bool(corner[1]))


def test_a_picture_too_small_for_legible_letters_has_no_legend() -> None:
    tiny = HeatMap(np.ones((3, 4)), np.ones((3, 4)), Metric.DWELL_TIME, "object-seconds", 1.0, 64, 48, "c")
    settings = settings_of(display_legend=True)
    assert draw_heat_map(tiny, settings=settings, background=None).shape == (48, 64, 3)


@pytest.mark.parametrize("camera", ["Вход № 2", "入口カメラ", "../x", "", "a name that goes on " * 20])
def test_any_camera_name_can_stand_in_a_legend(
    camera: str, one_spot: HeatMap, plate: NDArray[np.uint8]
) -> None:
    named = HeatMap(one_spot.raw, one_spot.value, one_spot.metric, one_spot.unit, 1.0, 640, 360, camera)
    picture = draw_heat_map(named, settings=settings_of(display_legend=True), background=plate)
    assert (picture != plate).any(axis=2).mean() < 0.3


def test_a_legend_says_what_the_numbers_are() -> None:
    value = np.zeros((90, 160))
    value[0, 0] = 7.0
    table = color_table(ColorMap.TURBO)
    legend = legend_of(heat_of(value), 7.0, table=table, threshold=0.05)
    assert legend.caption == "object-seconds spent within 32 px"
    assert legend.note == "10 s watched"
    assert all(marks[0] == (0.0, "0") and marks[-1] == (1.0, "7") for marks in legend.marks)
    clipped = legend_of(heat_of(value), 5.0, table=table, threshold=0.05)
    assert clipped.marks[-1][-1] == (1.0, "≥ 5")
    assert (5.0 * clipped.marks[-1][1][0], clipped.marks[-1][1][1]) == (1.0, "1")


@given(st.floats(1e-9, 1e12), st.integers(2, 12))
def test_ticks_are_round_and_fill_the_scale(end: float, at_most: int) -> None:
    ticks = nice_ticks(end, at_most)
    assert ticks[0] == 0
    assert 1 <= len(ticks) <= at_most
    assert ticks[-1] <= end * (1 + 1e-6)
    if len(ticks) > 1:
        step = ticks[1]
        assert end - ticks[-1] < step * (1 + 1e-6)
        mantissa = float(f"{step:e}".split("e")[0])
        assert mantissa in (1.0, 2.0, 5.0)


@pytest.mark.parametrize(
    ("value", "end", "text"),
    [
        (0.0, 0.3, "0"),
        (0.1, 0.267, "0.1"),
        (0.267, 0.267, "0.267"),
        (7.4321, 7.4321, "7.43"),
        (20.0, 37.4, "20"),
        (1500.0, 1500.0, "1,500"),
        (3.2e-7, 3.2e-7, "3.2e-07"),
    ],
)
def test_numbers_are_short(value: float, end: float, text: str) -> None:
    assert number_text(value, end) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (79.5, "1 min 20 s"), (3600, "1 h"), (11100, "3 h 5 min"), (86400 * 12 + 100, "12 d")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_overlay_leaves_its_background_alone(plate: NDArray[np.uint8]) -> None:
    before = plate.copy()
    table = color_table(ColorMap.HOT)
    overlay(plate, np.ones(plate.shape[:2]), table=table, threshold=0.05, opacity=0.5)
    assert np.array_equal(plate, before)
