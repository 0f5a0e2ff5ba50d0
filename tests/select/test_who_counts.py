"""Who counts: that staff and things go and visitors stay, and that nobody goes without a reason."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from heatcli.commands.import_mot import import_mot
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config, load_config
from heatcli.errors import UsageError
from heatcli.formats.mot import read_mot
from heatcli.names import TrackingMode
from heatcli.select.outliers import MIN_PEOPLE
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import Reason, selected_cameras
from heatcli.store.store import Store
from tests.support.places import SAMPLES
from tests.support.shop_days import OPENING, Figure, film, stays_at, visitors, walks
from tests.support.truth import TRUTH


def who_is(camera: SelectedCamera, store: Store, trajectories: pl.DataFrame) -> list[str]:
    """Names of the figures of trajectories."""
    table = pl.read_delta(str(store.path / "trajectories"))
    clips = pl.DataFrame({"clip": [row.clip for row in camera.clips], "index": range(len(camera.clips))})
    known = table.join(clips.cast({"index": pl.Int32}), on="clip")
    found = trajectories.join(known, left_on=["clip", "track"], right_on=["index", "track"])
    return found["person_right"].unique().sort().to_list()


def shop(**settings: object) -> Config:
    return Config(cameras={"shop": CameraConfig.model_validate(settings)})


def reasons(camera: SelectedCamera) -> dict[str, int]:
    """How many people were left out for each reason."""
    people = camera.excluded.unique("person")
    return dict(people["reason"].value_counts().iter_rows())


def weight_us(camera: SelectedCamera, *, everybody: bool = False) -> int:
    return sum(int(rows.weight_us.sum()) for rows in read_rows(camera, everybody=everybody))


OUTLIERS = Selection(filter_outliers=True)


def test_staff_of_the_sample_goes_and_no_visitor_does(truth_store: Store) -> None:
    (camera,) = selected_cameras(truth_store, OUTLIERS, load_config(SAMPLES / "heatcli.toml"))
    assert camera.excluded.select("track", "reason").rows() == [(1, Reason.STAFF_ZONE)]
    people = set(read_mot(TRUTH).tracklet.tolist())
    assert camera.trajectories["track"].to_list() == sorted(people - {1})


@pytest.mark.parametrize("seed", [1, 2])
def test_staff_of_a_day_go_without_any_zone(tmp_path: Path, seed: int) -> None:
    """Visitors stay for minutes, staff for hours, going in and out; clips are cut every three hours."""
    store = Store.create_or_open(tmp_path / "store")
    shifts = [(0, 4), (0, 9), (5, 12), (3, 12)]
    staff = [
        Figure(
            f"staff {i}",
            tuple((hour * 3600.0, hour * 3600.0 + 2700) for hour in range(*shift)),
            walks,
        )
        for i, shift in enumerate(shifts)
    ]
    film(
        store,
        visitors(500, hours=12, median_s=300, sigma=0.7, seed=seed) + staff,
        hours=12,
        step_s=10,
        clip_hours=3,
    )
    (camera,) = selected_cameras(store, OUTLIERS)
    gone = who_is(camera, store, camera.excluded)
    assert [name for name in gone if name.startswith("staff")] == [f"staff {i}" for i in range(4)]
    assert len(gone) - 4 < 5
    assert set(reasons(camera)) == {Reason.STAY}
    assert (camera.excluded["value"] > camera.excluded["limit"]).all()
    assert (camera.excluded["limit"] > 1800).all()


def test_a_poster_goes_and_who_sits_and_fidgets_stays(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    clip_s = 600.0
    figures = [
        Figure("poster", ((0, clip_s),), stays_at(300, 200, 0.5)),
        Figure("mannequin", ((0, clip_s),), stays_at(100, 300, 0.5)),
        Figure("sitter", ((30, clip_s - 20),), stays_at(400, 250, 4.0)),
        *visitors(60, hours=clip_s / 3600, median_s=60, sigma=0.8),
    ]
    film(store, figures, hours=clip_s / 3600, step_s=0.5)
    (camera,) = selected_cameras(store, OUTLIERS)
    assert who_is(camera, store, camera.excluded) == ["mannequin", "poster"]
    assert reasons(camera) == {Reason.STILL: 2}
    # Half a pixel of a hundred, either way: from the 5th to the 95th percentile, along the diagonal.
    assert camera.excluded["value"].to_list() == pytest.approx([0.023, 0.023], rel=0.1)


def test_where_everybody_keeps_still_nobody_is_a_thing(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    seats = [Figure(f"seat {i}", ((0, 600),), stays_at(20 + 10 * i, 200, 0.9)) for i in range(40)]
    film(store, seats, hours=1 / 6, step_s=1)
    (camera,) = selected_cameras(store, OUTLIERS)
    assert camera.excluded.is_empty()


def test_with_few_people_only_the_rules_that_need_no_statistics_apply(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    here_all_day = Figure("keeper", ((0, 7200),), stays_at(320, 200, 2))
    others = visitors(MIN_PEOPLE - 2, hours=2, median_s=60, sigma=0.5)
    film(store, [*others, here_all_day], hours=2)
    (camera,) = selected_cameras(store, OUTLIERS)
    assert camera.excluded.is_empty()
    assert camera.note == ("29 people are too few to tell who stays unusually long or still; it takes 30")
    zones = {"staff": {"circle": [320 / 640, 200 / 360, 0.02]}}
    (camera,) = selected_cameras(store, OUTLIERS, shop(zones=zones))
    assert "keeper" in who_is(camera, store, camera.excluded)
    # One more, and they are enough.
    film(store, [*others, here_all_day, Figure("one more", ((60, 120),), walks)], hours=2)
    (camera,) = selected_cameras(store, OUTLIERS)
    assert camera.note is None
    assert "keeper" in who_is(camera, store, camera.excluded)


def test_vtest_is_too_short_to_tell_staff(test_data: Path, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    import_mot(
        store, file=test_data / "vtest.gt.txt", camera="vtest", width=768, height=576, fps=10,
        start="2026-03-14T10:00:00",
    )  # fmt: skip
    (camera,) = selected_cameras(store, OUTLIERS)
    assert camera.excluded.is_empty()
    assert "19 people are too few" in (camera.note or "")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten minutes with people who differ in all that people are judged by."""
    store = Store.create_or_open(tmp_path_factory.mktemp("scene") / "store")
    film(
        store,
        [
            Figure("left", ((0, 300),), stays_at(100, 200, 1)),
            Figure("right", ((0, 300),), stays_at(500, 200, 1)),
            Figure("child", ((0, 300),), stays_at(200, 200, 1), tall=50),
            Figure("brief", ((100, 110),), stays_at(250, 300, 1)),
            # Twice the eleventh part of the time each, so that together it is more than `brief`.
            Figure("twice", ((0, 60), (400, 460)), stays_at(300, 300, 1)),
        ],
        hours=1 / 6,
        step_s=1,
    )
    return store


