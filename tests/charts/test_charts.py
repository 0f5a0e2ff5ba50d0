"""Charts of zones, looked at pixel by pixel."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from numpy.typing import NDArray

from heatcli.charts.stay_chart import draw_stays
from heatcli.charts.zone_charts import MOST_ZONES, ZoneCharts, write_zone_charts
from heatcli.clock import epoch_us
from heatcli.errors import OutputError
from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.shapes import Circle, Zone
from heatcli.zones.buckets import Bucket, buckets_of, counterparts
from heatcli.zones.statistics import Figures, ZoneStatistics
from heatcli.zones.stays import Stays
from heatcli.zones.week import WeekHours

ZAGREB = ZoneInfo("Europe/Zagreb")
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
            Figures(
                covered_s=3600.0 * sum(value is not None for value in values),
                avg_occupancy=sum(value or 0.0 for value in values),
            ),
            tuple(
                Figures(covered_s=0.0)
                if value is None
                else Figures(
                    covered_s=3600.0, occupancy_pct=value, activity_pct=value, longest_occupancy_s=36 * value
                )
                for value in values
            ),
            stays,
            (begin_us, begin_us),
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


def svg(tmp_path: Path, camera: ZoneCharts) -> str:
    write_zone_charts(tmp_path / "zone.svg", [camera])
    return (tmp_path / "zone.svg").read_text()


def test_an_svg_is_the_same_every_time_and_its_text_is_text(tmp_path: Path) -> None:
    camera = charts([1.0, None, 2.0])
    drawn_once = svg(tmp_path, camera)
    assert svg(tmp_path, camera) == drawn_once
    assert {"shop", "some of it covered", "zone 0", "not recorded"} <= set(texts(drawn_once))


def texts(picture: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


def test_names_from_outside_are_drawn_as_they_are(tmp_path: Path) -> None:
    hostile = ["<script>alert(1)</script>", "a $\\frac$ b", "_hidden", "入口", "x" * 300]
    camera = replace(charts([1.0], [2.0], [3.0], [4.0], [5.0]), title=hostile[0])
    zones = [
        replace(one, zone=replace(one.zone, name=name))
        for one, name in zip(camera.zones, hostile, strict=True)
    ]
    found = texts(svg(tmp_path, replace(camera, zones=tuple(zones))))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found
    assert set(hostile[1:4]) <= set(found)
    assert "x" * 21 + "…" in found
    drawn(tmp_path, replace(camera, zones=tuple(zones)))


def test_of_many_zones_the_busiest_are_drawn(tmp_path: Path) -> None:
    camera = charts(*[[float(number % 50), None] for number in range(1000)])
    picture = svg(tmp_path, camera)
    names = [text for text in texts(picture) if text.startswith("zone ")]
    assert names == [f"zone {number}" for number in range(649, 1000, 50)][-MOST_ZONES:]
    assert f"the busiest {MOST_ZONES} of 1000 zones" in " ".join(texts(picture))


def dashed(picture: str) -> list[str]:
    """Return the outlines of the dashed lines of an SVG."""
    return re.findall(r'<path d="([^"]*)"[^>]*stroke-dasharray', picture)


def test_the_period_before_is_dashed_where_it_was_watched(tmp_path: Path) -> None:
    now = charts([20.0, 20.0, 20.0, 20.0])
    assert not dashed(svg(tmp_path, now))
    before = replace(charts([50.0, None, 80.0, 90.0]), title="the day before")
    picture = svg(tmp_path, replace(now, before=before))
    assert "the day before" in texts(picture)
    lines = dashed(picture)
    # four charts and the legend; of the four hours two that were watched follow each other
    assert len(lines) == 5
    assert [line.count("L") for line in lines if line.count("L") == 1]


def test_hours_are_compared_by_the_clock(tmp_path: Path) -> None:
    # 24 hours, and 23 of a day in which the clocks skip that from 02:00: the last ones belong together.
    hours = charts([float(hour) for hour in range(24)])
    short = replace(
        hours,
        buckets=hours.buckets[:2] + hours.buckets[3:],
        zones=tuple(replace(one, buckets=one.buckets[:2] + one.buckets[3:]) for one in hours.zones),
    )
    place = counterparts(hours.buckets, short.buckets).tolist()
    assert place == [0, 1, -1, *range(2, 23)]
    assert counterparts(short.buckets, hours.buckets).tolist() == [0, 1, *range(3, 24)]


def test_an_hour_that_the_clock_shows_twice_is_compared_once() -> None:
    def day(number: int) -> tuple[Bucket, ...]:
        midnights = [epoch_us(datetime(2026, 10, number + i, tzinfo=ZAGREB)) for i in (0, 1)]
        return buckets_of(
            By.HOUR, covered=Intervals.of([]), zone=ZAGREB, begin_us=midnights[0], end_us=midnights[1]
        ).buckets

    before, long, after = day(24), day(25), day(26)
    assert counterparts(long, before).tolist() == [0, 1, 2, -1, *range(3, 24)]
    assert counterparts(after, long).tolist() == [0, 1, 2, *range(4, 25)]


@pytest.mark.parametrize("stay_s", [0.5, 2.0, 15.0, 45.0, 7200.0])
def test_stays_that_are_alike_still_have_an_axis_with_numbers(stay_s: float) -> None:
    axes = Figure().subplots()
    draw_stays(axes, charts([50.0], stays_s=(stay_s, stay_s)).zones, ())
    low, high = axes.get_xlim()
    ticks = [at for at in axes.get_xticks() if low <= at <= high]
    assert ticks[0] < stay_s < ticks[-1]


def test_hours_of_the_week_are_hatched_where_nobody_watched(tmp_path: Path) -> None:
    covered = np.zeros((7, 24), np.int64)
    covered[2:5, 9:21] = 3_600_000_000
    present = np.zeros((7, 24), np.int64)
    present[2, 9:15] = 7_200_000_000
    camera = charts([1.0, 2.0])
    picture = drawn(tmp_path, replace(camera, week=WeekHours(present, covered)))
    without = drawn(tmp_path, camera)
    chart = picture[without.shape[0] :]
    # the colour of the busiest hours, and white for those in which nobody came
    assert has(chart, (8, 48, 107)).sum() > 6 * 30 * 20
    assert has(chart, GREY).sum() > 132 * 30 * 20 * 0.4
    nothing = WeekHours(present * 0, covered * 0)
    assert has(drawn(tmp_path, replace(camera, week=nothing)), (8, 48, 107)).sum() == 0


def square_font(path: Path, family: str, letter: str) -> None:
    """Make a font whose only letter is a black square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 1000), (1000, 1000), (1000, 0)):
        pen.lineTo(corner)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "square"])
    font.setupCharacterMap({ord(letter): "square"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "square"), (1000, 0)))
    font.setupHorizontalHeader(ascent=1000, descent=0)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)


def test_letters_that_the_font_lacks_are_taken_from_one_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    square_font(tmp_path / "square.ttf", "Noto Sans CJK JP", "入")
    camera = replace(charts([1.0]), title="入")
    monkeypatch.setattr(fontManager, "ttflist", fontManager.ttflist.copy())
    fontManager.addfont(tmp_path / "square.ttf")
    # The title begins here, and is 26 pixels high.
    assert has(drawn(tmp_path, camera)[20:50, 70:120], (0x22, 0x22, 0x22)).sum() > 24 * 24


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"zone\.png: cannot be written"):
        write_zone_charts(tmp_path / "gone" / "zone.png", [charts([1.0])])
