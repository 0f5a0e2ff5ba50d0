"""Compare `heatcli analyze` with Ultralytics `solutions.Heatmap`: one clip, one model, whole processes.

    HEATCLI_WEIGHTS=yolo11n_openvino_model python -m tests.bench.throughput vtest.avi
    HEATCLI_WEIGHTS=yolo11n_openvino_model python -m tests.bench.throughput vtest.avi --repeat 10

Asked for: at least 1.8 times the rate of `solutions.Heatmap`, every frame processed, and memory that grows
by at most 100 bytes per stored row, which `--repeat` shows by analysing the clip looped into a longer one.
`solutions.Heatmap` also needs the packages shapely and lap.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import av

from tests.bench.measure import Run
from tests.bench.peers import run_analyze, run_heatmap

RATIO_ASKED = 1.8
BYTES_PER_ROW_ASKED = 100


def analyze_every_frame(clip: Path, weights: str) -> tuple[Run, int]:
    """Run `heatcli analyze` over every frame into a new store.

    Returns:
        How it went, and the rows that it stored.
    """
    with tempfile.TemporaryDirectory() as store:
        done, answer = run_analyze(clip, Path(store), "--sample-fps", "0", weights=weights)
    return done, int(answer["rows"])


def count_frames(clip: Path) -> int:
    """Count the frames that decode."""
    with av.open(str(clip)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def loop(clip: Path, times: int, looped: Path) -> None:
    """Put a clip several times behind itself, without decoding it."""
    with av.open(str(looped), "w") as target:
        stream = None
        offset = 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = target.add_stream_from_template(video)
                end = 0
                for packet in source.demux(video):
                    if packet.dts is None:  # the empty one at the end
                        continue
                    end = max(end, packet.dts + (packet.duration or 1))
                    packet.dts += offset
                    packet.pts = None if packet.pts is None else packet.pts + offset
                    packet.stream = stream
                    target.mux(packet)
            offset += end


def compare_rates(clip: Path, weights: str) -> None:
    """Print the rates of both, their ratio, and the memory of `analyze`."""
    frames = count_frames(clip)
    heatmap = run_heatmap(clip, weights)
    print(f"solutions.Heatmap: {frames / heatmap.seconds:.2f} frames/s ({heatmap.seconds:.1f} s)", flush=True)
    analyze, rows = analyze_every_frame(clip, weights)
    print(f"heatcli analyze:   {frames / analyze.seconds:.2f} frames/s ({analyze.seconds:.1f} s)")
    print(f"ratio: {heatmap.seconds / analyze.seconds:.2f} (asked: at least {RATIO_ASKED})")
    print(f"peak memory of analyze: {analyze.peak_bytes / 1e6:.0f} MB for {rows} rows")


def compare_memory(clip: Path, weights: str, *, repeat: int) -> None:
    """Print the peak memory of `analyze` on the clip, and looped, and its growth per stored row."""
    short, short_rows = analyze_every_frame(clip, weights)
    print(f"once: peak {short.peak_bytes / 1e6:.0f} MB, {short_rows} rows, {short.seconds:.1f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        looped = Path(folder) / f"looped{clip.suffix}"
        loop(clip, repeat, looped)
        long, long_rows = analyze_every_frame(looped, weights)
    print(f"{repeat} times: peak {long.peak_bytes / 1e6:.0f} MB, {long_rows} rows, {long.seconds:.1f} s")
    growth = (long.peak_bytes - short.peak_bytes) / (long_rows - short_rows)
    print(f"memory per further row: {growth:.0f} bytes (asked: at most {BYTES_PER_ROW_ASKED})")


def main() -> None:
    """Parse the arguments and run what they ask for."""
    parser = argparse.ArgumentParser(description="Compare the speed of heatcli analyze, or show its memory.")
    parser.add_argument("clip", type=Path)
    parser.add_argument(
        "--repeat", type=int, help="show memory: the clip against itself looped so many times"
    )
    arguments = parser.parse_args()
    weights = os.environ.get("HEATCLI_WEIGHTS")
    if not weights:
        sys.exit("HEATCLI_WEIGHTS must name the model to use")
    clip, weights = arguments.clip.resolve(), str(Path(weights).resolve())
    if arguments.repeat:
        compare_memory(clip, weights, repeat=arguments.repeat)
    else:
        compare_rates(clip, weights)


if __name__ == "__main__":
    main()
