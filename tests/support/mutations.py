"""Recordings that are damaged at random, and what is asked of their analysis."""

import json
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import polars as pl
from numpy.typing import NDArray
from typer.testing import CliRunner

# Loaded here once, and not by each of the processes that analyse a clip: that takes longer than the clip.
import heatcli.commands.analyze
import heatcli.detect.motion  # noqa: F401
from heatcli.analysis import worker
from heatcli.cli.analyze import OWN_PROCESS
from heatcli.cli.app import app
from heatcli.store.checks import check
from heatcli.store.store import Store
from tests.support.make_clips import aged, write_clip
from tests.support.own_process import DiedError, in_own_process

FORMATS = {
    "mp4": ("libx264", "clip.mp4"),
    "ts": ("libx264", "clip.ts"),
    "mkv": ("libx264", "clip.mkv"),
    "avi": ("mjpeg", "clip.avi"),
    "h265": ("libx265", "clip.mp4"),
}
"""Encoder and name of the file, by name of the format."""

FPS, FRAMES = 10, 60
ON_AVERAGE = "people on average"
"""Words of the fault that there are too many people."""
STUCK_SECONDS = 20.0
MOST_SECONDS, MOST_ADDRESSES, MOST_RESIDENT = 120, 12 * 2**30, 1500 * 2**20


@dataclass(frozen=True)
class Found:
    """What came of one analysis.

    Attributes:
        status: status of the clip, as `analyze --json` tells it.
        covered_s: covered time in seconds.
        people: number of people on average over the covered time.
        faults: promises that were broken.
    """

    status: str
    covered_s: float
    people: float
    faults: tuple[str, ...] = ()


def scene() -> Iterator[NDArray[np.uint8]]:
    """Two people who walk through a small scene, one after the other and together."""
    rng = np.random.default_rng(1)
    empty = rng.integers(90, 110, (144, 192, 3), dtype=np.uint8)
    for number in range(FRAMES):
        image = empty.astype(np.int16) + rng.integers(-3, 4, empty.shape, dtype=np.int16)
        for begin, left, top, colour in (
            (8, 3 * (number - 8), 40, (30, 30, 200)),
            (24, 190 - 4 * (number - 24), 84, (200, 40, 30)),
        ):
            if number >= begin:
                image[top : top + 46, max(left, 0) : max(left + 15, 0)] = colour
        yield np.clip(image, 0, 255).astype(np.uint8)


def write_clean(folder: Path, name: str) -> Path:
    """Write the undamaged recording in one of the formats."""
    codec, file = FORMATS[name]
    clip = write_clip(
        folder / file,
        scene(),
        codec=codec,
        fps=FPS,
        key_every=20,
        b_frames=2 if file.endswith("mp4") else 0,
        # The same bytes on each machine.
        threads=1,
        # An MP4 whose index is at the end is lost with it. Matroska draws a number for each file.
        container_options={"movflags": "faststart"} if file.endswith("mp4") else {"fflags": "bitexact"},
    )
    return aged(clip)


def mutated(data: bytes, chance: np.random.Generator) -> bytes:
    """Damage the bytes of a file in one to three places."""
    for _ in range(int(chance.integers(1, 4))):
        if len(data) < 100:
            break
        data = _MUTATIONS[int(chance.integers(len(_MUTATIONS)))](data, chance)
    return data


def _flipped(data: bytes, chance: np.random.Generator) -> bytes:
    """Flip single bits anywhere."""
    changed = bytearray(data)
    for at in chance.integers(0, len(data), int(chance.choice([1, 4, 30]))):
        changed[at] ^= 1 << int(chance.integers(8))
    return bytes(changed)


def _head_changed(data: bytes, chance: np.random.Generator) -> bytes:
    """Give bytes of the header, or of the index at the end, other values."""
    changed = bytearray(data)
    length = min(len(data), 1500)
    first = 0 if chance.random() < 0.5 else len(data) - length
    for at in chance.integers(first, first + length, int(chance.choice([1, 4]))):
        changed[at] = int(chance.choice([0, 1, 0x7F, 0x80, 0xFF, int(chance.integers(256))]))
    return bytes(changed)


def _overwritten(data: bytes, chance: np.random.Generator) -> bytes:
    """Overwrite a stretch with zeros or noise, as a bad sector does."""
    at, length = _stretch(data, chance)
    rest = bytes(length) if chance.random() < 0.5 else chance.bytes(length)
    return data[:at] + rest + data[at + length :]


def _shortened(data: bytes, chance: np.random.Generator) -> bytes:
    """Leave out a stretch, as a network does that loses packets."""
    at, length = _stretch(data, chance)
    return data[:at] + data[at + length :]


def _inserted(data: bytes, chance: np.random.Generator) -> bytes:
    """Put something between, as a file system does that mixes up its blocks."""
    at, length = _stretch(data, chance)
    return data[:at] + chance.bytes(length) + data[at:]


