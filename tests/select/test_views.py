"""Views of a camera: what is told of them, what is counted together, and that maps lie on each other."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.picture.camera import scene_of
from heatcli.select.reader import read_rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.views.follow import view_states
from heatcli.select.views.placement import Placement
from heatcli.select.views.states import Change, Condition, Plate, ViewState
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from heatcli.video.plate_measures import PlateMeasures, measures_of
from heatcli.video.registration import WIDTH, Edges, edges_of, moved_by, register
from tests.support.camera_days import SIZE, Camera, DrawnPlace
from tests.support.store_runs import clip_row, put

Hang = Callable[[int, float], "Camera | DrawnPlace | None"]
DAY = datetime(2026, 3, 2, tzinfo=UTC)
PLACEMENTS = st.builds(Placement, *[st.floats(-2, 2) for _ in range(4)])
HEIGHT = round(WIDTH * SIZE[1] / SIZE[0])


class Drawn:
    """Compares drawn pictures that are held in memory."""

    def __init__(self) -> None:
        self.found: dict[str, PlateMeasures | None] = {}
        self.edges: dict[str, Edges] = {}

    def add(self, name: str, picture: NDArray[np.uint8]) -> None:
        grey = cv2.resize(
            cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA
        )
        self.found[name] = measures_of(grey.astype(np.float32))
        self.edges[name] = edges_of(grey.astype(np.float32))

    def measures(self, plate: str) -> PlateMeasures | None:
        return self.found[plate]

    def register(self, plate: str, scene: object) -> tuple[Placement, float] | None:
        assert isinstance(scene, list)
        moved = [moved_by(self.edges[name], at.matrix(WIDTH, HEIGHT, pixel=0)) for name, at in scene]
        found = register(np.asarray(np.mean(moved, axis=0), np.complex64), self.edges[plate])
        return None if found is None else (Placement.of(found.matrix, HEIGHT), found.agreeing)


def followed(
    place: DrawnPlace, days: int, hours: tuple[float, ...], hang: Hang
) -> dict[tuple[int, float], ViewState]:
    """Follow the view of a drawn camera; what it looks at, or how it hangs, is said for each picture."""
    drawn, plates = Drawn(), []
    for day in range(days):
        for hour in hours:
            seen = hang(day, hour)
            looked, camera = (seen, None) if isinstance(seen, DrawnPlace) else (place, seen)
            start = DAY + timedelta(days=day, hours=hour)
            name = f"{day}-{hour}"
            drawn.add(name, looked.at(day, hour, camera))
            plates.append(Plate(name, int(start.timestamp() * 1e6), start.date(), hour, 3_600_000_000))
    states = view_states(plates, drawn, SIZE[1] / SIZE[0])
    return {(day, hour): states[f"{day}-{hour}"] for day in range(days) for hour in hours}


def usual(day: int, hour: float) -> Camera:
    return Camera()


@pytest.mark.parametrize(
    "place",
    [
        DrawnPlace(1),
        pytest.param(DrawnPlace(3, outdoors=True), marks=pytest.mark.slow),
        pytest.param(DrawnPlace(4, textured=False, infra_red=False), marks=pytest.mark.slow),
    ],
)
def test_ordinary_days_are_not_told(place: DrawnPlace) -> None:
    """Sun, clouds, nights, furniture, people; `tests/campaigns/camera_days.py` has sixty such days."""
    for state in followed(place, 6, (9, 16, 23), usual).values():
        assert (state.view, state.condition, state.change) == (0, None, None)
        assert state.placement.is_none


@pytest.mark.parametrize("turned", [-10.0, 3.0])
def test_a_turned_camera_is_found_at_once_and_says_by_how_much(turned: float) -> None:
    def turn(day: int, hour: float) -> Camera:
        return Camera(turned=turned) if (day, hour) >= (2, 16) else Camera()

    states = followed(DrawnPlace(1), 4, (9, 16), turn)
    for when, state in states.items():
        if when < (2, 16):
            assert state.change is None
        else:
            assert state.view == 1
            assert state.change is not None
            assert state.change.placement is not None
            assert state.change.placement.inverse().degrees == pytest.approx(turned, abs=0.1)


def test_a_camera_that_is_turned_back_shows_its_first_view_again() -> None:
    def turn(day: int, hour: float) -> Camera:
        return Camera(turned=4, moved=(10, 0)) if day == 2 else Camera()

    states = followed(DrawnPlace(5), 4, (9,), turn)
    assert [state.view for state in states.values()] == [0, 0, 1, 0]
    assert states[3, 9].change is None


def test_a_small_shift_is_undone_to_less_than_a_thousandth_of_the_width() -> None:
    def shift(day: int, hour: float) -> Camera:
        return Camera(moved=(8, -5)) if day >= 2 else Camera()

    states = followed(DrawnPlace(1), 3, (9, 16), shift)
    for hour in (9, 16):
        state = states[2, hour]
        assert state.view == 0
        assert np.array([state.placement.x, state.placement.y]) * SIZE[0] == pytest.approx([-8, 5], abs=0.7)
        assert state.change is not None
        assert not state.change.is_turn


def test_another_scene_is_another_view() -> None:
    other = DrawnPlace(51)
    states = followed(DrawnPlace(1), 3, (9, 16), lambda day, hour: other if day == 2 else None)
    for hour in (9, 16):
        assert states[2, hour].view == 1
        assert states[2, hour].change == Change(None)


@pytest.mark.parametrize(
    ("camera", "condition"),
    [
        (Camera(covered=1), Condition.BLIND),
        (Camera(blur=5), Condition.BLIND),
        (Camera(lit=0), Condition.DARK),
    ],
)
def test_a_camera_that_sees_nothing_is_told_after_two_days_to_compare_with(
    camera: Camera, condition: Condition
) -> None:
    states = followed(DrawnPlace(1), 3, (9, 16), lambda day, hour: camera if day == 2 else None)
    assert [state.condition for state in states.values()] == [None] * 4 + [condition] * 2
    assert {state.view for state in states.values()} == {0}


def test_nights_without_infra_red_are_ordinary() -> None:
    dark = DrawnPlace(3, infra_red=False)
    states = followed(dark, 4, (16, 22), usual)
    assert {(state.view, state.condition, state.change) for state in states.values()} == {(0, None, None)}


@given(
    st.floats(-0.3, 0.3), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0.8, 1.2), st.floats(0.3, 2)
)
def test_placements_are_similarities(angle: float, x: float, y: float, size: float, aspect: float) -> None:
    one = Placement(size * np.cos(angle), size * np.sin(angle), x, y)
    matrix = one.matrix(WIDTH, round(WIDTH * aspect), pixel=0)
    again = Placement.of(matrix, round(WIDTH * aspect))
    assert [again.a, again.b, again.x, again.y] == pytest.approx([one.a, one.b, one.x, one.y], abs=1e-9)
    assert one.after(one.inverse()).farthest(aspect) == pytest.approx(0, abs=1e-9)
    assert one.after(one).matrix(100, 100 * aspect) == pytest.approx(
        np.linalg.matrix_power(one.matrix(100, 100 * aspect), 2), abs=1e-6
    )


def watched(store: Store, hangs: list[Camera]) -> None:
    """Store a clip of each day in which two people stand, at noon; the camera hangs as said."""
    place = DrawnPlace(1)
    for day, camera in enumerate(hangs):
        row = clip_row(clip=f"{day:016x}", start=DAY + timedelta(days=day, hours=12), timezone="UTC")
        put(store, row, plate=place.at(day, 12, camera))


def asked(store: Store, **selection: object) -> SelectedCamera:
    (camera,) = selected_cameras(store, replace(Selection(), **selection))  # type: ignore[arg-type]
    return camera


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create_or_open(tmp_path / "store")


def test_clips_of_before_and_after_a_turn_are_not_mixed_unless_asked(store: Store) -> None:
    watched(store, [Camera(), Camera(), Camera(), Camera(turned=3)])
    most = asked(store)
    assert [clip.start.day for clip in most.clips] == [2, 3, 4]
    assert {trouble.kind for trouble in most.troubles} == {"turned"}
    assert most.note is not None
    assert "turned by 3.0°" in most.note
    assert "20 s in 1 clip show another view" in most.note
    assert len(asked(store, all_views=True).clips) == 4
    # Asked for alone, the view after the turn counts, with its own picture.
    after = asked(store, start=DAY + timedelta(days=3))
    assert [clip.start.day for clip in after.clips] == [5]
    assert after.plate_placement.is_none


def test_maps_of_a_camera_that_has_shifted_lie_on_each_other(store: Store) -> None:
    """Boxes that were found at one place move as the view does, and so does the picture below the map."""
    watched(store, [Camera(), Camera(), Camera(moved=(6, 4))])
    camera = asked(store)
    boxes = np.concatenate([rows.boxes for rows in read_rows(camera)])
    first, last = boxes[:2], boxes[-2:]
    assert last - first == pytest.approx(np.tile([-6, -4, -6, -4], (2, 1)), abs=0.7)
    drawn = scene_of(camera, "plate").ground
    expected = scene_of(asked(store, dates=((DAY.date(), DAY.date()),)), "plate").ground
    grey, wanted = (
        edges_of(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY).astype(np.float32)) for one in (drawn, expected)
    )
    found = register(wanted, grey)
    assert found is not None
    # Each drawn picture is shaken by a quarter of a pixel, so two differ by more than that.
    assert found.matrix[:2, 2] == pytest.approx([0, 0], abs=1)
    as_recorded = np.concatenate([rows.boxes for rows in read_rows(asked(store, all_views=True))])
    assert (as_recorded[-2:] == as_recorded[:2]).all()


def test_one_day_tells_nothing_and_a_lost_picture_changes_nothing(store: Store) -> None:
    watched(store, [Camera(), Camera(), Camera(turned=5)])
    assert asked(store, dates=((DAY.date(), DAY.date()),)).troubles == ()
    for plate in (store.path / "plates").iterdir():
        plate.unlink()
    # What was found before stays known, and without it nothing is told.
    before = asked(store)
    for file in (store.path / "views").iterdir():
        file.write_text("{")
    assert len(before.clips) in (2, 3)
    assert len(asked(store).clips) == 3
    assert asked(store).troubles == ()


def test_a_picture_of_another_size_lies_on_those_before(store: Store) -> None:
    watched(store, [Camera(), Camera()])
    moved = cv2.resize(
        DrawnPlace(1).at(2, 12, Camera(moved=(8, 6))), (320, 180), interpolation=cv2.INTER_AREA
    )
    start = DAY + timedelta(days=2, hours=12)
    row = clip_row(clip=f"{2:016x}", start=start, timezone="UTC", width=320, height=180)
    put(store, row, plate=np.asarray(moved, np.uint8))
    camera = asked(store)
    boxes = np.concatenate([rows.boxes for rows in read_rows(camera)])
    assert boxes[-2:] - boxes[:2] == pytest.approx(np.tile([-4, -3, -4, -3], (2, 1)), abs=0.5)


@given(
    st.lists(
        st.builds(
            ViewState,
            st.integers(0, 9),
            PLACEMENTS,
            st.sampled_from([None, *Condition]),
            st.one_of(st.none(), st.builds(Change, st.one_of(st.none(), PLACEMENTS), st.booleans())),
        ),
        max_size=5,
    )
)
def test_states_that_are_kept_are_read_as_they_were(states: list[ViewState]) -> None:
    assert [ViewState.of_numbers(json.loads(json.dumps(one.numbers()))) for one in states] == states


def test_views_are_followed_once_and_a_picture_an_hour_is_enough(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(store, [Camera(), Camera(), Camera(), Camera(turned=3)])
    minute_later = clip_row(clip="f" * 16, start=DAY + timedelta(days=3, hours=12, minutes=1), timezone="UTC")
    put(store, minute_later, plate=DrawnPlace(1).at(3, 12, Camera(turned=3)))
    before = asked(store)
    assert [clip.start.day for clip in before.clips] == [2, 3, 4]
    monkeypatch.setattr("heatcli.select.views.camera.view_states", None)
    assert asked(store).troubles == before.troubles