def named(store: Store, selection: Selection, config: Config | None = None) -> tuple[list[str], list[str]]:
    """Who counts, and who is left out."""
    (camera,) = selected_cameras(store, selection, config)
    return who_is(camera, store, camera.trajectories), who_is(camera, store, camera.excluded)


EVERYBODY = ["brief", "child", "left", "right", "twice"]


@pytest.mark.parametrize(
    ("selection", "settings", "left_out", "reason", "value", "limit"),
    [
        (Selection(), {}, [], None, None, None),
        (Selection(min_size=0.2), {}, ["child"], Reason.SMALL, 50 / 360, 0.2),
        (Selection(), {"min_size": 0.2}, ["child"], Reason.SMALL, 50 / 360, 0.2),
        (Selection(min_dwell_s=100), {}, ["brief"], Reason.SHORT, 10, 100),
        (Selection(min_dwell_s=100), {"min_dwell_s": 5}, ["brief"], Reason.SHORT, 10, 100),
        (Selection(min_dwell_s=0), {"min_dwell_s": 100}, [], None, None, None),
        (Selection(max_dwell_s=200), {}, ["child", "left", "right"], Reason.LONG, 300, 200),
        (Selection(), {"max_dwell_s": 200}, ["child", "left", "right"], Reason.LONG, 300, 200),
        (Selection(exclude=("0" * 16 + ":4",)), {}, ["twice"], Reason.LISTED, None, None),
    ],
)
def test_limits_leave_out_persons_and_not_their_pieces(
    scene: Store,
    selection: Selection,
    settings: dict[str, object],
    left_out: list[str],
    reason: Reason | None,
    value: float | None,
    limit: float | None,
) -> None:
    config = shop(**settings)
    counted, gone = named(scene, selection, config)
    assert gone == left_out
    assert counted == [name for name in EVERYBODY if name not in left_out]
    (camera,) = selected_cameras(scene, selection, config)
    for told in camera.excluded.select("reason", "value", "limit").iter_rows():
        assert told == (reason, value if value is None else pytest.approx(value), limit)
    # Who counts does not change what was watched.
    assert camera.covered_us == 600_000_000


