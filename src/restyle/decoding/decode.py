"""Decoding: a lead sheet goes in bar by bar, an arrangement comes out bar by bar.

The lead bars are forced, one bar ahead; within an arrangement bar the model chooses among what the
grammar allows. All of it happens in the song's home key (see `restyle.music.transpose`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.echo import Echo, Votes
from restyle.decoding.engine import Engine
from restyle.decoding.habits import Habits
from restyle.decoding.leaning import Leaning, LeanOptions
from restyle.decoding.player import Entry, Player, kept_in, merged_closing
from restyle.decoding.rehearsal import Listener, rehearse
from restyle.decoding.sampling import Sampling, sample
from restyle.decoding.window import Preface, Window, WindowState, guides_of
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array, sort_notes
from restyle.music.transpose import home_shift, shifted
from restyle.style.strength import held_to, pull, weighed_marks
from restyle.style.style import Style
from restyle.tokens import decode_bar, encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v

MOST_TOKENS_A_PART = 150
"""Tokens of one part in one bar, after which it must come to an end."""
ECHO, MOST_ECHO = 0.5, 1.6
"""Share of the example's votes at strength 1, and the strength from which on it grows no more."""
USUAL_TOKENS_A_PART = 30
"""Tokens that are left to each part that comes after."""
Row = tuple[int, int, int, int]
"""A note: start, duration, pitch, velocity, as `song.notes_array` takes them."""
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
    by_place: NDArray[np.float64] | None = None
    """How long the style's notes are by where they begin: see `pace.LengthsByPlace`."""
    listener: Listener | None = None
    """Who hears each passage, and has it played again; each is played once when None."""
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


@dataclass(frozen=True)
class Job:
    """What a band must know to play a song."""

    lead: LeadSheet
    style: Style
    parts: tuple[str, ...]
    options: DecodeOptions


def arrange_bars(
    job: Job,
    engine: Engine,
    rng: np.random.Generator,
    on_bar: Callable[[int, int], None] | None = None,
    redo: Redo | None = None,
) -> Arrangement:
    """Sample an arrangement for a lead sheet; `on_bar(done, all)` is called after each bar.

    With `redo` only its bars are written, after the bars that are there. New notes end where those
    bars end, so that they do not reach into what stays.
    """
    first, last = (redo.first, redo.last) if redo else (0, job.lead.bars)
    band = Band(job, engine, redo)

    def report(bar: int) -> None:
        if on_bar:
            on_bar(bar + 1 - first, last - first)

    rehearse(band, first, last, rng, job.options.listener, report)
    made = band.played()
    lines = job.lead.bar_starts()
    return joined(made, redo.arrangement, int(lines[first]), int(lines[last])) if redo else made


@dataclass(frozen=True)
class _State:
    """Where a band was."""

    window: WindowState
    chooser: _Chooser
    rows: dict[str, list[Row]]


class Band:
    """The window and who chooses, at some bar of a song; see `rehearsal.Band`."""

    def __init__(self, job: Job, engine: Engine, redo: Redo | None = None):
        style, parts, options = job.style.in_band(job.parts), job.parts, job.options
        self._shift = home_shift(job.lead.key)
        lead = shifted(job.lead, self._shift)
        first = redo.first if redo else 0
        past = encode_arrangement(_moved(redo.arrangement, self._shift), lead) if redo else []
        heading = heading_of(lead, parts, style.slot, options.feel).tokens()
        guides = guides_of(style, pull(options.strength).guidance, options.preface)
        leads = encode_lead(lead)
        self._window = Window(engine, heading, leads, guides, options.preface, past[:first])
        self._chooser = _Chooser(style, parts, lead, options, self._shift, begun=first > 0)
        self._lines = lead.bar_starts()
        self._rows: dict[str, list[Row]] = {part: [] for part in parts}

    def play(self, bar: int, rng: np.random.Generator) -> None:
        tokens = self._chooser.bar(self._window, bar, rng)
        line, end = (int(x) for x in self._lines[bar : bar + 2])
        for part, notes in decode_bar(tokens, line).items():
            self._rows[part] += self._inside(notes, end)

    def _inside(self, notes: list[Row], end: int) -> list[Row]:
        """The notes that begin before a bar's end, none of them longer than the song."""
        last = int(self._lines[-1])
        return [
            (start, min(length, last - start), pitch, velocity)
            for start, length, pitch, velocity in notes
            if start < end
        ]

    def played(self) -> Arrangement:
        made = Arrangement({part: notes_array(notes) for part, notes in self._rows.items()})
        return _moved(made, -self._shift)

    def kept(self) -> _State:
        rows = {part: [*notes] for part, notes in self._rows.items()}
        return _State(self._window.kept(), self._chooser.copy(), rows)

    def restore(self, state: _State) -> None:
        self._window.restore(state.window)
        self._chooser = state.chooser.copy()
        self._rows = {part: [*notes] for part, notes in state.rows.items()}


def _moved(arrangement: Arrangement, shift: int) -> Arrangement:
    """The arrangement so many semitones higher, drums as they are."""
    parts = {part: notes.copy() for part, notes in arrangement.parts.items()}
    for part, notes in parts.items():
        if part != "drums":
            notes["pitch"] = np.clip(notes["pitch"] + shift, 0, 127)
    return Arrangement(parts)


def joined(made: Arrangement, old: Arrangement, begin: int, end: int) -> Arrangement:
    """The old arrangement with the new notes between two grid positions, none of them longer."""
    parts = {}
    for part, new in made.parts.items():
        new = new.copy()
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
        shift: int,
        begun: bool,
    ):
        self._sampling = options.sampling
        # in songs a part keeps to few lengths, and sampling is less sure of itself
        surer = float(style.figures.get("surer", 1.0)) * options.sampling.temperature
        self._of_lengths = replace(options.sampling, temperature=surer)
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
            by_place=options.lean.by_place * pulled.pace,
            groove=options.lean.groove * pulled.habits,
        )
        figures = held_to(style.figures, pulled.farther)
        self._leaning = Leaning(lead, lean, figures, lowest, habits, options.by_place)
        self._sung = np.unique(np.searchsorted(self._lines, lead.melody["start"], side="right") - 1)
        entry = Entry(alone=len(parts) == 1, pickup=lead.pickup > 0, begun=begun)
        self._players = {part: Player(part, style, shift, entry) for part in parts}
        self._last = max(parts, key=PARTS.index)
        share, votes = ECHO * min(options.strength, MOST_ECHO), options.votes or Votes()
        self._echo = Echo(votes, lead, share)
        # copies may share them: habits only remember what they have worked out
        self._fixed = lead, votes, habits

    def copy(self) -> _Chooser:
        """Who would go on from here in the same way."""
        other = copy(self)
        fixed = {id(x): x for x in self._fixed}
        other._leaning, other._players, other._echo = deepcopy(
            (self._leaning, self._players, self._echo), fixed
        )
        return other

    def bar(self, window: Window, bar: int, rng: np.random.Generator) -> list[int]:
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
            sampling = self._of_lengths if window.grammar.state == "pitch" else self._sampling
            token = sample(merged, allowed & (merged > -np.inf), sampling, rng)
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
