"""What changed between two periods, by more than chance."""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from heatcli.heat.blocks import HOUR_US, BlockSums
from heatcli.heat.compare import Sample, change, compare
from heatcli.heat.grid import Grid
from heatcli.heat.metrics import MetricGrids
from heatcli.heat.reach import Reach
from heatcli.heat.smoothing import smooth
from heatcli.intervals import Intervals
from heatcli.names import Metric, TrackingMode
from heatcli.picture.files import read_picture
from tests.support.aggregation import camera_of, fed
from tests.support.command_line import answer, done, refused, run
from tests.support.heat_reference import Row, as_rows

SHAPE = (12, 16)
HOT = (4, 11)


def period(rng: np.random.Generator, blocks: int, *, hot: float = 0.0) -> Sample:
    """Blocks of people who come at random and stay for as long as they like, more of them in the middle."""
    watched = rng.uniform(0.5, 1.0, blocks)
    crowd = np.outer(np.hanning(SHAPE[0] + 2)[1:-1], np.hanning(SHAPE[1] + 2)[1:-1])
    totals = []
    for hours in watched:
        came = rng.poisson(crowd * 0.3 * hours)
        came[HOT] += rng.poisson(hot * hours)
        stayed = np.where(came > 0, rng.gamma(np.maximum(came, 1e-9), 60.0), 0.0)
        totals.append(smooth(stayed, 1.0))
    return Sample(np.array(totals), watched)


def test_a_period_with_itself_is_clear() -> None:
    one = period(np.random.default_rng(1), 9)
    found = compare(one, one)
    assert found.can_tell
    assert found.p == ()
    assert not found.cluster.any()
    assert not found.difference.any()


def test_a_hot_spot_of_twice_the_rate_is_found_where_it_is() -> None:
    rng = np.random.default_rng(2)
    a, b = period(rng, 40, hot=6), period(rng, 40, hot=12)
    found = compare(a, b)
    assert found.cluster[HOT] == 1
    assert found.difference[HOT] > 0
    assert found.p[0] <= 0.05
    # It does not reach far beyond what smoothing makes of it.
    y, x = np.nonzero(found.cluster == 1)
    assert np.hypot(y - HOT[0], x - HOT[1]).max() < 5
    assert (compare(b, a).cluster == found.cluster).all()
    grown = change(a, b, found.cluster == 1)
    assert grown.a < grown.b
    assert 0 < grown.low < grown.b - grown.a < grown.high


@pytest.mark.slow
def test_at_most_five_maps_in_a_hundred_show_what_chance_made() -> None:
    rng = np.random.default_rng(3)
    runs = 200
    wrong = 0
    for _ in range(runs):
        whole = period(rng, 10, hot=3)
        halves = rng.permutation(10)
        a, b = (Sample(whole.total[part], whole.watched[part]) for part in (halves[:5], halves[5:]))
        wrong += bool(compare(a, b).p)
    # With a true rate of 5 %, more than 9 % of 200 runs has a chance of one in a hundred.
    assert wrong <= 0.09 * runs


def test_too_few_blocks_cannot_tell() -> None:
    rng = np.random.default_rng(4)
    for blocks_a, blocks_b, can_tell in (
        (1, 1, False),
        (3, 3, False),
        (1, 18, False),
        (1, 19, True),
        (4, 4, True),
    ):
        found = compare(period(rng, blocks_a), period(rng, blocks_b))
        assert found.can_tell == can_tell, (blocks_a, blocks_b)
        assert can_tell or not found.cluster.any()


