"""Style by example: one song that says how it is to be played.

The example gives its band, programs, swing, dynamics, ranges and density, by the measures that a
style has (`corpus.measure`), and its bars: they stand in the model's window before the song's own,
in the song's key, as if the song had begun with them. `echo` leans on how it plays, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.data.measure import SWINGS, describe_style, measure
from restyle.decoding.engine import Engine
from restyle.decoding.window import Opening
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.song import Key, notes_array
from restyle.music.transpose import home_shift, shifted
from restyle.style.style import Style
from restyle.tokens import encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v

SHARE = 0.38
"""Share of the window that an example's bars may take."""
LEAST_BARS = 4
MOST_TURNS = 6
"""Pieces of the example that take turns in the window as it slides."""
JUDGED_TOKENS = 260
"""Tokens of the example by which the nearest style is found."""
WIDER = 3
"""Semitones that a part may go beyond its range in the example: the song's chords are others."""

_NOTHING = notes_array()


@dataclass(frozen=True)
class Example:
    """A heard song, as a style."""

    name: str
    lead: LeadSheet
    arrangement: Arrangement
    figures: dict[str, Any]
    """What `describe_style` says of this one song."""

    @property
    def feel(self) -> str:
        return "swing" if self.lead.swing >= SWINGS else "straight"

    def style(self, nearest: Style) -> Style:
        """The style that it is, to be played by a model under the tokens of the nearest style
        that it knows; that gives what the example is silent about."""
        figures = dict(self.figures)
        figures["velocities"] = {**nearest.figures["velocities"], **figures["velocities"]}
        ranges = {p: [low - WIDER, high + WIDER] for p, (low, high) in figures["ranges"].items()}
        figures["ranges"] = {**nearest.figures["ranges"], **ranges}
        figures["programs"] = {**nearest.figures["programs"], **figures["programs"]}
        figures["bands"] = [[list(self.arrangement.names), 1]]
        return Style(self.name, nearest.slot, figures, nearest.mix, whole_band=True)


def example_of(heard: Heard, name: str) -> Example:
    """The example that a heard song is.

    Raises RestyleError for one that is too short, or has nothing but a melody.
    """
    arrangement = arrangement_of(heard.song, heard.melody, heard.lead.bars)
    if not arrangement.names:
        raise RestyleError(f"{name} has nothing but a melody: there is no style to take from it.")
    if heard.lead.bars < LEAST_BARS or np.diff(heard.lead.bar_starts()).max() > v.LONGEST_BAR:
        raise RestyleError(f"{name} is too short, or its bars too long, to take its style from it.")
    measures = measure(heard, arrangement)
    figures = describe_style([measures])
    # written without dynamics, it says nothing of them
    figures["velocities"] = {p: figures["velocities"][p] for p in measures.velocities}
    return Example(name, heard.lead, arrangement, figures)


def steps_between(source: Key, target: Key) -> int:
    """Semitones, -5..6, that move music from one key to another; of a minor and a major key those
    to the relative key, so that the scale is the same."""
    relative = {"major": 0, "minor": 3}
    shift = target.tonic + relative[target.mode] - source.tonic - relative[source.mode]
    return (shift + 5) % 12 - 5


class ExampleBars:
    """The example's bars in the window (a `window.Preface`), in the key and band of the song.

    A model that was `trained` with examples finds them before the song's heading, with a heading
    of their own; another takes them for the song's own beginning.
    """

    def __init__(
        self,
        example: Example,
        style: Style,
        key: Key,
        parts: Sequence[str],
        context: int,
        trained: bool,
    ):
        self.trained = trained
        table = v.transposition(steps_between(example.lead.key, key)).astype(np.int64)
        band = {p: example.arrangement.parts.get(p, _NOTHING) for p in parts}
        arrangement = Arrangement(band)
        heading = heading_of(example.lead, parts, style.slot, example.feel).tokens()
        self._heading = table[heading].tolist()
        self.leads = [table[bar].tolist() for bar in encode_lead(example.lead)]
        self.played = [table[bar].tolist() for bar in encode_arrangement(arrangement, example.lead)]
        self._pieces = _pieces(self.leads, self.played, int(SHARE * context))

    def opening(self, turn: int) -> Opening:
        first, last = self._pieces[turn % len(self._pieces)]
        bars = list(self.leads[first])
        for bar in range(first, last - 1):
            bars += self.leads[bar + 1] + self.played[bar]
        if self.trained:
            return Opening([*self._heading, *bars], [], [])
        return Opening([], bars, self.played[last - 1])


def _pieces(leads: list[list[int]], played: list[list[int]], room: int) -> list[tuple[int, int]]:
    """Runs of bars (first, behind the last) that fit into `room` tokens, the most typical first.

    Typical is a run with about as many tokens a bar as the middle bar of the song has: not an
    intro, nor a fermata. They do not overlap.
    """
    sizes = np.array([len(a) + len(b) for a, b in zip(leads, played, strict=True)])
    ends = np.cumsum(sizes)
    runs = []
    for first in range(len(sizes)):
        begin = int(ends[first] - sizes[first])
        last = max(int(np.searchsorted(ends, begin + room, side="right")), first + 1)
        usual = float(np.median(sizes))
        off = float(np.mean(np.abs(np.log((sizes[first:last] + 1) / (usual + 1)))))
        short = max(0.0, 1.0 - (ends[last - 1] - begin) / room)
        runs.append((off + short, first, last))
    chosen: list[tuple[int, int]] = []
    for _, first, last in sorted(runs):
        if all(last <= a or first >= b for a, b in chosen):
            chosen.append((first, last))
        if len(chosen) == MOST_TURNS:
            break
    return [(a, b) for a, b in chosen if sizes[a:b].sum() <= 2 * room] or chosen[:1]


def nearest_style(example: Example, styles: Sequence[Style], engine: Engine) -> Style:
    """The style under whose token the model expects the example's notes most.

    A piece of it is read once under each style's token, side by side.
    """
    if len(styles) == 1:
        return styles[0]
    parts = example.arrangement.names
    home = shifted(example.lead, home_shift(example.lead.key))
    bars = ExampleBars(example, styles[0], home.key, parts, engine.context, False)
    tokens = np.array(bars.opening(0).after[:JUDGED_TOKENS])
    headings = [heading_of(home, parts, s.slot, example.feel).tokens() for s in styles]
    lane = engine.lane(len(styles))
    for row, heading in enumerate(headings):
        lane.feed_row(row, np.array([*heading, tokens[0]]))
    counts = _is_played(tokens)
    nats = np.zeros(len(styles))
    for now, following, counted in zip(tokens[1:-1], tokens[2:], counts[2:], strict=False):
        logits = lane.feed(np.full((len(styles), 1), now)).astype(np.float64)
        if counted:
            top = logits.max(axis=1)
            nats += top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - logits[:, following]
    return styles[int(np.argmin(nats))]


def _is_played(tokens: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens belong to arrangement bars."""
    out = np.zeros(len(tokens), dtype=bool)
    playing = False
    for i, token in enumerate(tokens.tolist()):
        if token in v.PART:
            playing = True
        elif token in v.BAR:
            playing = False
        out[i] = playing
    return out
