"""Moving a song: to another key, to another tempo, and home.

Home is C major or A minor. The model is trained there and plays there, and what it plays is moved
back: so every song of the corpus teaches it the same twelve chords, not a twelfth of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from restyle.errors import RestyleError
from restyle.music.chord import LETTERS
from restyle.music.lead import LeadSheet
from restyle.music.song import Key

HOME = {"major": 0, "minor": 9}
"""The tonic of each mode's home key."""


def moved(lead: LeadSheet, key: str = "", tempo: float | None = None) -> LeadSheet:
    """The lead sheet in another key or tempo; the melody goes the shorter way up or down.

    Raises RestyleError for a key that is none, or a tempo that nobody plays.
    """
    if tempo is not None:
        check_tempo(tempo)
        factor = tempo / lead.tempos[0].bpm
        lead = replace(lead, tempos=tuple(replace(t, bpm=t.bpm * factor) for t in lead.tempos))
    if not key:
        return lead
    wanted = parse_key(key, lead.key.mode)
    return shifted(lead, (wanted - lead.key.tonic + 5) % 12 - 5)


def check_tempo(tempo: float) -> None:
    """Raise RestyleError for a tempo that nobody plays."""
    if not 20 <= tempo <= 400:
        raise RestyleError(f"A tempo of {tempo:g} cannot be played: say 20 to 400.")


def home_shift(key: Key) -> int:
    """Semitones, -5..6, that bring a key home."""
    return (HOME[key.mode] - key.tonic + 5) % 12 - 5


def shifted(lead: LeadSheet, shift: int) -> LeadSheet:
    """The lead sheet so many semitones higher; notes that leave 0-127 stop at the edge."""
    melody = lead.melody.copy()
    melody["pitch"] = np.clip(melody["pitch"] + shift, 0, 127)
    chords = tuple(chord.up(shift) for chord in lead.chords)
    sounding = None if lead.sounding is None else np.roll(lead.sounding, shift, axis=1)
    return replace(lead, melody=melody, chords=chords, key=lead.key.up(shift), sounding=sounding)


def parse_key(text: str, mode: str = "") -> int:
    """The tonic of "Eb", "F#m", "a minor": a pitch class. The song keeps its mode, where it is
    known.

    Raises RestyleError for what is no key, or a key of the other mode.
    """
    words = text.replace("-", " ").split()
    name = words[0] if words else ""
    minor = (len(words) > 1 and words[1].lower().startswith("min")) or name.endswith("m")
    name = name.removesuffix("m")
    if name[:1].upper() not in LETTERS or name[1:] not in ("", "b", "#", "♭", "♯"):
        raise RestyleError(f"'{text}' is not a key: say it like Eb, F# or Am.")
    if minor and mode == "major":
        raise RestyleError("The song is in major and stays so: give a major key, such as Eb.")
    accidental = {"": 0, "b": -1, "♭": -1, "#": 1, "♯": 1}[name[1:]]
    return (LETTERS[name[0].upper()] + accidental) % 12
