"""Decoding: a lead sheet goes in bar by bar, an arrangement comes out bar by bar.

The lead bars are forced, one bar ahead; within an arrangement bar the model chooses among what the
grammar allows. The window slides over songs of any length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.arranger.engine import Engine, Lane
from restyle.arranger.player import Player, merged_closing
from restyle.arranger.sampling import Sampling, sample
from restyle.arranger.style import Style
from restyle.arranger.takes import harmony
from restyle.lead import LeadSheet
from restyle.parts import PARTS, Arrangement
from restyle.song import notes_array
from restyle.tokens import Grammar, decode_bar, encode_lead, heading_of
from restyle.tokens import vocabulary as v

RESERVE = 0.4
"""Share of the window that must be free for a lead bar and its arrangement; else it slides."""
MOST_TOKENS_A_PART = 150
"""Tokens of one part in one bar, after which it must come to an end."""
CLOSING_TOKENS = 4
"""Tokens that a part may still take after it was told to end, and the next one's name."""
KEPT = 0.55
"""Share of the window that stays full when it slides."""


@dataclass(frozen=True)
class DecodeOptions:
    """How to choose."""

    sampling: Sampling = field(default_factory=Sampling)
    strength: float = 1.0
    """0 follows the style-free prediction, 1 the styled one, above exaggerates (classifier-free
    guidance, Ho & Salimans 2022; for token models, Sanchez et al. 2023)."""
    feel: str = "any"
    lean: float = 1.0
    """How many nats a pitch outside chord and scale is made less likely: a small model slips
    there oftener than its songs do."""


def arrange_bars(
    lead: LeadSheet,
    style: Style,
    parts: Sequence[str],
    engine: Engine,
    rng: np.random.Generator,
    options: DecodeOptions,
    on_bar: Callable[[int, int], None] | None = None,
) -> Arrangement:
    """Sample an arrangement for a lead sheet; `on_bar(done, all)` is called after each bar."""
    heading = heading_of(lead, parts, style.slot, options.feel).tokens()
    window = _Window(engine, heading, encode_lead(lead), options)
    chooser = _Chooser(style, parts, lead, options, rng)
    lines = lead.bar_starts()
    rows: dict[str, list[tuple[int, int, int, int]]] = {part: [] for part in parts}
    for bar in range(lead.bars):
        tokens = chooser.bar(window, bar)
        for part, notes in decode_bar(tokens, int(lines[bar])).items():
            rows[part] += [n for n in notes if n[0] < lines[bar + 1]]
        if on_bar:
            on_bar(bar + 1, lead.bars)
    return Arrangement({part: notes_array(notes) for part, notes in rows.items()})


