"""The work behind `heatcli init`: from a folder of recordings to a configuration."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from heatcli.analysis.file_times import named_start
from heatcli.analysis.layouts import Layout, layouts
from heatcli.analysis.sources import find_clips
from heatcli.clock import time_zone
from heatcli.config.models import Config, load_config
from heatcli.config.propose import ProposedCamera, proposed_toml
from heatcli.errors import ConfigError, InputError, UsageError
from heatcli.files import check_output_file, output_file
from heatcli.names import counted

# Where Linux and macOS say which time zone the machine is in.
_LOCALTIME = Path("/etc/localtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A configuration that was proposed.

    Attributes:
        path: path of its file.
        config: what it says.
        cameras: names of the cameras, and the number of clips of each.
        warnings: what the user has to look at, a line for each.
    """

    path: Path
    config: Config
    cameras: dict[str, int]
    warnings: tuple[str, ...]


def propose_config(folder: Path, *, output: Path, timezone: str | None = None) -> Proposal:
    """Look at the names of recordings, and write a configuration for them.

    Args:
        folder: folder of recordings, searched through.
        output: path of the configuration; nothing may be there.
        timezone: IANA name of the cameras' time zone; None for that of this machine.

    Raises:
        UsageError: the folder is none, has no videos, there is a configuration already, or no time zone has
            this name.
        OutputError: the configuration cannot be written.
    """
    check_output_file(output, (".toml",))
    if output.exists():
        raise UsageError(f"{output}: is there already; name another file with -o, or remove it")
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; name the folder of the recordings")
    zone, zone_comment = _zone(timezone)
    clips, missing = find_clips([str(folder)])
    if missing:
        raise UsageError(str(next(iter(missing.values()))))
    found = layouts(folder, clips)
    starts = {one.name: _starts(one, zone) for one in found}
    below = Path(os.path.relpath(folder, output.absolute().parent))
    text = proposed_toml(
        zone.key,
        zone_comment,
        (
            ProposedCamera(
                one.name,
                [(below / source).as_posix() for source in one.sources],
                [*_comments(one, starts[one.name])],
            )
            for one in found
        ),
    )
    with output_file(output) as beside:
        beside.write_text(text, encoding="utf-8")
    config = load_config(output)
    warnings = [f"camera {one.name!r}: {starts[one.name][0]}" for one in found if starts[one.name][1]]
    warnings += _claimed_twice(config, clips)
    return Proposal(
        path=output,
        config=config,
        cameras={one.name: len(one.clips) for one in found},
        warnings=tuple(warnings),
    )


def _zone(named: str | None) -> tuple[ZoneInfo, str]:
    """Return the time zone of the cameras, and where it is from."""
    if named is not None:
        return time_zone(named), "as you said"
    told = os.environ.get("TZ", "").lstrip(":")
    if not told and _LOCALTIME.is_symlink():
        told = "/".join(_LOCALTIME.resolve().as_posix().partition("/zoneinfo/")[2].split("/"))
    try:
        return time_zone(told or "UTC"), "that of this machine: is it that of the cameras?"
    except UsageError:
        return time_zone("UTC"), "is it that of the cameras?"


def _starts(layout: Layout, zone: ZoneInfo) -> tuple[str, bool]:
    """Say where the times of a camera's clips are from, and whether the user has to look at that."""
    first, last = layout.clips[0], layout.clips[-1]
    try:
        begins = [named_start(clip, zone) for clip in (first, last)]
    except InputError as error:
        return f"when they were recorded is not clear: {error}", True
    if None in begins:
        what = "their names hold no time: that of the files is taken, or say `time_pattern`"
        return what, True
    times = [f"{one.time.astimezone(zone):%Y-%m-%d %H:%M}" for one in begins if one is not None]
    return f"recorded from {times[0]} to {times[1]}, by their names", False


def _claimed_twice(config: Config, clips: Sequence[Path]) -> Iterator[str]:
    """Yield the first clip that two cameras claim, if there is any."""
    for clip in clips:
        try:
            config.camera_of(clip)
        except ConfigError as error:
            yield str(error)
            return


def _comments(layout: Layout, starts: tuple[str, bool]) -> Iterator[str]:
    count = len(layout.clips)
    yield f"{counted(count, 'clip')}; {starts[0]}"
