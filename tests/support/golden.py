"""Pictures of all kinds as they should look, of the sample's truth.

`python -m tests.support.golden` makes them.

Look at what changed (`git diff` shows pictures in most viewers) before it is committed. They are kept at half
their size, where the edges of letters, which differ from version to version of OpenCV, hardly count.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.picture.files import read_picture, write_picture
from tests.support.command_line import done, run
from tests.support.places import ROOT, SAMPLES
from tests.support.truth import TRUTH

FOLDER = ROOT / "tests" / "golden"

COMMANDS: dict[str, str] = {
    "heat": "render --camera store",
    "visits": "render --camera store --metric unique_visits --color-map purple-red --grid-resolution 80",
    "region": "render --camera store --roi 0.1,0.4,0.5,0.4,0.5,0.9,0.1,0.9",
    "density": "render --camera store --density --color-map viridis",
    "flow": "render --camera store --flow",
    "paths": "render --camera store --paths",
    "floor": f"render --camera store --on floor --config {SAMPLES}/heatcli.toml",
    "columns": "render --columns 2 --metric avg_occupancy",
    "nothing": "render --columns 1 --date 2020-01-01 --metric avg_occupancy --camera store",
    "compare": "compare --camera slow --a 2026-03-14 --b 2026-03-15",
}
"""By the name of the picture, the command that draws it, but for `-o` and `--store`."""


def make_store(store: Path) -> None:
    """Import the truth of the sample, and the two days of `add_days`."""
    _import("store", TRUTH, day=14, fps=12.5, store=store)
    add_days(store)


def add_days(store: Path) -> None:
    """Add a camera `slow` that has the truth of the sample as ten hours, and as ten in which half stay away.

    Those hours show the frames in another order, so that each of them is much like the others.
    """
    lines = [line.split(",", 2) for line in (TRUTH).read_text().splitlines()]
    mixed = sorted((int(frame) * 331 % 900 + 1, int(track), rest) for frame, track, rest in lines)
    for day, remainders in ((14, (0, 1)), (15, (1,))):
        file = store.with_name(f"{day}.txt")
        some = [f"{frame},{track},{rest}\n" for frame, track, rest in mixed if track % 2 in remainders]
        file.write_text("".join(some))
        _import("slow", file, day=day, fps=0.025, store=store)


def _import(camera: str, file: Path, *, day: int, fps: float, store: Path) -> None:
    command = (
        f"import {file} --format mot --size 640x360 --fps {fps} --frames 900 --camera {camera} "
        f"--start 2026-03-{day}T10:00 --store {store}"
    )
    done(run(*command.split()))


def draw(command: str, store: Path, folder: Path) -> NDArray[np.uint8]:
    """Run a command, and return its picture at half its size."""
    output = folder / "picture.png"
    done(run(*command.split(), "--store", store, "-o", output))
    picture = read_picture(output)
    height, width = picture.shape[:2]
    half = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.uint8)


def main() -> None:
    """Make all pictures again."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_store(folder / "store")
        FOLDER.mkdir(exist_ok=True)
        for kind, command in COMMANDS.items():
            write_picture(FOLDER / f"{kind}.png", draw(command, folder / "store", folder))


if __name__ == "__main__":
    main()
