"""Visits: a folder each, with the songs that were brought and the results that were made.

    <root>/<visit>/visit.json
    <root>/<visit>/songs/<song>/    source.song, lead.json, heard.json, song.json, report.html
    <root>/<visit>/results/<result>/    result.json, take-0.json, ..., files/<take>/
Whoever knows the visit's name may use it: 128 random bits.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from restyle.io.files import save
from restyle.studio.limits import Limits

Json = dict[str, Any]
_VISIT = re.compile(r"[A-Za-z0-9_-]{22}")
_THING = re.compile(r"[0-9a-f]{12}")


class Unknown(Exception):
    """There is no such visit, song or result."""


class Full(Exception):
    """A limit of the visit, or of all visits, is reached; the sentence says which."""


class Visits:
    """All visits of a studio, on disk."""

    def __init__(self, root: Path, limits: Limits):
        self.root = root
        self._limits = limits
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)

    def open(self) -> str:
        """A new visit. Raises Full where there are too many."""
        self.sweep()
        if sum(1 for _ in self.root.iterdir()) >= self._limits.visits:
            raise Full("Too many people are here at the moment: come back later.")
        visit = secrets.token_urlsafe(16)
        for folder in ("songs", "results"):
            (self.root / visit / folder).mkdir(parents=True)
        save(self.root / visit / "visit.json", json.dumps({"began": time.time()}))
        return visit

    def folder(self, visit: str) -> Path:
        """The folder of a visit, which is marked as used. Raises Unknown."""
        path = self.root / visit
        if not _VISIT.fullmatch(visit) or not (path / "visit.json").is_file():
            raise Unknown("There is no such visit: it has ended, or a day has gone by.")
        (path / "visit.json").touch()
        return path

    def end(self, visit: str) -> None:
        """Throw a visit's files away."""
        shutil.rmtree(self.folder(visit), ignore_errors=True)

    def sweep(self) -> None:
        """Throw away the files of visits that nobody has used for a day."""
        until = time.time() - self._limits.visit_seconds
        for path in self.root.iterdir():
            mark = path / "visit.json"
            if _VISIT.fullmatch(path.name) and mark.is_file() and mark.stat().st_mtime < until:
                shutil.rmtree(path, ignore_errors=True)

    def settle(self) -> None:
        """After a start: what was being made when the studio ended is not any more."""
        for path in self.root.glob("*/results/*/result.json"):
            data = _read(path)
            if data.get("state") == "making":
                save(path, json.dumps({**data, "state": "stopped"}))

    def song(self, visit: str, song: str) -> Path:
        """The folder of a song. Raises Unknown."""
        return self._thing(visit, "songs", song, "song")

    def result(self, visit: str, result: str) -> Path:
        """The folder of a result. Raises Unknown."""
        return self._thing(visit, "results", result, "result")

    def _thing(self, visit: str, kind: str, name: str, called: str) -> Path:
        path = self.folder(visit) / kind / name
        if not _THING.fullmatch(name) or not path.is_dir():
            raise Unknown(f"There is no such {called} in this visit.")
        return path

    def new(self, visit: str, kind: str) -> tuple[str, Path]:
        """A new song or result: its name and its folder. Raises Full."""
        folder = self.folder(visit) / kind
        most = {"songs": self._limits.songs_a_visit, "results": self._limits.results_a_visit}
        if sum(1 for _ in folder.iterdir()) >= most[kind]:
            raise Full(f"There are {most[kind]} {kind} here: throw some away first.")
        if _size(folder.parent) > self._limits.visit_bytes:
            raise Full("This visit's files take too much room: throw some results away first.")
        name = secrets.token_hex(6)
        (folder / name).mkdir()
        return name, folder / name

    def listing(self, visit: str) -> Json:
        """All songs and results of a visit, the oldest first."""
        folder = self.folder(visit)
        return {
            "visit": visit,
            "songs": _all(folder / "songs", "song.json"),
            "results": _all(folder / "results", "result.json"),
        }


def read_json(path: Path, called: str) -> Json:
    """The JSON of a file of ours. Raises Unknown where there is none."""
    data = _read(path)
    if not data:
        raise Unknown(f"There is no {called} yet.")
    return data


def _read(path: Path) -> Json:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _all(folder: Path, name: str) -> list[Json]:
    found = [_read(path / name) for path in folder.iterdir()]
    return sorted((data for data in found if data), key=lambda data: data["made"])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
