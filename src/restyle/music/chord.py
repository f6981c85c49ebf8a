"""Keys and chords, and how musicians write them: names of pitches, suffixes of chords."""

from __future__ import annotations

from dataclasses import dataclass, replace

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Pitch classes of the letters."""
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
"""Scales, in semitones above the tonic; minor is the natural one."""
PITCH_NAMES_FLAT = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
PITCH_NAMES_SHARP = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Key:
    """A key: tonic pitch class 0-11 and mode, "major" or "minor"."""

    tonic: int
    mode: str = "major"

    @property
    def fifths(self) -> int:
        """Sharps (positive) or flats (negative) of the key signature, -5..6."""
        relative_major = (self.tonic + (3 if self.mode == "minor" else 0)) % 12
        fifths = relative_major * 7 % 12
        return fifths - 12 if fifths > 6 else fifths

    @property
    def name(self) -> str:
        return f"{self.spell(self.tonic)} {self.mode}"

    def up(self, semitones: int) -> Key:
        """The key so many semitones higher."""
        return replace(self, tonic=(self.tonic + semitones) % 12)

    def spell(self, pitch_class: int) -> str:
        """The name that this key's signature gives a pitch class ("Bb" in F, "A#" in B)."""
        names = PITCH_NAMES_FLAT if self.fifths < 0 else PITCH_NAMES_SHARP
        if self.fifths == 0:  # C major and A minor borrow flats, and F# and G# from the minor
            sixth = "G#" if self.mode == "minor" else "Ab"
            names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", sixth, "A", "Bb", "B")
        return names[pitch_class % 12]


@dataclass(frozen=True)
class Chord:
    """A chord symbol from `start` on, until the next one.

    `root` is a pitch class, or -1 for "no chord"; `quality` is a key of `QUALITIES`; `bass` is the
    pitch class in the bass, equal to `root` where it is not a slash chord.
    """

    start: int
    root: int
    quality: str = "maj"
    bass: int = -1

    def __post_init__(self) -> None:
        if self.bass < 0:
            object.__setattr__(self, "bass", self.root)

    def up(self, semitones: int) -> Chord:
        """The chord so many semitones higher; "no chord" stays what it is."""
        if self.root < 0:
            return self
        root, bass = (self.root + semitones) % 12, (self.bass + semitones) % 12
        return replace(self, root=root, bass=bass)

    def sounds_as(self, other: Chord) -> bool:
        """Whether it is the same chord, wherever both stand."""
        return replace(self, start=other.start) == other

    @property
    def triad(self) -> str:
        """The style-free quality: maj, min, dim, aug or sus."""
        return TRIAD_OF[self.quality]

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Pitch classes of the chord, its bass included; empty for no chord."""
        if self.root < 0:
            return frozenset()
        tones = {(self.root + i) % 12 for i in QUALITIES[self.quality]}
        return frozenset(tones | {self.bass})

    def symbol(self, key: Key) -> str:
        """The chord as musicians write it in that key: "Bbm7", "F#dim", "C/E", "N.C."."""
        if self.root < 0:
            return "N.C."
        text = self._root_name(key) + SUFFIX[self.quality]
        return text if self.bass == self.root else f"{text}/{self._bass_name(key)}"

    def _root_name(self, key: Key) -> str:
        """The root as jazz musicians name it: rather flat (bIII, bVII), sharp if diminished."""
        lowest = key.fifths - (2 if self.quality in ("dim", "dim7", "hdim7") else 5)
        place = lowest + (self.root * 7 - lowest) % 12  # on the line of fifths, C is 0
        sign = {-1: "b", 0: "", 1: "#"}.get((place + 1) // 7, "?")
        name = "FCGDAEB"[(place + 1) % 7] + sign
        return key.spell(self.root) if name in ("Fb", "B#") or sign == "?" else name

    def _bass_name(self, key: Key) -> str:
        """The bass with the letter that it has in the chord (D7/F#, in a key of flats too)."""
        above = (self.bass - self.root) % 12
        steps = {3: 2, 4: 2, 6: 4, 7: 4, 8: 4, 10: 6, 11: 6}.get(above)
        if steps is None or above not in QUALITIES[self.quality]:
            return key.spell(self.bass)
        letters = "CDEFGAB"
        letter = letters[(letters.index(self._root_name(key)[0]) + steps) % 7]
        sign = (self.bass - PITCH_NAMES_SHARP.index(letter) + 6) % 12 - 6
        known = {-1: f"{letter}b", 0: letter, 1: f"{letter}#"}
        return known.get(sign) or key.spell(self.bass)


QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "sus": (0, 5, 7),
    "sus2": (0, 2, 7), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "mM7": (0, 3, 7, 11), "hdim7": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9), "aug7": (0, 4, 8, 10), "7sus": (0, 5, 7, 10),
}  # fmt: skip
"""Chord qualities a LeadSheet can hold, as semitones above the root."""

TRIAD_OF: dict[str, str] = {
    "maj": "maj", "min": "min", "dim": "dim", "aug": "aug", "sus": "sus", "sus2": "sus",
    "6": "maj", "m6": "min", "7": "maj", "maj7": "maj", "m7": "min", "mM7": "min",
    "hdim7": "dim", "dim7": "dim", "aug7": "aug", "7sus": "sus",
}  # fmt: skip

SUFFIX: dict[str, str] = {
    "maj": "", "min": "m", "dim": "dim", "aug": "+", "sus": "sus4", "sus2": "sus2", "6": "6",
    "m6": "m6", "7": "7", "maj7": "maj7", "m7": "m7", "mM7": "mM7", "hdim7": "m7b5",
    "dim7": "dim7", "aug7": "7#5", "7sus": "7sus4",
}  # fmt: skip
