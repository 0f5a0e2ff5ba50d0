"""Plates: small files that clips of one day share, whatever is killed, removed or compacted meanwhile."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.picture.camera import scene_of
from heatcli.picture.files import read_picture
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store import commit
from heatcli.store.clips import ClipRow
from heatcli.store.commit import switch_runs
from heatcli.store.maintenance import compact, remove_clips
from heatcli.store.store import Store
from tests.support.store_runs import clip_row, put

# Midnight in Zagreb.
MIDNIGHT = datetime(2026, 3, 13, 23, tzinfo=UTC)
LONG_AGO = 1_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create_or_open(tmp_path / "store")


def scene(width: int = 640, height: int = 360) -> NDArray[np.uint8]:
    """Things of all sizes and colours, with the grain that is left of a camera's noise in a plate."""
    rng = np.random.default_rng(1)
    picture = np.full((height, width, 3), 120, np.uint8)
    for _ in range(60):
        x, y = (int(value) for value in rng.integers(0, (width, height)))
        size = int(rng.integers(4, height // 4))
        colour = tuple(int(value) for value in rng.integers(30, 220, 3))
        cv2.rectangle(picture, (x, y), (x + size, y + size // 2), colour, cv2.FILLED)
    grain = rng.normal(0, 1.5, picture.shape)
    return (picture + grain).clip(0, 255).astype(np.uint8)


def clip(number: int, plate: NDArray[np.uint8], store: Store, hours: float = 0, **changes: Any) -> ClipRow:
    start = MIDNIGHT + timedelta(hours=hours)
    row = put(store, clip_row(clip=f"{number:016x}", start=start, **changes), plate=plate)
    assert row.plate is not None
    return row


def test_clips_of_a_day_share_a_plate(store: Store) -> None:
    """People who stand still, noise and a little less light do not matter."""
    first = scene()
    somebody = first.copy()
    somebody[200:236, 300:318] = 20
    darker = (first * 0.93 + np.random.default_rng(2).normal(0, 2, first.shape)).clip(0, 255).astype(np.uint8)
    rows = [clip(number, plate, store, 4 * number) for number, plate in enumerate((first, somebody, darker))]
    assert len({row.plate for row in rows}) == 1
    assert len([*(store.path / "plates").iterdir()]) == 1


def test_a_scene_that_changes_gets_a_plate_of_its_own(store: Store) -> None:
    """Another light, a camera that was turned, another place; and back again the old one will do."""
    day = scene()
    night = (day * 0.4).astype(np.uint8)
    turned = np.roll(day, 20, axis=1)
    moved = day.copy()
    moved[100:180, 200:280] = day[0:80, 0:80]
    scenes = (day, night, turned, moved, night, day)
    rows = [clip(number, plate, store, number) for number, plate in enumerate(scenes)]
    plates = [row.plate for row in rows]
    assert len(set(plates[:4])) == 4
    assert plates[4:] == [plates[1], plates[0]]
    for row, plate in zip(rows, (day, night, turned, moved), strict=False):
        assert np.abs(read_picture(store.path / str(row.plate)).astype(int) - plate).mean() < 3


@pytest.mark.parametrize(
    ("hours", "changes"),
    [
        (24, {}),
        (-0.1, {}),
        (1, {"camera": "till"}),
        (1, {"settings_hash": "masked"}),
        (1, {"width": 1280, "height": 720}),
    ],
    ids=str,
)
def test_only_clips_of_one_day_camera_and_settings_share(
    store: Store, hours: float, changes: dict[str, object]
) -> None:
    first = clip(1, scene(), store)
    assert clip(2, scene(), store, 23.9).plate == first.plate
    assert clip(3, scene(), store, hours, **changes).plate != first.plate


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1920, 1080), (3840, 2160)])
def test_a_plate_is_small_and_looks_like_the_scene(store: Store, width: int, height: int) -> None:
    plate = scene(width, height)
    row = clip(1, plate, store, width=width, height=height)
    file = store.path / str(row.plate)
    assert file.stat().st_size <= 100_000
    (camera,) = selected_cameras(store, Selection())
    drawn = scene_of(camera, "plate").ground
    assert drawn.shape == plate.shape
    # Edges of colours are blurred by a pixel, as in the video itself; those of brightness are not.
    error = cv2.absdiff(cv2.cvtColor(drawn, cv2.COLOR_BGR2GRAY), cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY))
    assert error.mean() < 1.5
    assert np.percentile(error, 99) < 10


def test_a_plate_of_an_older_version_is_shown(store: Store) -> None:
    plate = scene()
    row = clip(1, plate, store)
    new = store.path / str(row.plate)
    old = new.with_suffix(".png")
    cv2.imwrite(str(old), plate)
    name = f"plates/{old.name}"
    new.unlink()
    switch_runs(store, [replace(row, plate=name)])
    (camera,) = selected_cameras(store, Selection())
    assert (scene_of(camera, "plate").ground == plate).all()
    # It is shared like any other.
    assert clip(2, plate, store, 1).plate == name


def test_a_shared_plate_stays_until_no_clip_has_it(store: Store) -> None:
    rows = [clip(number, scene(), store, number) for number in range(3)]
    file = store.path / str(rows[0].plate)

    def is_there_a_day_later() -> bool:
        os.utime(file, (LONG_AGO, LONG_AGO))
        compact(store)
        return file.exists()

    remove_clips(store, rows[:1])
    assert is_there_a_day_later()
    remove_clips(store, rows[1:])
    assert file.exists()
    assert not is_there_a_day_later()


def test_a_plate_that_is_about_to_be_shared_is_not_taken_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All clips that have it are removed, and the store is compacted, before the new clip is live."""
    first = clip(1, scene(), store)
    file = store.path / str(first.plate)
    os.utime(file, (LONG_AGO, LONG_AGO))
    switch = commit._switch

    def late(*arguments: Any) -> None:
        remove_clips(store, [first])
        compact(store)
        switch(*arguments)

    monkeypatch.setattr(commit, "_switch", late)
    row = clip(2, scene(), store, 1)
    assert row.plate == first.plate
    assert file.exists()


@pytest.mark.parametrize("damage", ["gone", "empty", "half"])
def test_a_lost_plate_is_written_anew(store: Store, damage: str) -> None:
    """A kill or a loss of power leaves plates whole; this is what other hands leave."""
    row = clip(1, scene(), store)
    file = store.path / str(row.plate)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[: 0 if damage == "empty" else len(data) // 3])
    again = clip(2, scene(), store, 1)
    assert again.plate != row.plate
    assert read_picture(store.path / str(again.plate)).shape == (360, 640, 3)
