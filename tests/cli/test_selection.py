"""The options of a selection on the command line: what is left out is told, what cannot be is refused."""

import re
from pathlib import Path

import pytest
from typer.testing import Result

from heatcli.answers.left_out import REASON_WORDS
from heatcli.select.who_counts import Reason
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.store_runs import clip_row, put

# The clip begins at 00:59:50 on the 15th by the clock in Zagreb and lasts for 20 s; three tracks of 20 px.
CONFIG = """
[cameras.door.regions]
west = [[0.0, 0.0], [0.04, 0.0], [0.04, 1.0], [0.0, 1.0]]
[cameras.door.zones]
staff = { circle = [0.0375, 0.1111, 0.005] }
"""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of one clip, and a configuration."""
    folder = tmp_path_factory.mktemp("door")
    put(Store.create_or_open(folder / "store"), clip_row(), tracks=3)
    (folder / "heatcli.toml").write_text(CONFIG)
    return folder


def render(door: Path, *options: str) -> Result:
    shared = ("--store", door / "store", "--config", door / "heatcli.toml", "-o", door / "heat.npz")
    return run("render", *shared, *options)


@pytest.mark.parametrize(
    ("options", "covered_s", "rows", "people"),
    [
        ((), 20, 60, (3, 3)),
        (("--date", "2026-03-15"), 20, 60, (3, 3)),
        (("--date", "2026-03-14", "--date", "2026-03-16..2026-03-20"), 0, 0, (0, 0)),
        (("--hours", "01:00-02:00"), 10, 30, (3, 3)),
        (("--hours", "00:00-01:00", "--hours", "01:00-02:00", "--weekdays", "sat,sun"), 20, 60, (3, 3)),
        (("--weekdays", "mon-fri"), 0, 0, (0, 0)),
        (("--objects-to-track", "car"), 20, 20, (1, 1)),
        (("--objects-to-track", "all"), 20, 60, (3, 3)),
        (("--objects-to-track", ""), 20, 60, (3, 3)),
        (("--observed-only",), 20, 48, (3, 3)),
        (("--roi", "west"), 20, 40, (3, 3)),
        (("--roi", "0,0,0.025,0,0.025,1,0,1"), 20, 20, (3, 3)),
        (
            ("--roi", "0,0,0.025,0,0.025,1,0,1; 0.9,0,1,0,1,1,0.9,1", "--roi-labels", "a,b"),
            20,
            20,
            (3, 3),
        ),
        (("--min-size", "0.1"), 20, 0, (3, 0)),
        (("--min-dwell", "20"), 20, 60, (3, 3)),
        (("--min-dwell", "20.5"), 20, 0, (3, 0)),
        (("--max-dwell", "19.5"), 20, 0, (3, 0)),
        (("--exclude", "c0ffee0000000000:2"), 20, 40, (3, 2)),
        (("--filter-outliers",), 20, 40, (3, 2)),
    ],
)
def test_each_option_says_what_counts(
    door: Path, options: tuple[str, ...], covered_s: float, rows: int, people: tuple[int, int]
) -> None:
    (camera,) = answer(render(door, "--json", *options))["cameras"]
    everybody, counted = people
    assert (camera["covered_s"], camera["rows"]) == (covered_s, rows)
    assert camera["people"] == {
        "all": everybody,
        "counted": counted,
        "left_out": everybody - counted,
        "visits": counted,
    }
    assert len(camera["left_out"]) == everybody - counted


def test_who_is_left_out_is_told(door: Path) -> None:
    result = render(door, "--filter-outliers", "--json")
    assert "; 1 of 3 people left out: 1 seen first or mostly in a staff zone; 2 people are" in result.stderr
    (camera,) = answer(result)["cameras"]
    (told,) = camera["left_out"]
    assert (told["clip"], told["track"], told["reason"]) == ("c0ffee0000000000", 2, "staff_zone")
    assert (told["value"], told["limit"]) == (None, None)
    assert "too few" in camera["note"]
    assert "left out" not in render(door).stderr


@pytest.mark.parametrize("side", [("--from", "2026-03-20"), ("--to", "2026-03-14")])
def test_days_and_times_that_have_nothing_in_common_select_nothing(door: Path, side: tuple[str, str]) -> None:
    command = ["zone", "--store", door / "store", "--circle", "0.5,0.5,0.1", "--by", "day", "--json"]
    (camera,) = answer(run(*command, "--date", "2026-03-15", *side))["cameras"]
    assert (camera["selected_s"], camera["covered_s"]) == (0, 0)
    assert camera["zones"][0]["buckets"] == []


def test_every_reason_can_be_told() -> None:
    assert set(REASON_WORDS) == set(Reason)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "2026-03-15", "--to", "2026-03-14"), "ends .* before it starts"),
        (("--date", "14.3.2026"), "'14.3.2026' is not a day; write it as 2026-03-14"),
        (("--date", "9999-12-31"), "nothing can have been recorded then"),
        (("--date", "2026-03-15..2026-03-14"), "ends .* before it starts"),
        (("--hours", "9 to 5"), "'9 to 5': it must be days, hours or both; write"),
        (("--weekdays", "weekend"), "'weekend' is not a day"),
        (("--roi", "wets"), "no zone or region 'wets' in camera 'door'; it has 'west'"),
        (("--roi", "west", "--roi-labels", "a"), "has 1 name, but --roi gives the corners of 0 regions"),
        (
            ("--roi", "0,0,1,2,0,1"),
            "2 is not a fraction of the frame, from 0 to 1; divide pixels by the frame's width",
        ),
        (("--min-size", "0"), "--min-size: '0' is not possible"),
        (("--min-dwell", "20", "--max-dwell", "10"), "at least 20 s and at most 10 s"),
        (("--exclude", "2"), "--exclude 2: is no track"),
    ],
)
def test_what_cannot_be_is_refused(door: Path, options: tuple[str, ...], message: str) -> None:
    result = render(door, *options)
    line = refused(result)
    assert result.stderr == f"{line}\n"
    assert re.search(message, line)


def test_a_zone_outside_of_where_people_count_is_named(door: Path, tmp_path: Path) -> None:
    config = tmp_path / "heatcli.toml"
    zones = "till = { circle = [0.5, 0.5, 0.1] }\nexit = { line = [[0.6, 0.2], [0.6, 0.9]] }\n"
    config.write_text(
        CONFIG.replace("[cameras.door.regions]", '[cameras.door]\narea = "west"\n\n[cameras.door.regions]')
        + zones
    )
    options = ("--store", door / "store", "--config", config)
    told = [
        line
        for command in (
            ("zone", "--quiet"),
            ("export", "daily", "--start", "2026-03-15", "--quiet", "-o", tmp_path / "reports"),
        )
        for line in done(run(*command, *options)).stderr.splitlines()
    ]
    assert [line.split(" reads 0")[0] for line in told] == [
        "heatcli: warning: door: till",
        "heatcli: warning: door: exit",
    ] * 2
    # Half of it counts.
    assert done(run("zone", "--quiet", "--polygon", "0,0,0.5,1", *options)).stderr == ""
