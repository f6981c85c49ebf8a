"""Whole public collections read by restyle and by other readers: do they find the same notes?

    pip install partitura; apt-get install abcmidi
    python benchmarks/reading_collections.py [NAME ...] [--limit N] [--verbose]

A row a collection: how many files there are, how many restyle refused; on how many two other
readers agree, on how many of these restyle has the same notes, and the files where it has not.
Files that restyle refuses and another reader reads are listed too. Notes are compared by onset,
pitch and duration in the order in which they sound, as written (no repeat is played), from the
first note on; notes without pitch and grace notes are left out. The third reader is asked only
where the first two do not agree. Nothing is downloaded: the collections lie in installed packages.

To add a collection: a function that lists its files, a function that gives restyle's notes of one,
one each for its other readers, and an entry in COLLECTIONS.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from restyle.errors import RestyleError
from restyle.io.notes import clean
from restyle.music.song import TICKS, Notes, Song, notes_array

Row = tuple[int, int, int, int]
Reader = Callable[[Path], Notes]
NEAR = 4
"""Ticks (480 to the quarter) that two readers may round apart; verovio ends notes that early."""


@dataclass(frozen=True)
class Collection:
    """Files of one kind, restyle's reader of them, and others."""

    name: str
    files: Callable[[], Sequence[Path]]
    ours: Reader
    others: Mapping[str, Reader]


@dataclass
class Tally:
    """What became of a collection's files."""

    read: int = 0
    refused: list[str] = field(default_factory=list)
    agreed: int = 0
    same: int = 0
    different: list[str] = field(default_factory=list)
    alone: int = 0
    """Files on which no two other readers agree."""


# --- comparing


def from_rows(rows: Iterable[tuple[float, float, int]]) -> Notes:
    """Notes of (onset, duration, pitch) in quarters, as a Song holds them."""
    ticks = []
    for start, length, pitch in rows:
        begin, end = round(start * TICKS), round((start + length) * TICKS)
        if length > 0:
            ticks.append((begin, max(end - begin, 1), pitch, 64))
    return clean(notes_array(ticks))


def of_song(song: Song) -> Notes:
    """All pitched notes of a song."""
    found = [track.notes for track in song.tracks if not track.is_drum]
    return clean(np.concatenate(found)) if found else notes_array()


def difference(a: Notes, b: Notes) -> str:
    """Where two readings part, in words; "" where they hold the same notes."""
    left, right = _from_first(a), _from_first(b)
    if len(left) != len(right):
        missing = _unmatched(left, right)
        return f"{len(left)} notes, not {len(right)}; {missing}"
    for what in ("start", "pitch", "duration"):
        apart = np.abs(left[what].astype(np.int64) - right[what])
        if (apart > (0 if what == "pitch" else NEAR)).any():
            return f"{what} differs: {_unmatched(left, right)}"
    return ""


def _from_first(notes: Notes) -> Notes:
    out = notes.copy()
    if len(out):
        out["start"] -= out["start"].min()
    grid = np.round(out["start"] / (2 * NEAR)).astype(np.int64)
    return out[np.lexsort((out["duration"], out["pitch"], grid))]


def _unmatched(a: Notes, b: Notes) -> str:
    """The first note that only one of two readings has."""
    left, right = ({tuple(row)[:3] for row in x.tolist()} for x in (a, b))
    only = sorted(left - right)[:1], sorted(right - left)[:1]
    words = [
        f"only {whose} ({start / TICKS:.3f}, {length / TICKS:.3f}, {pitch})"
        for whose, rows in zip(("ours", "theirs"), only, strict=True)
        for start, length, pitch in rows
    ]
    return ", ".join(words)


def judge(collection: Collection, files: Sequence[Path], *, verbose: bool) -> Tally:
    """Read all files of a collection."""
    tally = Tally()
    for path in files:
        own: Notes | None
        try:
            own = collection.ours(path)
            tally.read += 1
        except RestyleError as error:
            own = None
            sentence = str(error)
        theirs = _agreed(collection.others, path)
        if own is None:
            note = "" if theirs is None or not len(theirs) else f" ({len(theirs)} notes for others)"
            tally.refused.append(f"{path.name}: {sentence}{note}")
        elif theirs is None:
            tally.alone += 1
        else:
            tally.agreed += 1
            apart = difference(own, theirs)
            tally.same += not apart
            if apart:
                tally.different.append(f"{path.name}: {apart}")
                if verbose:
                    print(f"  {tally.different[-1]}", flush=True)
    return tally


