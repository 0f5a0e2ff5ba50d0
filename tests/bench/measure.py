"""Run a command as a process of its own, and measure it."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# On Linux the most memory of a process begins with that of the process that started it. One with nothing but
# Python in it stands between this one, whose memory may be large, and the command.
_LAUNCHER = """
import json, os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024], file)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How a process went.

    Attributes:
        seconds: Time from its start to its end by the clock.
        processor_s: Seconds of the processor, those of all cores together.
        peak_bytes: Most memory that it had at once.
        stdout: Text that it printed.
    """

    seconds: float
    processor_s: float
    peak_bytes: int
    stdout: str


def run(command: list[str], folder: Path) -> Run:
    """Run a command, given by the path of its program, in a folder; what fails ends the bench."""
    usage, output = folder / "usage.json", folder / "stdout"
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(usage), *command]
    with output.open("w") as stdout:
        begin = time.perf_counter()
        code = subprocess.run(launched, cwd=folder, stdout=stdout, check=False).returncode
        seconds = time.perf_counter() - begin
    if code:
        sys.exit(f"failed with {code}: {' '.join(command)}")
    processor_s, peak_bytes = json.loads(usage.read_text())
    return Run(seconds, processor_s, peak_bytes, output.read_text())
