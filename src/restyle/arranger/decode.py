"""Decoding: a lead sheet goes in bar by bar, an arrangement comes out bar by bar.

The lead bars are forced, one bar ahead; within an arrangement bar the model chooses among what the
grammar allows. All of it happens in the song's home key (see `restyle.moving`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from restyle.arranger.echo import Echo, Votes
from restyle.arranger.engine import Engine
from restyle.arranger.habits import Habits
from restyle.arranger.leaning import Leaning, LeanOptions
from restyle.arranger.player import Entry, Player, kept_in, merged_closing
from restyle.arranger.sampling import Sampling, sample
from restyle.arranger.strength import held_to, pull, weighed_marks
from restyle.arranger.style import Style
from restyle.arranger.window import Preface, Window, guides_of
from restyle.lead import LeadSheet
from restyle.moving import home_shift, shifted
from restyle.parts import PARTS, Arrangement
from restyle.song import notes_array, sort_notes
from restyle.tokens import decode_bar, encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v

MOST_TOKENS_A_PART = 150
"""Tokens of one part in one bar, after which it must come to an end."""
ECHO, MOST_ECHO = 0.5, 1.6
"""Share of the example's votes at strength 1, and the strength from which on it grows no more."""
USUAL_TOKENS_A_PART = 30
"""Tokens that are left to each part that comes after."""
CLOSING_TOKENS = 4
"""Tokens that a part may still take after it was told to end, and the next one's name."""


@dataclass(frozen=True)
class DecodeOptions:
    """How to choose."""

    sampling: Sampling = field(default_factory=Sampling)
    strength: float = 1.0
    """0 follows the style-free prediction, 1 the styled one, above exaggerates: see `pull`."""
    feel: str = "any"
    lean: LeanOptions = field(default_factory=LeanOptions)
    preface: Preface | None = None
    """An example's bars, which stand in the window before the song's own, in its home key."""
    votes: Votes | None = None
    """What the example's players chose, to be mixed in: see `echo`; in the song's home key, too."""


@dataclass(frozen=True)
class Redo:
    """Bars to write anew in an arrangement that is there; all its other notes stay."""

    arrangement: Arrangement
    first: int
    """The first bar to write, counted from 0."""
    last: int
    """The bar after the last one to write."""


def arrange_bars(
    lead: LeadSheet,
    style: Style,
    parts: Sequence[str],
    engine: Engine,
    rng: np.random.Generator,
    options: DecodeOptions,
    on_bar: Callable[[int, int], None] | None = None,
    redo: Redo | None = None,
) -> Arrangement:
    """Sample an arrangement for a lead sheet; `on_bar(done, all)` is called after each bar.

    With `redo` only its bars are written, after the bars that are there. New notes end where those
    bars end, so that they do not reach into what stays.
    """
    first, last = (redo.first, redo.last) if redo else (0, lead.bars)
    style = style.in_band(parts)
    shift = home_shift(lead.key)
    lead = shifted(lead, shift)
    past = encode_arrangement(_moved(redo.arrangement, shift), lead)[:first] if redo else []
    heading = heading_of(lead, parts, style.slot, options.feel).tokens()
    guides = guides_of(style, pull(options.strength).guidance, options.preface)
    window = Window(engine, heading, encode_lead(lead), guides, options.preface, past)
    chooser = _Chooser(style, parts, lead, options, rng, shift, begun=first > 0)
    lines = lead.bar_starts()
    rows: dict[str, list[tuple[int, int, int, int]]] = {part: [] for part in parts}
    for bar in range(first, last):
        tokens = chooser.bar(window, bar)
        for part, notes in decode_bar(tokens, int(lines[bar])).items():
            rows[part] += [n for n in notes if n[0] < lines[bar + 1]]
        if on_bar:
            on_bar(bar + 1 - first, last - first)
    made = Arrangement({part: notes_array(notes) for part, notes in rows.items()})
    made = _moved(made, -shift)
    return _joined(made, redo.arrangement, int(lines[first]), int(lines[last])) if redo else made


def _moved(arrangement: Arrangement, shift: int) -> Arrangement:
    """The arrangement so many semitones higher, drums as they are."""
    parts = {part: notes.copy() for part, notes in arrangement.parts.items()}
    for part, notes in parts.items():
        if part != "drums":
            notes["pitch"] = np.clip(notes["pitch"] + shift, 0, 127)
    return Arrangement(parts)


