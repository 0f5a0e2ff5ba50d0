"""What descriptors have decided stays once they are removed, and later clips go on from it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from heatcli.select.decided import decided
from heatcli.select.persons import persons_of_cameras
from heatcli.store.clips import clip_rows
from heatcli.store.commit import commit_run
from heatcli.store.descriptors import forget_descriptors
from heatcli.store.maintenance import compact
from heatcli.store.store import Store
from tests.support.figures import START, Figure, filmed
from tests.support.looks import descriptor, looks_of

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
    return decided(store, until=until, analysed_before=datetime.now(UTC))


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
    assert (
        len(decided(store, until=START + timedelta(days=1), analysed_before=datetime(2001, 1, 1, tzinfo=UTC)))
        == 0
    )
    found = old(store, START + timedelta(seconds=120))
    gone = found.filter(pl.col("descriptor").is_null())
    assert set(gone["run"]) == set(clips["run"][:2])
    # Those who come again later keep theirs, and are named with those who have lost theirs.
    kept = found.filter(pl.col("descriptor").is_not_null())
    assert len(kept) == 2 * PEOPLE
    assert kept.join(trajectories, on=["run", "track", "descriptor"], how="anti").is_empty()
    assert set(kept["known_person"]) == set(gone["known_person"])
