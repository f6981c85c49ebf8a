"""What is asked of a band: a song, who plays, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from restyle.critic.preference import Preference
from restyle.critic.score import Critic
from restyle.decoding.band import Band
from restyle.decoding.constraints import CONSTRAINTS
from restyle.decoding.figures import FIGURES
from restyle.decoding.processors import PROCESSORS
from restyle.decoding.sampler import Sampling
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement

MECHANISMS = (
    "grammar", *CONSTRAINTS, *PROCESSORS, "walking", "ending", "returns", "fills", "best_of",
)  # fmt: skip
"""All that has a say in what comes out beside the model, by name."""


@dataclass(frozen=True)
class DecodeOptions:
    """How to choose. Raises ValueError for names that are none."""

    sampling: Sampling = field(default_factory=Sampling)
    strength: float = 1.0
    """0 follows the style-free prediction, 1 the styled one, above exaggerates: see `guidance`."""
    candidates: int = FIGURES.candidates
    """How often each phrase is played; the best goes on."""
    keep_chords: bool = False
    """Whether the chords are played as they are, without colours."""
    without: tuple[str, ...] = ()
    """Mechanisms that are left out, by name."""
    only: tuple[str, ...] = ()
    """When not empty, all but these mechanisms are left out."""

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.without, *self.only) if name not in MECHANISMS]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is no mechanism: {', '.join(MECHANISMS)}")
        if "grammar" in self.without:
            raise ValueError("the grammar cannot be left out: nothing else would be music data")

    def has(self, name: str) -> bool:
        """Whether a mechanism is at work."""
        return name not in self.without and (not self.only or name in self.only)


@dataclass(frozen=True)
class Redo:
    """Bars to write anew in an arrangement that is there; all its other notes stay."""

    arrangement: Arrangement
    first: int
    """The first bar to write, counted from 0."""
    last: int
    """The bar after the last one to write."""
    parts: tuple[str, ...] = ()
    """The parts to write; all when empty."""
    phrase: bool = False
    """Whether a phrase begins with the first bar, wherever that is: another band comes in there,
    and has to be asked how it plays."""


@dataclass(frozen=True)
class ExampleContext:
    """An example, as the model reads it: see `style.example`."""

    tokens: tuple[int, ...]
    """Its heading and bars, in the song's home key."""
    attributes: tuple[Mapping[str, tuple[int, ...]], ...]
    """How its parts play its sections, by part: density, size, register, figure."""


@dataclass(frozen=True)
class Course:
    """How a song is to go, bar by bar."""

    energy: tuple[float, ...] = ()
    """Of each bar, 0..1; 0.5 is what the model says. Empty where nothing is said."""
    rests: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Bars in which a part does not play."""

    def silent(self, begin: int, end: int) -> tuple[str, ...]:
        """The parts that rest from bar `begin` up to `end`."""
        return tuple(
            part for part, bars in self.rests.items() if bars.issuperset(range(begin, end))
        )


@dataclass(frozen=True)
class Job:
    """What a band must know to play a song."""

    lead: LeadSheet
    band: Band
    slots: tuple[tuple[int, float], ...]
    """Style slots and their shares, which sum to 1."""
    feel: str = "any"
    manner: int | None = None
    options: DecodeOptions = field(default_factory=DecodeOptions)
    attributes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """How parts are to play throughout, by part: density, size, register, figure, -1 for what the
    model is to say (see `tokens.attributes`)."""
    walking: tuple[str, ...] = ()
    """Parts that are to walk: a note a beat, mostly by step or in the chord."""
    returning: float = 0.0
    """How likely it is that a stretch of tune and chords that comes back is played as it was, 0..1:
    in all of a song or in none of it."""
    fills: tuple[float, ...] = ()
    """How often drums fill in before a new section, and how often a crash follows; empty: not
    known."""
    ends: bool = False
    """Whether all end with the tune's last note, where that is held in the last bar."""
    example: ExampleContext | None = None
    course: Course = field(default_factory=Course)
    redo: Redo | None = None
    kept: Arrangement | None = None
    """What some parts of the band play, whatever the others do: tracks of the song itself. The
    others hear them."""
    critic: Critic = field(default_factory=Preference.load)
