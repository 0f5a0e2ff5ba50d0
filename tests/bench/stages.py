"""Processor time of the parts of `heatcli analyze` that can run by themselves, each alone, as JSON.

    python tests/bench/stages.py vtest.avi --weights yolo11n_openvino_model --looks 214

Starting (Python, libraries, the model), decoding every frame, and finding people in so many of them. What a
whole run takes beyond that is what is new in a picture, tracking, linking and storing.
"""

import argparse
import json
import time
from pathlib import Path

import av
import numpy as np

from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.detect.registry import choose_detector
from heatcli.names import DetectorChoice
from heatcli.video.frame import Frame


def stages(clip: Path, *, weights: str, looks: int) -> dict[str, float]:
    """Run the parts one after the other; return the processor time of each in seconds."""
    settings = AnalyzeSettings(detector=DetectorChoice.YOLO, yolo=YoloSettings(weights=weights))
    detector = choose_detector(settings).load(print)
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        video.thread_type = "AUTO"
        detector.learn((), width=video.width, height=video.height)
        started = time.process_time()
        # Spread over the clip, as many pictures are kept as are looked at.
        pictures = list(container.decode(video))
        chosen = np.linspace(0, len(pictures) - 1, looks).round().astype(int)
        frames = [
            Frame(n, 0, np.asarray(pictures[n].to_ndarray(format="bgr24"), np.uint8)) for n in chosen.tolist()
        ]
    decoded = time.process_time()
    for first in range(0, looks, detector.batch_size):
        detector.detect(frames[first : first + detector.batch_size])
    detected = time.process_time()
    detector.close()
    return {"starting": started, "decoding": decoded - started, "finding people": detected - decoded}


def main() -> None:
    """Parse the arguments and print the times."""
    parser = argparse.ArgumentParser(description="Processor time of parts of an analysis.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--looks", type=int, required=True, help="number of frames that are looked at")
    said = parser.parse_args()
    print(json.dumps(stages(said.clip, weights=said.weights, looks=said.looks)))


if __name__ == "__main__":
    main()
