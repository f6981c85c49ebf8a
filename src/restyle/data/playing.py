"""How the parts of a style play once a song has begun: shares of each attribute, by part.

Songs begin with introductions, in which half of the band is silent or sparse. A lead sheet begins
with its tune, so what is usual is counted from the third phrase of a song on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.music.drums import KICKS, SNARES
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v
from restyle.tokens.returns import returns

Counts = NDArray[np.float64]
"""Shape (parts, attributes, values): density, size, register, figure."""
KINDS = (v.DENSITY, v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE)
MOST_VALUES = max(kind.size for kind in KINDS)
RAREST_PART = 0.01
BEGUN = 2
"""Phrases after which a song has begun."""
WALKS_FROM = 90.0
"""Quarter notes a minute from which on a swinging bass may walk: below, it goes freely."""
BEATS = {0, GRID, 2 * GRID, 3 * GRID}
LEAST_WALKED, MOST_STRUCK, WALKED_BARS = 16, 6, 0.3
"""Bars with a bass that say whether a song's walks; onsets of a bar that is walked, at most; and
the share of bars that makes a song one whose bass walks."""
FEWEST = 10
"""Songs that say what is usual in a style, at least."""


def played_shares(tokens: NDArray[np.uint16]) -> Counts:
    """In a song's phrases in which a part plays, the share of each value of its attributes.

    A part sums to 1 in each attribute, or to 0 where the song does not have it.
    """
    out = np.zeros((len(PARTS), len(KINDS), MOST_VALUES))
    phrase = np.zeros(len(PARTS), dtype=np.int64)
    part, counted = 0, False
    for token in _said(tokens).tolist():
        if token in v.PART:
            part = v.PART.value(token)
        elif token in v.DENSITY:
            counted = bool(phrase[part] >= BEGUN and v.DENSITY.value(token) > 0)
            phrase[part] += 1
        if counted and token not in v.PART:
            which = next(i for i, kind in enumerate(KINDS) if token in kind)
            out[part, which, KINDS[which].value(token)] += 1
    total = out.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(out, total, out=np.zeros_like(out), where=total > 0))


def kit_shares(tokens: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Of a song's phrases in which its drums play, the shares that have a kick and a snare.

    Not a number where it has no drums.
    """
    drums = PARTS.index("drums")
    phrases: list[set[int]] = []
    part, phrase, playing = -1, 0, False
    for token in tokens.tolist():
        if token in v.PART:
            part = v.PART.value(token)
        elif token in v.BAR:
            part = -1  # a lead bar
        elif part != drums:
            continue
        elif token in v.DENSITY:
            phrase += 1
            playing = phrase > BEGUN and v.DENSITY.value(token) > 0
            if playing:
                phrases.append(set())
        elif token in v.DRUM and playing:
            phrases[-1].add(v.FIRST_DRUM + v.DRUM.value(token))
    has = [[bool(struck & set(keys)) for keys in (KICKS, SNARES)] for struck in phrases]
    return np.mean(has, axis=0) if has else np.full(2, np.nan)


def describe_kit(songs: Sequence[NDArray[np.float64]]) -> list[float]:
    """The style's shares, ready for JSON; empty when no song has drums."""
    known = [song for song in songs if not np.isnan(song).any()]
    return [round(float(x), 3) for x in np.mean(known, axis=0)] if known else []


def describe_parts(songs: Sequence[Counts]) -> dict[str, float]:
    """Share of the songs that have each part once they have begun; of parts that some have."""
    shares = np.mean([song[:, 0].sum(axis=1) > 0 for song in songs], axis=0)
    found = {part: round(float(x), 3) for part, x in zip(PARTS, shares, strict=True)}
    return {part: share for part, share in found.items() if share >= RAREST_PART}


def describe_beside(songs: Sequence[Counts]) -> dict[str, dict[str, float]]:
    """For each part that may say the chords, what `describe_parts` says of the songs that have it;
    of parts that some have."""
    out = {}
    for part in CHORDAL_PARTS:
        having = [song for song in songs if song[PARTS.index(part), 0].sum() > 0]
        if having and len(having) >= RAREST_PART * len(songs):
            out[part] = describe_parts(having)
    return out


