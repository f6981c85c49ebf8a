"""A new song as a lead sheet: `compose_lead`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.brief import Brief
from restyle.composer.lead.chart import Chart, read_chart
from restyle.composer.lead.choir import Choir
from restyle.composer.lead.engine import ChordNet, Ints, TuneNet
from restyle.composer.lead.form import FORMS, SAME, SEQUENCE, Bar, pick_form, planned
from restyle.composer.lead.harmony import chords_for
from restyle.composer.lead.motif import motif_of
from restyle.composer.lead.rhythm import UPBEAT_SHARE, UPBEATS, Pattern, pick
from restyle.composer.lead.rules import WIDE, Note
from restyle.composer.lead.tune import write_tune
from restyle.composer.lead.weights import SHIPPED, Card, read
from restyle.composer.lead.words import Words, read_words
from restyle.errors import RestyleError, UnknownStyle
from restyle.music.lead import LeadSheet
from restyle.music.song import Key, Meter, Tempo, notes_array
from restyle.music.transpose import check_tempo, parse_key, shifted

MOST_BARS = 256
BELOW, ABOVE = 8, 10
"""Semitones of a voice below and above its middle: an octave and a half."""
VELOCITY = 90


@dataclass(frozen=True)
class LeadOptions:
    """What is asked of a new song; what is not said is drawn from the style's songs."""

    style: str
    bars: int | None = None
    key: str = ""
    tempo: float | None = None
    meter: str = ""
    form: str = ""
    temperature: float = 0.9
    seed: int = 0
    take: int = 0
    """Which of several songs of a seed."""
    chords: Path | None = None
    """A chart that the tune is written over."""
    prime: Path | None = None
    """A song that is gone on from: its key, meter, tempo and first two bars."""
    over: Path | None = None
    """Words to be sung: one note a syllable."""


@dataclass(frozen=True)
class Written:
    """A new lead sheet, and its form in words."""

    lead: LeadSheet
    form: str
    plan: tuple[Bar, ...]
    remarks: tuple[str, ...] = ()
    """What the user should know, a sentence each."""

    @property
    def letters(self) -> str:
        """The letters of its sections, as AABA."""
        return "".join(bar.letter for bar in self.plan if bar.begins)


@dataclass(frozen=True)
class Model:
    """The networks and what is known of the styles."""

    tune: TuneNet
    chords: ChordNet
    card: Card

    def habits(self, style: str) -> dict[str, Any]:
        """What the songs of a style have in common. Raises UnknownStyle."""
        if style not in self.card.styles:
            names = ", ".join(sorted(self.card.styles))
            raise UnknownStyle(f"There are no songs to be composed in {style}: there are {names}.")
        found: dict[str, Any] = self.card.trained["habits"][style]
        return found


@lru_cache(maxsize=2)
def load_model(path: Path = SHIPPED) -> Model:
    """The networks of a file, loaded once."""
    arrays, card = read(path)
    return Model(TuneNet(arrays), ChordNet(arrays), card)


def check(options: LeadOptions) -> None:
    """Raise RestyleError for what cannot be."""
    if options.bars is not None and not 4 <= options.bars <= MOST_BARS:
        raise RestyleError(f"A song of {options.bars} bars cannot be: say 4 to {MOST_BARS}.")
    if options.meter and options.meter not in e.METERS:
        raise RestyleError(f"There is no {options.meter} here: say one of {', '.join(e.METERS)}.")
    if options.tempo is not None:
        check_tempo(options.tempo)
    if options.key:
        parse_key(options.key)
    if options.form and options.form not in FORMS:
        raise RestyleError(f"There is no form {options.form}: say one of {', '.join(FORMS)}.")
    if options.over and options.bars is not None:
        raise RestyleError("The bars come from the words: leave out their number.")
    if options.over and options.prime:
        raise RestyleError("A song that is gone on from has a rhythm of its own: leave out words.")
    if not 0.1 <= options.temperature <= 3:
        raise RestyleError("A temperature lies between 0.1 and 3.")


