"""Files that are there whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file beside its target, then rename it: readers see the old file or the new one, never a part.

    Usage: `with replacing(path) as beside: beside.write_bytes(data)`.

    Args:
        path: the target, in a folder that exists; a file of that name is replaced.

    Yields:
        A path that does not exist yet, in the same folder and with the same suffix. The body writes it; it is
        moved to the target when the body is done, and removed when the body raises.

    Raises:
        OSError: the file cannot be synced or renamed; the target is as it was.
    """
    beside = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        yield beside
        # Without this, a crash of the machine soon after the rename could leave an empty file under the name.
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
