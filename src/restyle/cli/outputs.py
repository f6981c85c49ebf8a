"""Where results go: names that differ, and never onto a song that is read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from restyle.errors import RestyleError
from restyle.io import WRITTEN as IN_WORDS

MUSIC = (".mid", ".midi", ".kar", ".rmi", ".musicxml", ".xml", ".mxl", ".abc", ".krn", ".json")
WRITTEN = (
    ".mid", ".midi", ".kar", ".musicxml", ".xml", ".pdf", ".mp3", ".ogg", ".flac", ".wav", ".png",
)  # fmt: skip
LONGEST_STEM = 120
"""Bytes of a song's name in a result's: file systems allow 255, with the style and all endings."""


def song_files(songs: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named; each once.

    Raises RestyleError for a folder without songs, or one that cannot be read.
    """
    files: list[Path] = []
    for song in songs:
        if os.path.isdir(song):  # noqa: PTH112 (of a name that cannot be, this says no)
            try:
                inside = sorted(
                    f for f in song.iterdir() if f.suffix.lower() in MUSIC and not f.is_dir()
                )
            except OSError as error:
                raise RestyleError(f"{song} cannot be read: {error.strerror}.") from None
            if not inside:
                raise RestyleError(f"There are no songs in the folder {song}.")
            files += inside
        else:
            files.append(song)
    return list({os.path.abspath(file): file for file in files}.values())  # noqa: PTH100


def make_folder(songs: Sequence[Path], files: Sequence[Path], output: Path | None) -> None:
    """Make the folder that results go to where there are several, or a folder of songs was named.

    Raises RestyleError where it cannot be made.
    """
    several = len(files) > 1 or any(os.path.isdir(song) for song in songs)  # noqa: PTH112
    if output is None or output.suffix or not several or os.path.lexists(output):
        return
    try:
        output.mkdir()
    except OSError as error:
        raise RestyleError(f"The folder {output} cannot be made: {error.strerror}.") from None


def result_paths(files: Sequence[Path], style: str, output: Path | None) -> list[Path]:
    """Where the result of each file goes: the file asked for, or <song>.<style>.mid in the folder
    asked for; songs of one name have their ending, then their folder, then a number in it, too.

    Raises RestyleError for a file that no song can be written as, or one file for several songs.
    """
    folder = Path()
    if output is not None:
        if os.path.isdir(output):  # noqa: PTH112
            folder = output
        elif output.suffix and output.suffix.lower() not in WRITTEN:
            raise RestyleError(f"{output.name}: a song can be written as {IN_WORDS}.")
        elif len(files) > 1:
            raise RestyleError(f"{len(files)} songs need a folder, and {output} is none.")
        else:
            return [output if output.suffix else output.with_name(output.name + ".mid")]
    stems = _different(files)
    return [folder / f"{stem}.{style}.mid" for stem in stems]


def shortened(name: str, room: int = LONGEST_STEM) -> str:
    """A name cut to so many bytes, which leaves room for what follows it in a file's name."""
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name


def _different(files: Sequence[Path]) -> list[str]:
    """A name for each file: its stem, or more of its path where stems are the same."""
    ways = (
        lambda file: file.stem,
        lambda file: file.name,
        lambda file: f"{file.absolute().parent.name}.{file.name}",
    )
    names = [shortened(ways[0](file)) for file in files]
    for way in ways[1:]:
        count = Counter(name.casefold() for name in names)  # some disks take these for one
        names = [
            shortened(way(file)) if count[name.casefold()] > 1 else name
            for file, name in zip(files, names, strict=True)
        ]
    taken: set[str] = set()
    out = []
    for name in names:
        own, number = name, 2
        while own.casefold() in taken:
            own, number = f"{shortened(name, LONGEST_STEM - 10)}.{number}", number + 1
        taken.add(own.casefold())
        out.append(own)
    return out


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise RestyleError now for what could not be written later, or would fall onto a file that
    is read: by whatever spelling of its path, or link."""
    from restyle.io.files import check_output

    read = {identity: file for file in inputs if (identity := _identity(file))}
    for out in outputs:
        check_output(out)
        own = _identity(out)
        if own in read:
            raise RestyleError(
                f"{out} is {_called(read[own], out)}: give another name with -o, "
                f"so that it is not written over."
            )


def _called(read: Path, out: Path) -> str:
    return "the song itself" if read == out else f"the same file as {read}"


def _identity(file: Path) -> tuple[int, int] | None:
    """What a file is whatever it is called; None where there is none."""
    try:
        known = file.stat()
    except (OSError, ValueError):
        return None
    return known.st_dev, known.st_ino
