"""Two cameras on two days, with people who go from file to file, and all else that a store keeps of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from heatcli.commands.correct import correct
from heatcli.store.audits import NotedAudit, note_audit
from heatcli.store.commit import append_rows
from heatcli.store.corrections import Kind
from heatcli.store.files import data_files, scan
from heatcli.store.identity import new_run
from heatcli.store.pieces import PieceFiles
from heatcli.store.store import Store
from tests.support.report_stores import HEIGHT, WIDTH, put_people
from tests.support.store_runs import clip_row, track_rows, trajectory_rows

DAYS = (date(2026, 3, 14), date(2026, 3, 15))
CAMERAS = ("door", "yard")
FRAMES, STEP_US = 120, 1_000_000
# The left third of the picture is the place that is erased in tests.
PLACE = "0,0,0.35,1"
CONFIG = """
[cameras.door]
timezone = "UTC"
[cameras.door.zones]
shelf = { polygon = [[0, 0], [0.35, 0], [0.35, 1], [0, 1]] }
till = { polygon = [[0.4, 0], [0.7, 0], [0.7, 1], [0.4, 1]] }
exit = { polygon = [[0.7, 0], [1, 0], [1, 1], [0.7, 1]] }
gate = { line = [[0.7, 0.1], [0.7, 0.9]] }
[cameras.yard]
timezone = "UTC"
[cameras.yard.zones]
till = { polygon = [[0.4, 0], [0.7, 0], [0.7, 1], [0.4, 1]] }
"""


def make_store(folder: Path) -> Store:
    """Write the store of two cameras, two days and three files in a row on each."""
    store = Store.create_or_open(folder)
    number = 0
    for camera in CAMERAS:
        for day in DAYS:
            rng = np.random.default_rng(number)
            ways = _ways(rng)
            for part in range(3):
                number += 1
                start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(
                    hours=10, seconds=120 * part
                )
                clip = f"{number:03}feedfacecafe{number % 10}"
                put_people(
                    store,
                    clip,
                    start=start,
                    times_us=range(0, FRAMES * STEP_US, STEP_US),
                    dt_us=[STEP_US] * FRAMES,
                    feet=ways[:, part * FRAMES : (part + 1) * FRAMES],
                    camera=camera,
                    timezone="UTC",
                    plate=rng.integers(0, 255, (HEIGHT // 20, WIDTH // 20, 3), np.uint8)
                    .repeat(20, 0)
                    .repeat(20, 1)
                    if part == 0
                    else None,
                )
    _describe(store)
    return store


def _ways(rng: np.random.Generator) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """(people, frames of three files, 2): who stands at the shelf, who goes by, who stays at the till."""
    time = np.arange(3 * FRAMES)
    ways = []
    for _ in range(3):  # goes from the shelf to the exit and back, all the time
        phase, row = rng.uniform(0, 200), rng.uniform(150, 330)
        ways.append(np.column_stack([320 + 300 * np.sin((time + phase) / 60), row + 2 * np.sin(time / 7)]))
    for x in (rng.uniform(30, 200), rng.uniform(270, 430), rng.uniform(460, 620)):  # stands
        wobble = rng.normal(0, 0.7, (len(time), 2))
        ways.append(np.array([x, rng.uniform(200, 340)]) + wobble)
    for _ in range(3):  # comes for a while
        begin = int(rng.integers(0, 2 * FRAMES))
        way = np.full((len(time), 2), np.nan)
        own = slice(begin, begin + int(rng.integers(40, 300)))
        steps = np.cumsum(rng.normal(0, 3, (len(time[own]), 2)), axis=0)
        way[own] = np.clip(steps + np.array([rng.uniform(50, 600), 250]), [12, 70], [628, 350])
        ways.append(way)
    return np.array(ways)


def _describe(store: Store) -> None:
    """Give everybody a descriptor, in which no other has a byte in common at the same place."""
    from heatcli.store.erase import set_values

    table = store.table("trajectories")
    rows = scan("trajectories", data_files(table, store.path / "trajectories"), None)
    keys = rows.select("run", "track").collect()
    rng = np.random.default_rng(99)
    set_values(
        store,
        "trajectories",
        keys.with_columns(descriptor=pl.Series([_looks(rng) for _ in range(len(keys))])),
        column="descriptor",
    )


def _looks(rng: np.random.Generator) -> bytes:
    """A descriptor of colours: two unit vectors of 60 numbers."""
    halves = rng.uniform(0, 1, (2, 60))
    unit = (halves / np.linalg.norm(halves, axis=1)[:, None]).astype("<f2")
    numbers: bytes = unit.tobytes()
    return b"\1" + bytes(7) + numbers


def add_the_rest(store: Store) -> None:
    """Add corrections, an audit, pieces of a long clip, and what a killed run has left."""
    door = [clip for clip in store.clips("door") if clip.start.date() == DAYS[0]]
    names = [f"{door[0].clip}:{track}" for track in (1, 2, 4, 5)]
    correct(store=store, kind=Kind.DROP, tracks=[names[2]], camera="door")
    correct(store=store, kind=Kind.DROP, tracks=[f"{store.clips('yard')[0].clip}:5"], camera="yard")
    note_audit(
        store.path,
        NotedAudit(
            user="somebody",
            camera="door",
            day=DAYS[0],
            clips={clip.clip: clip.run for clip in door},
            settings=("1",),
            answers=3,
            visits=(0.9, 1.1),
            dwell=(0.8, 1.2),
            asked={"about": names},
        ),
    )
    PieceFiles(store.path, f"{door[1].clip}-abc").write(0, {"boxes": np.arange(4.0)})
    killed = clip_row("door", door[2].clip, start=door[2].start, run=new_run())
    append_rows(store, "tracks", [track_rows(killed)])
    append_rows(store, "trajectories", [trajectory_rows(killed)])


def rows_of(store: Store, camera: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All rows of `tracks` and `trajectories` of the live runs of a camera."""
    runs = [clip.run for clip in store.clips(camera)]
    found = []
    for name in ("tracks", "trajectories"):
        table = store.table(name)
        files = data_files(table, store.path / name)
        rows = scan(name, files, None).collect()
        found.append(rows.filter(pl.col("run").is_in(runs)))
    return found[0], found[1]
