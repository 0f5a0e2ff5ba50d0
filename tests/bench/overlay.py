"""Compare `heatcli render -o heat.mp4` with Ultralytics `solutions.Heatmap`: one clip, whole processes.

    HEATCLI_WEIGHTS=yolo11n_openvino_model python -m tests.bench.overlay vtest.avi vtest.gt.txt

Asked for: at least 4 times the rate of `solutions.Heatmap`, which detects as it draws. Its tracks are in the
store before: here those of a file in MOT format. `solutions.Heatmap` also needs the packages shapely and lap.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import av

from tests.bench.measure import run
from tests.bench.peers import run_heatmap
from tests.bench.throughput import count_frames

RATIO_ASKED = 4.0


def size_and_rate(clip: Path) -> tuple[str, float]:
    """Return the size of a clip as WxH, and its frames per second."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        return f"{stream.width}x{stream.height}", float(stream.average_rate or 25)


def main() -> None:
    """Parse the arguments, run both and print the ratio."""
    parser = argparse.ArgumentParser(description="Compare the speed of a heat map as a video.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("tracks", type=Path, help="in MOT format, of the same clip")
    arguments = parser.parse_args()
    weights = os.environ.get("HEATCLI_WEIGHTS")
    if not weights:
        sys.exit("HEATCLI_WEIGHTS must name the model that solutions.Heatmap is to use")
    clip, tracks = arguments.clip.resolve(), arguments.tracks.resolve()
    frames = count_frames(clip)
    size, rate = size_and_rate(clip)
    heatcli = [sys.executable, "-m", "heatcli"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        of_camera = ["--camera", "bench", "--size", size, "--fps", str(rate), "--frames", str(frames)]
        stored = [
            *heatcli,
            "import",
            str(tracks),
            "--format",
            "mot",
            "--start",
            "2026-03-14T10:00",
            *of_camera,
        ]
        subprocess.run([*stored, "--quiet"], cwd=folder, check=True)
        drawn = run([*heatcli, "render", "-o", "heat.mp4", "--video", str(clip), "--quiet"], folder)
        if count_frames(folder / "heat.mp4") != frames:
            sys.exit("the video of heatcli has not all frames")
    print(f"heatcli render:    {frames / drawn.seconds:.2f} frames/s ({drawn.seconds:.1f} s)", flush=True)
    heatmap = run_heatmap(clip, str(Path(weights).resolve()))
    print(f"solutions.Heatmap: {frames / heatmap.seconds:.2f} frames/s ({heatmap.seconds:.1f} s)")
    print(f"ratio: {heatmap.seconds / drawn.seconds:.2f} (asked: at least {RATIO_ASKED})")


if __name__ == "__main__":
    main()