def test_the_interval_is_that_of_welch_where_all_blocks_are_equally_long() -> None:
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(5)
    totals = [rng.normal(mean, spread, (n, 2, 2)) for mean, spread, n in ((5, 1, 8), (7, 3, 11))]
    a, b = (Sample(total, np.ones(len(total))) for total in totals)
    cells = np.array([[True, False], [True, True]])
    sums = [total[:, cells].sum(axis=1) for total in totals]
    expected = ttest_ind(sums[1], sums[0], equal_var=False).confidence_interval(0.95)
    found = change(a, b, cells)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    alone = change(Sample(totals[0][:1], np.ones(1)), b, cells)
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 2), st.integers(0, 15)), unique_by=lambda r: r[:2]),
    st.lists(st.integers(1, 99), unique=True, max_size=4).map(sorted),
    st.lists(st.integers(0, 30), max_size=3).map(sorted),
)
def test_blocks_sum_up_to_the_whole(
    seen: list[tuple[int, int, int]], edges: list[int], cuts: list[int]
) -> None:
    """However time is cut into blocks and rows into batches; each row counts for ten seconds with a hole."""
    second, reach = 1_000_000, Reach.of(1.0, 1.0, Grid(4, 4))
    own = [Intervals.of([[at * second, at * second + 600_000] for at in range(100)])]
    seen = sorted(seen)
    # A row of a frame every ten seconds at most, so that their times do not overlap.
    moments = sorted({moment // 10 * 10 for moment, *_ in seen})
    rows = [
        Row(moment * second, 0, moment, person, 6_000_000, (4.0 * cell, 0.0, 4.0 * cell + 2, 30.0), (64, 64))
        for moment in moments
        for person, cell in {person: cell for at, person, cell in seen if at // 10 * 10 == moment}.items()
    ]
    rows.sort(key=lambda row: (row.time_us, row.person))
    ends = [0, *(min(cut, len(rows)) for cut in cuts), len(rows)]
    batches = [as_rows(rows[begin:end]) for begin, end in itertools.pairwise(ends) if begin < end]
    bounds = np.array([[0, *edges], [*edges, 100]]).T * second
    for metric in (Metric.DWELL_TIME, Metric.AVG_OCCUPANCY, Metric.OCCUPANCY_PCT):
        camera = camera_of(own, tracking_mode=TrackingMode.CENTROID)
        sums = fed(BlockSums(camera, bounds, metric=metric, reach=reach), batches).result()
        grids = MetricGrids([metric], reach=reach, tracking_mode=TrackingMode.CENTROID)
        whole = fed(grids, batches).result(HOUR_US)[metric].within
        np.testing.assert_allclose(sums.sum(axis=0), whole, atol=1e-9)
        for (begin, end), one in zip(bounds.tolist(), sums, strict=True):
            if not any(row.time_us < end and row.time_us + 10 * second > begin for row in rows):
                assert not one.any()


def import_till(folder: Path, options: str) -> None:
    """Import the file `gt.txt` of a folder into the store beside it."""
    where = ("--store", folder / "store", "--camera", "till")
    done(run("import", folder / "gt.txt", "--format", "mot", *where, *options.split()))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of eight hours: somebody always at the left, now and then at the right, later more often."""
    folder = tmp_path_factory.mktemp("compare")
    rng = np.random.default_rng(6)
    for day, share in ((2, 0.1), (3, 0.5)):
        lines = []
        for frame in range(1, 8 * 360 + 1):
            lines.append(f"{frame},1,{100 + rng.normal(0, 5):.1f},200,20,80,1")
            if rng.random() < share:
                lines.append(f"{frame},{2 + frame // 30},{500 + rng.normal(0, 5):.1f},200,20,80,1")
        (folder / "gt.txt").write_text("\n".join(lines))
        options = f"--size 640x360 --fps 0.1 --start 2026-03-0{day}T09:00"
        import_till(folder, options)
    return folder / "store"


DAYS = ("--a", "2026-03-02", "--b", "2026-03-03")


def compared(store: Path, *options: str) -> Result:
    return run("compare", "--store", store, "--grid-resolution", "40", *options)


def test_the_command_draws_lists_and_prints_what_changed(store: Path, tmp_path: Path) -> None:
    picture = tmp_path / "changed.png"
    options = ("--background", "none", "--no-display-legend", "--json")
    ran = done(compared(store, *DAYS, "-o", str(picture), *options))
    assert "8 and 8 hours: 1 region changed beyond chance" in ran.stderr
    (camera,) = answer(ran)["cameras"]
    (region,) = camera["regions"]
    assert (region["x"], region["y"]) == (
        pytest.approx(510 / 640, abs=0.02),
        pytest.approx(280 / 360, abs=0.03),
    )
    # Of an hour, a tenth and half of it.
    assert region["a"] == pytest.approx(360, rel=0.1)
    assert region["b"] == pytest.approx(1800, rel=0.05)
    # They are what is said of the circle there.
    for day, side in ((DAYS[1], "a"), (DAYS[3], "b")):
        circle = f"{region['x']},{region['y']},{camera['reach']}"
        said = answer(run("zone", "--store", store, "--circle", circle, "--date", day, "--json"))
        assert said["cameras"][0]["zones"][0]["total"]["avg_occupancy"] * 3600 == pytest.approx(
            region[side], rel=0.05
        )
    assert region["low"] < region["difference"] < region["high"]
    drawn = read_picture(picture).astype(int)
    redder = drawn[..., 2] - drawn[..., 0]
    assert redder[270:290, 500:520].min() > 20
    assert not redder[:, :300].any()

    table = tmp_path / "changed.csv"
    done(compared(store, *DAYS, "-o", str(table), "--quiet"))
    (line,) = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    assert float(line["difference"]) == pytest.approx(region["difference"])
    numbers = tmp_path / "changed.npz"
    done(compared(store, *DAYS, "-o", str(numbers)))
    with np.load(numbers) as file:
        assert file["difference"].shape == file["cluster"].shape
        assert file["p"].tolist() == [region["p"]]


def test_the_other_way_round_it_is_blue(store: Path, tmp_path: Path) -> None:
    picture = tmp_path / "less.png"
    done(compared(store, "--a", DAYS[3], "--b", DAYS[1], "-o", str(picture), "--background", "none"))
    drawn = read_picture(picture).astype(int)
    assert (drawn[..., 0] - drawn[..., 2])[270:290, 500:520].min() > 20


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--a", "2026-03-02T09:00..2026-03-02T11:00", "--b", DAYS[3]), "2 and 8 hours: "),
        (
            ("--a", "2026-03-02T09:00..2026-03-02T10:00", "--b", "2026-03-03T09:00..2026-03-03T11:00"),
            "too few",
        ),
        (("--a", "2026-03-01", "--b", DAYS[3]), "nothing was recorded in a"),
        (("--a", "2026-03-01", "--b", "2026-03-04"), "nothing was recorded in a and b"),
        ((*DAYS, "--roi", "0,0,0.1,0,0.1,0.1"), "nobody came in a and b"),
        (("--a", DAYS[1], "--b", DAYS[1]), "8 and 8 hours: no regions changed beyond chance"),
    ],
)
def test_what_cannot_be_told_is_said(
    store: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    ran = done(compared(store, *options, "-o", str(tmp_path / "x.png")))
    assert said in ran.stderr
    assert (tmp_path / "x.png").exists()


def test_the_numbers_of_a_time_that_was_not_watched_are_not_known(store: Path, tmp_path: Path) -> None:
    ran = done(compared(store, "--a", DAYS[1], "--b", "2026-03-05", "-o", str(tmp_path / "x.npz")))
    assert "nothing was recorded in b" in ran.stderr
    with np.load(tmp_path / "x.npz") as file:
        assert file["difference"].shape == (22, 40)
        assert np.isnan(file["difference"]).all()
        assert not file["cluster"].any()


def test_many_days_are_compared_as_days_and_one_against_them_can_tell(tmp_path: Path) -> None:
    # A frame stands for half an hour. One person each day for as long, on the last day all day long.
    frames = [1 + 48 * day for day in range(27)] + [1 + 48 * 27 + half_hour for half_hour in range(48)]
    (tmp_path / "gt.txt").write_text("".join(f"{frame},{frame},300,200,20,80,1\n" for frame in frames))
    clip = f"--size 640x360 --fps {1 / 1800} --frames {48 * 28} --start 2026-02-01T00:00"
    import_till(tmp_path, clip)
    for last, verdict in (("27", "24 and 624 hours: "), ("28", "1 and 27 days: 1 region changed")):
        periods = ("--a", f"2026-02-{last}", "--b", f"2026-02-01..2026-02-{int(last) - 1}")
        ran = done(compared(tmp_path / "store", *periods, "-o", str(tmp_path / "x.png")))
        assert verdict in ran.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "nothing to compare"),
        (("--a", DAYS[1]), "--a alone is only one period"),
        (("--b", DAYS[1], "--b-camera", "till"), "--b alone is only one period"),
        (("--a", "yesterday", "--b", "2026-03-03"), "'yesterday' is not a day"),
        ((*DAYS, "-o", "x.gif"), "x.gif"),
        ((*DAYS, "--max-value", "0", "--normalization", "absolute"), "--max-value: '0' is not possible"),
        ((*DAYS, "--color-map", "turbo"), "--color-map"),
    ],
)
def test_what_makes_no_sense_is_refused(
    store: Path, folder: Path, options: tuple[str, ...], said: str
) -> None:
    assert said in refused(compared(store, *options))
    assert list(folder.iterdir()) == []
