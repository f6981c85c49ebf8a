"""ABC and kern for `reading_collections.py`: their files, restyle's notes, other readers' notes.

    apt-get install abcmidi

What other readers add to the notes is taken out of the text that they get, so that the notes are
compared: grace notes, rolls and trills, staccato dots, accompaniment from chord symbols. Of a file
of many tunes the first is compared.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from reading_collections import Collection, from_rows, music21_rows, of_song, package
from restyle.music.song import Notes

_DECORATION = re.compile(r"!(?!D\.|fine)[^!|\s]*!|\{[^}]*\}|[~.H-Wh-w]")
_REPEATS = re.compile(r":*\|+:+|:+\|+:*|::")


def abc_files() -> list[Path]:
    """The ABC files of music21's corpus."""
    return sorted((package("music21") / "corpus").rglob("*.abc"))


def kern_files() -> list[Path]:
    """The kern files of music21's corpus."""
    return sorted((package("music21") / "corpus").rglob("*.krn"))


def our_abc(path: Path) -> Notes:
    """restyle, without repeats played."""
    from restyle.io.abc.abc import abc_tune
    from restyle.io.written.song import written_song

    return of_song(written_song(abc_tune(path.read_bytes(), path.name), path.name, unfold=False)[0])


def our_kern(path: Path) -> Notes:
    """restyle, without repeats played."""
    from restyle.io.kern.kern import kern_score
    from restyle.io.written.song import written_song

    score = kern_score(path.read_bytes(), path.name)
    return of_song(written_song(score, path.name, unfold=False)[0])


def first_tune(path: Path) -> str:
    """The first tune of a file, without repeats and what is not notes."""
    from restyle.io.notation.source import decode

    out: list[str] = []
    body = False
    for line in decode(path.read_bytes()).splitlines():
        if body and (not line.strip() or line.startswith("X:")):
            break
        if body and not re.match(r"[A-Za-z]:|%", line):
            parts = re.split(r'("[^"]*"|\[[A-Za-z]:[^\]]*\])', line)
            line = "".join(
                part if part.startswith("[") and part[2:3] == ":" else _plain(part)
                for part in parts
                if not part.startswith('"')
            )
        if not line.startswith(("P:", "w:", "R:")):
            out.append(line)
        if line.startswith("K:") and not body:
            body = True
            out.append("%%MIDI gchordoff")
    return "\n".join(out) + "\n"


def _plain(music: str) -> str:
    music = _DECORATION.sub("", music)
    music = _REPEATS.sub("|", music)
    return re.sub(r"\|\s?\[?\d[\d,\-]*|\[\d[\d,\-]*", "| ", music)


def abc2midi_notes(path: Path) -> Notes:
    """abc2midi: the MIDI file that it makes of a tune."""
    import symusic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.abc", Path(folder) / "a.mid"
        source.write_text(first_tune(path), encoding="utf-8")
        words = ["abc2midi", str(source), "1", "-o", str(target), "-quiet"]
        number = re.search(r"^X:\s*(\d+)", source.read_text(encoding="utf-8"), re.MULTILINE)
        words[2] = number[1] if number else "1"
        subprocess.run(words, capture_output=True, timeout=60, check=False)
        score = symusic.Score(str(target))
    return from_rows(
        (n.time / score.tpq, n.duration / score.tpq, n.pitch)
        for track in score.tracks
        if not track.is_drum
        for n in track.notes
    )


def music21_abc(path: Path) -> Notes:
    """music21, of the same text."""
    from music21 import converter

    return music21_rows(converter.parse(first_tune(path), format="abc"))


def music21_kern(path: Path) -> Notes:
    from music21 import converter

    return music21_rows(converter.parse(path, format="humdrum", forceSource=True))


def partitura_kern(path: Path) -> Notes:
    """partitura: ties joined."""
    import partitura

    rows = []
    for part in partitura.load_kern(str(path)).parts:
        rows += [
            (float(n["onset_quarter"]), float(n["duration_quarter"]), int(n["pitch"]))
            for n in part.note_array()
        ]
    return from_rows(rows)


def verovio_kern(path: Path) -> Notes:
    """verovio: the MIDI file that it makes of a score."""
    import symusic
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setInputFrom("humdrum")
    if not toolkit.loadData(path.read_text(encoding="utf-8", errors="replace")):
        raise ValueError("not loaded")
    with tempfile.TemporaryDirectory() as folder:
        midi = str(Path(folder) / "a.mid")
        toolkit.renderToMIDIFile(midi)
        score = symusic.Score(midi)
    return from_rows(
        (n.time / score.tpq, n.duration / score.tpq, n.pitch)
        for track in score.tracks
        for n in track.notes
    )


TEXT_COLLECTIONS = (
    Collection(
        "music21 corpus, ABC", abc_files, our_abc,
        {"abc2midi": abc2midi_notes, "music21": music21_abc},
    ),
    Collection(
        "music21 corpus, kern", kern_files, our_kern,
        {"verovio": verovio_kern, "partitura": partitura_kern, "music21": music21_kern},
    ),
)  # fmt: skip
