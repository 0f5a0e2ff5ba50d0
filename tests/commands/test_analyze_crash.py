"""A library that crashes while it decodes a clip: this clip has failed, and nothing else is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heatcli.store.store import Store
from tests.support.make_clips import aged
from tests.support.places import ROOT

pytestmark = pytest.mark.slow

# The program, but for clips whose name tells how decoding them ends after some frames.
PROGRAM = """
import ctypes, os, pathlib, signal, sys, time
from heatcli.analysis import worker
from heatcli.errors import VideoError
from heatcli.video import decode

if "stuck" in sys.argv[1]:
    worker._STUCK_S = 4.0

packets = decode.packets

class Freed:
    def __del__(self):
        ctypes.string_at(0)

def deadly(path, container, stream):
    for number, packet in enumerate(packets(path, container, stream)):
        if number == 20:
            if "segfault" in path.name:
                ctypes.string_at(0)
            if "killed" in path.name:
                os.kill(os.getpid(), signal.SIGKILL)
            if "exit" in path.name:
                os._exit(3)
            if "memory" in path.name:
                raise MemoryError
            if "freed" in path.name:
                freed = Freed()
                raise VideoError(f"{path}: is odd")
            if "bug" in path.name:
                raise LookupError("no such thing")
            if "endless" in path.name:
                pathlib.Path(sys.argv[0]).write_text(str(os.getpid()))
                time.sleep(600)
            if "busy" in path.name:
                until = time.monotonic() + 9
                while time.monotonic() < until:
                    pass
        yield packet