def _joined(made: Arrangement, old: Arrangement, begin: int, end: int) -> Arrangement:
    """The old arrangement with the new notes between two grid positions."""
    parts = {}
    for part, new in made.parts.items():
        new["duration"] = np.minimum(new["duration"], end - new["start"])
        there = old.parts[part]
        stays = (there["start"] < begin) | (there["start"] >= end)
        parts[part] = sort_notes(np.concatenate([there[stays], new]))
    return Arrangement(parts)


class _Chooser:
    """Chooses the tokens of a bar among what grammar and players allow."""

    def __init__(
        self,
        style: Style,
        parts: Sequence[str],
        lead: LeadSheet,
        options: DecodeOptions,
        rng: np.random.Generator,
        shift: int,
        begun: bool,
    ):
        self._sampling, self._rng = options.sampling, rng
        self._lines = lead.bar_starts()
        lowest = "bass" if "bass" in parts else next((p for p in parts if p != "drums"), "")
        pulled = pull(options.strength)
        described = [
            (style.figures.get("habits", {}), options.lean.habits * pulled.habits),
            *weighed_marks(style.figures, options.lean.habits * pulled.marks, pulled.farther),
        ]
        habits = Habits(described, shift)
        lean = replace(
            options.lean,
            pace=options.lean.pace * pulled.pace,
            groove=options.lean.groove * pulled.habits,
        )
        figures = held_to(style.figures, pulled.farther)
        self._leaning = Leaning(lead, lean, figures, lowest, habits)
        self._sung = np.unique(np.searchsorted(self._lines, lead.melody["start"], side="right") - 1)
        entry = Entry(alone=len(parts) == 1, pickup=lead.pickup > 0, begun=begun)
        self._players = {part: Player(part, style, shift, entry) for part in parts}
        self._last = max(parts, key=PARTS.index)
        share = ECHO * min(options.strength, MOST_ECHO)
        self._echo = Echo(options.votes or Votes(), lead, share)

    def bar(self, window: Window, bar: int) -> list[int]:
        """Sample arrangement bar `bar`, its closing token left out."""
        logits = window.begin_bar(bar)
        part = window.first_part
        tokens = [v.PART[PARTS.index(part)]]
        spent, budget = 0, self._budget(window, part)
        leaning = self._leaning
        leaning.begin_bar(bar, window.bars)
        leaning.begin_part(part)
        self._echo.begin_part(bar, part)
        alone = bar not in self._sung  # no melody: somebody must play
        while True:
            allowed = window.grammar.allowed()
            if spent > budget and window.grammar.state in ("note", "part"):
                for kind in (v.POSITION, v.PITCH, v.DRUM):
                    allowed[kind.first : kind.end] = False
            else:
                allowed = self._players[part].restrict(allowed)
                if alone and part == self._last and not any(t in v.POSITION for t in tokens):
                    allowed = kept_in(allowed)
            leaned = leaning.leaned(logits, allowed, window.grammar.state)
            merged = merged_closing(leaned, allowed)
            merged = self._echo.mixed(merged, allowed, window.grammar.state)
            token = sample(merged, allowed & (merged > -np.inf), self._sampling, self._rng)
            if token in v.BAR or token in (v.END, v.EOS):
                self._players[part].end_bar()
                leaning.end_part()
                window.end_bar(tokens)
                return tokens
            tokens.append(token)
            spent += 1
            if token in v.PART:
                self._players[part].end_bar()
                part, spent = PARTS[v.PART.value(token)], 0
                leaning.begin_part(part)
                self._echo.begin_part(bar, part)
                budget = self._budget(window, part)
            else:
                self._players[part].took(token)
                leaning.took(token)
                self._echo.took(token)
            logits = window.step(token)

    def _budget(self, window: Window, part: str) -> int:
        """Tokens that a part may take of what room there is: what the parts after it do not need,
        or an equal share where there is not even so much."""
        names = list(self._players)
        after = len(names) - names.index(part) - 1
        share = max(window.room // (after + 1), window.room - after * USUAL_TOKENS_A_PART)
        return min(MOST_TOKENS_A_PART, share - CLOSING_TOKENS)
