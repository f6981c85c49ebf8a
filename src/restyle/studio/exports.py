"""What can be taken away of a result: files, and archives of them."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from restyle.errors import RestyleError
from restyle.io import write
from restyle.io.files import save
from restyle.music.song import Song, Track
from restyle.studio.songs import names

_ALL = ("song.mid", "song.musicxml", "score.pdf", "song.mp3", "roll.png")


def write_file(
    paper: Song, played: Song, base: Song | None, swing: float, name: str, folder: Path
) -> Path:
    """Write one of `engine.FILES`, or a track, of a result: whole or not at all; the path of it.

    Scores are written from `paper`, all else is as it is `played`. Raises RestyleError.
    """
    out = folder / name
    if out.is_file():
        return out
    if name in ("score.pdf", "score.svg", "song.musicxml"):
        _engraved(paper, swing, folder)
    elif name == "roll.png":
        from restyle.io.pianoroll.picture import draw

        rolls = [("the song", base)] if base else []
        draw([*rolls, (paper.title or "the result", paper)], out)
    elif name == "stems.zip":
        _of_tracks(played, out, ".wav", lambda part, path: write(part, path))
    elif name == "tracks.zip":
        _of_tracks(played, out, ".mid", lambda part, path: write(part, path))
    elif name == "parts.zip":
        _parts(paper, swing, out)
    elif name == "all.zip":
        paths = [write_file(paper, played, base, swing, each, folder) for each in _ALL]
        _zip(out, [(path.name, path) for path in paths])
    elif name.startswith("track-"):
        write(_alone(played, _track(played, int(out.stem.removeprefix("track-")))), out)
    else:
        write(played, out, swing=swing)
    return out


def _track(song: Song, number: int) -> Track:
    if number > len(song.tracks):
        raise RestyleError(f"There is no part {number}: the result has {len(song.tracks)}.")
    return song.tracks[number - 1]


def _engraved(song: Song, swing: float, folder: Path) -> None:
    """MusicXML, SVG and PDF are made in one go."""
    from restyle.io.score.engrave import engrave

    stem = folder / "sheet"
    made = engrave(song, stem, swing)
    called = {".musicxml": "song.musicxml", ".svg": "score.svg", ".pdf": "score.pdf"}
    for path in made:
        path.replace(folder / called[path.suffix])


def _parts(song: Song, swing: float, out: Path) -> None:
    """Each part alone, in its instrument's key."""
    from restyle.io.score.parts import engrave_parts

    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        made = engrave_parts(song, Path(folder) / "part", swing, song.title)
        _zip(out, [(path.name, path) for path in made])


def _of_tracks(song: Song, out: Path, ending: str, write_one: Callable[[Song, Path], None]) -> None:
    """An archive with a file of each track."""
    tracks = [track for track in song.tracks if len(track.notes)]
    if not tracks:
        raise RestyleError("The song has no notes.")
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        files = []
        for number, (track, name) in enumerate(zip(tracks, names(tracks), strict=True), 1):
            path = Path(folder) / f"{number}{ending}"
            write_one(_alone(song, track), path)
            files.append((f"{number} {_plain(name)}{ending}", path))
        _zip(out, files)


def _alone(song: Song, track: Track) -> Song:
    return song.with_tracks([track])


def _plain(name: str) -> str:
    """A track's name as a file may be called."""
    return re.sub(r"[^\w -]+", "", name).strip()[:40] or "part"


def _zip(out: Path, files: list[tuple[str, Path]]) -> None:
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        path = Path(folder) / "out.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, file in files:
                archive.write(file, name)
        save(out, path.read_bytes())
