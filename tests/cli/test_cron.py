"""The night's work as docs/cron.md has it, run line by line as cron does."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heatcli.names import PeriodKind
from heatcli.report.periods import Period
from heatcli.store.store import Store
from tests.support.places import ROOT

PAGE = (ROOT / "docs/cron.md").read_text()
FOLDER = "/srv/heatcli"


@pytest.fixture
def place(tmp_path: Path, walkers: Path) -> Path:
    """The folder of the page, somewhere else, with a clip of yesterday noon."""
    if shutil.which("flock") is None:
        pytest.skip("flock (util-linux) is not installed")
    place = tmp_path / "srv"
    (place / "recordings").mkdir(parents=True)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    shutil.copy2(walkers, place / f"recordings/door_{yesterday:%Y%m%d}_120000.mp4")
    (place / "heatcli.toml").write_text(
        'timezone = "UTC"\n[cameras.door]\nsources = ["recordings/*.mp4"]\ndetector = "motion"\n'
    )
    script = place / "night.sh"
    script.write_text(block("sh").replace(FOLDER, str(place)))
    script.chmod(0o755)
    program = place / ".venv/bin/heatcli"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\necho "$1" >> {place}/calls\nPYTHONPATH={ROOT} exec {sys.executable} -m heatcli "$@"\n'
    )
    program.chmod(0o755)
    return place


def block(language: str) -> str:
    """Return the page's only block of code in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(found)


def jobs(place: Path) -> tuple[dict[str, str], list[str]]:
    """Return the variables and the commands of the crontab."""
    lines = block("crontab").replace(FOLDER, str(place)).splitlines()
    variables = dict(line.split("=", 1) for line in lines if re.match("[A-Z]+=", line))
    return variables, [line.split(maxsplit=5)[5] for line in lines if line.split("=")[0] not in variables]


def start(place: Path, command: str) -> subprocess.Popen[str]:
    """Run a command as cron does: by sh, in the home folder, with next to no environment."""
    variables, _ = jobs(place)
    kept = {name: value for name, value in os.environ.items() if name in ("TMPDIR", "LANG")}
    return subprocess.Popen(
        ["/bin/sh", "-c", command],
        env={**kept, **variables, "HOME": str(place.parent)},
        cwd=place.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(running: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = running.communicate(timeout=300)
    return running.returncode, said


@pytest.mark.slow
def test_the_night_is_quiet_may_overlap_and_tells_of_failures(place: Path) -> None:
    _, (night, weekly, monthly) = jobs(place)
    both = [start(place, night), start(place, night)]
    assert [finish(one) for one in both] == [(0, ""), (0, "")]
    # One of them did the work, and all of it.
    assert (place / "calls").read_text().split() == ["analyze", "export", "clips"]
    (clip,) = Store.open(place / "heat-store").clips()
    assert clip.camera == "door"
    (report,) = (folder for folder in (place / "reports").glob("daily-*") if not folder.is_symlink())
    # That of yesterday, also where it has become midnight meanwhile.
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert report.name in {f"daily-{day.date()}" for day in (clip.start, yesterday)}
    first = {file.name: file.stat().st_ino for file in report.iterdir()}
    assert first.keys() == {"report.html", "report.xlsx"}
    assert (place / "reports/latest").resolve() == report
    assert report.name in (place / "reports/index.html").read_text()

    # A file that is none is told of, and keeps nothing else from being done: no report is stale.
    broken = place / "recordings/broken.mp4"
    broken.write_bytes(b"no video")
    os.utime(broken, (clip.start.timestamp(),) * 2)
    code, said = finish(start(place, night))
    assert code == 1
    assert len(said.splitlines()) == 1
    assert "broken.mp4" in said
    assert first == {file.name: file.stat().st_ino for file in report.iterdir()}
    assert [one.run for one in Store.open(place / "heat-store").clips()] == [clip.run]
    broken.unlink()

    # A clip of that day comes late: the report has it the next night.
    late = place / f"recordings/door_{clip.start:%Y%m%d}_130000.mp4"
    late.write_bytes((place / "recordings" / Path(clip.path).name).read_bytes() + b"late")
    os.utime(late, (clip.start.timestamp(),) * 2)
    assert finish(start(place, night)) == (0, "")
    assert not first.items() & {file.name: file.stat().st_ino for file in report.iterdir()}.items()

    # Of a week and a month that are over.
    before = clip.start - timedelta(days=40)
    old = place / f"recordings/door_{before:%Y%m%d}_130000.mp4"
    old.write_bytes((place / "recordings" / Path(clip.path).name).read_bytes() + b"old")
    os.utime(old, (clip.start.timestamp(),) * 2)
    assert finish(start(place, night)) == (0, "")
    for command, kind in ((weekly, PeriodKind.WEEKLY), (monthly, PeriodKind.MONTHLY)):
        code, said = finish(start(place, command))
        assert code == 0
        # The last one may lie between the two clips.
        assert all("nothing was recorded" in line for line in said.splitlines())
        newest = Period.around(kind, clip.start.date())
        over = newest if newest.last < datetime.now(UTC).date() else Period.around(kind, before.date())
        assert (place / "reports" / over.name / "report.html").exists()
