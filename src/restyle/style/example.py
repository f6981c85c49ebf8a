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
from restyle.data.playing import WALKED_BARS, share_walking
from restyle.decoding.cursor import UNSAID
from restyle.decoding.figures import FIGURES
from restyle.decoding.job import ExampleContext
from restyle.decoding.processors.usual import LINES
from restyle.decoding.sections import sections_of
from restyle.decoding.sheet import Sheet, sheet_of
from restyle.errors import RestyleError
from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.music.grid import SWINGS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.song import TICKS, Notes, Track
from restyle.music.transpose import home_shift
from restyle.style.bands import Instruments
from restyle.style.manner import fitting_manner
from restyle.style.style import Style
from restyle.tokens import encode_arrangement, heading_of
from restyle.tokens import vocabulary as v
from restyle.tokens.attributes import attributes_of

LEAST_BARS = 4
EIGHTH = TICKS // 2
DOUBLES = 0.6
"""Share of a track's notes that are the tune's, in any octave, from which on it doubles the tune:
it says nothing of how a band plays under one."""
MOST_BARS = 10
"""Bars of an example that the model is shown: as many as it was shown at most when it learnt."""


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
        that it knows, in the manner that it is in or else in the one that fits the example best;
        that gives what the example is silent about."""
        said, parts = bool(nearest.mix) or nearest.manner is not None, self.arrangement.names
        under = nearest if said else fitting_manner(nearest, self.lead, parts)
        # one song has few turns, and one end
        own = {k: told for k, told in self.figures.items() if k not in ("fills", "ending")}
        figures = {**under.figures, **own}
        for name in ("velocities", "programs", "classes"):
            figures[name] = {**nearest.figures.get(name, {}), **self.figures.get(name, {})}
        figures["bands"] = [[[list(member) for member in self.band], 1]]
        figures |= _known_meters(self.lead)
        figures["walking"] = float(self.walks)
        return Style(
            self.name, nearest.slot, figures, nearest.mix, manner=under.manner, whole_band=True
        )

    def context(self, parts: Sequence[str], style: Style, size: int) -> ExampleContext:
        """What a model of that context reads of it, for a band of those parts in the style that it
        is (see `style`)."""
        sheet, played = self._home(parts)
        first, last = _typical(sheet, played, int(FIGURES.example * size))
        slot = None if style.mix else style.slot
        heading = heading_of(
            sheet.lead, parts, slot, self.feel, self.arrangement.classes, style.manner
        ).tokens()
        tokens = [*heading, *sheet.tokens[first]]
        # as training cuts it: the last bar's lead stands there, its arrangement only at the end
        for bar in range(first, last if last == sheet.bars else last - 1):
            tokens += [*sheet.following(bar), *played[bar]]
        return ExampleContext(tuple(tokens), tuple(_attributes(sheet, played)))

    @property
    def walks(self) -> bool:
        """Whether its bass walks."""
        parts = self.arrangement.names
        sheet, played = self._home(parts)
        tokens = heading_of(sheet.lead, parts, None, self.feel).tokens()
        for bar in range(sheet.bars):
            tokens += [*sheet.following(bar), *played[bar]]
        return share_walking(np.array(tokens, dtype=np.uint16)) > WALKED_BARS

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
    arrangement = arrangement_of(heard.song, _sung_or_doubled(heard), heard.lead.bars)
    if not arrangement.names:
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


def _known_meters(lead: LeadSheet) -> dict[str, float]:
    """Figures of a style whose songs are in the meters of this one: its band knows them."""
    meters = {(meter.numerator, meter.denominator) for meter in lead.meters}
    compound = all(below == 8 and above % 3 == 0 for above, below in meters)
    return {"compound": 1.0} if compound else {"duple": 1.0} if meters == {(2, 4)} else {}


def _sung_or_doubled(heard: Heard) -> tuple[NDArray[np.bool_], ...]:
    """For each track which of its notes are the melody: of one that doubles it, all are."""
    tracks = list(zip(heard.song.tracks, heard.melody, strict=True))
    tune = {place for track, sung in tracks for place in _places(track.notes[sung])}
    return tuple(
        np.ones_like(sung) if not sung.any() and _doubles(track, tune) else sung
        for track, sung in tracks
    )


def _doubles(track: Track, tune: set[tuple[int, int]]) -> bool:
    places = [] if track.is_drum else _places(track.notes)
    return bool(places) and sum(place in tune for place in places) >= DOUBLES * len(places)


def _places(notes: Notes) -> list[tuple[int, int]]:
    """The eighth, and the pitch class, of each note."""
    eighths = (notes["start"] + EIGHTH // 2) // EIGHTH
    return list(zip(eighths.tolist(), (notes["pitch"] % 12).tolist(), strict=True))


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
    phrases: dict[int, list[dict[str, tuple[int, ...]]]] = {section: [] for section in sections}
    for section, (first, _) in zip(sections, sheet.phrases, strict=True):
        phrases[section].append(_phrase(played[first]))
    falling = sorted(phrases, key=lambda s: (-len(phrases[s]), sections.index(s)))
    return [_usual(phrases[section]) for section in falling]


def _usual(phrases: Sequence[dict[str, tuple[int, ...]]]) -> dict[str, tuple[int, ...]]:
    """What most of some phrases say of each part; silence is not copied, nor, of who says the
    chords, that he leaves them out: your song is not there to be without them."""
    out = {}
    for part in dict.fromkeys(part for phrase in phrases for part in phrase):
        said = [phrase[part] for phrase in phrases if phrase.get(part, (0,))[0] > 0]
        if said:
            out[part] = tuple(
                Counter(values).most_common(1)[0][0] for values in zip(*said, strict=True)
            )
    chordal = next((part for part in CHORDAL_PARTS if part in out), None)
    if chordal and v.FIGURES[out[chordal][3]] in LINES:
        density, _, register, _ = out[chordal]
        out[chordal] = (density, UNSAID, register, UNSAID)
    return out


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
