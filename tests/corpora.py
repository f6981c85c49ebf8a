"""A tiny corpus of two styles that a tiny model can tell apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from restyle.data.shards import Corpus, Entry, open_corpus, write_corpus
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import encode, heading_of

BARS = 8


def lead_sheet(rng: np.random.Generator) -> LeadSheet:
    """Eight bars of 4/4 in C with one chord a bar."""
    roots = rng.choice([0, 5, 7, 9], BARS)
    melody = [
        (48 * b + 12 * i, 12, 60 + int(rng.integers(12)), 90) for b in range(BARS) for i in range(4)
    ]
    return LeadSheet(
        melody=notes_array(melody),
        chords=tuple(
            Chord(48 * b, int(r), "min" if r == 9 else "maj") for b, r in enumerate(roots)
        ),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * BARS,
        title="tiny",
    )


def repeated(lead: LeadSheet, times: int) -> LeadSheet:
    """The same sheet several times over."""
    melody = np.concatenate([lead.melody] * times)
    melody["start"] += np.repeat(np.arange(times) * lead.length, len(lead.melody))
    chords = [
        replace(c, start=c.start + i * lead.length) for i in range(times) for c in lead.chords
    ]
    return replace(lead, melody=melody, chords=tuple(chords), length=lead.length * times)


def arrangement(lead: LeadSheet, style: str) -> Arrangement:
    """Style a: a bass note a bar; style b: a walking bass and a hi-hat."""
    bars = [lead.chord_at(48 * b) for b in range(lead.bars)]
    roots = [36 + (chord.root if chord else 0) for chord in bars]
    if style == "a":
        return Arrangement({"bass": notes_array((48 * b, 48, r, 80) for b, r in enumerate(roots))})
    walk = [(48 * b + 12 * i, 12, r + 2 * i, 80) for b, r in enumerate(roots) for i in range(4)]
    hats = [(48 * b + 6 * i, 1, 42, 80) for b in range(lead.bars) for i in range(8)]
    return Arrangement({"drums": notes_array(hats), "bass": notes_array(walk)})


def figures(slot: int, parts: list[str]) -> dict:
    """What `restyle corpus` would measure, as far as anything here reads it."""
    return {
        "slot": slot, "songs": 6, "bands": [[[[p, ""] for p in parts], 6]],
        "parts": {p: 1.0 for p in parts},
        "programs": {"bass": [[32, 6]], "melody": [[73, 6]]},
        "swing": {"share": float(slot), "ratio": 1.8 if slot else 1.0},
        "sevenths": 0.1, "bpm": 120.0, "notes_a_bar": 4.0,
        "velocities": {p: [[80.0, 4.0]] * 5 for p in ("melody", *parts)},
        "ranges": {"bass": [28, 60]}, "sources": {"made": 6},
    }  # fmt: skip


def tiny_corpus(folder: Path) -> Corpus:
    """Write and open it: styles a and b, 6 songs for training and 2 held out, each."""
    rng = np.random.default_rng(5)
    songs = []
    for slot, style in enumerate("ab"):
        for number in range(8):
            lead = lead_sheet(rng)
            band = arrangement(lead, style)
            feel = "swing" if style == "b" else "straight"
            tokens = np.array(encode(lead, band, heading_of(lead, band.names, slot, feel)))
            split = "train" if number < 6 else "valid"
            entry = Entry(
                f"{style}{number}", f"{style}{number}", style, split, "made", 0, 0, len(tokens)
            )
            songs.append((entry, tokens.astype(np.uint16)))
    styles = {"a": figures(0, ["bass"]), "b": figures(1, ["drums", "bass"])}
    write_corpus(folder, songs, styles, {"too short": 1})
    return open_corpus(folder)
