"""`heatcli report`: two Mondays of a shop, of which the second one has more visitors in the afternoon."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.report_stores import put_people

pytestmark = pytest.mark.usefixtures("folder")

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)


def hour(start: datetime, people: int, camera: str = "shop") -> None:
    """Record an hour of a shop, a frame a second; people come one after the other and stand at one place."""
    feet = np.full((people, 3600, 2), np.nan)
    for person in range(people):
        feet[person, 60 * person : 60 * person + 30] = (160 + person % 3, 180)
    put_people(
        Store.create_or_open(Path("heat-store")),
        f"{int(start.timestamp()):08x}{abs(hash(camera)) % 16**8:08x}",
        start=start,
        times_us=range(0, 3_600_000_000, 1_000_000),
        dt_us=[1_000_000] * 3600,
        feet=feet,
        camera=camera,
        timezone="UTC",
    )


def test_the_newest_day_is_told_in_three_sentences() -> None:
    for number, people in enumerate((5, 5)):
        hour(NINE + timedelta(hours=number), people)
    for number, people in enumerate((5, 40)):
        hour(NINE + WEEK + timedelta(hours=number), people)

    busiest, hottest, change, page = done(run("report", "-o", "reports")).stdout.splitlines()

    assert busiest == ("Busiest hour: the one from 10:00 at shop, with 0.3 people in the picture on average.")
    assert hottest.startswith("Hottest place: at shop, 25 % from the left and 51 % from the top")
    assert change.startswith(
        "Largest change: shop had 22.5 visitors an hour, after 5.0 on Monday, 2026-03-09"
    )
    assert Path(page) == Path("reports/daily-2026-03-16/index.html") or Path(page).exists()
    object_ = answer(run("report", "-o", "reports", "--json"))
    assert object_["standing_out"] == [busiest, hottest, change]


def test_chance_is_no_change_and_a_week_that_was_not_recorded_none() -> None:
    hour(NINE, 5)
    assert "unknown, as no camera recorded Monday, 2026-03-02 too" in done(run("report")).stdout
    hour(NINE + WEEK, 7)
    assert "none beyond chance since Monday, 2026-03-09" in done(run("report")).stdout


def test_a_day_on_which_nobody_came() -> None:
    hour(NINE, 0)
    busiest, hottest, *_ = done(run("report")).stdout.splitlines()
    assert (busiest, hottest) == (
        "Busiest hour: nobody came in any.",
        "Hottest place: none, as nobody came.",
    )


def test_without_a_day_that_is_over_it_says_what_there_is() -> None:
    assert "heat-store" in refused(run("report"))
    hour(datetime.now(UTC).replace(minute=0, second=0, microsecond=0), 1)
    assert "no daily period with recordings is over yet" in refused(run("report"))
