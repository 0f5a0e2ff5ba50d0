"""Files, which are there whole or not at all, and their names."""

import hashlib
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from heatcli.errors import OutputError, UsageError

# Addresses of object stores. As a path has one slash where an address has two, so may these.
_ADDRESS = re.compile(r"(s3|gs|az):/{1,2}(?=[^/])")

# Seconds for which a file that is to be replaced may be open elsewhere, and until that is tried again.
_READER_S, _ASK_AGAIN_S = 2.0, 0.02


def cache_folder() -> Path:
    """Return the folder of this user in which heatcli keeps what it can fetch or compute again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heatcli"


def is_address(path: str) -> bool:
    """Tell whether a path is the address of an object store."""
    return _ADDRESS.match(path) is not None


def address_of(path: Path) -> str:
    """Return the address that a path is: as a `pathlib.Path`, it has lost a slash."""
    return _ADDRESS.sub(lambda match: f"{match[1]}://", str(path))


def is_local(path: Path) -> bool:
    """Tell whether a path is one of a file system, and not of an object store (`heatcli.store.objects`)."""
    return isinstance(path, PurePath)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file beside its target, then rename it: readers see the old file or the new one, never a part.

    Usage: `with replacing(path) as beside: beside.write_bytes(data)`.

    Args:
        path: file to write, in a folder that exists, or an object; one of that name is replaced.

    Yields:
        Path that does not exist yet, with the same suffix. The body of the `with` writes this file. It is
        moved to the target when the body is done, and removed when the body raises.

    Raises:
        OSError: the file cannot be synced or renamed; the target is as it was.
    """
    if not is_local(path):
        with tempfile.TemporaryDirectory() as folder:
            apart = Path(folder) / path.name
            yield apart
            path.write_bytes(apart.read_bytes())
        return
    beside = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        yield beside
        # Without this, a crash of the machine soon after the rename could leave an empty file under the name.
        sync_file(beside)
        _take_place(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def create_file(path: Path, data: bytes) -> None:
    """Write a new file, whole and on the disk, unless there is one of that name.

    Raises:
        FileExistsError: there is one.
        OSError: the file cannot be written.
    """
    beside = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform == "win32":
            os.rename(beside, path)  # where links are not always to be had, but renaming replaces nothing
        else:
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Bring the bytes of a file to the disk.

    Raises:
        OSError: the file is gone, or cannot be written.
    """
    with path.open("r+b") as file:  # Windows refuses it for a file that is open for reading only
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder's files to the disk.

    Windows opens no folders, and does so by itself; an object store has none.

    Raises:
        OSError: the folder is gone, or cannot be read.
    """
    if sys.platform == "win32" or not is_local(folder):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_place(beside: Path, path: Path) -> None:
    """Rename a file to its target; on Windows once nobody has the old one open, which may take a moment.

    Raises:
        OSError: the file cannot be renamed.
    """
    give_up_s = time.monotonic() + (_READER_S if sys.platform == "win32" else 0.0)
    while True:
        try:
            os.replace(beside, path)
        except PermissionError:
            if time.monotonic() >= give_up_s:
                raise
            time.sleep(_ASK_AGAIN_S)
        else:
            return


@contextmanager
def output_file(path: Path) -> Iterator[Path]:
    """Write a file that the user asked for, as `replacing` does.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        with replacing(path) as beside:
            yield beside
    except OSError as error:
        # Libraries that raise OSError themselves leave its strerror None.
        why = error.strerror or error
        raise OutputError(f"{path}: cannot be written ({why}); the old file is untouched") from error


def check_output_file(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse an output that could not be written, before any work is done.

    Args:
        path: file to be written.
        suffixes: file name extensions of the known formats, such as `.png`.

    Raises:
        UsageError: the extension stands for no format, the folder does not exist, or the path cannot be a
            file.
    """
    if path.suffix.lower() not in suffixes:
        raise UsageError(
            f"{path}: no format has this extension; end the name in one of {', '.join(suffixes)}"
        )
    try:
        if not path.parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise UsageError(f"{path}: is a folder; name a file")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name another file") from error


# Most bytes of a camera's name in a file name; file systems take 255 in all.
_LONGEST_CAMERA = 180


def file_name(camera: str) -> str:
    """Turn the name of a camera into a part of a file's name.

    Characters that file systems refuse, such as `/`, and characters that readers take for a pattern, `*` and
    `[`, are written as `%` and their hexadecimal code, and so is `%` itself. A name that is too long for a
    file is cut and ends in a hash of the whole name. So no two cameras share a file.
    """
    safe = re.sub(r'[\x00-\x1f%/\\:*?"<>|\[\]]', lambda match: f"%{ord(match[0]):02X}", camera)
    if len(os.fsencode(safe)) > _LONGEST_CAMERA:
        digest = hashlib.sha256(camera.encode()).hexdigest()[:12]
        safe = os.fsencode(safe)[:_LONGEST_CAMERA].decode("utf-8", "ignore") + "-" + digest
    return safe
