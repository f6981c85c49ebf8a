"""Chord symbols: ours come back exactly, other hands' are understood."""

from __future__ import annotations

from itertools import product

import pytest

from restyle.io.charts.chordnames import parse, quality_of
from restyle.io.score.spelling import octave, signature, spell
from restyle.music.chord import QUALITIES
from restyle.music.song import Chord, Key

KEYS = [Key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]


def test_our_own_symbols_come_back() -> None:
    for key, quality, root in product(KEYS, QUALITIES, range(12)):
        for bass in (root, (root + 4) % 12, (root + 10) % 12):
            chord = Chord(7, root, quality, bass)
            assert parse(chord.symbol(key), 7) == chord
    assert parse(Chord(3, -1).symbol(Key(0)), 3) == Chord(3, -1)


@pytest.mark.parametrize(
    ("symbols", "quality"),
    [
        ("C CM Cmaj CMaj Cmajor C△ C5 Cadd9 C(add9) C2 C7omit3x", "maj"),
        ("Cm C- Cmin Cmi Cminor Cm(add9) Cmadd9", "min"),
        ("C7 C9 C13 C7b9 C7#9 C7(b9) C7b9#11 C7b5 C7alt C13b9", "7"),
        ("Cmaj7 CM7 CMaj7 Cma7 CMA7 C△7 C^7 Cmaj9 CM9 Cmaj7#11 Cmaj13", "maj7"),
        ("Cm7 C-7 Cmin7 Cmi7 Cm9 Cm11", "m7"),
        ("CmM7 Cm(maj7) C-maj7 CmMaj7", "mM7"),
        ("Cm7b5 C-7b5 Cø Cø7 Cm7-5 Cmi7(b5)", "hdim7"),
        ("Cdim7 Co7 C°7", "dim7"),
        ("Cdim Co C°", "dim"),
        ("C+ Caug C#5", "aug"),
        ("C+7 Caug7 C7#5 C7+ C7+5 C7#5#9", "aug7"),
        ("C6 C69 C6/9", "6"),
        ("Cm6 Cm6/9 C-6", "m6"),
        ("Csus Csus4 C4", "sus"),
        ("Csus2", "sus2"),
        ("C7sus C7sus4 C9sus4 C13sus4 C7sus4(b9)", "7sus"),
    ],
)
def test_what_musicians_write(symbols: str, quality: str) -> None:
    for symbol in symbols.split():
        chord = parse(symbol)
        if symbol == "C#5":  # a power chord on C sharp, not an augmented C
            assert chord == Chord(0, 1, "maj")
        elif symbol.endswith("x"):
            assert chord is None
        else:
            assert chord == Chord(0, 0, quality), symbol


@pytest.mark.parametrize(
    ("symbol", "root", "bass"),
    [("Bb", 10, 10), ("B♭7", 10, 10), ("F#m7/C#", 6, 1), ("H7", 11, 11), ("Cb", 11, 11),
     ("G6/9/B", 7, 11), ("C\\E", 0, 4), ("N.C.", -1, -1), ("NC", -1, -1)],
)  # fmt: skip
def test_roots_and_basses(symbol: str, root: int, bass: int) -> None:
    chord = parse(symbol)
    assert chord is not None and (chord.root, chord.bass) == (root, bass)


@pytest.mark.parametrize("text", ["Chorus", "Bridge", "Fine", "D.C.", "Solo", "A1x", "a", "1."])
def test_words_are_no_chords(text: str) -> None:
    assert parse(text) is None


def test_qualities_are_known_by_their_tones() -> None:
    for quality, tones in QUALITIES.items():
        assert quality_of(set(tones)) == quality
    assert quality_of({0, 7}) == "maj"


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (Key(0), "C C# D Eb E F F# G G# A Bb B"),
        (Key(2, "minor"), "C C# D Eb E F F# G Ab A Bb B"),
        (Key(4), "B# C# D D# E E# F# G G# A A# B"),
    ],
)
def test_spelling(key: Key, names: str) -> None:
    def text(pitch_class: int) -> str:
        letter, alter = spell(pitch_class, key)
        return letter + ("#" * alter if alter > 0 else "b" * -alter)

    found = [text(p) for p in range(12)]
    if key.tonic == 4:  # only the leading tone of the sixth matters here, not its enharmonics
        assert found[8] == "G#" and found[3] == "D#"
    else:
        assert found == names.split()


def test_every_name_sounds_as_it_should() -> None:
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for key, pitch in product(KEYS, range(21, 109)):
        letter, alter = spell(pitch % 12, key)
        assert 12 * (octave(pitch, letter, alter) + 1) + natural[letter] + alter == pitch
        assert abs(alter) <= 2
    for key in KEYS:
        assert sum(signature(key).values()) == key.fifths