def compose_lead(options: LeadOptions, model: Model | None = None) -> Written:
    """A new lead sheet; the same options give the same one.

    Raises UnknownStyle, or RestyleError for what cannot be.
    """
    check(options)
    model = model or load_model()
    habits = model.habits(options.style)
    chart = read_chart(options.chords, options.key) if options.chords else None
    if chart:
        options = _as_in_chart(options, chart)
    source = motif_of(options.prime) if options.prime else None
    if source:
        key, meter = options.key or source.key, options.meter or source.meter
        options = replace(options, key=key, meter=meter, tempo=options.tempo or source.tempo)
    number = model.card.styles.index(options.style)
    rng = np.random.default_rng([options.seed, options.take, number])
    minor = _minor(options.key, habits, rng)
    form = pick_form(options.style, options.form, rng)
    meter = options.meter or _meter(habits, form, rng)
    words = Words(read_words(options.over), meter) if options.over else None
    if words:
        options = replace(options, bars=words.bars)
    plan = planned(form, options.bars, rng)
    pairs = chart.home() if chart else ()
    if words and chart:
        pairs = _enough(pairs, words.bars)
    if chart:
        plan = over_chords(plan, pairs)
    about = (number, e.METERS.index(meter), int(minor))
    known = source.chords[: len(plan)] if source and source.meter == meter else ()
    choir = Choir(model.chords, about, options.style, dict(enumerate(known)))
    chords = np.array(pairs) if chart else chords_for(plan, form, choir, rng)
    middle = int(rng.integers(67, 71))
    given = {n: notes for n, notes in enumerate(source.bars)} if source and known else {}
    if given:
        middle = round(float(np.mean([n.pitch for notes in given.values() for n in notes])))
    wide = 2 if options.style in WIDE else 0
    brief = Brief(
        model.tune, about, options.style, meter, plan, chords, middle - BELOW - wide,
        middle + ABOVE + wide,
        () if given or words else _upbeat(options.style, meter, rng), FORMS[form].lifted,
        given=given, rhythms=words.rhythms if words else {},
        temperature=options.temperature,
        notes_a_bar=float(habits["notes_a_bar"].get(meter, 4.5)),
    )  # fmt: skip
    lead = lead_sheet(write_tune(brief, rng), chords, meter, minor, brief.upbeat)
    lead = replace(lead, tempos=(Tempo(0, options.tempo or _tempo(habits, rng)),))
    if words:
        lead = replace(lead, lyrics=words.under(lead.melody["start"].tolist()))
    tonic = parse_key(options.key) if options.key else _tonic(habits, minor, rng)
    lead = shifted(lead, (tonic - lead.key.tonic + 5) % 12 - 5)
    title = f"{options.style.capitalize()} no. {options.seed}"
    return Written(replace(lead, title=title), form, tuple(plan))


def _enough(chords: tuple[tuple[int, int], ...], bars: int) -> tuple[tuple[int, int], ...]:
    """The chords of as many bars as the words need. Raises RestyleError where they are too few."""
    if len(chords) < bars:
        raise RestyleError(
            f"The chords have {len(chords)} bars, the words need {bars}: repeat some."
        )
    return chords[:bars]


def _as_in_chart(options: LeadOptions, chart: Chart) -> LeadOptions:
    """The options with the bars and the key of a chart, and its meter where none is said."""
    name = chart.key.spell(chart.key.tonic) + ("m" if chart.key.mode == "minor" else "")
    meter = options.meter or chart.meter or "4/4"
    return replace(options, bars=len(chart.bars), key=name, meter=meter)


def over_chords(plan: list[Bar], chords: tuple[tuple[int, int], ...]) -> list[Bar]:
    """The plan for given chords: what came again over others is moved to them."""
    return [
        replace(bar, how=SEQUENCE) if bar.how == SAME and chords[i] != chords[bar.source] else bar
        for i, bar in enumerate(plan)
    ]


def lead_sheet(
    notes: list[Note], chords: Ints, meter: str, minor: bool, upbeat: Pattern = ()
) -> LeadSheet:
    """Notes and chords at home as a lead sheet; an upbeat is a bar of its own before the rest."""
    bar = e.BAR_LENGTH[meter]
    first = 1 if upbeat else 0
    rows = [((n.bar + first) * bar + n.place, n.length, n.pitch, VELOCITY) for n in notes]
    symbols, last = [], -1
    for i, pair in enumerate(chords.tolist()):
        for half, number in enumerate(pair):
            if number != last:
                at = (i + first) * bar + half * e.MIDDLE[meter]
                symbols.append(e.chord_of(number, at))
                last = number
    numerator, denominator = (int(x) for x in meter.split("/"))
    return LeadSheet(
        melody=notes_array(rows),
        chords=tuple(symbols),
        meters=(Meter(0, numerator, denominator),),
        tempos=(Tempo(0, 120.0),),
        key=Key(9, "minor") if minor else Key(0),
        length=(len(chords) + first) * bar,
        pickup=bar - upbeat[0][0] if upbeat else 0,
    )


def _minor(key: str, habits: dict[str, Any], rng: np.random.Generator) -> bool:
    if key:
        words = key.replace("-", " ").split()
        return words[0].endswith("m") or (len(words) > 1 and words[1].lower().startswith("min"))
    return bool(rng.random() < habits["minor"])


def _meter(habits: dict[str, Any], form: str, rng: np.random.Generator) -> str:
    known = {m: share for m, share in habits["meters"].items() if m in e.METERS}
    if form == "blues":
        return "4/4"
    if form == "minuet" and "3/4" in known and rng.random() < 0.6:
        return "3/4"
    share = np.array(list(known.values())) if known else np.ones(1)
    return str(rng.choice(list(known) or ["4/4"], p=share / share.sum()))


def _tempo(habits: dict[str, Any], rng: np.random.Generator) -> float:
    low, middle, high = habits["tempos"]
    return float(round(rng.triangular(low - 1, middle, high + 1)))


def _tonic(habits: dict[str, Any], minor: bool, rng: np.random.Generator) -> int:
    found = habits["keys"]["minor" if minor else "major"] or [[9 if minor else 0, 1]]
    weights = np.array([count for _, count in found], float)
    return int(rng.choice([tonic for tonic, _ in found], p=weights / weights.sum()))


def _upbeat(style: str, meter: str, rng: np.random.Generator) -> Pattern:
    chance = UPBEAT_SHARE.get(style, 0.25)
    return pick(UPBEATS[meter], rng) if rng.random() < chance else ()
