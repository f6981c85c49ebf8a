"""Keys of chord charts: by name, or by the chords where none is named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from restyle.io.charts.chordnames import parse
from restyle.music.chord import MAJOR, MINOR
from restyle.music.song import Chord, Key


def key_named(text: str) -> Key | None:
    """The key that "Bb", "F#m" or "A minor" names; None when it names none."""
    found = re.fullmatch(r"([A-Ga-g][b#]?)\s*(m|min|minor|maj|major|)", text.strip())
    if not found:
        return None
    tonic = parse(found[1][0].upper() + found[1][1:])
    minor = found[2].startswith("m") and not found[2].startswith("maj")
    return Key(tonic.root, "minor" if minor else "major") if tonic else None


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """The key whose scale holds most chord tones; of equals the one of the first and last chord."""
    named = [chord for chord in chords if chord.root >= 0]

    def fit(key: Key) -> float:
        steps = MAJOR if key.mode == "major" else (*MINOR, 11)
        scale = {(key.tonic + step) % 12 for step in steps}
        inside = sum(len(chord.pitch_classes & scale) / len(chord.pitch_classes) for chord in named)
        home = "min" if key.mode == "minor" else "maj"
        ends = sum(
            chord.root == key.tonic and chord.triad == home for chord in (named[0], named[-1])
        )
        return inside / len(named) + 0.1 * ends

    keys = [Key(tonic, mode) for mode in ("major", "minor") for tonic in range(12)]
    return max(keys, key=fit) if named else Key(0)
