"""Style by example: one song that says how it is to be played.

The example gives its band and instruments, its feel and swing, its dynamics, and how its sections
are played (see `tokens.attributes`); its bars stand before the song's own, where the model learnt
to find examples. Nothing else of it is copied: harmony, registers and what may not be are those of
the song and of the style that it is played under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.data.measure import describe_style, measure
from restyle.decoding.figures import FIGURES
from restyle.decoding.job import ExampleContext
from restyle.decoding.sections import sections_of
from restyle.decoding.session import Session
from restyle.decoding.sheet import Sheet, sheet_of
from restyle.errors import RestyleError
from restyle.music.classes import PARTS
from restyle.music.grid import SWINGS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.transpose import home_shift
from restyle.style.bands import Instruments
from restyle.style.style import Style
from restyle.tokens import encode_arrangement, heading_of
from restyle.tokens import vocabulary as v
from restyle.tokens.attributes import attributes_of

LEAST_BARS = 4
MOST_BARS = 10
"""Bars of an example that the model is shown: as many as it was shown at most when it learnt."""
JUDGED_TOKENS = 160
"""Tokens of the example by which the nearest style is found."""


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

    @property
    def band(self) -> Instruments:
        classes = self.arrangement.classes
        return tuple((part, classes.get(part, "")) for part in self.arrangement.names)

    def style(self, nearest: Style) -> Style:
        """The style that it is, to be played by a model under the tokens of the nearest style
        that it knows; that gives what the example is silent about."""
        figures = {**nearest.figures, **self.figures}
        for name in ("velocities", "programs", "classes"):
            figures[name] = {**nearest.figures.get(name, {}), **self.figures.get(name, {})}
        figures["bands"] = [[[list(member) for member in self.band], 1]]
        return Style(self.name, nearest.slot, figures, nearest.mix, whole_band=True)

    def context(self, parts: Sequence[str], size: int) -> ExampleContext:
        """What a model of that context reads of it, for a band of those parts."""
        sheet, played = self._home(parts)
        first, last = _typical(sheet, played, int(FIGURES.example * size))
        heading = heading_of(sheet.lead, parts, None, self.feel, self.arrangement.classes).tokens()
        tokens = [*heading, *sheet.tokens[first]]
        # as training cuts it: the last bar's lead stands there, its arrangement only at the end
        for bar in range(first, last if last == sheet.bars else last - 1):
            tokens += [*sheet.following(bar), *played[bar]]
        return ExampleContext(tuple(tokens), tuple(_attributes(sheet, played)))

    def _home(self, parts: Sequence[str]) -> tuple[Sheet, list[list[int]]]:
        """Its sheet, and the tokens of its arrangement bars in home key, by those parts."""
        sheet = sheet_of(self.lead)
        nothing = self.lead.melody[:0]
        band = {part: self.arrangement.parts.get(part, nothing) for part in parts}
        # transposed as tokens, as training does: what leaves the keyboard comes back by an octave
        table = v.transposition(home_shift(self.lead.key)).astype(np.int64)
        bars = encode_arrangement(Arrangement(band), self.lead)
        return sheet, [table[bar].tolist() for bar in bars]


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


def _typical(sheet: Sheet, played: list[list[int]], room: int) -> tuple[int, int]:
    """First and behind the last bar of the run that is shown: it begins with a phrase, fits into
    `room` tokens, and has about as many tokens a bar as the middle bar of the song; not an intro,
    nor a fermata."""
    sizes = np.array([len(a) + len(b) for a, b in zip(sheet.tokens, played, strict=True)])
    usual = float(np.median(sizes))
    best, found = np.inf, (0, 1)
    for first, _ in sheet.phrases:
        fits = int(np.searchsorted(np.cumsum(sizes[first:]), room, side="right"))
        last = first + max(1, min(fits, MOST_BARS))
        off = float(np.mean(np.abs(np.log((sizes[first:last] + 1) / (usual + 1)))))
        short = 1.0 - min(last - first, MOST_BARS) / MOST_BARS
        if off + short < best:
            best, found = off + short, (first, min(last, sheet.bars))
    return found


def _attributes(sheet: Sheet, played: list[list[int]]) -> list[dict[str, tuple[int, ...]]]:
    """How each section is played, by part; the commonest section first."""
    sections = sections_of(sheet)
    first = {section: sections.index(section) for section in sections}
    falling = sorted(first, key=lambda s: (-Counter(sections)[s], s))
    return [_phrase(played[sheet.phrases[first[section]][0]]) for section in falling]


def _phrase(bar: list[int]) -> dict[str, tuple[int, ...]]:
    """What a phrase's first bar says of each part."""
    out: dict[str, tuple[int, ...]] = {}
    kinds = (v.DENSITY, v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE)
    for at, token in enumerate(bar):
        if token in v.PART:
            said = attributes_of(bar[at + 1 :])
            values = [next((kind.value(t) for t in said if t in kind), -1) for kind in kinds]
            out[PARTS[v.PART.value(token)]] = tuple(values)
    return out


def nearest_style(example: Example, styles: Sequence[Style], session: Session) -> Style:
    """The style under whose token the model expects the example's notes most.

    A piece of it is read once under each style's token.
    """
    if len(styles) == 1:
        return styles[0]
    return styles[int(np.argmin([_nats(example, style, session) for style in styles]))]


def _nats(example: Example, style: Style, session: Session) -> float:
    """How surprising the example is under a style."""
    tokens = np.array(example.context(example.arrangement.names, session.context).tokens)
    bars = np.flatnonzero((tokens >= v.BAR.first) & (tokens < v.BAR.end))
    heading, rest = tokens[: bars[0]], tokens[bars[0] :][:JUDGED_TOKENS]
    heading[1] = v.STYLE[style.slot + 1]
    logits = session.cache().read(np.concatenate([heading, rest[:-1]])).astype(np.float64)
    counted = _is_played(rest)[2:]
    logits, following = logits[len(heading) + 1 :][counted], rest[2:][counted]
    top = logits.max(axis=1)
    nats = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return float((nats - logits[np.arange(len(following)), following]).sum())


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
