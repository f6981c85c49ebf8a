"""The tables of ABC, MusicXML and kern for docs/formats.md (see `make_formats.py`).

    pip install partitura verovio music21 symusic; apt-get install abcmidi

A cell is what a reader plays: its notes in order, "kit" and the keys for drums, or the key or the
tempo where the row is about these. Every reader plays repeats as it does by itself: music21 with
`expandRepeats`, partitura with `unfold_part_maximal`.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FEW = 10
"""Notes that a cell shows."""


@dataclass(frozen=True)
class Row:
    """A construct: what it means, who says so, a file with it, and what to look at."""

    what: str
    means: str
    source: str
    text: str
    look: str = "notes"


def abc(body: str, key: str = "C", head: str = "") -> str:
    return f"X:1\nT:t\n{head}M:4/4\nL:1/4\nK:{key}\n{body}\n"


STANDARD = "ABC 2.1"
ABC = (
    Row("`P:ABA` in the header", "C D, E F, C D", STANDARD,
        abc("P:A\nCD|\nP:B\nEF|", head="P:ABA\n")),
    Row("third ending", "C D C E C F", STANDARD, abc("|:C|1D:|2E:|3F|]")),
    Row("an accidental in another octave", "F#4 F#5", STANDARD, abc("^F2f2|")),
    Row("a tie over the bar line", "F#4, F4", STANDARD, abc("^F4-|F2F2|")),
    Row("named decoration within a chord", "C4 E4", STANDARD, abc("[!accent!C4E4]|")),
    Row("`+CEG+`", "a chord", "ABC 1.6", abc("+C4E4G4+|")),
    Row("`K:C transpose=-2`", "A#3 C4", STANDARD, abc("CD|", key="C transpose=-2")),
    Row("`%%MIDI transpose -12`", "C3 D3", "abcMIDI", abc("%%MIDI transpose -12\nCD|")),
    Row("text after an empty line", "C D", STANDARD, abc("CD|\n\nA few words about it.")),
    Row("`!D.S.!` and `!coda!`", "C D E D F", STANDARD,
        abc("C4|!segno!D4|!coda!E4!D.S.alcoda!|!coda!F4|]")),
    Row("`K:EM`", "E minor", STANDARD, abc("EFGA|", key="EM"), "key"),
)  # fmt: skip


def note(name: str, beats: int = 1, more: str = "", after: str = "") -> str:
    return (
        f"<note>{more}<pitch><step>{name[0]}</step><octave>{name[1]}</octave></pitch>"
        f"<duration>{beats}</duration><type>{'quarter' if beats == 1 else 'whole'}</type>"
        f"{after}</note>"
    )


def xml(*bars: str, listed: str = "") -> str:
    head = (
        "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type>"
        "</time></attributes>"
    )
    measures = "".join(
        f'<measure number="{i + 1}">{"" if i or "<attributes>" in bar else head}{bar}</measure>'
        for i, bar in enumerate(bars)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list>'
        f'<score-part id="P1"><part-name>t</part-name>{listed}</score-part></part-list>'
        f'<part id="P1">{measures}</part></score-partwise>'
    )


def words(text: str, sound: str = "") -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type>{sound}</direction>"


def transpose(steps: int) -> str:
    return (
        "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
        f"<transpose><chromatic>{steps}</chromatic></transpose></attributes>"
    )


def line(side: str, inner: str) -> str:
    return f'<barline location="{side}">{inner}</barline>'


BACK = line("right", '<repeat direction="backward"/>')
ENDING = '<ending number="{0}" type="{1}"/>'
HAT = "".join(
    f'<score-instrument id="I{i}"><instrument-name>{i}</instrument-name></score-instrument>'
    for i in (1, 2)
) + "".join(
    f'<midi-instrument id="I{i}"><midi-channel>10</midi-channel>'
    f"<midi-unpitched>{key}</midi-unpitched></midi-instrument>"
    for i, key in ((1, 43), (2, 47))
)
STRUCK = (
    "<note><unpitched><display-step>G</display-step><display-octave>5</display-octave></unpitched>"
    '<duration>1</duration><instrument id="I{}"/><type>quarter</type></note>'
)
PAGE = "MusicXML 4.0, "
XML = (
    Row("`<transpose>` that changes", "A#3, then A4", f"{PAGE}transpose",
        xml(transpose(-2) + note("C4", 4), transpose(-3) + note("C5", 4))),
    Row("`<cue/>`", "C4", f"{PAGE}cue", xml(note("C4") + note("G5", more="<cue/>"))),
    Row("two drums on one place of the staff", "kit: 42 46", f"{PAGE}midi-unpitched",
        xml(STRUCK.format(1) + STRUCK.format(2), listed=HAT)),
    Row("slash noteheads", "no notes", f"{PAGE}notehead-value",
        xml("<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
            + "".join(note("B4", after="<notehead>slash</notehead>") for _ in range(4)))),
    Row("`:\\|` after a double bar", "C D E D E", "engravers' custom",
        xml(note("C4", 4), line("left", "<bar-style>light-light</bar-style>") + note("D4", 4),
            note("E4", 4) + BACK)),
    Row("D.C. after two endings", "C D C E F, C E F", "engravers' custom",
        xml(note("C4", 4),
            line("left", ENDING.format(1, "start")) + note("D4", 4)
            + line("right", ENDING.format(1, "stop") + '<repeat direction="backward"/>'),
            line("left", ENDING.format(2, "start")) + note("E4", 4)
            + line("right", ENDING.format(2, "stop")),
            note("F4", 4)
            + words("D.C.", '<sound dacapo="yes"/>'))),
    Row("`<sound dalsegno>` beside other words", "C D E D E", f"{PAGE}sound",
        xml(note("C4", 4), words("here", '<sound segno="s"/>') + note("D4", 4),
            note("E4", 4) + words("once more", '<sound dalsegno="s"/>'))),
    Row("`<sound tempo=\"90\"/>` with half = 60 printed", "90", f"{PAGE}sound",
        xml("<direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>60"
            '</per-minute></metronome></direction-type><sound tempo="90"/></direction>'
            + note("C4", 4)), "tempo"),
)  # fmt: skip


def kern(*rows: str, end: str = "*-") -> str:
    count = len(rows[0].split())
    head = "\t".join(["**kern"] * count)
    return head + "\n" + "\n".join("\t".join(row.split()) for row in rows) + f"\n{end}\n"


SYNTAX = "humdrum.org, **kern"
KERN = (
    Row("a spine split twice", "C E G, D", "humdrum.org, guide 5",
        kern("*M4/4", "=1", "*^", "*^ *", "4c 4e 4g", "*v *v *", "*v *v", "2d")),
    Row("`*>[A,A,B]` and `*>norep[A,B]`", "C D C D E", "humdrum.org, guide 20",
        kern("*>[A,A,B]", "*>norep[A,B]", "*>A", "*M2/4", "=1", "2c", "=2", "2d", "*>B", "=3", "2e",
             "==")),
    Row("`=:\\|!`", "C D D", SYNTAX, kern("*M2/4", "=1", "2c", "=2!|:", "2d", "=:|!", "==")),
    Row("`R`: not pitched", "drums", SYNTAX, kern("*M2/4", "=1", "4Rc", "4Re", "==")),
)  # fmt: skip


# --- readers


def shown(pitches: Iterable[int], keys: Iterable[int] = ()) -> str:
    """Notes, and the keys of drums, in few words."""
    found, struck = list(pitches), list(keys)
    some = " ".join(f"{NAMES[p % 12]}{p // 12 - 1}" for p in found[:FEW])
    kit = "kit: " + " ".join(map(str, struck[:FEW])) if struck else ""
    return "; ".join(text for text in (some, kit) if text) or "no notes"


def restyle(path: Path, look: str) -> str:
    from restyle.io import read

    song = read(path)
    if look == "key":
        return f"{NAMES[song.keys[0][1].tonic]} {song.keys[0][1].mode}" if song.keys else "-"
    if look == "tempo":
        return f"{song.tempos[0].bpm:g}"
    rows = sorted(
        (int(n["start"]), int(n["pitch"]), t.is_drum) for t in song.tracks for n in t.notes
    )
    return shown((p for _, p, drum in rows if not drum), (p for _, p, drum in rows if drum))


def of_midi(path: Path, look: str) -> str:
    """What a MIDI file plays that another reader made."""
    import symusic

    score = symusic.Score(str(path))
    if look == "tempo":
        return f"{score.tempos[0].qpm:g}" if score.tempos else "-"
    rows = sorted((n.time, n.pitch, t.is_drum) for t in score.tracks for n in t.notes)
    return shown((p for _, p, drum in rows if not drum), (p for _, p, drum in rows if drum))


def abc2midi(path: Path, look: str) -> str:
    if look == "key":
        return "-"
    out = path.with_suffix(".mid")
    command = ["abc2midi", str(path), "-o", str(out), "-quiet"]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    return of_midi(out, look)


def verovio(path: Path, look: str) -> str:
    import verovio as library

    library.enableLog(library.LOG_OFF)
    toolkit = library.toolkit()
    if not toolkit.loadFile(str(path)):
        raise ValueError("not loaded")
    out = path.with_suffix(".mid")
    toolkit.renderToMIDIFile(str(out))
    return of_midi(out, look)


def partitura(path: Path, look: str) -> str:
    import partitura as library

    score = library.load_kern(str(path)) if path.suffix == ".krn" else library.load_musicxml(path)
    if look == "tempo":
        tempos = list(score.parts[0].iter_all(library.score.Tempo))
        return f"{tempos[0].bpm:g}" if tempos else "-"
    rows = []
    for part in score.parts:
        notes = library.score.unfold_part_maximal(part).note_array()
        rows += [(float(n["onset_quarter"]), int(n["pitch"])) for n in notes]
    return shown(pitch for _, pitch in sorted(rows))


def music21(path: Path, look: str) -> str:
    from music21 import converter, repeat
    from music21.exceptions21 import StreamException

    score: Any = converter.parse(path, forceSource=True)
    if look == "key":
        found = score.recurse().getElementsByClass("KeySignature")
        return str(found[0]) if len(found) else "-"
    if look == "tempo":
        marks = score.recurse().getElementsByClass("MetronomeMark")
        return f"{marks[0].getQuarterBPM():g}" if len(marks) else "-"
    score = score.toSoundingPitch()
    rows = []
    for part in score.parts:
        with contextlib.suppress(repeat.ExpanderException, StreamException):
            part = part.expandRepeats()  # where there are some that it can play
        for element in part.stripTies().flatten().notes:
            pitches = () if "Harmony" in element.classes else getattr(element, "pitches", ())
            rows += [(float(element.offset), pitch.midi) for pitch in pitches]
    return shown(pitch for _, pitch in sorted(rows))


Reader = Callable[[Path, str], str]
TABLES: dict[str, tuple[str, tuple[Row, ...], dict[str, Reader]]] = {
    "ABC": (".abc", ABC, {"restyle": restyle, "abc2midi": abc2midi, "music21": music21}),
    "MusicXML": (
        ".musicxml", XML,
        {"restyle": restyle, "partitura": partitura, "verovio": verovio, "music21": music21},
    ),
    "kern": (
        ".krn", KERN,
        {"restyle": restyle, "partitura": partitura, "verovio": verovio, "music21": music21},
    ),
}  # fmt: skip


def heading(name: str) -> str:
    """A reader with its version."""
    if name == "restyle":
        return name
    if name == "abc2midi":
        done = subprocess.run([name, "-ver"], capture_output=True, text=True, check=False)
        return f"{name} {(done.stdout or done.stderr).split()[0]}"
    return f"{name} {version(name)}"


def table(name: str, cell: Callable[[Reader, Path, str], str]) -> str:
    """The table of one format in Markdown; `cell` asks a reader and says what it makes of it."""
    ending, rows, readers = TABLES[name]
    heads = [heading(reader) for reader in readers]
    lines = ["| construct | what it means | source | " + " | ".join(heads) + " |"]
    lines.append("|---" * (len(heads) + 3) + "|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{ending}"
        for row in rows:
            path.write_text(row.text, encoding="utf-8")
            cells = [cell(reader, path, row.look) for reader in readers.values()]
            lines.append(f"| {row.what} | {row.means} | {row.source} | {' | '.join(cells)} |")
    return "\n".join(lines)
