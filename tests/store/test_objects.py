"""Stores in an object store, on a real S3 server: the same answers as from a folder, and nothing lost."""

import http.server
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from heatcli.errors import StoreError, StoreNotFoundError, UsageError
from heatcli.picture.files import read_picture
from heatcli.store.catalog import Catalog
from heatcli.store.checks import check
from heatcli.store.clips import ClipRow
from heatcli.store.corrections import read_corrections
from heatcli.store.journal import read_journal
from heatcli.store.maintenance import compact, remove_clips
from heatcli.store.objects import place
from heatcli.store.store import Store
from tests.support.analyses import AT_TEN, finish, start
from tests.support.command_line import answer, done, refused, run
from tests.support.object_server import SECRET, ObjectServer
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put

pytestmark = pytest.mark.slow

ONCE = (*AT_TEN, "--quiet")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    started = ObjectServer(tmp_path_factory.mktemp("objects"))
    started.start()
    yield started
    started.kill()


@pytest.fixture
def address(
    server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> str:
    """An address at which there is nothing, with the environment that leads to it."""
    for name, value in {**server.environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    return f"s3://recordings/of {request.node.name.partition('[')[0]}/ä"


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def all_rows(rows: Iterable[ClipRow]) -> set[tuple[str, str, int, float, int]]:
    return set().union(*map(expected_rows, rows))


def test_what_is_stored_reads_back_and_is_replaced_whole(address: str) -> None:
    store = Store.create_or_open(Path(address))
    plate = np.full((360, 640, 3), (30, 90, 160), np.uint8)
    rows = [put(store, clip_row(camera, "c0ffee0000000000"), plate=plate) for camera in ("50% ü", "a/b")]
    assert live_rows(Store.open(Path(address))) == all_rows(rows)
    put(store, clip_row("a/b", "c0ffee0000000000"), version=3)
    assert {x for camera, _, _, x, _ in live_rows(store) if camera == "a/b"} == {13.0, 23.0}
    (read,) = store.clips("50% ü")
    assert read.plate is not None
    assert np.abs(read_picture(store.path / read.plate).astype(int) - plate).max() <= 2
    found = Catalog(store).find_clip("50% ü", "c0ffee0000000000")
    assert found is not None
    assert found.run == rows[0].run


def test_writers_at_once_lose_nothing(address: str) -> None:
    store = Store.create_or_open(Path(address))

    def write(number: int) -> list[Any]:
        return [put(store, clip_row("door", f"{hour:016}", start=at(hour))) for hour in range(number, 16, 4)]

    with ThreadPoolExecutor(4) as pool:
        rows = [row for some in pool.map(write, range(4)) for row in some]
    assert live_rows(store) == all_rows(rows)


def test_it_is_looked_after(address: str) -> None:
    store = Store.create_or_open(Path(address))
    rows = [put(store, clip_row(clip=f"{hour:016}", start=at(hour))) for hour in range(3)]
    remove_clips(store, rows[:1])
    compaction = compact(store)
    assert compaction.files_after < compaction.files_before
    assert live_rows(store) == all_rows(rows[1:])
    assert check(store).is_whole
    for file in (store.path / "tracks").glob("*/*/part-*.parquet"):
        file.unlink()
    found = check(store)
    assert {fault.clip for fault in found.faults} == {row.clip for row in rows[1:]}
    assert "is gone" in found.faults[0].what


@pytest.fixture
def both(walkers: Path, address: str, tmp_path: Path) -> Mapping[str, str]:
    """The same clip in a folder and in an object store."""
    stores = {"folder": str(tmp_path / "store"), "objects": address}
    for store in stores.values():
        finish(start(walkers, store, *ONCE))
    return stores


def test_answers_are_those_of_a_folder(both: Mapping[str, str], tmp_path: Path) -> None:
    def told(store: str, *words: object) -> Any:
        return answer(run(*words, "--store", store, "--json"))

    for words in (["zone", "--top", "2", "--by", "5min"], ["zone", "--circle", "0.5,0.5,0.4"]):
        one, other = (told(store, *words) for store in both.values())
        assert [{**camera, "store": 0} for camera in one["cameras"]] == [
            {**camera, "store": 0} for camera in other["cameras"]
        ]
    maps = []
    for name, store in both.items():
        done(run("render", "--store", store, "-o", tmp_path / f"{name}.npz", "--quiet"))
        done(run("render", "--store", store, "-o", tmp_path / f"{name}.png", "--quiet"))
        with np.load(tmp_path / f"{name}.npz") as arrays:
            maps.append({key: arrays[key] for key in ("raw", "value")})
    np.testing.assert_array_equal(maps[0]["value"], maps[1]["value"])
    assert (tmp_path / "folder.png").read_bytes() == (tmp_path / "objects.png").read_bytes()

    done(
        run("export", "daily", "--start", "2026-03-14", "--store", both["objects"], "-o", tmp_path, "--quiet")
    )
    assert (tmp_path / "daily-2026-03-14" / "report.html").stat().st_size > 10_000
    (camera,) = told(both["objects"], "cameras")["cameras"]
    assert camera["clips"] == 1
    assert told(both["objects"], "clips", "--check")["damaged"] == 0
    assert [entry.deed for entry in read_journal(place(Path(both["objects"])))] == ["analyze", "export"]


def test_people_are_corrected_there_too(both: Mapping[str, str]) -> None:
    store = both["objects"]
    (clip,) = answer(run("clips", "--store", store, "--json"))["clips"]
    done(run("correct", "--drop", f"{clip['clip']}:1", "--store", store))
    assert len(read_corrections(place(Path(store)))) == 1
    left = [
        answer(run("zone", "--circle", "0.5,0.5,0.7", "--store", one, "--json"))["cameras"][0]["zones"][0]
        for one in (store, both["folder"])
    ]
    assert left[0]["total"]["unique_visits"] == left[1]["total"]["unique_visits"] - 1


def test_recordings_are_read_from_there_too(walkers: Path, address: str, tmp_path: Path) -> None:
    for name in (
        "ch 1/2026-03-14_10-00-00.mp4",
        "ch 1/b/2026-03-14_11-00-00.mp4",
        "ch 2/c.mp4",
        "ch 1/notes.txt",
    ):
        (place(Path(address)) / "nvr" / name).write_bytes(walkers.read_bytes() + name.encode())
    store = tmp_path / "store"
    finish(start(f"{address}/nvr/ch 1", store, "--camera", "one"))
    finish(start(f"{address}/nvr/*/c*.mp4", store, "--camera", "two"))
    clips = answer(run("clips", "--store", store, "--json"))["clips"]
    assert sorted((clip["camera"], clip["path"]) for clip in clips) == [
        ("one", f"{address}/nvr/ch 1/2026-03-14_10-00-00.mp4"),
        ("one", f"{address}/nvr/ch 1/b/2026-03-14_11-00-00.mp4"),
        ("two", f"{address}/nvr/ch 2/c.mp4"),
    ]
    again = start(f"{address}/nvr/ch 1", store, "--camera", "one", "--json")
    assert [one["status"] for one in json.loads(again.communicate(timeout=60)[0])["clips"]] == ["skipped"] * 2
    nothing = start(f"{address}/nvr/ch 3", store)
    assert "names no object that is a video" in nothing.communicate(timeout=60)[1].decode()
    assert nothing.returncode == 1


def test_killed_at_random_moments(walkers: Path, address: str, tmp_path: Path) -> None:
    def live(store: Path) -> pl.DataFrame:
        try:
            opened = Store.open(store)
        except StoreNotFoundError:
            return pl.DataFrame()
        return pl.DataFrame(sorted(live_rows(opened)), orient="row") if opened.clips() else pl.DataFrame()

    began = time.perf_counter()
    finish(start(walkers, tmp_path / "store", *ONCE))
    seconds = time.perf_counter() - began
    expected = live(tmp_path / "store")
    moments = random.Random(1)
    for _ in range(4):
        process = start(walkers, address, *ONCE)
        time.sleep(seconds * moments.uniform(0.5, 1.1))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        after = live(Path(address))
        assert after.is_empty() or after.equals(expected)
    finish(start(walkers, address, *ONCE))
    assert live(Path(address)).equals(expected)


def test_a_server_that_is_away_is_one_line_and_the_next_run_goes_on(walkers: Path, address: str) -> None:
    put(Store.create_or_open(Path(address)), clip_row())
    process = start(walkers, address, *ONCE, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 1, said
    assert said.startswith("heatcli: s3://recordings/")
    assert said.count("\n") == 1
    assert "check address, network and credentials" in said
    assert SECRET not in said
    finish(start(walkers, address, *ONCE))
    assert {camera for camera, *_ in live_rows(Store.open(Path(address)))} == {"door", "walkers"}


def test_wrong_credentials_are_told_and_not_shown(walkers: Path, address: str) -> None:
    process = start(walkers, address, *ONCE, AWS_SECRET_ACCESS_KEY="another-secret")
    said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 1, said
    assert "check address, network and credentials" in said
    assert "another-secret" not in said


class Overwriting(http.server.BaseHTTPRequestHandler):
    """A server that puts whatever it is asked to create."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("ETag", '"0"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_server_that_overwrites_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Overwriting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(StoreError, match=r"overwrites objects .*MinIO or SeaweedFS"):
            Store.create_or_open(Path("s3://careless/store"))
        server.shutdown()


def test_what_cannot_be_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "name a folder, or s3://" in refused(run("cameras", "--store", "ftp://host/store"))
    assert "no heat store here" in refused(run("cameras", "--store", address))
    put(Store.create_or_open(Path(address)), clip_row())
    said = refused(run("purge", "--camera", "door", "--yes", "--store", address))
    assert "erasing works only with a store in a folder" in said
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(UsageError, match=r"pip install 'heatcli\[objects\]'"):
        place(Path(address))
