"""Files, folders and globs; and files that are still being written."""

import os
from pathlib import Path

import pytest

from heatcli.analysis.sources import check_complete, check_unchanged, configured_clips, find_clips
from heatcli.config.models import load_config
from heatcli.errors import BusyError, VideoError


def make(path: Path, age_s: float = 3600.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))
    return path


def test_sources_come_in_order_and_once(tmp_path: Path) -> None:
    b = make(tmp_path / "day" / "b.MP4")
    a = make(tmp_path / "day" / "deep" / "a.avi")
    make(tmp_path / "day" / "notes.txt")
    odd = make(tmp_path / "odd [1].bin")
    clips, missing = find_clips([str(odd), str(tmp_path / "day"), str(tmp_path / "day" / "*.MP4")])
    assert clips == [odd, b, a]
    assert not missing


@pytest.mark.parametrize("source", [".", "**/*.mp4", "day/**/*.mp4", "**/**/*.mp4", "d*/**/*"])
def test_links_are_followed_and_lead_to_each_clip_once(folder: Path, source: str) -> None:
    make(folder / "day" / "deep" / "a.mp4")
    make(folder / "disk" / "b.mp4")
    (folder / "day" / "back").symlink_to("..")
    (folder / "day" / "deep" / "again").symlink_to("..")
    (folder / "day" / "linked").symlink_to("../disk")
    clips, missing = find_clips([source])
    found = ["day/deep/a.mp4", "disk/b.mp4"]
    assert sorted(map(os.path.realpath, clips)) == sorted(map(os.path.realpath, found))
    assert not missing


HIDDEN = [
    "._a.mp4",
    "day/._a.mp4",
    ".Trash-1000/files/a.mp4",
    ".@__thumb/a.mp4",
    "day/@eaDir/a.mp4/SYNOVIDEO.mp4",
    "#recycle/a.mp4",
    "@Recycle/day/a.mp4",
    "$RECYCLE.BIN/S-1-5-21/$R1.mp4",
    "System Volume Information/a.mp4",
]


@pytest.mark.parametrize("source", [".", "**/*.mp4", "*/*.mp4", "*/*/*.mp4", "*.mp4"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_hidden_or_deleted_is_no_clip(folder: Path, source: str, hidden: str) -> None:
    for name in ("a.mp4", "day/a.mp4", "day/deep/a.mp4", "#1 @door/a.mp4"):
        make(folder / name)
    without, _ = find_clips([source])
    make(folder / hidden)
    assert without
    assert find_clips([source]) == (without, {})


def test_what_is_hidden_is_a_clip_if_it_is_named(folder: Path) -> None:
    make(folder / ".cache" / "day" / "a.mp4")
    make(folder / "#recycle" / "._b.mp4")
    make(folder / "#recycle" / "c.mp4")
    clips, _ = find_clips([".cache", "#rec*/._*.mp4", "#recycle/*.mp4"])
    assert list(map(str, clips)) == [".cache/day/a.mp4", "#recycle/._b.mp4", "#recycle/c.mp4"]


def test_a_source_without_clips_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    gone, empty = str(tmp_path / "gone*.mp4"), str(tmp_path / "empty")
    clips, missing = find_clips([gone, empty])
    assert not clips
    assert "no such file" in str(missing[gone])
    assert "no videos" in str(missing[empty])


def test_an_old_file_is_complete(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mp4")
    check_unchanged(clip, check_complete(clip))


def test_a_file_that_grows_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make(tmp_path / "a.mp4", age_s=9)

    def recorder_goes_on(_: float) -> None:
        with clip.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr("heatcli.analysis.sources.time.sleep", recorder_goes_on)
    with pytest.raises(BusyError, match="left for the next run"):
        check_complete(clip)


def test_a_file_that_goes_away_is_told(tmp_path: Path) -> None:
    clip = make(tmp_path / "a.mp4")
    state = check_complete(clip)
    clip.unlink()
    with pytest.raises(VideoError, match="cannot be read"):
        check_unchanged(clip, state)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("nvr/*", ["nvr/a.mp4"]),
        ("nvr/**", ["nvr/a.mp4"]),
        ("nvr/a*", ["nvr/a.mp4"]),
        ("nvr/*.bin", ["nvr/b.bin"]),
        ("nvr/LOCK", ["nvr/LOCK"]),
        ("*/LOCK", ["nvr/LOCK"]),
    ],
)
def test_a_glob_takes_no_file_whose_ending_it_does_not_name(
    folder: Path, source: str, found: list[str]
) -> None:
    for name in ("a.mp4", "a", "b.bin", "LOCK", "a.txt"):
        make(folder / "nvr" / name)
    (folder / "heatcli.toml").write_text(f'[cameras.door]\nsources = ["{source}"]\n')
    clips = configured_clips(load_config(None))
    assert [os.path.relpath(clip) for clip in clips] == found
