"""`heatcli export --share`: what is in the files that are given away, and what is not."""

import re
from collections import defaultdict
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from heatcli.store.store import Store
from tests.support.byte_search import atoms
from tests.support.command_line import done, refused, run
from tests.support.purge_worlds import CONFIG, DAYS, make_store, rows_of

DAILY = ("export", "daily", "--start", DAYS[0], "-o", "out")
LEAST = 6


@pytest.fixture
def shop(folder: Path) -> Store:
    (folder / "heatcli.toml").write_text(CONFIG)
    return make_store(folder / "heat-store")


def sheet(folder: Path, name: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(folder / "out/daily-2026-03-14/shared.xlsx")
    return list(book[name].iter_rows(min_row=2, values_only=True))


def test_the_files_have_no_positions_no_names_of_trajectories_and_no_pictures(
    shop: Store, folder: Path
) -> None:
    done(run(*DAILY, "--share", "--min-count", LEAST))
    out = folder / "out/daily-2026-03-14"
    assert sorted(file.name for file in out.iterdir()) == ["shared.html", "shared.xlsx"]
    with ZipFile(out / "shared.xlsx") as book:
        text = "".join(book.read(name).decode(errors="replace") for name in book.namelist())
        assert not [name for name in book.namelist() if "media" in name]
    page = (out / "shared.html").read_text()
    text += page
    told = set().union(*(atoms(rows) for camera in ("door", "yard") for rows in rows_of(shop, camera)))
    assert not [value for value in told if not isinstance(value, bytes) and str(value) in text]
    assert not re.search(r"<script|data:|<img|https?:", page)
    assert f"fewer than {LEAST} people are not shown" in page


def test_nothing_of_few_is_told_and_subtracting_tells_nothing_either(shop: Store, folder: Path) -> None:
    done(run(*DAILY, "--share", "--min-count", LEAST))
    done(run(*DAILY, "--share", "--min-count", 1, "-o", "all"))
    truth = openpyxl.load_workbook(folder / "all/daily-2026-03-14/shared.xlsx")
    true = {row[:3]: row for row in truth["Zones"].iter_rows(min_row=2, values_only=True)}
    shown = {row[:3]: row for row in sheet(folder, "Zones")}
    assert true.keys() == shown.keys()
    rest: dict[tuple[object, object], list[int]] = defaultdict(list)
    hidden = 0
    for (camera, place, time), row in shown.items():
        visitors = true[camera, place, time][4]
        if row[9] == "few people":
            hidden += 1
            assert row[4:9] == (None,) * 5
            rest[camera, place].append(int(str(visitors)))
        else:
            assert row[4:6] == true[camera, place, time][4:6]
            assert not visitors or int(str(visitors)) >= LEAST
    assert hidden
    # Of each place, what is hidden is of several times, one of them with many, or of all times of the place.
    for (camera, place), people in rest.items():
        assert len(people) > 1
        parts = [row for key, row in shown.items() if key[:2] == (camera, place) and key[2] != "whole period"]
        assert max(people) >= LEAST or all(row[9] == "few people" or not row[4] for row in parts)
    cells = {row[:3]: row for row in sheet(folder, "Cells")}
    assert {row[4] for row in cells.values()} >= {"few people"}


def test_what_is_no_sum_is_refused(shop: Store, folder: Path) -> None:
    assert shop.clips()
    assert "add --share" in refused(run(*DAILY, "--min-count", 5))
    assert "a page and a workbook" in refused(run(*DAILY, "--share", "--format", "parquet"))
    assert "shows one period" in refused(run(*DAILY, "--share", "--compare-previous"))
    (folder / "heatcli.toml").write_text(CONFIG + '[privacy]\nprofile = "statistics"\n')
    assert "export --share" in refused(run(*DAILY))
    done(run(*DAILY, "--share", "--format", "html"))
    assert not (folder / "out/daily-2026-03-14/report.html").exists()


def test_a_whole_report_and_one_to_give_away_stand_beside_each_other(shop: Store, folder: Path) -> None:
    assert shop.clips()
    done(run(*DAILY, "--format", "xlsx"))
    done(run(*DAILY, "--share", "--format", "xlsx"))
    assert (folder / "out/daily-2026-03-14/report.xlsx").exists()
    assert (folder / "out/daily-2026-03-14/shared.xlsx").exists()
    again = done(run("export", "daily", "--catch-up", "--share", "--format", "xlsx", "-o", "out"))
    assert "daily-2026-03-15" in again.stderr
    assert "daily-2026-03-14" not in again.stderr