def _agreed(others: Mapping[str, Reader], path: Path) -> Notes | None:
    """The notes on which two other readers agree; None where no two do."""
    readings: list[Notes] = []
    for read in others.values():
        try:
            with quiet():
                notes = read(path)
        except Exception:  # whatever another reader raises at a file it cannot read
            continue
        if any(not difference(notes, before) for before in readings):
            return notes
        readings.append(notes)
    return None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep other readers' remarks off the screen."""
    sink = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(sink):
        warnings.simplefilter("ignore")
        with contextlib.redirect_stderr(sink):
            yield


# --- MusicXML


def package(name: str) -> Path:
    """The folder of an installed package."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"pip install {name}")
    return Path(spec.origin).parent


def music21_corpus() -> list[Path]:
    """The MusicXML of music21's corpus."""
    root = package("music21") / "corpus"
    return sorted(p for p in root.rglob("*") if p.suffix in (".mxl", ".xml", ".musicxml"))


def lilypond_suite() -> list[Path]:
    """LilyPond's test suite of MusicXML, as music21 ships it."""
    root = package("music21") / "musicxml" / "lilypondTestSuite"
    return sorted(p for p in root.iterdir() if p.suffix in (".mxl", ".xml", ".musicxml"))


def our_musicxml(path: Path) -> Notes:
    """restyle, without repeats played."""
    from restyle.io.musicxml.song import read_musicxml

    return of_song(read_musicxml(path.read_bytes(), path.name, unfold=False).song)


def partitura_musicxml(path: Path) -> Notes:
    """partitura: sounding notes, ties joined."""
    import partitura

    score = partitura.load_musicxml(str(path), ignore_invisible_objects=False)
    rows = []
    for part in score.parts:
        notes = part.note_array()
        rows += [
            (float(n["onset_quarter"]), float(n["duration_quarter"]), int(n["pitch"]))
            for n in notes
        ]
    return from_rows(rows)


def verovio_musicxml(path: Path) -> Notes:
    """verovio: the MIDI file that it makes of a score."""
    import symusic
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    if not toolkit.loadFile(str(path)):
        raise ValueError("not loaded")
    with tempfile.TemporaryDirectory() as folder:
        midi = str(Path(folder) / "a.mid")
        toolkit.renderToMIDIFile(midi)
        score = symusic.Score(midi)
    rows = [
        (n.time / score.tpq, n.duration / score.tpq, n.pitch)
        for track in score.tracks
        if not track.is_drum
        for n in track.notes
    ]
    return from_rows(rows)


def music21_notes(path: Path) -> Notes:
    """music21: sounding pitches, ties joined."""
    from music21 import converter

    return music21_rows(converter.parse(path, forceSource=True))


def music21_rows(score: Any) -> Notes:
    """The notes of a music21 score."""
    score = score.toSoundingPitch().stripTies()
    rows = []
    for part in score.parts:
        for element in part.flatten().notes:
            if element.duration.isGrace or "Harmony" in element.classes:
                continue
            for pitch in getattr(element, "pitches", ()):
                rows.append((float(element.offset), float(element.quarterLength), pitch.midi))
    return from_rows(rows)


MUSICXML = {
    "partitura": partitura_musicxml,
    "verovio": verovio_musicxml,
    "music21": music21_notes,
}
COLLECTIONS = (
    Collection("music21 corpus, MusicXML", music21_corpus, our_musicxml, MUSICXML),
    Collection("LilyPond's MusicXML suite", lilypond_suite, our_musicxml, MUSICXML),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="words of the collections' names; all without")
    parser.add_argument("--limit", type=int, default=0, help="only the first N files of each")
    parser.add_argument("--verbose", action="store_true", help="say what differs as it is found")
    parser.add_argument("--every", type=int, default=1, help="only every Nth file")
    parser.add_argument("--kb", type=float, default=0.0, help="only files of so many kB at most")
    given = parser.parse_args()
    wanted = [word.lower() for word in given.names]
    print("| collection | files | read | refused | others agree | same notes | no two agree |")
    print("|---|---|---|---|---|---|---|")
    from reading_text import TEXT_COLLECTIONS

    for collection in (*COLLECTIONS, *TEXT_COLLECTIONS):
        if wanted and not any(word in collection.name.lower() for word in wanted):
            continue
        files = collection.files()
        files = [f for f in files if not given.kb or f.stat().st_size <= 1000 * given.kb]
        files = files[: given.limit or None : given.every]
        begin = time.monotonic()
        tally = judge(collection, files, verbose=given.verbose)
        share = f"{tally.same} ({tally.same / tally.agreed:.1%})" if tally.agreed else "0"
        print(
            f"| {collection.name} | {len(files)} | {tally.read} | {len(tally.refused)} |"
            f" {tally.agreed} | {share} | {tally.alone} |",
            flush=True,
        )
        for line in (*tally.refused, *tally.different):
            print(f"  {line}")
        print(f"  {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
