"""Which cameras a folder of recordings is of, by how recorders name files and folders.

What changes from clip to clip of one camera, times and counters, is blanked in each path. Clips whose paths
are then the same are of one camera, and what tells these paths apart is the camera's name.
"""

import glob
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePath

from heatcli.config.globs import parts_match

# Dates and times, and numbers of five digits and more. Those of up to four may be of a channel, and stay.
_CHANGES = re.compile(
    r"""
    20\d\d [-._ ]? [01]\d [-._ ]? [0-3]\d (?:\d{9}|\d{6})?
  | (?<![\d.]) [0-3]?\d ([-._ ]) [01]?\d \1 20\d\d
  | (?<!\d) \d\d [.:-] \d\d (?:[.:-]\d\d)? (?:\ ?[AaPp][Mm])? (?!\d)
  | (?<![0-9A-F]) \d{5,}
    """,
    re.VERBOSE,
)
# What recorders put in brackets in the names of files; in those of folders it may be the channel.
_BRACKETS = re.compile(r"\[[^\]]*\]")
# It stands for any text; no path has it.
_BLANK = "\0"
# An address of a camera, which is no time.
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
# Counters and checksums behind a time.
_BEHIND = re.compile(r"\0(?:[-_ ](?:\d{1,4}|(?=[A-F]*\d)[0-9A-F]{3,}))+$")
# Blanks with only these between them are one.
_BLANKS = re.compile(r"\0(?:[-_., @T]*\0)+")
# What is not a part of a camera's name.
_SEPARATORS = re.compile(r"[^\w\1]+|_+")
# Words of recorders for the kind of stream or file.
_NO_NAME = frozenset({"main", "dav", "rec", "record", "recording", "recordings", "video", "videos"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The clips of one camera.

    Attributes:
        name: name of the camera.
        sources: globs of its clips, relative to the folder that was looked through.
        clips: clips, sorted by path.
    """

    name: str
    sources: tuple[str, ...]
    clips: tuple[Path, ...]


def layouts(folder: Path, clips: Sequence[Path]) -> tuple[Layout, ...]:
    """Divide clips among cameras.

    Args:
        folder: folder that was looked through.
        clips: its clips; each is below it.

    Returns:
        Cameras, sorted by name. No clip is of two of them.
    """
    found: dict[tuple[str, ...], list[Path]] = {}
    for clip in clips:
        found.setdefault(_blanked(clip.relative_to(folder)), []).append(clip)
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for parts in found:
        # Endings that differ, and folders of days that are not all there, are still one camera.
        groups.setdefault(_literal(parts), []).append(parts)
    names = _names([_words(own[0]) for own in groups.values()], folder.name)
    return tuple(
        Layout(
            name,
            tuple(sorted(_source(parts, found) for parts in own)),
            tuple(sorted(clip for parts in own for clip in found[parts])),
        )
        for name, own in sorted(zip(names, groups.values(), strict=True))
    )


def _blanked(path: PurePath) -> tuple[str, ...]:
    """Return the parts of a path, with blanks in the place of what changes from clip to clip."""
    parts: list[str] = []
    for part in (*path.parts[:-1], _BRACKETS.sub(_BLANK, path.stem)):
        # Folders of months, days and hours below one of a year or day.
        in_day = re.fullmatch(r"\d{1,2}", part) and _BLANK in parts
        parts.append(_BLANK if in_day or re.fullmatch(r"20\d\d", part) else _without_changes(part))
    # A file that is named by a number or a time of day alone.
    if re.fullmatch(r"[\d.\0_-]+", parts[-1]) and not _ADDRESS.search(parts[-1]):
        parts[-1] = _BLANK
    return (*parts[:-1], parts[-1] + path.suffix)


def _without_changes(part: str) -> str:
    """Return a part of a path with blanks in the place of times and counters."""
    address = _ADDRESS.search(part)
    begin, end = (0, 0) if address is None else address.span()
    texts = (_CHANGES.sub(_BLANK, part[:begin]), part[begin:end], _CHANGES.sub(_BLANK, part[end:]))
    return _BEHIND.sub(_BLANK, _BLANKS.sub(_BLANK, "".join(texts)))


def _literal(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what stays the same in the parts of a blanked path, without the ending of the file."""
    *folders, name = parts
    texts = (part.replace(_BLANK, "").strip(" -_.,@") for part in (*folders, name.rpartition(".")[0] or name))
    return tuple(text for text in texts if text)


def _words(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a blanked path that may name a camera."""
    *folders, name = parts
    text = " ".join([*folders, name.rpartition(".")[0] or name]).replace(_BLANK, " ")
    text = _ADDRESS.sub(lambda address: address[0].replace(".", "\1"), text)
    return tuple(word.replace("\1", "-") for word in _SEPARATORS.split(text) if word)


def _names(groups: Sequence[tuple[str, ...]], folder: str) -> list[str]:
    """Name each group by the words that not all groups have; a single group by all its words."""
    common = set(groups[0]).intersection(*groups[1:]) if len(groups) > 1 else set()
    names: list[str] = []
    for words in groups:
        own = [word for word in dict.fromkeys(words) if word not in common]
        telling = [word for word in own if word.lower() not in _NO_NAME] or own or list(words) or [folder]
        name = "-".join(telling) or "camera"
        numbered = (f"{name}-{number}" for number in count(2))
        names.append(next(one for one in chain([name], numbered) if one not in names))
    return names


def _source(parts: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> str:
    """Return the glob of a blanked path: blank folders become any number, if that means no other path."""
    folders = "".join(f"{part}/" for part in parts[:-1])
    short = re.sub("^(?:\0/)+|(?<=/)(?:\0/){2,}", "**/", folders).split("/")[:-1]
    globs = [glob.escape(part).replace(_BLANK, "*") for part in parts]
    shorter = [part if part == "**" else glob.escape(part).replace(_BLANK, "*") for part in short]
    pattern = (*shorter, globs[-1])
    # A blank of another path stands for a number.
    taken = (other for other in others if other != parts)
    free = not any(parts_match(pattern, tuple(p.replace(_BLANK, "0") for p in other)) for other in taken)
    return "/".join(pattern if free else globs)
