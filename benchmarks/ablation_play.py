"""Playing held-out leads with the models of `ablations.py`, and asking the judge what it hears.

The variants order their tokens differently, so they are decoded here by one loop for all of them:
the plain model and the grammar of a bar, without the rules that `restyle transfer` adds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from ablation_songs import Variant
from restyle.analysis.swing import song_swing
from restyle.critic.judge import Judge
from restyle.critic.played import Played, played
from restyle.data.shards import Corpus
from restyle.decoding.engine import Engine
from restyle.decoding.player import merged_closing
from restyle.decoding.sampling import Sampling, sample
from restyle.model.export import export
from restyle.model.shape import DESCRIPTION_FILE
from restyle.model.windows import lead_spans
from restyle.music.grid import quantise, straighten
from restyle.music.lead import LeadSheet
from restyle.music.parts import PARTS, Arrangement
from restyle.music.song import STEP, TICKS, Notes, Song, Track, notes_array
from restyle.style.style import Style, load_styles
from restyle.tokens import Grammar, decode, decode_bar
from restyle.tokens import vocabulary as v

SAMPLING = Sampling(top_p=0.95)
MOST_TOKENS_A_BAR = 150
KEPT = 0.5
"""Share of the window that stays full when it slides."""

Wanted = tuple[str, Played]
"""The style asked for, and the result."""


def play_held_out(
    model: Path, exported: Path, corpus: Corpus, variant: Variant, leads: int, bars: int
) -> list[Wanted]:
    """`leads` held-out leads of each style, their first bars played to every style."""
    if not (exported / DESCRIPTION_FILE).is_file():
        export(model, exported, "fp32")
    engine, styles = Engine.load(exported, threads=1), load_styles(exported)
    out = []
    for name in styles:
        for entry in corpus.select("valid", name)[:leads]:
            song = corpus.tokens(entry)
            lead = decode(song.tolist()).lead
            begins, ends = lead_spans(song)
            cut = [song[b:e].tolist() for b, e in zip(begins, ends, strict=True)][:bars]
            for target in styles.values():
                rng = np.random.default_rng(0)
                heading = heading_to(song[: begins[0]].tolist(), target)
                played_bars = _Bars(engine, heading, cut, variant.lookahead, rng).play()
                arrangement = _arrangement(played_bars, lead, target)
                out.append((target.name, _heard(lead, arrangement, target, variant, len(cut))))
    return out


def style_share(results: list[Wanted]) -> dict[str, float]:
    """How often the judge hears the style that was asked for, by style."""
    judge = Judge.load()
    among = sorted({style for style, _ in results})
    right = defaultdict(list)
    for style, song in results:
        right[style].append(judge.verdict(song, among) == style)
    return {style: float(np.mean(found)) for style, found in right.items()}


def heading_to(heading: list[int], target: Style) -> list[int]:
    """The heading of a song, with the style, feel and band of another."""
    feel = "swing" if target.swings else "straight"
    kept = [t for t in heading if t in v.TEMPO or t in v.KEY]
    use = [v.USE[PARTS.index(part)] for part in target.parts]
    return [v.BOS, v.STYLE[target.slot + 1], v.FEEL[v.FEELS.index(feel)], *kept, *use]


class _Bars:
    """The arrangement bars of one lead, sampled one after the other."""

    def __init__(
        self,
        engine: Engine,
        heading: list[int],
        leads: list[list[int]],
        lookahead: bool,
        rng: np.random.Generator,
    ):
        self._heading, self._leads, self._lookahead, self._rng = heading, leads, lookahead, rng
        self._lane, self._context = engine.lane(), engine.context
        self._bars: list[list[int]] = []
        self._first, self._fed = 0, 0

    def play(self) -> list[list[int]]:
        for number in range(len(self._leads)):
            self._feed(number)
            self._bars.append(self._bar(number))
        return self._bars

    def _before(self, number: int) -> list[int]:
        """All that stands before arrangement bar `number` in the window."""
        out = [*self._heading, *self._leads[self._first]]
        for i in range(self._first, number + 1):
            if self._lookahead:
                out += self._leads[i + 1] if i + 1 < len(self._leads) else [v.END]
            elif i > self._first:
                out += self._leads[i]
            if i < number:
                out += self._bars[i]
        return out

    def _feed(self, number: int) -> None:
        before = self._before(number)
        if len(before) + MOST_TOKENS_A_BAR > self._context:
            while self._first < number and len(before) > KEPT * self._context:
                self._first += 1
                before = self._before(number)
            self._fed = 0
        self._lane.rewind(self._fed)
        self._lane.feed(before[self._fed :])
        self._fed = len(before)

    def _bar(self, number: int) -> list[int]:
        grammar = Grammar()
        grammar.feed(self._heading)
        for _ in range(2):  # a bar is grammatical after its lead and the next one
            grammar.feed([self._leads[number][0], v.POSITION[0], v.NO_CHORD])
        tokens = [v.PART[next(v.USE.value(t) for t in self._heading if t in v.USE)]]
        grammar.push(tokens[0])
        logits = self._lane.feed(tokens)[0]
        while True:
            allowed = grammar.allowed()
            if len(tokens) > MOST_TOKENS_A_BAR - 40 and grammar.state in ("note", "part"):
                for kind in (v.POSITION, v.PITCH, v.DRUM):
                    allowed[kind.first : kind.end] = False
            merged = merged_closing(logits, allowed)
            token = sample(merged, allowed & (merged > -np.inf), SAMPLING, self._rng)
            if token in v.BAR or token in (v.END, v.EOS):
                self._fed += len(tokens)
                return tokens
            grammar.advance(token)
            tokens.append(token)
            logits = self._lane.feed([token])[0]


def _arrangement(bars: list[list[int]], lead: LeadSheet, target: Style) -> Arrangement:
    rows: dict[str, list[tuple[int, int, int, int]]] = {part: [] for part in target.parts}
    lines = lead.bar_starts()
    for begin, tokens in zip(lines, bars, strict=False):
        for part, notes in decode_bar(tokens, int(begin)).items():
            rows[part] += notes
    return Arrangement({part: notes_array(notes) for part, notes in rows.items()})


def _heard(
    lead: LeadSheet, arrangement: Arrangement, target: Style, variant: Variant, bars: int
) -> Played:
    """The result as the judge takes it: straight, and whether it swings."""
    if not variant.swing_in:
        ratio = target.swing_ratio(lead.tempos[0].bpm)
        return played(lead, arrangement, ratio).part(0, bars)
    voices = [_ticks(notes) for notes in (lead.melody, *arrangement.parts.values())]
    ratio = song_swing(Song(tuple(Track("", 0, notes) for notes in voices), lead.meters))
    if ratio > 1.0:
        voices = [straighten(notes, ratio, TICKS) for notes in voices]
    melody, *parts = (quantise(notes, TICKS) for notes in voices)
    straight = Arrangement(dict(zip(arrangement.parts, parts, strict=True)))
    return played(replace(lead, melody=melody), straight, ratio).part(0, bars)


def _ticks(notes: Notes) -> Notes:
    out = notes.copy()
    out["start"] *= STEP
    out["duration"] *= STEP
    return out
