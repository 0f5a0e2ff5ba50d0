"""Make the pictures of maps.md again, by the commands on that page: `python -m docs.make_maps [FOLDER]`.

They run as they stand, after the commands of the README's "Try it", in a copy of the samples.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from heatcli.picture.files import write_picture

DOCS = Path(__file__).parent
ROOT = DOCS.parent
# When in the video its picture on the page is.
_VIDEO_S = 40.0


def commands() -> list[str]:
    """Return the commands of "Try it" after the install, and then those on the page, in their order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (first,) = re.findall(r"^python3 -m venv .*?&& .*?&& (.*analyze samples/.*)$", readme, re.MULTILINE)
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "maps.md").read_text(encoding="utf-8"), re.DOTALL)
    return [first, *(line for block in blocks for line in block.splitlines())]


def make(folder: Path) -> None:
    """Run the commands and put the pictures of the page into a folder."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copytree(ROOT / "samples", work / "samples", copy_function=shutil.copy2)
        program = work / ".venv/bin/heatcli"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m heatcli "$@"\n')
        program.chmod(0o755)
        for command in commands():
            where = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
            subprocess.run(["bash", "-euc", command], cwd=work, env=where, check=True)
        _still(work / "heat.mp4", work / "video.jpg")
        folder.mkdir(parents=True, exist_ok=True)
        for picture in work.glob("*.jpg"):
            shutil.copy(picture, folder)


def _still(video: Path, picture: Path) -> None:
    """Write one picture of a video to a file."""
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= _VIDEO_S:
                write_picture(picture, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
                return


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "maps")
