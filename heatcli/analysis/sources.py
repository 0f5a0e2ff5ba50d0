"""The clips that files, folders and globs name, in a stable order."""

import glob
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path
from stat import S_ISREG

from heatcli.config.globs import parts_match
from heatcli.config.models import Config
from heatcli.errors import BusyError, InputError, UsageError, VideoError
from heatcli.files import is_address
from heatcli.store.faults import recording_errors
from heatcli.store.objects import object_sizes, place

# Suffixes of what NVRs, cameras and phones write. A file that is named explicitly may have any name.
VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".flv", ".wmv"}
    | {".asf", ".3gp", ".dav", ".264", ".h264", ".265", ".h265"}
)

# Folders that NAS systems and Windows keep for themselves: thumbnails, deleted files, snapshots. Those of
# macOS, Linux and some NAS systems begin with a dot, as hidden files do.
_SYSTEM_FOLDERS = frozenset(
    {"@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin", "recycler"}
    | {"recycled", "system volume information", "lost+found"}
)

# A recorder writes to its file every few seconds: a file that stays unchanged for so long is complete.
_RESTS_S = 10.0


@dataclass(frozen=True, slots=True)
class FileState:
    """Size and modification time, which tell one version of a file from another.

    Attributes:
        size: size of the file in bytes.
        mtime_ns: time of the last modification, ns since 1970.
    """

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState":
        """Read the state that the file has now.

        Raises:
            VideoError: the file does not exist, cannot be read or is not a regular file.
        """
        try:
            with recording_errors(path):
                stat = place(path).stat()
        except OSError as error:
            raise VideoError(
                f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
            ) from error
        if not S_ISREG(stat.st_mode):
            raise VideoError(f"{path}: is no regular file; name a recorded clip")
        return cls(stat.st_size, stat.st_mtime_ns)


def find_clips(sources: Sequence[str]) -> tuple[list[Path], dict[str, InputError]]:
    """Find the clips that files, folders (searched through) and globs name.

    Returns:
        Clips, each once, in the order of the sources and sorted by name within each; and for each source that
        names no clip, the reason.
    """
    clips: dict[str, Path] = {}
    missing: dict[str, InputError] = {}
    for source in sources:
        try:
            clips.update((os.path.abspath(clip), clip) for clip in _expand(source))
        except InputError as error:
            missing[source] = error
        except OSError as error:
            missing[source] = VideoError(
                f"{source}: cannot be read ({error.strerror}); check the path and its permissions"
            )
    return list(clips.values()), missing


def configured_clips(config: Config) -> list[Path]:
    """Find the clips that the `sources` of all cameras name, each once.

    A glob that does not name the ending takes the files that have that of a video. A source that names a file
    takes it, whatever it is called.

    Raises:
        UsageError: no camera has `sources`.
    """
    sources = [source for camera in config.cameras.values() for source in camera.sources]
    if not sources:
        raise UsageError("no SOURCE, and no `sources` in heatcli.toml; name clips, folders or globs")
    clips: dict[str, Path] = {}
    for source in sources:
        if is_address(source):
            clips.update((str(clip), clip) for clip in _objects(source))
            continue
        ending, is_named = Path(source).suffix, not glob.has_magic(Path(source).name)
        for clip in sorted(matching(config.glob(source))):
            if is_named or clip.suffix.lower() in VIDEO_SUFFIXES or (ending and clip.suffix == ending):
                clips[os.path.abspath(clip)] = clip
    return list(clips.values())


def _expand(source: str) -> list[Path]:
    if not source:
        raise VideoError("a source is empty; name a file, a folder or a glob")
    if is_address(source):
        return _objects(source)
    path = Path(source)
    if path.is_dir():
        found = sorted(p for p in _files_below(path) if p.suffix.lower() in VIDEO_SUFFIXES)
        if not found:
            raise VideoError(
                f"{source}: the folder holds no videos; name the files if they have unusual endings"
            )
        return found
    if path.exists():
        return [path]
    found = sorted(matching(path))
    if not found:
        raise VideoError(f"{source}: no such file; check the path")
    return found


def _objects(source: str) -> list[Path]:
    """Return the clips that an address names: an object, videos below it, or what matches it as a glob.

    Raises:
        VideoError: it names none.
        InputError: the server cannot be asked.
    """
    parts = Path(source).parts
    named = list(takewhile(lambda part: not glob.has_magic(part), parts))
    top = place(Path(*named))
    with recording_errors(top):
        if top.is_file():
            return [Path(source)]
        files = [Path(*named, name) for name in sorted(object_sizes(top))]
    found = [
        file
        for file in files
        if file.suffix.lower() in VIDEO_SUFFIXES and (named == list(parts) or parts_match(parts, file.parts))
    ]
    if not found:
        raise VideoError(f"{source}: names no object that is a video; check the address")
    return found


def matching(pattern: Path) -> Iterator[Path]:
    """Yield the files that a glob names; as in a shell, a leading wildcard matches nothing hidden."""
    parts = pattern.parts
    if "**" not in parts:
        for file in (Path(name) for name in glob.glob(str(pattern)) if os.path.isfile(name)):
            pairs = zip(file.parts, parts, strict=True)
            if not any(_is_hidden(part) and part[0] != said[0] for part, said in pairs):
                yield file
        return
    at = parts.index("**")
    tops = sorted(glob.glob(str(Path(*parts[:at]))))
    for file in _files_below(*map(Path, tops)):
        below = file.parts[at:]
        if parts_match(parts[at:], below):
            yield file


def _is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is not for users, such as a copy's metadata or deleted files."""
    return name.startswith(".") or name.lower() in _SYSTEM_FOLDERS


def _files_below(*tops: Path) -> Iterator[Path]:
    """Yield the files in folders and their subfolders, except what is hidden.

    Links are followed, and each folder is read once.
    """
    seen = set()
    for here, folders, files in chain.from_iterable(os.walk(top, followlinks=True) for top in tops):
        state = os.stat(here)
        if (state.st_dev, state.st_ino) in seen:
            folders.clear()
            continue
        seen.add((state.st_dev, state.st_ino))
        folders[:] = (name for name in folders if not _is_hidden(name))
        # Links come last: a folder that is also linked to is reached by its own name.
        folders.sort(key=lambda name: (os.path.islink(os.path.join(here, name)), name))
        yield from (path for name in files if not _is_hidden(name) and (path := Path(here, name)).is_file())


def check_complete(path: Path) -> FileState:
    """Make sure that nothing is writing to the file: wait until it has been unchanged for `_RESTS_S`.

    Raises:
        BusyError: the file changed while it was waited for.
        VideoError: the file does not exist.
    """
    state = FileState.of(path)
    if is_address(str(path)):
        return state  # objects are there whole
    age_s = time.time() - state.mtime_ns / 1e9
    # A time in the future comes from a wrong clock of the recorder, and says nothing.
    if 0 <= age_s < _RESTS_S:
        time.sleep(_RESTS_S - age_s)
        check_unchanged(path, state)
    return state


def check_unchanged(path: Path, state: FileState) -> None:
    """Make sure that the file has not changed since its state was read.

    Raises:
        BusyError: the file has changed.
        VideoError: the file no longer exists.
    """
    if FileState.of(path) != state:
        raise BusyError(f"{path}: is still being written; left for the next run")