class _Window:
    """What the model has before it: heading, and as many of the last bars as there is room for."""

    def __init__(
        self, engine: Engine, heading: list[int], leads: list[list[int]], options: DecodeOptions
    ):
        self.heading, self.leads = heading, leads
        self.strength = options.strength
        self.bars: list[list[int]] = []  # the arrangement bars so far
        self.grammar = Grammar()
        self._context = engine.context
        self._reserve = int(RESERVE * engine.context)
        self._lanes: list[Lane] = [engine.lane()]
        if self.strength != 1.0:
            self._lanes.append(engine.lane())

    @property
    def room(self) -> int:
        """Tokens that still fit."""
        return self._lanes[0].room

    def begin_bar(self, bar: int) -> NDArray[np.float32]:
        """Feed what stands before arrangement bar `bar`; returns the logits of its first choice."""
        before = [*self._lead_after(bar), v.PART[PARTS.index(self._part)]]
        if bar and self.room >= self._reserve + len(before):
            return self._feed(before)
        return self._refill(bar, before)

    def end_bar(self, tokens: list[int]) -> None:
        self.bars.append(tokens)

    def step(self, token: int) -> NDArray[np.float32]:
        """Feed one chosen token."""
        return self._feed([token])

    @property
    def _part(self) -> str:
        return next(PARTS[v.USE.value(t)] for t in self.heading if t in v.USE)

    def _lead_after(self, bar: int) -> list[int]:
        return self.leads[bar + 1] if bar + 1 < len(self.leads) else [v.END]

    def _refill(self, bar: int, before: list[int]) -> NDArray[np.float32]:
        """Start the window anew with the last bars that fit, then go on."""
        room = int(self._context * KEPT) - len(self.heading) - len(before)
        first, size = bar, len(self.leads[bar])
        while first > 0:
            size += len(self.leads[first - 1]) + len(self.bars[first - 1])
            if size > room:
                break
            first -= 1
        past = list(self.leads[first])
        for i in range(first, bar):
            past += self._lead_after(i) + self.bars[i]
        for lane in self._lanes:
            lane.rewind(0)
        self.grammar = Grammar()
        return self._feed([*self.heading, *past, *before])

    def _feed(self, tokens: list[int]) -> NDArray[np.float32]:
        for token in tokens:
            self.grammar.advance(token)
        ids = np.array(tokens, dtype=np.int64)
        styled: NDArray[np.float32] = self._lanes[0].feed(ids)[0]
        if len(self._lanes) == 1:
            return styled
        free_ids = np.where((ids >= v.STYLE.first) & (ids < v.STYLE.end), v.STYLE[0], ids)
        free = self._lanes[1].feed(free_ids)[0]
        return np.asarray(free + self.strength * (styled - free), dtype=np.float32)


class _Chooser:
    """Chooses the tokens of a bar among what grammar and players allow."""

    def __init__(
        self,
        style: Style,
        parts: Sequence[str],
        lead: LeadSheet,
        options: DecodeOptions,
        rng: np.random.Generator,
    ):
        self._sampling, self._rng = options.sampling, rng
        self._lines = lead.bar_starts()
        self._chords, inside = harmony(lead)
        # a row for each chord: what is taken off the logit of each token
        self._lean = np.zeros((len(inside), v.SIZE), dtype=np.float32)
        pitches = np.arange(128) % 12
        self._lean[:, v.PITCH.first : v.PITCH.end] = options.lean * ~inside[:, pitches]
        self._players = {part: Player(part, style, len(parts) == 1) for part in parts}

    def bar(self, window: _Window, bar: int) -> list[int]:
        """Sample arrangement bar `bar`, its closing token left out."""
        logits = window.begin_bar(bar)
        part = window._part
        tokens = [v.PART[PARTS.index(part)]]
        spent, budget = 0, self._budget(window, part)
        lean = self._lean[0]
        while True:
            allowed = window.grammar.allowed()
            if spent > budget and window.grammar.state in ("note", "part"):
                for kind in (v.POSITION, v.PITCH, v.DRUM):
                    allowed[kind.first : kind.end] = False
            else:
                allowed = self._players[part].restrict(allowed)
            merged = merged_closing(logits - lean, allowed)
            token = sample(merged, allowed & (merged > -np.inf), self._sampling, self._rng)
            if token in v.BAR or token in (v.END, v.EOS):
                self._players[part].end_bar()
                window.end_bar(tokens)
                return tokens
            tokens.append(token)
            spent += 1
            if token in v.POSITION:
                place = self._lines[bar] + v.POSITION.value(token)
                lean = self._lean[np.searchsorted(self._chords, place, side="right")]
            if token in v.PART:
                self._players[part].end_bar()
                part, spent = PARTS[v.PART.value(token)], 0
                budget = self._budget(window, part)
            else:
                self._players[part].took(token)
            logits = window.step(token)

    def _budget(self, window: _Window, part: str) -> int:
        """Tokens that a part may take of what room there is, the parts after it considered."""
        names = list(self._players)
        share = window.room // (len(names) - names.index(part)) - CLOSING_TOKENS
        return min(MOST_TOKENS_A_PART, share)
