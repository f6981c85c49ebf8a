"""The songs of `ablations.py`: heard once, written down in every variant of the token sequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import joblib
import numpy as np

from restyle.analysis import listen
from restyle.data.build import LEAST_BARS, LEAST_MELODY
from restyle.data.manifest import Listed, find_songs
from restyle.data.measure import SWINGS, Measures, describe_style, measure
from restyle.data.shards import Entry, write_corpus
from restyle.data.split import split_of
from restyle.errors import RestyleError
from restyle.io import read
from restyle.model.windows import home_table
from restyle.music.grid import quantise, swing
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.song import QUALITIES, STEP, TICKS, Chord, Notes
from restyle.tokens import encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v

_SPARE = v.SIZE - 16
"""First of the sixteen tokens that the vocabulary keeps free: here, chord qualities."""
_RICH = {q: _SPARE + i for i, q in enumerate(q for q in QUALITIES if q not in v.TRIADS)}
MOST_BARS = 400


@dataclass(frozen=True)
class Variant:
    """One way to write a song down, and what it is to show."""

    name: str
    sevenths: bool = False
    """Chords of the lead sheet are said with their sixths and sevenths."""
    lookahead: bool = True
    """The lead sheet runs one bar ahead of the arrangement."""
    swing_in: bool = False
    """Swung notes stand where they are played, not straight as on paper."""
    home: bool = True
    """Songs stand in C major or A minor; otherwise in their own keys, and every window that is
    trained on in a key drawn by chance."""


VARIANTS = (
    Variant("as designed"),
    Variant("chords with sevenths", sevenths=True),
    Variant("no lookahead", lookahead=False),
    Variant("swing left in", swing_in=True),
    Variant("all keys", home=False),
)


@dataclass(frozen=True)
class Known:
    """A song that was heard."""

    song: Listed
    lead: LeadSheet
    arrangement: Arrangement
    measures: Measures


def known_songs(
    folders: Sequence[Path], train: int, held_out: int, workers: int, seed: int = 0
) -> list[Known]:
    """At most `train` songs a style to train on and `held_out` of the valid split, heard."""
    listed = find_songs(folders)
    rng = np.random.default_rng(seed)
    wanted: list[Listed] = []
    for style in sorted({song.style for song in listed}):
        of_style = [song for song in listed if song.style == style]
        mixed = [of_style[i] for i in rng.permutation(len(of_style))]
        for split, count in (("train", train), ("valid", held_out)):
            wanted += [s for s in mixed if split_of(s.style, s.title) == split][:count]
    heard = joblib.Parallel(n_jobs=workers)(joblib.delayed(_know)(song) for song in wanted)
    return [known for known in heard if known is not None]


def _know(song: Listed) -> Known | None:
    try:
        heard = listen(read(song.path))
    except RestyleError:
        return None
    lead = heard.lead
    arrangement = arrangement_of(heard.song, heard.melody, lead.bars)
    bars_fit = int(np.diff(lead.bar_starts()).max()) <= v.LONGEST_BAR
    long_enough = LEAST_BARS <= lead.bars <= MOST_BARS and len(lead.melody) >= LEAST_MELODY
    if not (bars_fit and long_enough and arrangement.names):
        return None
    return Known(song, lead, arrangement, measure(heard, arrangement))


def write_variant(known: Sequence[Known], variant: Variant, folder: Path) -> None:
    """A corpus of the songs as the variant writes them; songs in the same order in each."""
    names = sorted({k.song.style for k in known})
    songs, measures = [], defaultdict(list)
    for k in known:
        tokens = np.array(encoded(k, variant, names.index(k.song.style)), dtype=np.uint16)
        tokens = home_table(tokens)[tokens] if variant.home else tokens
        split = split_of(k.song.style, k.song.title)
        name, title = k.song.path.name, k.song.title
        songs.append(
            (Entry(name, title, k.song.style, split, k.song.source, 0, 0, len(tokens)), tokens)
        )
        measures[k.song.style].append(k.measures)
    styles = {
        name: {"slot": slot, **describe_style(measures[name])} for slot, name in enumerate(names)
    }
    write_corpus(folder, songs, styles, {})


def encoded(known: Known, variant: Variant, slot: int) -> list[int]:
    """The song's tokens in a variant."""
    lead, arrangement = known.lead, known.arrangement
    feel = "swing" if lead.swing >= SWINGS else "straight"
    if variant.swing_in and feel == "swing":
        lead, arrangement = _swung(lead, arrangement)
    out = heading_of(lead, arrangement.names, slot, feel).tokens()
    leads = encode_lead(lead)
    if variant.sevenths:
        leads = [_rich(bar, lead, i) for i, bar in enumerate(leads)]
    bars = encode_arrangement(arrangement, lead)
    if variant.lookahead:
        out += leads[0]
        leads = [*leads[1:], [v.END]]
        pieces = zip(leads, bars, strict=True)
        return [*out, *(t for lead_bar, bar in pieces for t in (*lead_bar, *bar)), v.EOS]
    pieces = zip(leads, bars, strict=True)
    return [*out, *(t for lead_bar, bar in pieces for t in (*lead_bar, *bar)), v.END, v.EOS]


def _swung(lead: LeadSheet, arrangement: Arrangement) -> tuple[LeadSheet, Arrangement]:
    """Notes where they are played, on the same grid."""

    def played(notes: Notes) -> Notes:
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        return quantise(swing(ticks, lead.swing, TICKS), TICKS)

    parts = {name: played(notes) for name, notes in arrangement.parts.items()}
    return replace(lead, melody=played(lead.melody)), Arrangement(parts)


def _rich(bar: list[int], lead: LeadSheet, number: int) -> list[int]:
    """A lead bar with its chords said in full: a triad, its seventh if any, its bass if other."""
    begin, end = (int(x) for x in lead.bar_starts()[number : number + 2])
    before = [c for c in lead.chords if c.start <= begin][-1:] or [Chord(begin, -1)]
    sounding = [*before, *(c for c in lead.chords if begin < c.start < end)]
    out, previous = [bar[0]], [0]
    for chord in sounding:
        said = _said(chord)
        if said != previous:
            out += [v.POSITION[max(chord.start - begin, 0)], *said]
        previous = said
    pitched = [i for i, token in enumerate(bar) if token in v.PITCH]
    return out + (bar[pitched[0] - 1 :] if pitched else [])


def _said(chord: Chord) -> list[int]:
    if chord.root < 0:
        return [v.NO_CHORD]
    out = [v.CHORD[12 * v.TRIADS.index(chord.triad) + chord.root]]
    if chord.quality in _RICH:
        out.append(_RICH[chord.quality])
    return out if chord.bass == chord.root else [*out, v.BASS[chord.bass]]
