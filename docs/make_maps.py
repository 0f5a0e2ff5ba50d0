"""Make the pictures of maps.md again, by the commands on that page: `python -m docs.make_maps [FOLDER]`."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from heatcli.picture.files import write_picture
from tests.support.golden import add_days

DOCS = Path(__file__).parent
SAMPLES = DOCS.parent / "samples"
# When in the video its picture on the page is.
_VIDEO_S = 40.0


def commands() -> list[str]:
    """Return the commands on the page, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "maps.md").read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def make(folder: Path) -> None:
    """Run the commands of the page on the sample, and put their pictures into a folder."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copytree(SAMPLES, work / "samples")
        for file in ("heatcli.toml", "plan.png"):
            shutil.copy(SAMPLES / file, work)
        _run("heatcli analyze samples/store.mp4 --camera store", work)
        shutil.copytree(work / "heat-store", work / "days")
        add_days(work / "days")
        for command in commands():
            _run(command, work)
        _still(work / "heat.mp4", work / "video.jpg")
        folder.mkdir(parents=True, exist_ok=True)
        for picture in work.glob("*.jpg"):
            shutil.copy(picture, folder)


def _run(command: str, folder: Path) -> None:
    command = re.sub(r"^heatcli", f"{sys.executable} -m heatcli", command)
    subprocess.run(["bash", "-euc", command], cwd=folder, check=True)


def _still(video: Path, picture: Path) -> None:
    """Write one picture of a video to a file."""
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= _VIDEO_S:
                write_picture(picture, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
                return


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "maps")
