"""The night's work as docs/cron.md has it, run line by line as cron does."""

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
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
    place = tmp_path / "srv"
    (place / "recordings").mkdir(parents=True)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    shutil.copy2(walkers, place / f"recordings/door_{yesterday:%Y%m%d}_120000.mp4")
    (place / "heatcli.toml").write_text(
        'timezone = "UTC"\n[cameras.door]\nsources = ["recordings/*.mp4"]\ndetector = "motion"\n'
        '[run]\nreports = ["daily", "weekly", "monthly"]\n'
    )
    program = place / ".venv/bin/heatcli"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m heatcli "$@"\n')
    program.chmod(0o755)
    return place


def blocks(language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    return [str(found) for found in re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)]


def jobs(place: str) -> tuple[dict[str, str], list[str]]:
    """Return the variables and the commands of the crontab."""
    (crontab,) = blocks("crontab")
    lines = crontab.replace(FOLDER, place).splitlines()
    variables = dict(line.split("=", 1) for line in lines if re.match("[A-Z]+=", line))
    return variables, [line.split(maxsplit=5)[5] for line in lines if line.split("=")[0] not in variables]


def test_the_timer_of_systemd_does_what_the_crontab_does() -> None:
    service, timer = ConfigParser(interpolation=None), ConfigParser(interpolation=None)
    for unit, text in zip((service, timer), blocks("ini"), strict=True):
        unit.read_string(text)
    variables, (night,) = jobs(FOLDER)
    folder, command = night.removeprefix("cd ").split(" && ")
    does = service["Service"]
    assert does["WorkingDirectory"] == folder
    assert does["ExecStart"] == f"{folder}/.venv/bin/{command}"
    assert does["Environment"] == f"PATH={variables['PATH']}"
    assert timer["Timer"]["OnCalendar"] == "*-*-* 01:30:00"


def start(place: Path, command: str) -> subprocess.Popen[str]:
    """Run a command as cron does: by sh, in the home folder, with next to no environment."""
    variables, _ = jobs(str(place))
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
def test_the_night_is_quiet_and_tells_of_failures(place: Path) -> None:
    _, (night,) = jobs(str(place))
    assert finish(start(place, night)) == (0, "")
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
    broke, failed = said.splitlines()
    assert "broken.mp4" in broke
    assert failed == "heatcli: analyze: 1 clip could not be done"
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
    code, said = finish(start(place, night))
    assert code == 0
    # The last week or month may lie between the two clips.
    assert all("nothing was recorded" in line for line in said.splitlines())
    for kind in (PeriodKind.WEEKLY, PeriodKind.MONTHLY):
        newest = Period.around(kind, clip.start.date())
        over = newest if newest.last < datetime.now(UTC).date() else Period.around(kind, before.date())
        assert (place / "reports" / over.name / "report.html").exists()
