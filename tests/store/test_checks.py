"""Bits that flip, and rows that other hands change: nothing is silently other, and the clip is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from deltalake import write_deltalake

from heatcli.errors import StoreError
from heatcli.store.checks import check
from heatcli.store.maintenance import compact
from heatcli.store.repair import repair
from heatcli.store.store import Store
from heatcli.store.sums import _check_file
from tests.support.command_line import answer, refused, run
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Each question in these tests is asked by a new process, as it were."""
    _check_file.cache_clear()


def _flip(file: Path, chance: np.random.Generator) -> None:
    data = bytearray(file.read_bytes())
    data[int(chance.integers(len(data)))] ^= 1 << int(chance.integers(8))
    file.write_bytes(data)
    _check_file.cache_clear()


@pytest.mark.parametrize("kind", ["tracks/**/*.parquet", "trajectories/**/*.parquet", "clips/*.parquet"])
def test_a_flipped_bit_in_a_data_file_is_told_with_its_clip(tmp_path: Path, kind: str) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row("till", "beef"))
    put(store, clip_row())
    chance = np.random.default_rng(5)
    for file in sorted(store.path.glob(kind)):
        before = file.read_bytes()
        for _ in range(5):
            _flip(file, chance)
            with pytest.raises(StoreError, match=f"{file.name} is not as it was written"):
                live_rows(store)
            with pytest.raises(StoreError, match="is not as it was written"):
                compact(store)
            (fault,) = {(one.camera, one.clip) for one in check(store).faults}
            assert fault in {("till", "beef"), ("door", "c0ffee0000000000")}
            assert check(store).damaged == 1
        file.write_bytes(before)
    _check_file.cache_clear()
    assert check(store).faults == ()


@pytest.mark.parametrize("table", ["tracks", "trajectories", "clips"])
@pytest.mark.parametrize("compacted", [False, True])
def test_a_damaged_log_is_told(tmp_path: Path, table: str, compacted: bool) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    if compacted:
        compact(store)
    log = store.path / table / "_delta_log"
    chance = np.random.default_rng(6)
    for file in sorted(log.glob("*.checkpoint.parquet") if compacted else log.glob("*.json")):
        before = file.read_bytes()
        for _ in range(5):
            _flip(file, chance)
            with pytest.raises(StoreError, match=rf"is damaged \({table}/_delta_log/"):
                live_rows(store)
        file.write_bytes(before)