def test_staff_and_visitors_are_everybody(scene: Store) -> None:
    (everybody,) = selected_cameras(scene, Selection())
    (counted,) = selected_cameras(scene, Selection(max_dwell_s=200))
    assert counted.known.equals(everybody.known)
    assert weight_us(counted, everybody=True) == weight_us(everybody) == (900 + 10 + 120) * 1_000_000
    assert weight_us(counted) == (10 + 120) * 1_000_000


def test_a_selection_that_cuts_a_stay_judges_the_whole_of_it(scene: Store) -> None:
    """Somebody is not brief because the question is about a brief time; who was not there is not listed."""
    selection = Selection(start=OPENING + timedelta(seconds=295), min_dwell_s=100)
    counted, gone = named(scene, selection)
    assert (counted, gone) == (["child", "left", "right", "twice"], [])


@pytest.mark.parametrize("where", ["first", "mostly", "last"])
def test_staff_are_born_in_the_staff_zone_or_mostly_there(tmp_path: Path, where: str) -> None:
    def moves(rng: np.random.Generator, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = {"first": time_s < 5, "mostly": (time_s > 20) & (time_s < 90), "last": time_s > 90}[where]
        return np.where(inside[:, np.newaxis], [500.0, 300.0], [100.0, 300.0])

    store = Store.create_or_open(tmp_path / "store")
    film(store, [Figure("one", ((0, 100),), moves)], hours=0.1, step_s=1)
    square = [[0.7, 0.7], [0.9, 0.7], [0.9, 0.95], [0.7, 0.95]]
    gone = {"first": ["one"], "mostly": ["one"], "last": []}[where]
    for settings in (
        {"zones": {"staff": {"polygon": square}}},
        {"zones": {"till": {"polygon": square}}, "staff_zones": ["till"]},
        {"regions": {"back": square}, "staff_zones": ["back"]},
    ):
        assert named(store, OUTLIERS, shop(**settings))[1] == gone
        # Only who asks for it leaves staff out.
        assert named(store, Selection(), shop(**settings))[1] == []
    assert named(store, OUTLIERS, shop(zones={"till": {"polygon": square}}))[1] == []


def test_who_is_there_outside_opening_hours_is_staff(tmp_path: Path) -> None:
    """The shop is open from 9:30 to 10:30 by the camera's clock, which shows 9:00 when the film begins."""
    store = Store.create_or_open(tmp_path / "store")
    figures = [
        Figure("before", ((0, 2400),), walks),
        Figure("early bird", ((1500, 3000),), walks),
        Figure("customer", ((3000, 3600),), walks),
        Figure("last customer", ((5000, 5900),), walks),
        Figure("cleaner", ((6000, 7200),), walks),
        Figure("closes", ((5000, 6100),), walks),
    ]
    film(store, figures, hours=2, clip_hours=2)
    config = shop(schedule=["mon-sat 09:30-10:30"])
    (camera,) = selected_cameras(store, OUTLIERS, config)
    assert who_is(camera, store, camera.excluded) == ["before", "closes"]
    assert camera.excluded.select("value", "limit").rows() == [(1800.0, 600.0), (695.0, 600.0)]
    # Only time inside the schedule counts, whoever counts.
    assert camera.covered_us == 3_600_000_000
    assert selected_cameras(store, Selection(), config)[0].covered_us == 3_600_000_000
    assert named(store, Selection(), config)[0] == [
        "before", "closes", "customer", "early bird", "last customer",
    ]  # fmt: skip


def test_only_rows_inside_a_region_count(scene: Store) -> None:
    config = shop(regions={"west": [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]})
    for roi in ("west", "0,0,0.25,0,0.25,1,0,1"):
        (camera,) = selected_cameras(scene, Selection(rois=(roi,)), config)
        assert weight_us(camera) == 300_000_000
        assert camera.covered_us == 600_000_000
    # Two that overlap count a row once.
    (camera,) = selected_cameras(scene, Selection(rois=("west", "0,0,0.1,0,0.1,1,0,1")), config)
    assert weight_us(camera) == 300_000_000


def test_a_region_of_interest_may_be_a_zone(scene: Store) -> None:
    west = {"west": {"polygon": [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]}}
    middle = {"middle": {"circle": [0.5, 0.5, 0.01]}}
    (camera,) = selected_cameras(scene, Selection(rois=("west", "middle")), shop(zones=west | middle))
    assert weight_us(camera) == 300_000_000 + weight_us(
        selected_cameras(scene, Selection(rois=("middle",)), shop(zones=middle))[0]
    )
    with pytest.raises(UsageError, match="no zone or region 'door'"):
        selected_cameras(scene, Selection(rois=("door",)), shop(zones={"door": {"line": [[0, 0], [1, 1]]}}))


def test_nothing_counts_outside_the_detection_area(scene: Store) -> None:
    west = {"west": [[0, 0], [0.25, 0], [0.25, 1], [0, 1]], "north": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]}
    (whole,) = selected_cameras(scene, Selection(), shop(regions=west))
    (camera,) = selected_cameras(scene, Selection(), shop(regions=west, area="west"))
    assert weight_us(camera) == 300_000_000 < weight_us(whole)
    assert camera.covered_us == whole.covered_us
    # A region of interest counts within the area only, and several parts of an area are taken together.
    everywhere = Selection(rois=("0,0,1,0,1,1,0,1",))
    (camera,) = selected_cameras(scene, everywhere, shop(regions=west, area=["west"]))
    assert weight_us(camera) == 300_000_000
    (camera,) = selected_cameras(scene, Selection(rois=("north",)), shop(regions=west, area="west"))
    assert weight_us(camera) == 0
    (camera,) = selected_cameras(scene, Selection(), shop(regions=west, area=["west", "north"]))
    assert weight_us(camera) == 300_000_000


