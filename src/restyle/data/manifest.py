"""Which songs there are, and of what style: a folder a style, or a manifest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from restyle.errors import RestyleError

ENDINGS = (".mid", ".midi", ".kar", ".rmi", ".musicxml", ".xml", ".mxl", ".abc", ".krn")


@dataclass(frozen=True)
class Listed:
    """A song file and what is said of it."""

    path: Path
    style: str
    source: str

    @property
    def title(self) -> str:
        return normal_title(self.path.stem)


def find_songs(folders: Iterable[Path]) -> list[Listed]:
    """All songs of the folders, sorted by path.

    A folder is a style and gives it its name; one that holds a manifest (`MANIFEST.csv` with the
    columns path and style, and perhaps source) is read as that says, and so is a .csv file itself.
    """
    listed: list[Listed] = []
    for folder in folders:
        manifest = folder if folder.suffix == ".csv" else folder / "MANIFEST.csv"
        if manifest.is_file():
            listed += _from_manifest(manifest)
        elif folder.is_dir():
            listed += _from_folder(folder)
        else:
            raise RestyleError(f"There is no folder {folder}: give one folder of songs a style.")
    if not listed:
        raise RestyleError(
            "No songs were found: a folder should hold .mid files, or others we read."
        )
    return sorted(listed, key=lambda song: song.path.as_posix())


def _from_folder(folder: Path) -> list[Listed]:
    style = folder.resolve().name.lower()
    files = (f for f in folder.rglob("*") if f.suffix.lower() in ENDINGS and f.is_file())
    return [Listed(f, style, f.parent.name) for f in files]


def _from_manifest(manifest: Path) -> list[Listed]:
    with manifest.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if rows and not {"path", "style"} <= rows[0].keys():
        raise RestyleError(f"{manifest} must have the columns path and style in its first line.")
    paths = [(manifest.parent / row["path"], row) for row in rows]
    return [
        Listed(path, row["style"].lower(), row.get("source") or path.parent.name)
        for path, row in paths
        if path.is_file()
    ]


def normal_title(name: str) -> str:
    """A title without what tells versions of one song apart, to keep them in one split."""
    words = re.sub(r"[_\-.,()\[\]']+", " ", name.lower())
    words = re.sub(r"\b(?:lc\d+|v\d+|ver\w*|midi?|kar|live|demo|[a-z]{1,2}|\d+)\b", " ", words)
    return re.sub(r"\s+", " ", words).strip() or name.lower()
