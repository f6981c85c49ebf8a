"""The whole way: a song in, heard, arranged, and the same song in another style out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from restyle.arranger.decode import DecodeOptions, arrange_bars
from restyle.arranger.engine import Engine
from restyle.arranger.render import render
from restyle.arranger.sampling import Sampling
from restyle.arranger.style import Style, load_styles, pick_parts, pick_style
from restyle.arranger.takes import TakeMeasures, measure_take
from restyle.errors import RestyleError
from restyle.formats import read, read_lead
from restyle.hearing import Heard, listen
from restyle.lead import LeadSheet
from restyle.parts import Arrangement
from restyle.song import GRID, Song
from restyle.tokens.vocabulary import LONGEST_BAR

PRETRAINED = Path(__file__).parent / "pretrained" / "arranger"
"""The model that ships in the package."""
FEEL_FROM = 1.2
"""Swing ratio of a song from which on an example or a lead counts as swinging."""


@dataclass(frozen=True)
class TransferOptions:
    """What the user may say about a transfer."""

    to: str
    strength: float = 1.0
    parts: tuple[str, ...] = ()
    """Exactly these parts; the style's own band when empty."""
    melody: bool = True
    """Whether the song's melody is in the result."""
    key: str = ""
    """A key to move the song to, such as "Eb" or "A minor"; the song's own when empty."""
    tempo: float | None = None
    seed: int = 0
    takes: int = 1
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class Take:
    """One sampled result and how it measures."""

    song: Song
    arrangement: Arrangement
    measures: TakeMeasures


@dataclass(frozen=True)
class Result:
    """What a transfer made: the best take first."""

    lead: LeadSheet
    style: Style
    takes: tuple[Take, ...]
    swing: float = 1.0
    """The ratio that the result is played with; its score is written straight."""
    notes: tuple[str, ...] = ()
    """What could not be done as asked, a sentence each."""

    @property
    def song(self) -> Song:
        return self.takes[0].song


