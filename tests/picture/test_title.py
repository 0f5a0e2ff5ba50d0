"""What the legend of a picture says of the question: days and hours, objects, and who is left out."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from heatcli.picture.title import selected_words
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.store_runs import START, clip_row, put

DAY = (date(2026, 3, 15), date(2026, 3, 15))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A camera in Zagreb with a clip of five minutes at 01:00 on the 15th, and another two days later."""
    store = Store.create_or_open(tmp_path_factory.mktemp("title") / "store")
    for number in range(2):
        start = START + timedelta(seconds=10, days=2 * number)
        put(store, clip_row(clip=f"{number:016x}", start=start, frames=300))
    return store


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "2026-03-15 to 2026-03-17 · car, person"),
        ({"dates": (DAY,)}, "2026-03-15 01:00–01:04 · car, person"),
        ({"dates": (DAY,), "objects_to_track": ("person.red",)}, "2026-03-15 01:00–01:04 · person.red"),
        (
            {"start": datetime(2026, 3, 15, 1, 1), "end": datetime(2026, 3, 15, 1, 3)},
            "2026-03-15 01:01–01:03 · car, person",
        ),
        (
            {"dates": (DAY,), "hours": ("00:00-06:00",), "weekdays": "sat,sun"},
            "2026-03-15 01:00–01:04 · sat,sun · 00:00-06:00 · car, person",
        ),
        (
            {"dates": (DAY,), "min_dwell_s": 2.0, "filter_outliers": True, "objects_to_track": ("person",)},
            "2026-03-15 01:00–01:04 · person · present 2 s or longer · without outliers",
        ),
        ({"dates": ((date(2026, 4, 1), date(2026, 4, 2)),)}, "2026-04-01 to 2026-04-02"),
    ],
)
def test_the_words_of_a_selection(store: Store, asked: dict[str, Any], words: str) -> None:
    assert selected_words(selected_cameras(store, Selection(**asked))) == words


def test_what_is_too_long_is_cut_and_the_legend_stays(store: Store, folder: Path) -> None:
    from heatcli.picture.files import read_picture
    from tests.support.command_line import done, run

    where = ("render", "--store", store.path, "--background", "none")
    done(run(*where, "-o", "none.png", "--no-display-legend"))
    done(run(*where, "-o", "long.png", *(f"--hours={hour}:00-{hour}:30" for hour in range(24))))
    changed = (read_picture(Path("none.png")) != read_picture(Path("long.png"))).any(axis=2)
    height, width = changed.shape
    assert changed.any(axis=0).sum() > width // 2
    assert changed.any(axis=1).sum() < height // 2
