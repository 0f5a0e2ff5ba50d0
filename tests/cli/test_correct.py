"""`heatcli correct` as it is typed, and that reports and all other commands know of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.page_tab import walk

CLIP = "a" * 16


@pytest.fixture
def store(folder: Path) -> Store:
    """Three people who walk at the door for a hundred seconds, in the store of the current folder."""
    store = Store.create_or_open(folder / "heat-store")
    walk(store, "door", datetime(2026, 3, 14, 9, 30, tzinfo=UTC), CLIP)
    return store


def visits() -> int:
    found = answer(run("zone", "--polygon", "0,0,1,1", "--json"))["cameras"][0]["zones"][0]
    return int(found["total"]["unique_visits"])


@pytest.mark.usefixtures("store")
def test_every_correction_is_listed_with_who_and_when_until_it_is_undone() -> None:
    assert visits() == 3
    done(run("correct", "--split", f"{CLIP}:1@0:00:40.5"))
    done(run("correct", "--drop", f"{CLIP}:2, {CLIP}:3"))
    assert visits() == 2
    listed = answer(run("correct", "--json"))["corrections"]
    assert [(one["kind"], one["tracks"], one["at_us"], one["part"], one["state"]) for one in listed] == [
        ("split", [f"{CLIP}:1"], 40_500_000, f"{CLIP}:1000000", "holds"),
        ("drop", [f"{CLIP}:2", f"{CLIP}:3"], None, None, "holds"),
    ]
    assert all(one["user"] for one in listed)
    assert {one["made_at"][:10] for one in listed} == {datetime.now(UTC).date().isoformat()}
    lines = done(run("correct", "--list")).stdout.splitlines()
    assert lines[0].split() == ["ID", "MADE", "(UTC)", "BY", "WHAT", "CAMERA", "TRAJECTORIES", "STATE"]
    assert f"{CLIP}:1@0:00:40.500" in lines[1]
    done(run("correct", "--undo", listed[1]["id"]))
    assert visits() == 4
    assert "is undone already" in refused(run("correct", "--undo", listed[1]["id"]))
    assert "1 of 4 people left out" not in done(run("zone", "--polygon", "0,0,1,1")).stderr


@pytest.mark.usefixtures("store")
def test_who_was_dropped_is_named_with_the_reason() -> None:
    done(run("correct", "--drop", f"{CLIP}:2"))
    said = done(run("zone", "--polygon", "0,0,1,1"))
    assert "1 of 3 people left out: 1 dropped by hand" in said.stderr


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--merge", "2"), "'2' is no track; write it as c0ffee0123456789:7"),
        (("--split", f"{CLIP}:1@noon"), "'noon' is no time in a file"),
        (("--drop", f"{CLIP}:9"), f"no trajectory '{CLIP}:9' in the store"),
        (("--undo", "1234"), "no correction '1234' in the store"),
        (("--drop", f"{CLIP}:1", "--list"), "one at a time"),
        (("--merge", f"{CLIP}:1,{CLIP}:2"), "in view at the same time"),
        (("--drop", f"{CLIP}:1", "--camera", "dor"), "no camera 'dor' in the store; it has 'door'"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(options: tuple[str, ...], why: str) -> None:
    assert why in refused(run("correct", *options))
    assert answer(run("correct", "--json"))["corrections"] == []


def test_a_damaged_note_is_told(store: Store) -> None:
    done(run("correct", "--drop", f"{CLIP}:1"))
    (note,) = (store.path / "corrections").iterdir()
    note.write_text('{"kind": "drip"}\n')
    assert f"corrections/{note.name} is no correction" in refused(run("zone", "--top", "1"), 1)