decode.packets = deadly
sys.argv = sys.argv[1:]
from heatcli.cli.app import main
main()
"""


def start(folder: Path, *more: str) -> "subprocess.Popen[str]":
    """Analyse the clips in a folder; the file `pid` in it tells the process that decodes for ever."""
    command = [sys.executable, "-c", PROGRAM, str(folder / "pid"), "analyze"]
    options = ["--detector", "motion", "--start", "2026-03-14T10:00:00Z", "--store", str(folder / "store")]
    options += ["--workers", "1"]
    clips = sorted(str(clip) for clip in folder.glob("*.mp4"))
    return subprocess.Popen(
        [*command, *clips, *options, *more],
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def clips_of_three(folder: Path, walkers: Path, middle: str) -> Path:
    """Three clips of three cameras, the one in the middle with a telling name."""
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(("a", f"b-{middle}", "c")):
        clip = folder / f"{name}.mp4"
        shutil.copy(walkers, clip)
        with clip.open("ab") as file:
            file.write(bytes(8 + number))  # the same picture, other bytes: another clip
        aged(clip)
    return folder


def cameras(folder: Path) -> list[str]:
    return sorted(clip.camera for clip in Store.open(folder / "store").clips())


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("segfault", "its analysis crashed (SIGSEGV); copy it from the recorder again"),
        ("exit", "its analysis crashed (exit code 3); copy it from the recorder again"),
        ("killed", "its analysis was killed, as happens when memory runs out"),
        ("memory", "takes more memory than there is"),
        ("freed", "is odd"),  # and what is left of it crashes when it is freed
    ],
)
def test_a_crash_costs_one_clip(tmp_path: Path, walkers: Path, how: str, says: str) -> None:
    folder = clips_of_three(tmp_path, walkers, how)
    process = start(folder, "--json", "--quiet")
    told, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    (line,) = errors.splitlines()
    assert line.startswith(f"{folder}/b-{how}.mp4: {says}")
    assert cameras(folder) == ["a", "c"]
    clips = json.loads(told)["clips"]
    assert [clip["status"] for clip in clips] == ["analysed", "failed", "analysed"]
    assert clips[1]["message"] == line
    # The next night tries it again, and has only this one to do.
    (folder / f"b-{how}.mp4").rename(folder / "b.mp4")
    process = start(folder, "--json", "--quiet")
    told, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    assert [clip["status"] for clip in json.loads(told)["clips"]] == ["skipped", "analysed", "skipped"]


def test_a_crash_among_several_processes_costs_one_clip(tmp_path: Path, walkers: Path) -> None:
    folder = clips_of_three(tmp_path, walkers, "segfault")
    told, errors = start(folder, "--json", "--quiet", "--workers", "3").communicate(timeout=120)
    (line,) = errors.splitlines()
    assert line.startswith(f"{folder}/b-segfault.mp4: its analysis crashed (SIGSEGV)")
    assert cameras(folder) == ["a", "c"]
    assert [(Path(clip["path"]).name, clip["status"]) for clip in json.loads(told)["clips"]] == [
        ("a.mp4", "analysed"),
        ("b-segfault.mp4", "failed"),
        ("c.mp4", "analysed"),
    ]


def test_a_decoder_that_stands_still_costs_one_clip_and_one_that_works_long_costs_none(
    tmp_path: Path, walkers: Path
) -> None:
    folder = clips_of_three(tmp_path / "stuck", walkers, "endless")
    (folder / "c.mp4").rename(folder / "c-busy.mp4")
    process = start(folder, "--quiet")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    (line,) = errors.splitlines()
    assert line.startswith(f"{folder}/b-endless.mp4: its analysis stood still for 4 s and was ended; copy it")
    assert cameras(folder) == ["a", "c-busy"]


def test_what_each_process_has_to_say_is_said_once(tmp_path: Path, walkers: Path) -> None:
    process = start(clips_of_three(tmp_path, walkers, "segfault"), "--start", "2026-03-14T10:00:00")
    _, errors = process.communicate(timeout=120)
    warning, *results = errors.splitlines()
    assert warning.startswith("heatcli: warning: no time zone is named")
    assert [Path(line.partition(":")[0]).name for line in results] == ["a.mp4", "b-segfault.mp4", "c.mp4"]


def test_a_bug_leaves_its_whole_log(tmp_path: Path, walkers: Path) -> None:
    folder = clips_of_three(tmp_path, walkers, "bug")
    process = start(folder)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 70
    assert "heatcli: a bug: LookupError: no such thing; please report it with the log" in errors
    log = (folder / "heatcli/heatcli.log").read_text()
    assert "in deadly" in log  # where it was raised, in the child


def processes_of(folder: Path) -> set[int]:
    """The processes that have the folder on their command line."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if str(folder).encode() in (process / "cmdline").read_bytes() and state != "Z":
                found.add(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("sent", "to", "code"),
    [
        (signal.SIGINT, "program", 130),
        (signal.SIGINT, "group", 130),  # as a terminal does
        (signal.SIGTERM, "program", -signal.SIGTERM),
        (signal.SIGKILL, "program", -signal.SIGKILL),
    ],
)
def test_whoever_ends_the_program_ends_all_of_it(
    tmp_path: Path, walkers: Path, sent: signal.Signals, to: str, code: int
) -> None:
    folder = clips_of_three(tmp_path, walkers, "endless")
    process = start(folder)
    while not (folder / "pid").exists():
        assert process.poll() is None
        time.sleep(0.05)
    assert process.pid in processes_of(folder)
    if to == "program":
        process.send_signal(sent)
    else:
        os.killpg(process.pid, sent)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    time.sleep(0.5)  # the kernel ends what is left
    assert processes_of(folder) == set()
    assert cameras(folder) == ["a"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_whoever_ends_the_program_ends_all_its_processes(
    tmp_path: Path, walkers: Path, sent: signal.Signals
) -> None:
    folder = clips_of_three(tmp_path, walkers, "endless")
    for name in ("a", "c"):
        (folder / f"{name}.mp4").rename(folder / f"{name}-endless.mp4")
    process = start(folder, "--workers", "3")
    while len(processes_of(folder)) < 4:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    time.sleep(0.5)  # the kernel ends what is left
    assert processes_of(folder) == set()
    assert cameras(folder) == []