class Arranger:
    """A model at work: its styles and its engine."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or PRETRAINED
        self.styles = load_styles(self.folder)
        self.engine = Engine.load(self.folder)

    def transfer(
        self,
        lead: LeadSheet,
        options: TransferOptions,
        on_bar: Callable[[int, int], None] | None = None,
    ) -> Result:
        """Arrange a lead sheet. `on_bar(done, all)` counts the bars of all takes together.

        Raises UnknownStyle for a style or part that is not there, RestyleError for a lead sheet
        that the model cannot write down.
        """
        style = pick_style(self.styles, options.to)
        parts = pick_parts(style, options.parts)
        lead = moved(lead, options.key, options.tempo)
        check_bars(lead)
        ratio = style.swing_ratio(lead.tempos[0].bpm) if counts_quarters(lead) else 1.0
        takes = []
        for number, rng in enumerate(np.random.default_rng(options.seed).spawn(options.takes)):

            def report(done: int, bars: int, number: int = number) -> None:
                if on_bar:
                    on_bar(number * bars + done, options.takes * bars)

            takes.append(self._take(lead, style, parts, options, ratio, rng, report))
        takes.sort(key=lambda take: -take.measures.score)  # stable: of equals the earlier take
        untaught = [part for part in parts if part not in style.known_parts]
        notes = tuple(
            f"The {style.name} songs hardly have {part}: expect little of it." for part in untaught
        )
        return Result(lead, style, tuple(takes), ratio, notes)

    def _take(
        self,
        lead: LeadSheet,
        style: Style,
        parts: tuple[str, ...],
        options: TransferOptions,
        ratio: float,
        rng: np.random.Generator,
        on_bar: Callable[[int, int], None],
    ) -> Take:
        feel = "swing" if ratio >= FEEL_FROM else "straight"
        choose = DecodeOptions(options.sampling, options.strength, feel)
        arrangement = arrange_bars(lead, style, parts, self.engine, rng, choose, on_bar)
        song = render(lead, arrangement, style, rng, options.melody, ratio)
        return Take(song, arrangement, measure_take(lead, arrangement, style))


@lru_cache(maxsize=4)
def arranger(folder: Path | None = None) -> Arranger:
    """The arranger of a model folder (the shipped one when None), loaded once."""
    return Arranger(folder)


def transfer(
    song: Song | LeadSheet | str | os.PathLike[str],
    to: str,
    *,
    seed: int = 0,
    strength: float = 1.0,
    parts: tuple[str, ...] | list[str] = (),
    melody: bool = True,
    key: str = "",
    tempo: float | None = None,
    takes: int = 1,
    model: str | os.PathLike[str] | None = None,
) -> Song:
    """The same song in another style.

    `song` may be a file, a Song, or a LeadSheet, which is taken at its word. The same arguments
    give the same song. Raises RestyleError, with one sentence, when it cannot be done.
    """
    lead = song if isinstance(song, LeadSheet) else open_lead(song)[0]
    options = TransferOptions(to, strength, tuple(parts), melody, key, tempo, seed, takes)
    return arranger(Path(model) if model else None).transfer(lead, options).song


def open_lead(song: Song | str | os.PathLike[str]) -> tuple[LeadSheet, Heard | None]:
    """The lead sheet of a song or file: read where the file is one, heard where it is not."""
    if not isinstance(song, Song):
        lead = read_lead(song)
        if lead is not None:
            return lead, None
        song = read(song)
    if song.note_count and all(track.is_drum for track in song.tracks if len(track.notes)):
        raise RestyleError(
            f"{song.title or 'The song'} has only drums: there is no tune to arrange."
        )
    heard = listen(song)
    return heard.lead, heard


def counts_quarters(lead: LeadSheet) -> bool:
    """Whether the beats are quarters, so that eighths can swing (not in 6/8)."""
    return lead.meters[0].denominator == 4


def check_bars(lead: LeadSheet) -> None:
    """Raise RestyleError where a bar is longer than the vocabulary can say."""
    lines = lead.bar_starts()
    long = np.flatnonzero(np.diff(lines) > LONGEST_BAR)
    if len(long):
        meter = lead.meter_at(int(lines[long[0]])).name
        raise RestyleError(
            f"Bar {long[0] + 1} is in {meter}, which this model has not learnt: write it in "
            f"shorter bars (7/4 is the longest)."
        )


def moved(lead: LeadSheet, key: str = "", tempo: float | None = None) -> LeadSheet:
    """The lead sheet in another key or tempo; the melody goes the shorter way up or down.

    Raises RestyleError for a key that is none, or a tempo that nobody plays.
    """
    if tempo is not None:
        if not 20 <= tempo <= 400:
            raise RestyleError(f"A tempo of {tempo:g} cannot be played: say 20 to 400.")
        factor = tempo / lead.tempos[0].bpm
        lead = replace(lead, tempos=tuple(replace(t, bpm=t.bpm * factor) for t in lead.tempos))
    if not key:
        return lead
    wanted = parse_key(key, lead.key.mode)
    shift = (wanted - lead.key.tonic + 5) % 12 - 5
    melody = lead.melody.copy()
    melody["pitch"] = np.clip(melody["pitch"] + shift, 0, 127)
    chords = tuple(
        c if c.root < 0 else replace(c, root=(c.root + shift) % 12, bass=(c.bass + shift) % 12)
        for c in lead.chords
    )
    return replace(lead, melody=melody, chords=chords, key=replace(lead.key, tonic=wanted))


def parse_key(text: str, mode: str) -> int:
    """The tonic of "Eb", "F#m", "a minor": a pitch class. The song keeps its mode.

    Raises RestyleError for what is no key, or a key of the other mode.
    """
    words = text.replace("-", " ").split()
    name = words[0] if words else ""
    minor = (len(words) > 1 and words[1].lower().startswith("min")) or name.endswith("m")
    name = name.removesuffix("m")
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    if name[:1].upper() not in steps or name[1:] not in ("", "b", "#", "♭", "♯"):
        raise RestyleError(f"'{text}' is not a key: say it like Eb, F# or Am.")
    if minor and mode == "major":
        raise RestyleError("The song is in major and stays so: give a major key, such as Eb.")
    accidental = {"": 0, "b": -1, "♭": -1, "#": 1, "♯": 1}[name[1:]]
    return (steps[name[0].upper()] + accidental) % 12


def seconds_of(lead: LeadSheet) -> float:
    """How long the song lasts, in seconds."""
    ends = [t.start for t in lead.tempos[1:]] + [lead.length]
    return sum(
        (end - t.start) / GRID * 60 / t.bpm for t, end in zip(lead.tempos, ends, strict=True)
    )
