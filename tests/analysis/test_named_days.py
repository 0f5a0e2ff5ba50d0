"""A clip whose name has a day and no time of day: the file's own time counts if it is of that day."""

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.named_days import check_day
from heatcli.errors import InputError
from tests.support.command_line import answer, run

ZAGREB = ZoneInfo("Europe/Zagreb")
# Half past midnight of 5 April in Zagreb.
NIGHT = datetime(2024, 4, 4, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "2024-04-05.mp4",
        "20240405.mp4",
        "20240405_0001.mp4",
        "clip_05-04-2024.mp4",
        "clip_04-05-2024.mp4",
        "4.5.2024 door.mp4",
        "2024-04-05/1080p.mp4",
        "2024/04/05/door.mp4",
        "door.mp4",
        "cam_1920x1080.mp4",
        "99999999.mp4",
        "2024-13-45.mp4",
    ],
)
@pytest.mark.parametrize("source", ["mtime", "container"])
def test_a_time_of_that_day_is_taken(name: str, source: str) -> None:
    check_day(Path("/nvr") / name, ClipStart(NIGHT, source), ZAGREB)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-04-06.mp4", "6 April 2024"),
        ("20230405.mp4", "5 April 2023"),
        ("20230405_0001.mp4", "5 April 2023"),
        ("clip_05-04-2023.mp4", "5 April 2023 or 4 May 2023"),
        ("25.12.2023 door.mp4", "25 December 2023"),
        ("2023-04-05/1080p.mp4", "5 April 2023"),
        ("2023/04/05/door.mp4", "5 April 2023"),
    ],
)
def test_a_time_of_another_day_is_refused(name: str, day: str) -> None:
    with pytest.raises(InputError, match=f"its name says {day} without .* is of 5 April 2024; say when"):
        check_day(Path("/nvr") / name, ClipStart(NIGHT, "mtime"), ZAGREB)


def test_what_a_file_states_is_believed_by_a_day_and_whatever_its_folder() -> None:
    """Cameras write local time for UTC, and folders may be those of a backup."""
    for name in ("2024-04-06.mp4", "backup 2025-01-01/door.mp4"):
        check_day(Path("/nvr") / name, ClipStart(NIGHT, "container"), ZAGREB)
    with pytest.raises(InputError, match="its creation time is of 5 April 2024"):
        check_day(Path("/nvr/2024-04-07.mp4"), ClipStart(NIGHT, "container"), ZAGREB)


@pytest.mark.parametrize("name", ["2024-04-05.mp4", "clip_05-04-2024.mp4"])
def test_a_clip_that_was_copied_later_fails_before_it_is_decoded(
    walkers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    clip = folder / name
    clip.write_bytes(walkers.read_bytes())
    os.utime(clip, (1_700_000_000, 1_700_000_000))
    arguments = ("analyze", clip, "--detector", "motion", "--json", "--timezone", "Europe/Zagreb")
    with monkeypatch.context() as patch:
        patch.setattr("heatcli.analysis.one_clip.follow", lambda *_: pytest.fail("was decoded"))
        (told,) = answer(run(*arguments), 1)["clips"]
    assert "5 April 2024" in told["message"]
    assert "modification time is of 14 November 2023" in told["message"]
    (told,) = answer(run(*arguments, "--start", "2024-04-05T10:00"))["clips"]
    assert told["status"] == "analysed"
    noon = datetime(2024, 4, 5, 12, tzinfo=ZAGREB).timestamp()
    os.utime(clip, (noon, noon))
    (told,) = answer(run(*arguments, "--force"))["clips"]
    assert (told["status"], told["start_source"]) == ("analysed", "mtime")
