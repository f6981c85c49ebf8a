"""Write the example songs anew: python examples/make.py [FOLDER]

Three tunes whose composers nobody knows or who died centuries ago, set down here note by note.
The files come out byte for byte the same each time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from restyle.io import write, write_lead
from restyle.io.files import save
from restyle.music.lead import LeadSheet
from restyle.music.song import (
    GRID,
    TICKS,
    Chord,
    Key,
    Meter,
    Notes,
    Song,
    Tempo,
    Track,
    notes_array,
)

NOTE_NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
F_MAJOR = Key(5)


def pitch(name: str) -> int:
    """MIDI pitch of a name such as "Bb3"; C4 is middle C."""
    alter = name.count("#") - name.count("b")
    return 12 * (int(name[-1]) + 1) + NOTE_NAMES[name[0]] + alter


def line(
    text: str, start: float, per_quarter: int, loud: int = 84
) -> Iterable[tuple[int, int, int, int]]:
    """Note rows from words such as "C4 F4:1.5 -:2 A3+C4+F4": name and quarters; - is a rest."""
    at = start
    for word in text.split():
        names, _, length = word.partition(":")
        quarters = float(length or 1)
        if names != "-":
            accent = 6 if at % 4 == 0 else 0 if at % 2 == 0 else -5
            for name in names.split("+"):
                yield (
                    round(at * per_quarter),
                    round(quarters * per_quarter),
                    pitch(name),
                    loud + accent,
                )
        at += quarters


def held(notes: Notes, share: float) -> Notes:
    """The notes let go a little early, as a player's hands do."""
    out = notes.copy()
    out["duration"] = (out["duration"] * share).astype(int)
    return out


def auld_lang_syne() -> Song:
    """Verse and chorus for flute, piano and bass, with a beat of pickup and a slowing end."""
    melody = """
        C4
        F4:1.5 F4:0.5 F4 A4    G4:1.5 F4:0.5 G4 A4    F4:1.5 F4:0.5 A4 C5    D5:3 D5
        C5:1.5 A4:0.5 A4 F4    G4:1.5 F4:0.5 G4 A4    F4:1.5 D4:0.5 D4 C4    F4:3 D5
        C5:1.5 A4:0.5 A4 F4    G4:1.5 F4:0.5 G4 D5    C5:1.5 A4:0.5 A4 C5    D5:3 D5
        C5:1.5 A4:0.5 A4 F4    G4:1.5 F4:0.5 G4 A4    F4:1.5 D4:0.5 D4 C4    F4:3
    """
    piano = """
        -
        - A3+C4 F4 A3+C4       - Bb3+C4 E4 Bb3+C4     - A3+C4 - A3+C4+Eb4    - Bb3+D4 F4 Bb3+D4
        - A3+C4 F4 A3+C4       - Bb3+C4 E4 Bb3+C4     - Bb3+D4 - Bb3+C4+E4   - A3+C4 F4 A3+C4
        - A3+C4 F4 A3+C4       - Bb3+C4 E4 Bb3+C4     - A3+C4 - A3+C4+Eb4    - Bb3+D4 F4 Bb3+D4
        - A3+C4 F4 A3+C4       - Bb3+C4 E4 A3+C#4+G4  A3+D4+F4:2 Bb3+C4+E4:2 A3+C4+F4:3
    """
    bass = """
        -
        F2:2 C2:2              C2:2 G2:2              F2:2 F2 Eb2            Bb1:2 D2 Bb1
        F2:2 C2:2              C2:2 G2 E2             Bb1:2 C2:2             F2:2 C2 E2
        F2:2 C2:2              C2:2 G2:2              F2:2 F2 Eb2            Bb1:2 D2 Bb1
        F2:2 C2:2              C2:2 G2 A2             D2:2 C2:2              F2:3
    """
    symbols = """
        F . . .    C7 . . .    F . F7 .     Bb . . .   F . . .   C7 . . .    Bb . C7 .   F . . .
        F . . .    C7 . . .    F . F7 .     Bb . . .   F . . .   C7 . . A7   Dm . C7 .   F . . .
    """
    slower = [(0, 92.0), (62, 86.0), (64, 76.0), (66, 66.0)]
    return Song(
        tracks=(
            Track("Melody", 73, held(notes_array(line(melody, 3, TICKS, 92)), 0.95)),
            Track("Piano", 0, held(notes_array(line(piano, 3, TICKS, 64)), 0.9)),
            Track("Bass", 32, held(notes_array(line(bass, 3, TICKS, 78)), 0.92)),
        ),
        meters=(Meter(0, 4, 4),),
        tempos=tuple(Tempo(beat * TICKS, bpm) for beat, bpm in slower),
        keys=((0, F_MAJOR),),
        chords=tuple(chord_symbols(symbols, 4, TICKS)),
        title="Auld Lang Syne",
        pickup=TICKS,
    )


def chord_symbols(text: str, start: int, per_quarter: int) -> Iterable[Chord]:
    """Chords from symbols, a beat each; a point holds the chord before."""
    from restyle.io.charts.chordnames import parse

    for beat, symbol in enumerate(text.split()):
        if symbol != ".":
            chord = parse(symbol, (start + beat) * per_quarter)
            assert chord is not None, symbol
            yield chord


GREENSLEEVES = """\
X:1
T:Greensleeves
C:English, 16th century
M:6/8
L:1/8
Q:3/8=52
K:Am
A | "Am"c2 d e>^fe | "G"d2 B G>AB | "Am"c2 A A>^GA | "E7"B2 ^G E2 A |
"Am"c2 d e>^fe | "G"d2 B G>AB | "Am"c>BA "E7"^G>^F^G | "Am"A3 A3 ||
|: "C"g3 g>^fe | "G"d2 B G>AB | "Am"c2 A A>^GA | "E7"B2 ^G E3 |
"C"g3 g>^fe | "G"d2 B G>AB | "Am"c>BA "E7"^G>^F^G | "Am"A3 A3 :|
"""


def when_the_saints() -> LeadSheet:
    """Sixteen bars with three beats of pickup, to be swung."""
    melody = """
        F4 A4 Bb4
        C5:4      - F4 A4 Bb4   C5:4   - F4 A4 Bb4   C5:2 A4:2   F4:2 A4:2   G4:4   - A4 A4 G4
        F4:3 F4   A4:2 C5 C5    C5 Bb4:3   Bb4:2 A4 Bb4   C5:2 A4:2   F4:2 G4:2   F4:7
    """
    symbols = """
        F . . .   F . . .   F . . .    F . . .      F . . .     Dm7 . . .   C7 . . .   C7 . . .
        F . . .   F7 . . .  Bb . . .   Bbm6 . F .   F/C . . .   C7 . . .    F . . .    F . . .
    """
    return LeadSheet(
        melody=notes_array(line(melody, 1, GRID)),
        chords=tuple(chord_symbols(symbols, 4, GRID)),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 168.0),),
        key=F_MAJOR,
        length=17 * 4 * GRID,
        title="When the Saints Go Marching In",
        pickup=3 * GRID,
        swing=2.0,
        melody_program=56,
    )


def main(folder: Path) -> None:
    write(auld_lang_syne(), folder / "auld-lang-syne.mid")
    save(folder / "greensleeves.abc", GREENSLEEVES)
    write_lead(when_the_saints(), folder / "when-the-saints.musicxml")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
