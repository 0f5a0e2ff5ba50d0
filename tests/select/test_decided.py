"""What descriptors have decided stays once they are removed, and later clips go on from it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.select.decided import decided, decided_before
from heatcli.select.persons import persons_of_cameras
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import clip_rows
from heatcli.store.commit import commit_run
from heatcli.store.descriptors import forget_descriptors
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from tests.support.figures import START, Figure, filmed
from tests.support.looks import descriptor, looks_of
from tests.support.staff_days import OPEN_S, staff_day

PEOPLE = 9


def fill(store: Store, clips: pl.DataFrame, trajectories: pl.DataFrame, *numbers: int) -> None:
    """Put some of the filmed clips into a store."""
    for number in numbers:
        (row,) = clip_rows(clips[number])
        own = trajectories.filter(run=row.run)
        commit_run(store, clip=row, tracks=[], trajectories=own, plate=None)


def who(store: Store) -> dict[tuple[int, int], tuple[int, int]]:
    """Return person and visit of each trajectory, by clip and track."""
    rows = persons_of_cameras(store, store.snapshot())["door"].rows
    return {
        (clip, track): (person, visit)
        for clip, track, person, visit in rows.select("clip", "track", "person", "visit").iter_rows()
    }


def old(store: Store, until: datetime) -> pl.DataFrame:
    """Return what is decided of clips that ended before, whenever they were analysed."""
    return decided(store, Config(), until=until, analysed_before=datetime.now(UTC))


def films(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Film people who come at ten, some of whom stay over the cut of two files, at twelve, and at one."""
    rng = np.random.default_rng(seed)
    looks = looks_of(PEOPLE, rng)
    begins = [begin + 12.0 * number for begin in (0.0, 7200.0, 10800.0) for number in range(PEOPLE)]
    figures = [
        Figure(
            (begin, begin + 9), (100.0 - 90 * begin, 100.0 + 60 * (at % PEOPLE)), (90.0, 0.0),
            descriptor(looks[at % PEOPLE], rng, change=0.3),
        )
        for at, begin in enumerate(begins)
    ]  # fmt: skip
    # The fifth who comes is in the picture when the first file ends.
    return filmed(figures, [(0, 53), (53, 110), (7200, 7310), (10800, 10910)])


@pytest.mark.parametrize("seed", range(2))
def test_nothing_changes_when_descriptors_go_one_clip_after_the_other(tmp_path: Path, seed: int) -> None:
    clips, trajectories = films(seed)
    store = Store.create_or_open(tmp_path / "store")
    fill(store, clips, trajectories, 0, 1, 2, 3)
    before = who(store)
    assert {len({person for person, _ in before.values()}), len(set(before.values()))} == {9, 27}
    for seconds in (60, 7320, 10920):
        forget_descriptors(store, old(store, START + timedelta(seconds=seconds)))
        assert who(store) == before
    assert len(old(store, START + timedelta(days=9))) == 0
    compact(store)
    assert who(store) == before


def test_a_night_writes_only_what_it_changes(tmp_path: Path) -> None:
    clips, trajectories = films(0)
    store = Store.create_or_open(tmp_path / "store")
    fill(store, clips, trajectories, 0, 1)
    forget_descriptors(store, old(store, START + timedelta(seconds=1800)))
    before = who(store)
    fill(store, clips, trajectories, 2, 3)
    night = old(store, START + timedelta(seconds=7320))
    assert not set(night["run"]).intersection(clips["run"][:2])
    forget_descriptors(store, night)
    assert {key: who(store)[key] for key in before} == before


def test_a_clip_that_comes_later_goes_on_from_what_was_decided(tmp_path: Path) -> None:
    clips, trajectories = films(0)
    store = Store.create_or_open(tmp_path / "store")
    fill(store, clips, trajectories, 0, 1, 2)
    forget_descriptors(store, old(store, START + timedelta(seconds=3600)))
    fill(store, clips, trajectories, 3)
    found = who(store)
    assert len({person for person, _ in found.values()}) == PEOPLE
    assert len(set(found.values())) == 27


def test_descriptors_are_kept_as_long_as_a_clip_is_young_enough(tmp_path: Path) -> None:
    clips, trajectories = films(0)
    store = Store.create_or_open(tmp_path / "store")
    fill(store, clips, trajectories, 0, 1, 2, 3)
    assert len(old(store, START + timedelta(seconds=52))) == 0
    # Clips that were analysed since, as by the run that asks, wait for the next one.
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    assert not len(decided(store, Config(), until=START + timedelta(days=1), analysed_before=long_ago))
    found = old(store, START + timedelta(seconds=120))
    gone = found.filter(pl.col("descriptor").is_null())
    assert set(gone["run"]) == set(clips["run"][:2])
    # Those who come again later keep theirs, and are named with those who have lost theirs.
    kept = found.filter(pl.col("descriptor").is_not_null())
    assert len(kept) == 2 * PEOPLE
    assert kept.join(trajectories, on=["run", "track", "descriptor"], how="anti").is_empty()
    assert set(kept["known_person"]) == set(gone["known_person"])


@pytest.mark.slow
@pytest.mark.parametrize("zone_stays", [True, False])
def test_who_looks_like_staff_stays_the_same_when_descriptors_go(tmp_path: Path, zone_stays: bool) -> None:
    """Also of those of the day who keep theirs for now; and it is told of each, with the probability."""
    day = staff_day(1)
    seconds = day.known.select(pl.col("first_us", "last_us") / 1e6).rows()
    figures = [
        Figure(stay, (1200.0, 700.0) if counter else (500.0, 400.0), appearance=look)
        for stay, counter, look in zip(seconds, day.in_zone, day.known["descriptor"], strict=True)
    ]
    clips, trajectories = filmed(figures, [(0, OPEN_S / 2), (OPEN_S / 2, OPEN_S)], fps=0.2)
    store = Store.create_or_open(tmp_path / "store")
    fill(store, clips, trajectories, 0, 1)
    counter = {"polygon": [[0.8, 0.8], [1, 0.8], [1, 1], [0.8, 1]]}
    door = CameraConfig.model_validate({"zones": {"counter": counter}, "staff_zones": ["counter"]})
    config = Config(cameras={"door": door})

    def left_out() -> pl.DataFrame:
        (camera,) = selected_cameras(store, Selection(filter_outliers=True), config)
        return camera.excluded.filter(reason="staff_look").select("clip", "track", "value", "limit")

    before = left_out()
    elsewhere = day.staff & ~day.in_zone
    assert day.staff[before["track"]].mean() > 0.99
    assert len(before) > 0.95 * np.count_nonzero(elsewhere)
    assert (before["value"] > 0.9).all()
    assert set(before["limit"]) == {0.9}
    noon = START + timedelta(seconds=OPEN_S / 2)
    # Who no longer has the zone in the configuration, or another one, takes nothing of it back.
    later = config if zone_stays else Config()
    for until, said in ((noon, config), (noon + timedelta(days=1), later)):
        forget_descriptors(store, decided_before(store, said, until))
        assert_frame_equal(left_out(), before)
    assert pl.read_delta(str(store.path / "trajectories"))["descriptor"].is_null().all()
