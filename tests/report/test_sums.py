"""Reports that add up: hours to days, days to weeks and months, months to years, and what does not."""

import calendar
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.clock import epoch_us
from heatcli.config.models import Config
from heatcli.names import Metric, PeriodKind
from heatcli.report.camera_report import CameraReport
from heatcli.report.periods import Period
from heatcli.report.report import make_report
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from heatcli.zones.statistics import Figures, ZoneStatistics
from tests.support.report_stores import HEIGHT, WIDTH, put_people

Number = TypeVar("Number", np.int64, np.float64)

LEFT = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
RIGHT = [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]
ZONES = {
    "left": {"polygon": LEFT},
    "right": {"polygon": RIGHT},
    "middle": {"circle": [0.5, 0.5, 0.3]},
    "door": {"line": [[0.5, 1.0], [0.5, 0.0]]},
}
METRICS = (Metric.DWELL_TIME, Metric.OCCUPANCY_PCT, Metric.UNIQUE_VISITS)

# Weeks in which the clocks change, by an hour and by half of one, and one beside whole hours.
WEEKS = (
    ("Europe/Zagreb", date(2026, 3, 29)),
    ("Europe/Zagreb", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Kolkata", date(2026, 3, 14)),
)

BEGIN = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Zagreb"))
CONFIG = Config.model_validate({"cameras": {"shop": {"zones": ZONES}}})

# What a bucket has that does not end at its edges, or that compares it with other buckets.
NOT_CUT = {"stays", "median_stay_s", "p90_stay_s", "activity_pct"}


@dataclass(frozen=True)
class Clip:
    """A clip that begins so long after the first midnight of the week; feet are those of `put_people`."""

    after: timedelta
    times_us: list[int]
    dt_us: list[int]
    feet: NDArray[np.float64]


def walks(seed: int, frames: int, people: int) -> NDArray[np.float64]:
    """Where people are who come, go, stand and walk."""
    rng = np.random.default_rng(seed)
    feet = rng.uniform((10, 60), (WIDTH - 10, HEIGHT), (people, 1, 2))
    steps = rng.normal(0, 60, (people, frames, 2)) * rng.integers(0, 2, (people, frames, 1))
    # Within the picture: who stands beyond it is in the figures of the frame, and on no map.
    feet = np.clip(feet + np.cumsum(steps, axis=1), (1, 61), (WIDTH - 1, HEIGHT - 1))
    feet[rng.random((people, frames)) < 0.15] = np.nan
    return feet


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    """Clips with gaps, most of them over a midnight, some of which overlap."""
    moments = st.sampled_from([-5, 86_385, 2 * 3600 - 5, 3 * 3600]) | st.integers(0, 86_399)
    after = timedelta(draw(st.integers(-1, 7)), draw(moments), draw(st.integers(0, 999_999)))
    lengths = st.sampled_from([1, 100_000, 1_000_000, 3_000_000, 600_000_000, 1_500_000_000])
    steps = draw(st.lists(st.tuples(lengths, st.booleans()), min_size=1, max_size=30))
    times = np.cumsum([0, *(step for step, _ in steps)])[:-1]
    watched = [step if whole else -(-step // 2) for step, whole in steps]
    feet = walks(draw(st.integers(0, 2**32)), len(steps), draw(st.integers(0, 3)))
    return Clip(after, times.tolist(), watched, feet)


def fill(store: Store, found: Sequence[Clip], begin: datetime, timezone: str) -> None:
    """Commit clips; `begin` is with its offset."""
    for number, clip in enumerate(found):
        start = begin.astimezone(UTC) + clip.after
        put_people(
            store,
            f"{number:016x}",
            start=start,
            times_us=clip.times_us,
            dt_us=clip.dt_us,
            feet=clip.feet,
            timezone=timezone,
        )


def reported(
    store: Store, period: Period, selection: Selection, config: Config, *, compare_previous: bool = False
) -> CameraReport:
    (camera,) = make_report(
        store=store,
        selection=selection,
        period=period,
        made_at=datetime(2027, 1, 1, tzinfo=UTC),
        metrics=METRICS,
        compare_previous=compare_previous,
        config=config,
    ).cameras
    return camera


def divided(period: Period, kind: PeriodKind) -> list[Period]:
    """Return the periods of a kind that a longer one is made of, in order of time."""
    parts = [Period.around(kind, period.first)]
    while parts[-1].last < period.last:
        parts.append(Period.around(kind, parts[-1].last + timedelta(1)))
    return parts


def covered_us(figures: Figures) -> int:
    return round(figures.covered_s * 1e6)


def present_us(figures: Figures) -> int:
    return round((figures.avg_occupancy or 0.0) * figures.covered_s * 1e6)


def occupied_us(figures: Figures) -> int:
    return round((figures.occupancy_pct or 0.0) / 100 * figures.covered_s * 1e6)


def check_sums(whole: Figures, parts: Sequence[Figures]) -> None:
    """Check what holds of the parts of any division."""
    for time_of in (covered_us, present_us, occupied_us):
        assert sum(time_of(part) for part in parts) == time_of(whole)
    watched = [part for part in parts if part.covered_s]
    if whole.covered_s:
        assert max(part.max_occupancy or 0 for part in watched) == whole.max_occupancy
        assert max(part.longest_occupancy_s or 0 for part in watched) <= (whole.longest_occupancy_s or 0)
        for name in ("tracklets", "trajectories", "unique_visits"):
            each = [getattr(part, name) for part in watched]
            assert max(each) <= getattr(whole, name) <= sum(each)


def check_buckets(camera: CameraReport) -> None:
    """Check that the buckets of a report add up to its totals."""
    for zone in camera.zones:
        check_sums(zone.total, zone.buckets)
        # A stay belongs to the bucket in which it begins.
        assert sum(part.stays or 0 for part in zone.buckets) == (zone.total.stays or 0)
        assert zone.stays.distribution.sum() == (zone.total.stays or 0)
    for line in camera.figures.lines:
        for name in ("left_to_right", "right_to_left"):
            each = [getattr(part, name) or 0 for part in line.buckets]
            assert sum(each) == (getattr(line.total, name) or 0)
    assert camera.figures.bucket_selected_us.sum() == camera.figures.selected_us
    assert camera.week.present_us.sum() == present_us(camera.frame.total)
    assert camera.week.covered_us.sum() == covered_us(camera.frame.total)
    frame, left, right, _ = (present_us(zone.total) for zone in camera.zones)
    assert left + right == frame


def check_week(day: CameraReport) -> None:
    """Check the hours of the week of a daily report against its buckets."""
    expected = {name: np.zeros((7, 24), np.int64) for name in ("present_us", "covered_us")}
    for bucket, figures in zip(day.figures.buckets, day.frame.buckets, strict=True):
        assert bucket.begin is not None
        at = bucket.begin.weekday(), bucket.begin.hour
        expected["present_us"][at] += present_us(figures)
        expected["covered_us"][at] += covered_us(figures)
    for name, hours in expected.items():
        assert (getattr(day.week, name) == hours).all()


def cuts(zone: ZoneStatistics, parts: Sequence[Period], timezone: str) -> list[int]:
    """Count how many stays go on into each of the parts from the one before."""
    begins = [datetime(*part.first.timetuple()[:3], tzinfo=ZoneInfo(timezone)) for part in parts]
    borders = np.array([epoch_us(begin) for begin in begins])[:, None]
    found: list[int] = ((zone.stays.begin_us < borders) & (borders < zone.stays.end_us)).sum(axis=1).tolist()
    return found


def sum_of(arrays: Sequence[NDArray[Number]]) -> NDArray[Number]:
    """Add arrays of one shape."""
    total: NDArray[Number] = np.stack(arrays).sum(axis=0)
    return total


def occupied_cells_us(camera: CameraReport) -> NDArray[np.float64]:
    """(rows, columns) how long somebody was in each cell, whole µs; 0 where nothing was watched."""
    share = np.nan_to_num(camera.heat[Metric.OCCUPANCY_PCT].raw) / 100
    return np.rint(share * camera.frame.total.covered_s * 1e6)


def check_parts(whole: CameraReport, parts: Sequence[CameraReport], periods: Sequence[Period]) -> None:
    """Check what holds of the reports that a longer period is divided into."""
    for place, zone in enumerate(whole.zones):
        of_parts = [part.zones[place].total for part in parts]
        check_sums(zone.total, of_parts)
        cut = cuts(zone, periods, whole.selection.timezone)
        for bucket, part, gone_on in zip(zone.buckets, of_parts, cut, strict=True):
            # A stay that goes on over the border begins anew there.
            assert (part.stays or 0) == (bucket.stays or 0) + gone_on
            same = {name: value for name, value in asdict(part).items() if name not in NOT_CUT}
            assert {name: value for name, value in asdict(bucket).items() if name in same} == same
    for place, line in enumerate(whole.figures.lines):
        for name in ("left_to_right", "right_to_left"):
            each = [getattr(part.figures.lines[place].total, name) or 0 for part in parts]
            assert sum(each) <= (getattr(line.total, name) or 0)
    assert sum(part.figures.selected_us for part in parts) == whole.figures.selected_us
    for name in ("present_us", "covered_us"):
        assert (sum_of([getattr(part.week, name) for part in parts]) == getattr(whole.week, name)).all()
    dwell, *of_days = (np.rint(one.heat[Metric.DWELL_TIME].raw * 1e6) for one in (whole, *parts))
    assert (sum_of(of_days) == dwell).all()
    assert dwell.sum() == present_us(whole.frame.total)
    occupied, *of_days = (occupied_cells_us(one) for one in (whole, *parts))
    assert (sum_of(of_days) == occupied).all()
    visits, *of_days = (one.heat[Metric.UNIQUE_VISITS].raw for one in (whole, *parts))
    assert (np.max(of_days, axis=0) <= visits).all()
    smooth, *of_days = (one.heat[Metric.DWELL_TIME].value for one in (whole, *parts))
    np.testing.assert_allclose(sum_of(of_days), smooth, rtol=1e-9, atol=1e-9)


@given(
    week=st.sampled_from(WEEKS),
    found=st.lists(clips(), min_size=1, max_size=4),
    selection=st.sampled_from(
        [
            Selection(),
            Selection(min_dwell_s=2.0),
            Selection(hours=("09:00-21:30",)),
            Selection(hours=("22:00-06:00",), weekdays="fri-sun"),
        ]
    ),
    schedule=st.sampled_from([(), ("mon-sat 00:00-02:30",)]),
)
@settings(max_examples=6)
def test_seven_days_make_a_week(
    week: tuple[str, date], found: list[Clip], selection: Selection, schedule: tuple[str, ...]
) -> None:
    timezone, day = week
    period = Period.around(PeriodKind.WEEKLY, day)
    config = Config.model_validate({"cameras": {"shop": {"zones": ZONES, "schedule": schedule}}})
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create_or_open(Path(folder) / "heat-store")
        midnight = datetime(
            period.first.year, period.first.month, period.first.day, tzinfo=ZoneInfo(timezone)
        )
        fill(store, found, midnight, timezone)
        whole = reported(store, period, selection, config)
        days = divided(period, PeriodKind.DAILY)
        parts = [reported(store, one, selection, config) for one in days]
    for report in (whole, *parts):
        check_buckets(report)
    for day_report in parts:
        check_week(day_report)
    check_parts(whole, parts, days)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two nights in each month of 2026, the last of them and one within it; in October that of the clocks."""
    store = Store.create_or_open(tmp_path_factory.mktemp("year") / "heat-store")
    lengths_us = [600_000_000] * 18 + [1_000_000] * 20 + [1_200_000_000] * 6
    times_us = np.cumsum([0, *lengths_us])[:-1].tolist()
    # The tenth frame stands for half of its time only: a gap.
    dt_us = [length // 2 if number == 9 else length for number, length in enumerate(lengths_us)]
    found = [
        Clip(
            datetime(2026, month, day, 22, 0, month, tzinfo=ZoneInfo("Europe/Zagreb")) - BEGIN,
            times_us,
            dt_us,
            walks(100 * month + day, len(times_us), people=2),
        )
        for month in range(1, 13)
        for day in (24 if month == 10 else 12, calendar.monthrange(2026, month)[1])
    ]
    fill(store, found, BEGIN, "Europe/Zagreb")
    return store


def check_divided(store: Store, period: Period, kind: PeriodKind) -> None:
    """Check that the reports of a kind add up to that of a longer period."""
    periods = divided(period, kind)
    whole = reported(store, period, Selection(), CONFIG)
    parts = [reported(store, one, Selection(), CONFIG) for one in periods]
    assert whole.frame.total.unique_visits
    for report in (whole, *parts):
        check_buckets(report)
    check_parts(whole, parts, periods)


def test_twelve_months_make_a_year(year: Store) -> None:
    check_divided(year, Period.around(PeriodKind.ANNUAL, date(2026, 7, 1)), PeriodKind.MONTHLY)


@pytest.mark.slow  # 32 reports
def test_the_days_make_a_month(year: Store) -> None:
    check_divided(year, Period.around(PeriodKind.MONTHLY, date(2026, 10, 1)), PeriodKind.DAILY)


@pytest.mark.parametrize(
    ("timezone", "day", "hours", "length_h"),
    [
        ("Europe/Zagreb", date(2026, 3, 28), 24, 24),
        ("Europe/Zagreb", date(2026, 3, 29), 23, 23),
        ("Europe/Zagreb", date(2026, 10, 25), 25, 25),
        # Half an hour is on the clock twice: it begins an hour of its own.
        ("Australia/Lord_Howe", date(2026, 4, 5), 25, 24.5),
        ("Asia/Kolkata", date(2026, 3, 14), 24, 24),
    ],
)
def test_a_day_has_the_hours_that_the_clock_shows(
    tmp_path: Path, timezone: str, day: date, hours: int, length_h: float
) -> None:
    store = Store.create_or_open(tmp_path / "heat-store")
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    # From the day before into the day after, without a gap.
    clip = Clip(
        timedelta(hours=-1), [n * 900_000_000 for n in range(108)], [900_000_000] * 108, walks(1, 108, 2)
    )
    fill(store, [clip], begin, timezone)
    camera = reported(store, Period.around(PeriodKind.DAILY, day), Selection(), CONFIG)
    check_buckets(camera)
    check_week(camera)
    assert camera.frame.total.covered_s == camera.figures.selected_us / 1e6 == length_h * 3600
    assert len(camera.figures.buckets) == hours
    assert [part.covered_s for part in camera.frame.buckets] == [
        us / 1e6 for us in camera.figures.bucket_selected_us.tolist()
    ]


def test_the_period_before_is_what_its_own_report_says(year: Store) -> None:
    january, february = (Period.around(PeriodKind.MONTHLY, date(2026, month, 1)) for month in (1, 2))
    both = reported(year, february, Selection(), CONFIG, compare_previous=True)
    alone = reported(year, january, Selection(), CONFIG)
    assert both.previous is not None
    assert [zone.total for zone in both.previous.zones] == [zone.total for zone in alone.zones]
    assert [zone.buckets for zone in both.previous.zones] == [zone.buckets for zone in alone.zones]
    assert both.previous.previous is None
