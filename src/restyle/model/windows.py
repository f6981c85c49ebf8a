"""Training windows: pieces of songs, packed to the context, with loss weights and augmentation.

A window is cut where a phrase begins, just as the engine's window slides: the heading, the lead of
the first bar, then bar after bar. What is left of the context is filled with the next song. Some
windows are led by other bars of their song as an example, and have "as the example" in place of
their style: what `--like` leans on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.data.shards import Corpus, Entry, Tokens
from restyle.music.song import Key
from restyle.music.transpose import home_shift
from restyle.tokens import vocabulary as v

SHIFTS = range(-5, 7)
EXAMPLE_BARS = (4, 10)
"""Bars that an example has, at least and at most."""
_TABLES = np.stack([v.transposition(shift) for shift in SHIFTS])
Spans = tuple[NDArray[np.int64], NDArray[np.int64]]
"""What `lead_spans` returns."""


@dataclass(frozen=True)
class WindowOptions:
    """How windows are drawn."""

    context: int = 1024
    style_dropout: float = 0.15
    """Share of windows without their style: what guidance leans on."""
    feel_dropout: float = 0.1
    manner_dropout: float = 0.3
    chord_dropout: float = 0.05
    """Share of windows without chords, so that a bare melody can be harmonised."""
    example: float = 0.15
    """Share of windows that follow an example from elsewhere in their song, and name no style."""
    from_start: float = 0.15
    """Share of windows that begin with their song."""
    lead_weight: float = 0.1
    """Loss weight of heading and lead tokens; arrangement tokens weigh 1."""
    home: bool = True
    """Whether songs are brought to C major or A minor, where decoding plays; otherwise every
    window goes to a key drawn by chance."""
    astray: float = 0.0
    """Share of windows that go to a key drawn by chance in spite of `home`: songs that are met
    many times are not learnt by heart so soon."""
    evenness: float = 1.0
    """1 draws from each style as often as from the next, 0 by how many tokens it has; between,
    by a power of that."""
    lookahead: bool = True
    """Whether the lead runs a bar ahead of the arrangement, as `restyle.tokens` writes it. Only
    Songs that were written the other way say no."""


@dataclass(frozen=True)
class Batch:
    """`tokens` of shape (windows, context + 1), `weights` of the same shape: the loss of each
    token as a target."""

    tokens: NDArray[np.int64]
    weights: NDArray[np.float32]


def lead_spans(song: Tokens) -> Spans:
    """For each lead bar of a song: where it begins, and where its last token ends."""
    tokens = song.astype(np.int64)
    begins = np.flatnonzero((tokens >= v.BAR.first) & (tokens < v.BAR.end))
    part = np.flatnonzero((tokens >= v.PART.first) & (tokens < v.PART.end) | (tokens == v.END))
    after = np.append(begins[1:], len(tokens))
    following = np.append(part, len(tokens))
    return begins, np.minimum(following[np.searchsorted(following, begins)], after)


def phrase_bars(song: Tokens, spans: Spans) -> NDArray[np.int64]:
    """The bars in which phrases begin (see `tokens.attributes`): where windows may."""
    tokens = song.astype(np.int64)
    said = np.flatnonzero((tokens >= v.DENSITY.first) & (tokens < v.DENSITY.end))
    # the arrangement of bar n stands after the lead of bar n + 1, of the last one after the end
    leads = np.append(spans[0], np.flatnonzero(tokens == v.END)[-1:])
    return np.unique(np.searchsorted(leads, said, side="right") - 2)


def window_from(song: Tokens, bar: int, spans: Spans, lookahead: bool = True) -> Tokens:
    """A song from lead bar `bar` on: heading, that lead, and all that follows the next lead.

    The arrangement of the bar before, which stands between the two, is left out. Without
    `lookahead` nothing stands there.
    """
    begins, ends = spans
    heading = song[: begins[0]]
    if not lookahead:
        return np.concatenate([heading, song[begins[bar] :]])
    if bar + 1 >= len(begins):  # the last bar: its arrangement follows <end>
        tail = np.flatnonzero(song == v.END)
        rest = song[tail[-1] :] if len(tail) else song[:0]
    else:
        rest = song[begins[bar + 1] :]
    return np.concatenate([heading, song[begins[bar] : ends[bar]], rest])


def example_from(song: Tokens, bar: int, bars: int, spans: Spans) -> Tokens:
    """At most `bars` bars of a song, from lead bar `bar` on, with their heading: an example."""
    begins, _ = spans
    out = window_from(song, bar, spans)
    if bar + bars >= len(begins):
        return out
    return out[: len(out) - (len(song) - int(begins[bar + bars]))]


def target_weights(tokens: NDArray[np.integer], lead_weight: float) -> NDArray[np.float32]:
    """Loss weight of each token as a target; shape as `tokens`.

    The token that closes an arrangement bar (the next bar, or the end) is part of it: it says
    that nothing more is played.
    """
    kind = np.zeros(len(tokens), dtype=np.int8)
    kind[(tokens >= v.PART.first) & (tokens < v.PART.end)] = 2
    closing = ((tokens >= v.BAR.first) & (tokens < v.BAR.end)) | (tokens == v.END)
    closing |= (tokens == v.EOS) | (tokens == v.BOS)
    kind[closing] = 1
    last = np.maximum.accumulate(np.where(kind > 0, np.arange(len(tokens)), 0))
    inside = kind[last] == 2
    played = inside.copy()
    played[1:] |= closing[1:] & inside[:-1] & (tokens[1:] != v.BOS)
    weights = np.where(played, 1.0, lead_weight).astype(np.float32)
    weights[(tokens == v.BOS) | (tokens == v.PAD)] = 0.0
    return weights


def drop_chords(tokens: Tokens) -> Tokens:
    """The same window with its chords unsaid: one "not said" a bar."""
    chord = (tokens >= v.CHORD.first) & (tokens < v.CHORD.end)
    out = np.where(chord, np.uint16(v.UNSAID_CHORD), tokens)
    keep = ~((tokens >= v.BASS.first) & (tokens < v.BASS.end))
    later = np.flatnonzero(chord)
    later = later[tokens[later - 1] != v.POSITION[0]]
    keep[later] = keep[later - 1] = False
    return out[keep]


class Windows:
    """Draws training batches from a corpus, styles by `WindowOptions.evenness`, songs by their
    length.

    A batch depends only on (seed, number), so that a run that was killed goes on to the same ones.
    """

    def __init__(self, corpus: Corpus, split: str, styles: Sequence[str], options: WindowOptions):
        self.options = options
        self.styles = [s for s in styles if corpus.select(split, s)]
        self._songs: dict[str, list[tuple[Tokens, Spans, NDArray[np.int64]]]] = {}
        self._reach: dict[str, NDArray[np.float64]] = {}  # running sums of the songs' chances
        sizes = np.array([sum(e.length for e in corpus.select(split, s)) for s in self.styles])
        self._chances = sizes ** (1.0 - options.evenness) if len(sizes) else sizes
        self._chances = self._chances / self._chances.sum() if len(sizes) else sizes
        for style in self.styles:
            entries: list[Entry] = corpus.select(split, style)
            songs = [corpus.tokens(e) for e in entries]
            spans = [lead_spans(song) for song in songs]
            phrases = [phrase_bars(*both) for both in zip(songs, spans, strict=True)]
            self._songs[style] = list(zip(songs, spans, phrases, strict=True))
            lengths = np.array([e.length for e in entries], dtype=float)
            reach = (lengths / lengths.sum()).cumsum()
            self._reach[style] = reach / reach[-1]

    def batch(self, size: int, seed: tuple[int, ...]) -> Batch:
        """`size` windows drawn with that seed."""
        rng = np.random.default_rng(seed)
        styles = rng.choice(self.styles, size=size, p=self._chances)
        rows = np.stack([self._row(rng, style) for style in styles])
        return self._weighed(rows)

    def fixed(self, style: str, size: int, seed: int = 0) -> Batch:
        """Windows of one style with nothing dropped, and no key drawn by chance (for held-out
        loss)."""
        rng = np.random.default_rng(seed)
        rows = [self._row(rng, style, augment=False) for _ in range(size)]
        return self._weighed(np.stack(rows))

    def _weighed(self, rows: NDArray[np.uint16]) -> Batch:
        tokens = rows.astype(np.int64)
        weights = [target_weights(row, self.options.lead_weight) for row in tokens]
        return Batch(tokens, np.stack(weights))

    def _row(self, rng: np.random.Generator, style: str, augment: bool = True) -> Tokens:
        need = self.options.context + 1
        row = np.zeros(0, dtype=np.uint16)
        while len(row) < need:
            row = np.concatenate([row, self._window(rng, style, augment)])
        return row[:need]

    def _window(self, rng: np.random.Generator, style: str, augment: bool) -> Tokens:
        options = self.options
        number = self._reach[style].searchsorted(rng.random(), side="right")
        song, spans, phrases = self._songs[style][number]
        bar = 0 if rng.random() < options.from_start else int(rng.choice(phrases))
        out = window_from(song, bar, spans, options.lookahead)[: options.context + 1].copy()
        if not augment:
            return home_table(song)[out] if options.home else out
        if rng.random() < options.style_dropout:
            out[1] = v.STYLE[0]
        if rng.random() < options.feel_dropout:
            out[3] = v.FEEL[0]
        if rng.random() < options.manner_dropout:
            out[2] = v.MANNER[0]
        if rng.random() < options.chord_dropout:
            out = drop_chords(out)
        if rng.random() < options.example:
            out[1] = v.EXAMPLE
            out = np.concatenate([self._example(rng, song, bar, spans), out])
        at_home = options.home and rng.random() >= options.astray
        table = home_table(song) if at_home else _TABLES[rng.integers(len(_TABLES))]
        return np.asarray(table[out])

    def _example(self, rng: np.random.Generator, song: Tokens, bar: int, spans: Spans) -> Tokens:
        """Bars from elsewhere in the song, less than half a window of them."""
        count = len(spans[0])
        least, most = EXAMPLE_BARS
        near = min(most, count // 2)  # not the same bars, where the song has others
        begin = (bar + int(rng.integers(near, count - near + 1))) % count
        bars = int(rng.integers(least, most + 1))
        out = example_from(song, begin, bars, spans)[: self.options.context * 2 // 5].copy()
        if rng.random() < 0.5:
            out[1] = v.STYLE[0]
        return out


def home_table(song: Tokens) -> Tokens:
    """The table from token to token that brings a song home."""
    said = next((t for t in song[:7].tolist() if t in v.KEY), v.KEY[0])
    mode, tonic = divmod(v.KEY.value(said), 12)
    table: Tokens = _TABLES[SHIFTS.index(home_shift(Key(tonic, "minor" if mode else "major")))]
    return table
