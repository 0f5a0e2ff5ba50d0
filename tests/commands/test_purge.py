"""`heatcli purge`: nothing is left of what was erased or is too old, and all else stays as it was."""

import errno
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import av
import polars as pl
import pytest

from heatcli.analysis.erased import without_erased
from heatcli.commands.purge import purge_old
from heatcli.config.models import load_config
from heatcli.errors import ErasedError
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun, commit_runs
from heatcli.store.corrections import read_corrections
from heatcli.store.identity import new_run
from heatcli.store.journal import Deed, read_journal
from heatcli.store.staging import stage_run
from heatcli.store.store import Store
from heatcli.store.writing import writing
from tests.support.byte_search import atoms, files_with
from tests.support.command_line import answer, done, refused, run
from tests.support.purge_worlds import CONFIG, DAYS, PLACE, add_the_rest, make_store, rows_of

DAY = ("--camera", "door", "--date", str(DAYS[0]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of which each test has a copy."""
    store = make_store(tmp_path_factory.mktemp("made") / "heat-store")
    add_the_rest(store)
    return store.path


@pytest.fixture
def shop(folder: Path, made: Path) -> Store:
    (folder / "heatcli.toml").write_text(CONFIG)
    shutil.copytree(made, folder / "heat-store")
    return Store.open(folder / "heat-store")


def values_of(store: Store) -> set[object]:
    """All that the rows of both cameras have, and the ids of their clips and runs."""
    return set().union(*(atoms(rows) for camera in ("door", "yard") for rows in rows_of(store, camera)))


def figures(*options: object) -> dict[tuple[object, ...], object]:
    """All figures of zones, but shares of the detections of the whole picture, by where they are."""
    found = flat(answer(run("zone", "--json", *options))["cameras"])
    return {path: value for path, value in found if path[-1] != "detections_pct" and "zones" in path}


def flat(value: Any, path: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], object]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from flat(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from flat(one, (*path, one.get("name", number) if isinstance(one, dict) else number))
    else:
        yield path, value


def elsewhere(found: dict[tuple[object, ...], object]) -> dict[tuple[object, ...], object]:
    return {path: value for path, value in found.items() if "shelf" not in path}


def test_nothing_of_a_day_and_place_is_left_and_other_numbers_are_equal(shop: Store) -> None:
    before, numbers = values_of(shop), figures()
    other_day = figures("--date", DAYS[1])
    plate = next(clip.plate for clip in shop.clips("door") if clip.start.date() == DAYS[0])

    assert "3 clips cut" in done(run("purge", *DAY, "--roi", PLACE, "--yes")).stderr

    gone = before - values_of(shop)
    assert len(gone) > 3000
    assert list(files_with(shop.path, gone)) == []
    assert elsewhere(figures()) == elsewhere(numbers)
    assert figures("--date", DAYS[1]) == other_day
    erased = figures("--date", DAYS[0], "--camera", "door")
    visits = {value for path, value in erased.items() if path[-1] == "unique_visits" and "shelf" in path}
    assert visits - {None} == {0}
    # The picture of the empty scene may show who stood there all day; another day has one too.
    assert plate is not None
    assert not (shop.path / plate).exists()
    first = shop.clips("door")[0]
    assert first.plate is not None
    assert first.plate == shop.clips("door")[3].plate
    assert not (shop.path / "pieces").exists()


def test_nothing_of_a_time_is_left_and_its_rates_have_no_time_to_divide_by(shop: Store) -> None:
    before, numbers = values_of(shop), figures("--camera", "yard")
    first, middle, last = (clip for clip in shop.clips("door") if clip.start.date() == DAYS[0])
    begin = first.start + timedelta(seconds=60)
    ends = (figures("--to", begin.isoformat()), figures("--from", middle.start + timedelta(seconds=30)))

    told = done(run("purge", "--camera", "door", "--from", begin.isoformat(), "--to", middle.start, "--yes"))
    assert "1 clip cut" in told.stderr
    gone = before - values_of(shop) - {first.run}  # a correction of what is left still names it
    assert list(files_with(shop.path, gone)) == []
    assert figures("--camera", "yard") == numbers
    assert (
        figures("--to", begin.isoformat()),
        figures("--from", middle.start + timedelta(seconds=30)),
    ) == ends
    cut = next(clip for clip in shop.clips("door") if clip.clip == first.clip)
    assert cut.covered_us == 60_000_000
    # All of the clip: it goes, and nothing names it any more.
    whole = {last.clip, last.run}
    done(
        run(
            "purge",
            "--camera",
            "door",
            "--from",
            last.start,
            "--to",
            last.start + timedelta(hours=1),
            "--yes",
        )
    )
    assert last.clip not in {clip.clip for clip in shop.clips("door")}
    assert list(files_with(shop.path, whole)) == []


def erase_the_day(folder: Path) -> None:
    os.chdir(folder)
    run("purge", *DAY, "--roi", PLACE, "--yes")


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.commands.test_purge", "heatcli.cli.app", "heatcli.commands.purge"])
    return context


@pytest.mark.slow
def test_killed_at_any_moment_and_repeated_it_is_the_same(
    shop: Store, folder: Path, processes: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> None:

    before, numbers = values_of(shop), figures()
    pristine = tmp_path_factory.mktemp("pristine") / "shop"
    shutil.copytree(folder, pristine)
    began = time.monotonic()
    assert killed_after(processes, folder, None) == 0
    lasts = time.monotonic() - began
    draw, killed = random.Random(17), 0
    while killed < 30:
        if killed % 3 == 0:
            # Two kills follow on what the one before has left.
            shutil.rmtree(shop.path)
            shutil.copytree(pristine / "heat-store", shop.path)
        killed += killed_after(processes, folder, draw.uniform(0, lasts)) == -signal.SIGKILL
        if killed % 3 == 2:
            assert elsewhere(figures()) == elsewhere(numbers)
    done(run("purge", *DAY, "--roi", PLACE, "--yes"))

    assert list(files_with(shop.path, before - values_of(shop))) == []
    assert elsewhere(figures()) == elsewhere(numbers)
    entries = [entry for entry in read_journal(shop.path) if entry.deed is Deed.PURGE]
    begun = {entry.id for entry in entries if entry.done is None}
    assert begun == {entry.begun for entry in entries if entry.done is not None}


def killed_after(processes: ForkServerContext, folder: Path, seconds: float | None) -> int | None:
    """Erase in a process of its own, which is killed after a time; return how it ended."""
    child = processes.Process(target=erase_the_day, args=(folder,))
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode


def test_what_is_too_old_goes_with_all_that_was_said_of_it(shop: Store, folder: Path) -> None:
    (folder / "heatcli.toml").write_text(CONFIG + '[privacy]\ndescriptors = "1h"\ntracks = "24h"\n')
    before, numbers = values_of(shop), figures("--date", DAYS[1])
    config = load_config(folder / "heatcli.toml")
    old = [clip for clip in shop.clips() if clip.start.date() == DAYS[0]]

    counts = purge_old(shop, config, now=datetime(2026, 3, 15, 10, 30, tzinfo=UTC))

    assert (counts["clips"], counts["corrections"], counts["audits"]) == (6, 2, 1)
    assert {clip.start.date() for clip in shop.clips()} == {DAYS[1]}
    gone = before - values_of(shop) | {clip.clip for clip in old}
    # What is found in a long clip that is being analysed just now is not old yet.
    assert [name for name, _ in files_with(shop.path, gone) if not name.startswith("pieces/")] == []
    assert figures("--date", DAYS[1]) == numbers
    assert read_corrections(shop.path) == ()
    # Half an hour old, and kept for one.
    assert counts["descriptors"] == 0
    looks = {value for value in values_of(shop) if isinstance(value, bytes)}
    later = purge_old(shop, config, now=datetime(2026, 3, 15, 11, 30, tzinfo=UTC))
    assert later["descriptors"] == len(looks) > 0
    assert list(files_with(shop.path, looks)) == []


def test_a_recording_that_is_stored_again_has_nothing_of_what_was_erased(shop: Store) -> None:
    before = values_of(shop)
    done(run("purge", *DAY, "--roi", PLACE, "--yes"))
    gone = before - values_of(shop)
    (again,) = (
        clip for clip in make_store(shop.path.with_name("again")).clips("door") if clip.clip[:3] == "002"
    )

    restore(shop, again)

    assert again.clip in {clip.clip for clip in shop.clips("door")}
    assert list(files_with(shop.path, {value for value in gone if isinstance(value, float)})) == []
    done(run("purge", "--camera", "door", "--from", again.start, "--yes"))
    with pytest.raises(ErasedError, match=r"was erased with `heatcli purge`"):
        restore(shop, again)


def test_what_waits_to_be_committed_is_erased_too(shop: Store) -> None:
    before = values_of(shop)
    (again,) = (
        clip for clip in make_store(shop.path.with_name("again")).clips("door") if clip.clip[:3] == "002"
    )
    stage_run(shop, as_it_was(shop, again))
    done(run("purge", *DAY, "--roi", PLACE, "--yes"))
    assert list((shop.path / "staged").iterdir()) == []
    assert again.clip in {clip.clip for clip in shop.clips("door")}
    gone = before - values_of(shop)
    assert len(gone) > 3000
    assert list(files_with(shop.path, {value for value in gone if isinstance(value, float)})) == []


def test_what_was_erased_stays_so_when_the_clock_is_corrected(shop: Store) -> None:
    """A recording that is analysed again at its new time has nothing of what was erased at its old one."""
    before = values_of(shop)
    done(run("purge", *DAY, "--roi", PLACE, "--yes"))
    gone = {value for value in before - values_of(shop) if isinstance(value, float)}
    (again,) = (
        clip for clip in make_store(shop.path.with_name("again")).clips("door") if clip.clip[:3] == "002"
    )
    done(run("clips", "--camera", "door", "--shift", "+90m", "--yes"))
    later = timedelta(minutes=90)
    new = as_it_was(shop, again)
    moved = NewRun(
        clip=replace(new.clip, start=again.start + later, coverage=again.coverage.shift(5400 * 10**6)),
        tracks=[rows.with_columns(pl.selectors.datetime() + later) for rows in new.tracks],
        trajectories=new.trajectories.with_columns(pl.selectors.datetime() + later),
        plate=None,
    )
    commit_runs(shop, [without_erased(shop, moved)])

    assert moved.clip.run in {clip.run for clip in shop.clips("door")}
    assert list(files_with(shop.path, gone)) == []


def test_killed_before_it_is_in_the_journal_it_is_ended_by_the_next(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(run("purge", "--camera", "yard", "--date", DAYS[1], "--yes"))
    before = values_of(shop)
    with monkeypatch.context() as patched:
        patched.setattr("heatcli.commands.purge.note_entry", interrupted)
        assert run("purge", *DAY, "--yes").exit_code == 130
    assert values_of(shop) == before

    done(run("purge", "--camera", "yard", "--date", DAYS[1], "--yes"))
    assert {clip.start.date() for clip in shop.clips("door")} == {DAYS[1]}


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_recording_of_unknown_length_is_looked_at_though_it_begins_in_erased_time(
    walkers: Path, folder: Path
) -> None:
    """What is left of it is only known once it was decoded."""
    stream = folder / "door.h264"
    with av.open(walkers) as source, av.open(stream, "w") as raw:
        copy = raw.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = copy
                raw.mux(packet)
    start = "2026-03-14T10:00:00"
    options = ("--detector", "motion", "--start", f"{start}Z", "--camera", "door", "--fps", 10)
    done(run("analyze", stream, *options))
    done(run("purge", "--camera", "door", "--from", start, "--to", "2026-03-14T10:00:02", "--yes"))
    done(run("clips", "--remove", "--camera", "door", "--yes"))
    done(run("analyze", stream, *options))
    (clip,) = Store.open(folder / "heat-store").clips()
    assert clip.covered_us == pytest.approx(8e6, abs=2e5)


def restore(shop: Store, clip: ClipRow) -> None:
    """Commit a clip as an analysis does, with all its rows as they were before anything was erased."""
    commit_runs(shop, [without_erased(shop, as_it_was(shop, clip))])


def as_it_was(shop: Store, clip: ClipRow) -> NewRun:
    """A new run of a clip, with all its rows as they were before anything was erased."""
    tracks, trajectories = rows_of(Store.open(shop.path.with_name("again")), "door")
    new = replace(clip, run=new_run())
    rows = [
        own.filter(run=clip.run).with_columns(camera=pl.lit("door"), run=pl.lit(new.run))
        for own in (tracks, trajectories)
    ]
    return NewRun(clip=new, tracks=[rows[0]], trajectories=rows[1], plate=None)


def test_a_purge_waits_for_who_writes(shop: Store, folder: Path, processes: ForkServerContext) -> None:
    with writing(shop.path):
        child = processes.Process(target=erase_the_day, args=(folder,))
        child.start()
        child.join(1.5)
        waits = child.exitcode is None
        names = {clip.run for clip in shop.clips("door")}
    child.join()
    assert waits
    assert child.exitcode == 0
    assert names != {clip.run for clip in shop.clips("door")}


def test_what_cannot_be_purged_is_said_in_one_line(shop: Store, folder: Path) -> None:
    assert "write [privacy] into heatcli.toml" in refused(run("purge"))
    assert "add --yes to do it" in refused(run("purge", *DAY))
    assert "camera 'yard'" in refused(run("purge", "--roi", "shelf", "--yes"))
    assert "nothing was recorded in that time yet" in refused(run("purge", "--from", "2099-01-01", "--yes"))
    assert "meets 3 clips" in done(run("purge", *DAY, "--dry-run")).stderr
    (folder / "heatcli.toml").write_text('[privacy]\ntracks = "soon"\n')
    assert "24h or 30d, or forever" in refused(run("purge"))
    (folder / "heatcli.toml").write_text(CONFIG)
    shop.path.chmod(0o555)
    try:
        if not os.access(shop.path, os.W_OK):  # root may write anyway
            assert "make it writable" in refused(run("purge", *DAY, "--yes"), code=1)
    finally:
        shop.path.chmod(0o755)
    assert len(shop.clips()) == 12


def test_a_store_on_a_disk_that_is_read_only_is_said_so(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("heatcli.files.os.replace", read_only)
    line = refused(run("purge", *DAY, "--yes"), code=1)
    assert "Read-only file system; make it writable" in line