def test_a_region_looks_at_the_tracking_point(scene: Store) -> None:
    """The feet of all but two are around 200 of 360 px; their centres are above 0.5 of the frame."""
    upper = "0,0,1,0,1,0.5,0,0.5"
    (feet,) = selected_cameras(scene, Selection(rois=(upper,)))
    assert weight_us(feet) == 0
    for selection, config in (
        (Selection(rois=(upper,), tracking_mode=TrackingMode.CENTROID), None),
        (Selection(rois=(upper,)), shop(viewpoint="top")),
    ):
        (camera,) = selected_cameras(scene, selection, config)
        assert camera.tracking_mode is TrackingMode.CENTROID
        assert weight_us(camera) == 900_000_000


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rois": ("wst",)}, "no zone or region 'wst' in camera 'shop'; it has 'west'"),
        ({"rois": ("0,0",)}, "at least three corners"),
        ({"exclude": ("7",)}, "--exclude 7: is no track"),
        ({"exclude": ("f" * 16 + ":1",)}, "no clip 'ffffffffffffffff'"),
        ({"min_size": 12.0}, "--min-size 12: "),
        ({"min_size": float("nan")}, "--min-size nan: "),
        ({"min_dwell_s": 10.0, "max_dwell_s": 5.0}, "nobody is present for at least 10 s and at most 5 s"),
        ({"min_dwell_s": -1.0}, "at least -1 s"),
    ],
)
def test_what_cannot_be_is_refused(scene: Store, values: dict[str, object], message: str) -> None:
    config = shop(regions={"west": [[0, 0], [0.25, 0], [0.25, 1], [0, 1]]})
    with pytest.raises(UsageError, match=message):
        selected_cameras(scene, Selection(**values), config)  # type: ignore[arg-type]  # each is right for its field


def test_nobody_to_judge(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    film(store, [], hours=0.1)
    config = shop(zones={"staff": {"circle": [0.5, 0.5, 0.1]}}, schedule=["mon-sun"])
    (camera,) = selected_cameras(store, OUTLIERS, config)
    assert (camera.trajectories.is_empty(), camera.excluded.is_empty()) == (True, True)
    assert camera.covered_us == 360_000_000
    (off,) = selected_cameras(
        store, Selection(dates=((datetime(2020, 1, 1).date(),) * 2,), filter_outliers=True), config
    )
    assert off.covered_us == 0
