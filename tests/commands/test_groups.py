"""`heatcli zone --groups`: what a user types and sees."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.command_line import answer, done, refused, run
from tests.support.group_worlds import CONFIGURATION, FPS, Hall, hall, write_groups


@pytest.fixture(scope="module")
def drawn() -> Hall:
    return hall(24, seed=2, lasts_s=240)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, drawn: Hall) -> Iterator[Path]:
    """The drawn hall from above, in one file, as the current folder."""
    folder = tmp_path_factory.mktemp("groups")
    write_groups(folder, drawn)
    (folder / "bodies.toml").write_text(CONFIGURATION)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def camera(*arguments: object) -> dict[str, Any]:
    (found,) = answer(run("zone", "--groups", *arguments, "--json"))["cameras"]
    return dict(found)


@pytest.mark.parametrize("config", ["heatcli.toml", "bodies.toml"])
def test_groups_stand_beside_people(place: Path, drawn: Hall, config: str) -> None:
    shop = camera("--by", "5min", "--config", config)
    assert shop["groups_by"] == ("floor" if config == "heatcli.toml" else "body_heights")
    said = done(run("zone", "--groups", "--config", config)).stderr
    assert ("body heights" in said) == (config == "bodies.toml")
    told = {one["zone"]: one for one in shop["groups"]}
    assert list(told) == ["hall", "left", "nobody"]
    total = told["hall"]["total"]
    sizes = np.bincount(np.bincount(drawn.group), minlength=6)[1:]
    assert total["unique_visits"] == len(drawn.paths)
    assert total["group_visits"] == pytest.approx(24, abs=2)
    found = [
        total[name] for name in ("alone", "groups_of_2", "groups_of_3", "groups_of_4", "groups_of_5_or_more")
    ]
    assert np.abs(np.array(found) - sizes).sum() <= 4
    assert total["mean_group_size"] == pytest.approx(total["unique_visits"] / total["group_visits"])
    assert (told["nobody"]["total"]["group_visits"], told["nobody"]["total"]["mean_group_size"]) == (0, None)
    for one in told["left"]["buckets"]:
        assert one["unique_visits"] >= one["group_visits"] >= one["alone"]


def test_evidence_says_who_was_with_whom_and_when(place: Path, drawn: Hall) -> None:
    shown = camera("--zone", "hall", "--evidence")["evidence"]
    members = defaultdict(set)
    for one in shown:
        members[one["event"]].add(one["track"] - 1)
        first, path = drawn.first[one["track"] - 1], drawn.paths[one["track"] - 1]
        begin, end = (one[key] * FPS / 1_000_000 for key in ("media_from_us", "media_to_us"))
        assert first <= begin < end <= first + len(path) + FPS
    together = [len({int(drawn.group[who]) for who in group}) for group in members.values()]
    assert together.count(1) >= 0.9 * len(together)
    total = camera("--zone", "hall")["groups"][0]["total"]
    assert len(members) == total["group_visits"] - total["alone"]
    assert sum(map(len, members.values())) == total["unique_visits"] - total["alone"]


def test_groups_as_a_table_and_as_csv(place: Path) -> None:
    table = done(run("zone", "--groups")).stdout.splitlines()
    assert table[0].split()[:7] == ["CAMERA", "ZONE", "PERIOD", "COVERED", "PEOPLE", "GROUPS", "ALONE"]
    done(run("zone", "--groups", "--by", "hour", "-o", "groups.csv"))
    with (place / "groups.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(one["zone"], one["period"]) for one in lines[:2]] == [
        ("hall", "2026-03-14 11:00"),
        ("hall", "total"),
    ]
    told = json.loads(done(run("zone", "--groups", "--json", "--quiet")).stdout)
    assert lines[1]["group_visits"] == str(told["cameras"][0]["groups"][0]["total"]["group_visits"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--groups", "--entries"), "--entries and --groups cannot be combined"),
        (("--groups", "--zone", "gate"), "gate: lines, and groups are of zones"),
        (("--groups", "-o", "groups.gif"), ".csv"),
    ],
)
def test_what_cannot_be_asked(place: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(run("zone", *arguments))
