"""Files on disk: bounded reading, and writing that leaves a whole file or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from restyle.errors import RestyleError, UnreadableSong
from restyle.io.foreign import refusal

LIMIT = 20 * 2**20
"""Bytes above which a file is refused unread: the longest scores stay far below it."""


def load(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file that may be a song.

    Raises UnreadableSong when there is no such file, it is a folder, empty, too large or locked.
    """
    file = Path(path)
    name = file.name or str(file)
    try:
        if file.is_dir():
            raise UnreadableSong(f"{name} is a folder, not a song.")
        size = file.stat().st_size
        if size > LIMIT:
            raise refusal(
                name,
                b"",
                f"has {size // 2**20} MB, more than any song needs "
                f"(the limit is {LIMIT // 2**20} MB)",
            )
        if size == 0 and file.is_file():
            raise UnreadableSong(f"{name} is empty.")
        if not file.is_file():
            raise UnreadableSong(f"{name} is not an ordinary file.")
        return file.read_bytes()
    except FileNotFoundError:
        raise UnreadableSong(f"There is no file {file}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSong(f"{name} cannot be read: {reason}.") from None


def save(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Write a file whole or not at all; raises RestyleError as `saved` does."""
    # what no file can hold (half of a character, as file names have it) is a question mark
    data = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
    with saved(path) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def saved(path: str | os.PathLike[str]) -> Iterator[Path]:
    """An empty file beside a file's place, to be written within; it is moved there afterwards, so
    that no half file is ever seen.

    Raises RestyleError when the folder does not exist or cannot be written (OSError within
    counts); nothing is left then, nor after any other error.
    """
    file = Path(path)
    check_output(file)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name[:40]}.", dir=file.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        # mkstemp makes the file private; a result gets the permissions any new file would get
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(file)
        temporary = None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RestyleError(f"{file} cannot be written: {reason}.") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def check_output(path: str | os.PathLike[str]) -> None:
    """Raise RestyleError now if `save` would later: long work should not end in vain."""
    file = Path(path)
    try:
        if not file.parent.is_dir():
            raise RestyleError(f"There is no folder {file.parent} to write {file.name} into.")
        if file.is_dir():
            raise RestyleError(f"{file} is a folder: give the name of a file to write.")
        there = _is_there(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RestyleError(f"{file} cannot be written: {reason}.") from None
    if not os.access(file.parent, os.W_OK) or (there and not os.access(file, os.W_OK)):
        raise RestyleError(f"{file} cannot be written: permission denied.")


def _is_there(file: Path) -> bool:
    """Whether there is such a file; OSError or ValueError where there cannot be one."""
    try:
        file.stat()
    except FileNotFoundError:
        return False
    return True
