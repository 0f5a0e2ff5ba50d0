"""Make the pictures of zones.md again, by commands on that page: `python -m docs.make_zones [FOLDER]`.

The commands run as they stand, in a folder with a drawn shop: half an hour at three tills, an hour with
five hundred people who come in, look at a shelf and buy, sixty groups in a hall, or a day at its three doors.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from heatcli.store.store import Store
from tests.support.flow_worlds import store_passage
from tests.support.funnel_worlds import CONFIGURATION, crowd, store_crowd
from tests.support.group_worlds import hall, write_groups
from tests.support.queue_worlds import FPS, LASTS_S, Shop, configuration, wavering
from tests.support.report_stores import put_people
from tests.support.rooms import draw_room, write_hall

DOCS = Path(__file__).parent


def commands() -> list[str]:
    """Return the commands on the page that make its pictures."""
    page = (DOCS / "zones.md").read_text(encoding="utf-8")
    pictures = set(re.findall(r"\(zones/(\S+)\)", page))
    answers = ("heatcli zone ", "heatcli area ")
    lines = [line.split("#")[0].strip() for line in page.splitlines() if line.startswith(answers)]
    return [line for line in lines if shlex.split(line)[-1] in pictures]


def make(folder: Path) -> None:
    """Run the commands and put the pictures of the page into a folder."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for command in commands():
        _, *words = shlex.split(command)
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            _world_of(words)(work)
            subprocess.run([sys.executable, "-m", "heatcli", *words], cwd=work, check=True)
            (folder / words[-1]).write_bytes((work / words[-1]).read_bytes())


def _world_of(words: list[str]) -> Callable[[Path], None]:
    """Return what draws the world that a command asks about."""
    if words[0] == "area":
        return _hall
    worlds = {"--queue": _queue_shop, "--groups": _groups, "--flow": store_passage}
    return next((world for option, world in worlds.items() if option in words), _funnel_shop)


def _hall(work: Path) -> None:
    for words in write_hall(work, draw_room(0)):
        subprocess.run([sys.executable, "-m", "heatcli", *words], cwd=work, check=True)


def _groups(work: Path) -> None:
    write_groups(work, hall())


def _queue_shop(work: Path) -> None:
    frames, step_us = int(LASTS_S * FPS), 1_000_000 // FPS
    (work / "heatcli.toml").write_text(configuration(), encoding="utf-8")
    put_people(
        Store.create_or_open(work / "heat-store"),
        "a" * 16,
        start=datetime(2026, 3, 14, 16, tzinfo=UTC),
        times_us=[n * step_us for n in range(frames)],
        dt_us=[step_us] * frames,
        feet=Shop().feet(wavering(1)),
    )


def _funnel_shop(work: Path) -> None:
    (work / "heatcli.toml").write_text(CONFIGURATION, encoding="utf-8")
    store_crowd(Store.create_or_open(work / "heat-store"), crowd(), detected=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "zones")