def _said(tokens: NDArray[np.uint16]) -> NDArray[np.int64]:
    """The names of parts and what is said of their phrases, without the notes."""
    song = tokens.astype(np.int64)
    kept = np.zeros(len(song), dtype=bool)
    for kind in (v.PART, *KINDS):
        kept |= (song >= kind.first) & (song < kind.end)
    bars = np.flatnonzero((song >= v.BAR.first) & (song < v.BAR.end))
    kept[: bars[0] if len(bars) else len(song)] = False  # the heading names the parts too
    return np.asarray(song[kept])


def describe_playing(songs: Sequence[Counts]) -> dict[str, list[list[float]]]:
    """What is usual in a style, ready for JSON: for each part its four attributes' shares.

    A song has one vote, whatever its length; parts that no song has are left out.
    """
    total = np.sum(songs, axis=0) if len(songs) else np.zeros((len(PARTS), len(KINDS), 1))
    out = {}
    for number, part in enumerate(PARTS):
        if not total[number, 0].sum():
            continue
        rows = []
        for kind, values in zip(KINDS, total[number], strict=True):
            share = values[: kind.size] / max(values.sum(), 1e-9)
            rows.append([round(float(x), 3) for x in share])
        out[part] = rows
    return out


def is_duple(tokens: NDArray[np.uint16]) -> bool:
    """Whether most of a song's bars are in 2/4, from its tokens."""
    song = tokens.astype(np.int64)
    bars = song[(song >= v.BAR.first) & (song < v.BAR.end)] - v.BAR.first
    return bool(np.mean(bars == v.METERS.index((2, 4))) > 0.5)


def share_returning(tokens: NDArray[np.uint16]) -> float:
    """Of the bars inside stretches of tune and chords that return (see `tokens.returns`), the share
    that the band plays as it played them before; not a number where nothing returns."""
    leads: list[list[int]] = []
    played: list[list[int]] = []
    bar: list[int] = []
    for token in tokens.tolist():
        if token in v.BAR:
            bar = []
            leads.append(bar)
        elif token == v.END or (token in v.PART and len(bar) and bar[0] not in v.PART):
            bar = []  # a bar of the band begins; before the last one stands no lead bar but END
            played += [bar] if token in v.PART else []
        if not any(token in kind for kind in KINDS):
            bar.append(token)
    sources = returns(leads[: len(played)])
    same = [played[i] == played[source] for i, source in enumerate(sources) if source >= 0]
    return float(np.mean(same)) if same else float("nan")


def describe_returning(songs: Sequence[float]) -> float | None:
    """The style's share, of songs in which something returns; None where nothing does."""
    known = [share for share in songs if not np.isnan(share)]
    return round(float(np.mean(known)), 3) if known else None


def share_walking(tokens: NDArray[np.uint16]) -> float:
    """Of the bars of 4/4 in which a song's bass plays, the share in which it strikes every beat and
    little else; not a number for a song that does not swing, is slow, or has few such bars."""
    song = tokens.tolist()
    heading = song[: song.index(next(t for t in song if t in v.BAR))]
    tempo = next(v.TEMPO.value(t) for t in heading if t in v.TEMPO)
    slow = tempo < v.TEMPO.value(v.tempo_token(WALKS_FROM))
    if v.FEEL[v.FEELS.index("swing")] not in heading or slow:
        return float("nan")
    four, bass = v.BAR[v.METERS.index((4, 4))], v.PART[PARTS.index("bass")]
    bars: list[set[int]] = []
    in_four = playing = False
    for token in song:
        if token in v.BAR:
            in_four, playing = token == four, False
        elif token in v.PART:
            playing = in_four and token == bass
            bars += [set()] if playing else []
        elif token in v.POSITION and playing:
            bars[-1].add(v.POSITION.value(token))
    played = [bar for bar in bars if bar]
    if len(played) < LEAST_WALKED:
        return float("nan")
    return float(np.mean([bar >= BEATS and len(bar) <= MOST_STRUCK for bar in played]))


def describe_walking(songs: Sequence[float]) -> float:
    """The share of a style's swinging songs whose bass walks; 0 where there are few."""
    known = [share for share in songs if not np.isnan(share)]
    return round(float(np.mean(np.array(known) > WALKED_BARS)), 3) if len(known) >= FEWEST else 0.0