def test_a_damaged_clip_that_is_analysed_again_is_whole(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    for name in ("tracks", "trajectories"):
        for file in (store.path / name).rglob("*-c000.zstd.parquet"):
            _flip(file, np.random.default_rng(1))
    again = put(store, clip_row(), version=1)
    found = check(store)
    assert found.faults == ()
    repair(store, found.faults)
    assert live_rows(store) == expected_rows(again, version=1)
    assert check(store).is_whole


def test_a_repair_costs_exactly_the_clips_that_have_lost_rows(tmp_path: Path) -> None:
    """Others, also those of the same camera and month that share no file with them, stay as they are."""
    store = Store.create_or_open(tmp_path / "store")
    clips = [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(3)]
    compact(store)
    clips += [put(store, clip_row(clip=f"{n:016x}", start=START + timedelta(hours=n))) for n in range(3, 6)]
    assert run("clips", "--store", store.path, "--repair").exit_code == 2
    alone = next(
        file
        for file in store.path.glob("tracks/**/*.parquet")
        if clips[4].run in set(pl.read_parquet(file)["run"])
    )
    _flip(alone, np.random.default_rng(1))
    found = run("clips", "--store", store.path, "--check", "--repair", "--dry-run")
    assert found.exit_code == 1
    (line,) = (line for line in found.stderr.splitlines() if "of door" in line)
    what = f"{alone.relative_to(store.path)} is not as it was written"
    assert line == f"heatcli: clip {clips[4].clip} of door (/videos/door.mp4): {what}"
    shared = next(
        file
        for file in store.path.glob("trajectories/**/*.parquet")
        if set(pl.read_parquet(file)["run"]) == {clip.run for clip in clips[:3]}
    )
    shared.unlink()
    repaired = run("clips", "--store", store.path, "--check", "--repair", "--yes")
    assert repaired.exit_code == 0, repaired.stderr
    assert "dropped 4 clips and 2 damaged files" in repaired.stderr
    assert live_rows(store) == expected_rows(clips[3]) | expected_rows(clips[5])
    assert run("clips", "--store", store.path, "--check").exit_code == 0
    # The next run analyses them again.
    for clip in clips[:3]:
        put(store, clip_row(clip=clip.clip, start=clip.start), version=1)
    assert check(store).is_whole


def test_a_repair_drops_damaged_rows_of_the_catalogue(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    kept = put(store, clip_row("till", "beef"))
    lost = put(store, clip_row())
    for file in (store.path / "clips").glob("*.parquet"):
        if lost.run in set(pl.read_parquet(file)["run"]):
            _flip(file, np.random.default_rng(1))
    assert "of door" in run("clips", "--store", store.path, "--check", "--repair", "--yes").stderr
    assert live_rows(store) == expected_rows(kept)
    assert check(store).is_whole


def test_the_command_names_the_clip_and_exits_with_1(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row())
    assert run("clips", "--store", store.path, "--check").exit_code == 0
    _flip(max(store.path.glob("tracks/**/*.parquet")), np.random.default_rng(1))
    found = run("clips", "--store", store.path, "--check", "--json")
    assert found.exit_code == 1
    assert "clip c0ffee0000000000 of door (/videos/door.mp4): tracks/camera=door" in found.stderr
    told = json.loads(found.stdout)
    assert (told["damaged"], told["unknown"], told["faults"][0]["clip"]) == (1, 0, "c0ffee0000000000")


def test_a_store_without_sums_works_and_says_so(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    old = put(store, clip_row("till", "beef"))
    compact(store)
    for file in store.path.glob("*/_sums/*"):
        file.unlink()
    assert live_rows(store) == expected_rows(old)
    new = put(store, clip_row())
    assert live_rows(store) == expected_rows(old) | expected_rows(new)
    found = run("clips", "--store", store.path, "--check")
    assert found.exit_code == 0
    assert "3 files could not be checked" in found.stderr


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("settings", "{"),
        ("settings", "[]"),
        ("settings", None),
        ("settings", '{"attributes": null}'),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("width", 0),
        ("height", -1),
        ("sample_aspect", float("nan")),
        ("rotation", 45),
        ("start", None),
        ("start", START - timedelta(days=300_000)),
        ("coverage", None),
        ("coverage", [{"from": 5, "to": 9}]),
        ("coverage", [{"from": None, "to": 9}]),
        ("coverage", [{"from": 4 * 10**15, "to": 3 * 10**15}]),
        ("detector", None),
        ("duration_us", None),
        ("path", None),
        ("run", None),
    ],
)
def test_a_row_that_other_hands_changed_is_named_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, column: str, value: Any
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    good = put(store, clip_row("till", "beef"))
    put(store, clip_row())
    clips = pl.read_delta(str(store.path / "clips"))
    odd = pl.lit(pl.Series([value], dtype=clips[column].dtype).first(), dtype=clips[column].dtype)
    changed = clips.with_columns(
        pl.when(pl.col("camera") == "door").then(odd).otherwise(column).alias(column)
    )
    write_deltalake(store.path / "clips", changed, mode="overwrite")

    questions: list[Callable[[], object]] = [lambda: live_rows(store), store.clips, lambda: compact(store)]
    for question in questions:
        question()
    assert live_rows(store) == expected_rows(good)
    (line,) = {record.getMessage() for record in caplog.records}
    assert line.startswith(f"{store.path}: clip c0ffee0000000000 of door is left out: its {column} ")
    for command in (["zone", "--circle", "0.5,0.5,0.3"], ["cameras"], ["clips", "--json"]):
        found = run(*command, "--store", store.path)
        assert found.exit_code == 0, found.stderr
    checked = run("clips", "--store", store.path, "--check")
    assert checked.exit_code == 1
    assert "clip c0ffee0000000000 of door" in checked.stderr
    # Analysed again, it is a clip as any other.
    put(store, clip_row())
    assert {row.camera for row in store.clips()} == {"door", "till"}


@pytest.mark.parametrize("kind", ["corrections", "audits", "erased", "journal"])
def test_notes_that_cannot_be_read_are_told_and_a_repair_does_not_touch_them(
    tmp_path: Path, kind: str
) -> None:
    store = Store.create_or_open(tmp_path / "heat-store")
    put(store, clip_row("door", "a"))
    file = store.path / kind / "20260314T100000.000000Z-0badc0de.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.write_text("{not JSON}\n")
    for options in ((), ("--repair", "--yes")):
        line = refused(run("clips", "--check", *options, "--store", store.path), code=1)
        assert f"{kind}/{file.name}" in line
        assert "remove it, and say again what it told" in line
    assert file.exists()
    assert file.name in str(answer(run("check", "--store", store.path, "--json"), code=1)["findings"])
