"""What is compared in speed: `heatcli analyze`, Ultralytics `solutions.Heatmap`, and decoding alone.

Each runs as a process of its own. `solutions.Heatmap` also needs the packages shapely and lap.
"""

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.measure import Run, run

HEATMAP = """
import sys
import cv2
from ultralytics import solutions

clip, output, weights = sys.argv[1:]
capture = cv2.VideoCapture(clip)
size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
writer = cv2.VideoWriter(output, cv2.VideoWriter_fourcc(*"mp4v"), capture.get(cv2.CAP_PROP_FPS), size)
heatmap = solutions.Heatmap(
    model=weights, colormap=cv2.COLORMAP_TURBO, show=False, verbose=False, classes=[0]
)
while True:
    good, image = capture.read()
    if not good:
        break
    writer.write(heatmap.process(image).plot_im)
writer.release()
"""

DECODING = """
import sys
import av

with av.open(sys.argv[1]) as container:
    container.streams.video[0].thread_type = "AUTO"
    for _ in container.decode(video=0):
        pass
"""


def run_heatmap(clip: Path, weights: str) -> Run:
    """Run `solutions.Heatmap` over every frame, from video to video."""
    missing = [name for name in ("shapely", "lap") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"solutions.Heatmap needs {' and '.join(missing)}: pip install {' '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        return run([sys.executable, "-c", HEATMAP, str(clip), "heat.avi", weights], Path(folder))


def run_analyze(clip: Path, store: Path, *options: str, weights: str | None) -> tuple[Run, dict[str, Any]]:
    """Run `heatcli analyze` into a new store, with `motion` where there are no weights.

    Returns:
        How it went, and what `--json` says of the clip.
    """
    command = [
        sys.executable,
        "-m",
        "heatcli",
        "analyze",
        str(clip),
        "--store",
        str(store),
        "--quiet",
        "--json",
    ]
    command += ["--start", "2026-01-01", "--timezone", "UTC", *options]
    command += ["--detector", "yolo", "--weights", weights] if weights else ["--detector", "motion"]
    with tempfile.TemporaryDirectory() as folder:
        done = run(command, Path(folder))
    (answer,) = json.loads(done.stdout)["clips"]
    return done, answer


def run_decoding(clip: Path) -> Run:
    """Decode every frame, and do nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        return run([sys.executable, "-c", DECODING, str(clip)], Path(folder))
