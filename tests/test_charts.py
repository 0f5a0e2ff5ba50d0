"""Charts of zones, looked at pixel by pixel."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.errors import OutputError
from heatcli.picture.charts import ZoneCharts, write_zone_charts
from heatcli.zones.buckets import Bucket
from heatcli.zones.shapes import Circle, Zone
from heatcli.zones.statistics import Figures, ZoneStatistics
from heatcli.zones.stays import Stays

BLUE, ORANGE, GREY = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0xEF, 0xEF, 0xEF)


def charts(*zones: list[float | None], stays_s: tuple[float, ...] = (10.0, 30.0, 300.0)) -> ZoneCharts:
    """Chart zones whose occupancy is this, hour by hour; None is an hour that was not recorded."""
    begins = [datetime(2026, 3, 14, 9, tzinfo=UTC) + timedelta(hours=n) for n in range(len(zones[0]) + 1)]
    buckets = tuple(Bucket(f"{begin:%Y-%m-%d %H:%M}", begin, end) for begin, end in pairwise(begins))
    begin_us = np.zeros(len(stays_s), np.int64)
    stays = Stays(begin_us, begin_us, np.array([round(length * 1e6) for length in stays_s], np.int64))
    found = [
        ZoneStatistics(
            Zone(f"zone {number}", Circle(0.5, 0.5, 0.1)),
            Figures(covered_s=3600.0 * sum(value is not None for value in values)),
            tuple(
                Figures(covered_s=0.0)
                if value is None
                else Figures(
                    covered_s=3600.0, occupancy_pct=value, activity_pct=value, longest_occupancy_s=36 * value
                )
                for value in values
            ),
            stays,
        )
        for number, values in enumerate(zones)
    ]
    return ZoneCharts("shop", "some of it covered", buckets, tuple(found))


def drawn(tmp_path: Path, *cameras: ZoneCharts) -> NDArray[np.uint8]:
    """Draw charts; (height, width, 3) RGB."""
    write_zone_charts(tmp_path / "zone.png", cameras)
    picture = cv2.imread(str(tmp_path / "zone.png"))
    assert picture is not None
    return np.asarray(picture[:, :, ::-1], np.uint8)


def has(picture: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.bool_]:
    found = np.abs(picture.astype(int) - color) < 6
    return np.asarray(found.all(axis=2), np.bool_)


def test_lines_are_open_where_nothing_was_recorded(tmp_path: Path) -> None:
    picture = drawn(
        tmp_path, charts([50.0, 50.0, None, None, 50.0, 50.0], [20.0, 0.0, None, None, 0.0, 20.0])
    )
    height, width = picture.shape[:2]
    # each chart but that of the stays, without the legend above
    for rows, columns in (
        (slice(height // 6, height // 2), slice(0, width // 2)),
        (slice(height // 6, height // 2), slice(width // 2, width)),
        (slice(height * 6 // 10, height), slice(0, width // 2)),
    ):
        chart = picture[rows, columns]
        off = np.flatnonzero(has(chart, GREY).sum(axis=0) > chart.shape[0] // 3)
        # two of the six hours
        assert 0.25 * chart.shape[1] < off.max() - off.min() < 0.35 * chart.shape[1]
        for color in (BLUE, ORANGE):
            line = np.flatnonzero(has(chart, color).any(axis=0))
            assert len(line) > chart.shape[1] // 10
            assert not ((line > off.min()) & (line < off.max())).any()


def test_a_moment_alone_between_gaps_is_a_dot(tmp_path: Path) -> None:
    values: list[float | None] = [None] * 100
    values[30] = 40.0
    picture = drawn(tmp_path, charts(values))
    assert has(picture[picture.shape[0] // 6 : picture.shape[0] // 2], BLUE).sum() > 10


@pytest.mark.parametrize(
    "zones", [[], [None], [0.0], [5.0, 7.0], [float(n % 24) for n in range(24 * 40)]], ids=len
)
def test_any_number_of_buckets_can_be_drawn(tmp_path: Path, zones: list[float | None]) -> None:
    picture = drawn(tmp_path, charts(zones, stays_s=()))
    assert (picture < 128).any()


def test_cameras_are_one_below_the_other(tmp_path: Path) -> None:
    one = drawn(tmp_path, charts([1.0, 2.0]))
    two = drawn(tmp_path, charts([1.0, 2.0]), charts([1.0, 2.0]))
    assert two.shape == (2 * one.shape[0], one.shape[1], 3)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"zone\.png: cannot be written"):
        write_zone_charts(tmp_path / "gone" / "zone.png", [charts([1.0])])