def _cut(data: bytes, chance: np.random.Generator) -> bytes:
    """Cut the end off."""
    return data[: int(len(data) * chance.uniform(0.05, 1)) + 1]


_MUTATIONS: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    _flipped,
    _head_changed,
    _overwritten,
    _shortened,
    _inserted,
    _cut,
)


def _stretch(data: bytes, chance: np.random.Generator) -> tuple[int, int]:
    length = min(int(chance.choice([1, 188, 2000, 20_000])), len(data) // 8)
    return int(chance.integers(0, len(data) - length + 1)), length


def analyse(clip: Path, store: Path) -> Found:
    """Analyse a clip in this process; the promises that hold for any clip are asked of the result."""
    options = ["--store", str(store), "--detector", "motion", "--start", "2026-03-14T10:00:00Z", "--quiet"]
    # As in the program itself, what crashes or gets stuck costs this clip and not the process.
    result = CliRunner().invoke(app, ["analyze", str(clip), *options, "--json"], obj=OWN_PROCESS)
    lines = result.stderr.splitlines()
    said = [line for line in lines if not line.startswith("heatcli: warning: ")]
    faults = []
    if result.exit_code not in (0, 1) or len(said) != result.exit_code:
        faults.append(f"exit code {result.exit_code} with {len(lines)} lines: {result.stderr[:500]!r}")
        return Found("none", 0.0, 0.0, tuple(faults))
    if said and str(clip) not in said[0]:
        faults.append(f"a message that names no file: {said[0]}")
    faults += [f"a damaged store: {fault}" for fault in check(Store.open(store)).faults]
    (told,) = json.loads(result.stdout)["clips"]
    present_us = int(pl.read_delta(str(store / "tracks"))["dt_us"].sum())
    covered_s = told.get("covered_s", 0.0)
    people = present_us / 1e6 / covered_s if covered_s else 0.0
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if resident > MOST_RESIDENT:
        faults.append(f"{resident / 2**20:.0f} MiB of memory")
    return Found(told["status"], covered_s, people, tuple(faults))


def media_s(clip: Path) -> float:
    """Return the longest time that anything in a file speaks of, in seconds; 0 where it is no video."""
    lengths = [0.0]
    try:
        with av.open(str(clip), metadata_errors="replace") as container:
            lengths.append((container.duration or 0) / 1e6)
            for stream in container.streams.video:
                base = stream.time_base or Fraction(1)
                lengths.append(float((stream.duration or 0) * base))
                stamps = [
                    float(at * base)
                    for packet in container.demux(stream)
                    for at in (packet.pts, packet.dts)
                    if at is not None
                ]
                lengths.append(max(stamps, default=0.0) - min(stamps, default=0.0))
                break
    except (av.FFmpegError, IndexError, OSError):
        pass
    return max(lengths)


def check_mutation(clip: Path, clean: Found, found: Found) -> tuple[str, ...]:
    """Return the promises that the analysis of a damaged clip broke."""
    faults = list(found.faults)
    longest_s = max(clean.covered_s, media_s(clip)) + 1.5 / FPS
    if found.covered_s > longest_s:
        faults.append(f"{found.covered_s:.2f} s covered of {longest_s:.2f} s")
    if found.people > 2 * clean.people:
        faults.append(f"{found.people:.2f} {ON_AVERAGE} for {clean.people:.2f}")
    return tuple(faults)


def _analyse_bounded(clip: Path, store: Path) -> Found:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    worker._STUCK_S = STUCK_SECONDS
    # No power is lost here, and syncing takes longer than the analysis.
    os.fsync = lambda fd: None
    # What a decoder says of damage when it dies is not what is looked at.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    return analyse(clip, store)


class Campaign:
    """Mutations of one format, each analysed in a process of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder / name, name
        self._folder.mkdir()
        self._clean_clip = write_clean(self._folder, name)
        self.clean = _found(self._clean_clip)

    def mutation(self, seed: int, number: int, keep: Path | None = None) -> Found:
        """Make a mutation and analyse it; what it broke is in its `faults`."""
        chance = np.random.default_rng([seed, number, sorted(FORMATS).index(self._name)])
        folder = self._folder / f"{seed}-{number}"
        folder.mkdir()
        clip = folder / self._clean_clip.name
        clip.write_bytes(mutated(self._clean_clip.read_bytes(), chance))
        found = _found(aged(clip))
        faults = check_mutation(clip, self.clean, found)
        if faults and keep is not None:
            shutil.copy(clip, keep / f"{self._name}-{seed}-{number}{clip.suffix}")
        shutil.rmtree(folder)
        return Found(found.status, found.covered_s, found.people, faults)


def _found(clip: Path) -> Found:
    try:
        return in_own_process(_analyse_bounded, clip, clip.parent / "store", seconds=MOST_SECONDS)
    except TimeoutError:
        return Found("none", 0.0, 0.0, (f"not done after {MOST_SECONDS} s",))
    except DiedError as error:
        return Found("none", 0.0, 0.0, (f"died with {error.code}",))
