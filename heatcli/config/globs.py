"""Which files a glob of the configuration matches."""

import fnmatch
import glob
import os
from pathlib import Path

from heatcli.files import is_address


def matches(source: str, clip: Path, *, folder: Path) -> bool:
    """Whether a glob, an address or relative to a folder, matches a clip; `**` is any number of folders."""
    if is_address(source):
        return parts_match(Path(source).parts, clip.parts)
    pattern = os.path.abspath(os.path.join(glob.escape(os.path.abspath(folder)), source))
    return parts_match(Path(pattern).parts, Path(os.path.abspath(clip)).parts)


def parts_match(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Match part by part as a shell does: `*` stays within a folder, `**` is any number of folders.

    Names match whatever their case where file systems ignore it, as on Windows.
    """
    if not pattern or not path:
        return not path and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return parts_match(pattern[1:], path) or parts_match(pattern, path[1:])
    return fnmatch.fnmatch(path[0], pattern[0]) and parts_match(pattern[1:], path[1:])
