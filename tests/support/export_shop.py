"""A shop whose reports are exported, and what is read of the files."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from typer.testing import Result

from heatcli.store.store import Store
from tests.support.command_line import run
from tests.support.report_stores import put_people

Table = list[dict[str, str]]
ZAGREB = ZoneInfo("Europe/Zagreb")
CONFIG = """
[cameras.shop.zones]
till = { circle = [0.25, 0.5, 0.1] }
left = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
door = { line = [[0.5, 0.2], [0.5, 0.8]] }
"""


def record(
    store: Store,
    start: datetime,
    *,
    people: int = 2,
    seconds: int = 100,
    camera: str = "shop",
    clip: str = "",
) -> None:
    """Commit a clip of one frame a second: one person stands at the till, the others cross the line."""
    steps = np.arange(seconds)
    feet = [np.column_stack([np.full(seconds, 160.0), np.full(seconds, 180.0)])]
    for number in range(1, people):
        feet.append(np.column_stack([20 + 600 * steps / seconds, np.full(seconds, 100.0 + 20 * number)]))
    put_people(
        store,
        clip or f"{int(start.timestamp()):016x}",
        start=start,
        times_us=(steps * 1_000_000).tolist(),
        dt_us=[1_000_000] * seconds,
        feet=np.array(feet),
        camera=camera,
        timezone=str(start.tzinfo),
    )


def export(*arguments: object) -> Result:
    return run("export", *arguments)


def table(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_frame(rows: Table) -> Table:
    return [row for row in rows if row["zone"] == "whole frame" and row["period"] != "total"]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
