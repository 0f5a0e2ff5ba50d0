"""Walk every command of an installed heatcli with the sample, as somebody does who has just installed it.

python tests/smoke.py PATH/TO/heatcli

It needs neither pytest nor what tests need, and takes a minute of one core. It ends with 1 if a command ends
otherwise than it should, or was not walked.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples"

# A door as a line, and a room behind it; otherwise the sample's configuration.
CONFIGURATION = """
[cameras.store.zones.door]
line = [[0.19, 0.36], [0.19, 0.56]]
[areas.shop]
doors = ["store.door"]
[run]
reports = ["daily"]
[privacy]
tracks = "4000d"
"""

DAY = "2026-03-14"

# Command line, file that it leaves, and words of what it prints.
WALK = (
    ("--version", None, "heatcli "),
    ("init nvr --timezone Europe/Zagreb -o proposed.toml", "proposed.toml", ""),
    ("check", None, ""),
    ("analyze store.mp4", "heat-store/clips", "trajectories in 72.0 s"),
    ("analyze store.mp4", None, "already in the store"),
    ("render --metric occupancy_pct -o heat.png", "heat.png", "store"),
    ("render --speed 8 --anonymise -o heat.mp4", "heat.mp4", "store"),
    ("render --on floor -o floor.png", "floor.png", ""),
    ("zone -o zones.csv", "zones.csv", "store"),
    ("area --by hour -o shop.csv", "shop.csv", ""),
    ("report -o reports", "reports/daily-2026-03-14/report.html", ""),
    (
        "export daily --start 2026-03-14 -o all --format all",
        "all/daily-2026-03-14",
        "",
    ),
    ("export daily --start 2026-03-14 -o given --share", "given/daily-2026-03-14", ""),
    (
        "compare --a 2026-03-14T10:00..2026-03-14T10:00:10 --b 2026-03-14T10:00:10..2026-03-14T10:00:20",
        None,
        "",
    ),
    ("score store.gt.txt --camera store", None, "HOTA"),
    ("audit --camera store --date 2026-03-14 --sample 3 -o audit.html", "audit.html", ""),
    ("zones store", "zones-store.html", ""),
    ("correct --list", None, ""),
    (
        "import store.gt.txt --format mot --size 640x360 --fps 12.5 --camera truth --start 2026-03-14T10:00",
        None,
        "",
    ),
    ("cameras", None, "store"),
    ("clips", None, "store.mp4"),
    ("anonymise store.mp4 -o nobody.mp4", "nobody.mp4", ""),
    ("privacy", None, "store"),
    ("run --metrics night.prom", "night.prom", ""),
    ("purge", None, ""),
)


def main(program: str) -> None:
    """Walk the commands in a folder of their own."""
    folder = Path(tempfile.mkdtemp(prefix="heatcli-smoke-"))
    for name in ("store.mp4", "store.gt.txt", "plan.png"):
        shutil.copyfile(SAMPLES / name, folder / name)
    (folder / "nvr/ch1").mkdir(parents=True)
    shutil.copyfile(SAMPLES / "store.mp4", folder / "nvr/ch1/2026-03-14_10-00-00.mp4")
    (folder / "heatcli.toml").write_text((SAMPLES / "heatcli.toml").read_text() + CONFIGURATION)
    failed = 0
    program = str(Path(program).absolute())
    for line, file, words in WALK:
        began = time.monotonic()
        ended = _run(program, line.split(), folder)
        print(f"{time.monotonic() - began:6.1f} s  heatcli {line}", flush=True)
        told = ended.stdout + ended.stderr
        if ended.returncode or words not in told or "Traceback" in told:
            print(f"ended with {ended.returncode}, and said:\n{told}")
            failed += 1
        elif file is not None and not (folder / file).exists():
            print(f"left no {file}, and said:\n{told}")
            failed += 1
    listed = _run(program, ["--help"], folder).stdout.partition("Commands:")[2]
    commands = set(re.findall(r"^  (\w+)  ", listed, re.MULTILINE))
    left = commands - {line.split()[0] for line, _, _ in WALK}
    shutil.rmtree(folder)
    print(f"{len(WALK) - failed} passed, {failed} failed")
    if failed or left or not commands:
        sys.exit(f"commands that were not walked: {', '.join(sorted(left))}" if left else 1)


def _run(program: str, arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HEATCLI_", "PYTHON"))
    }
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
