"""The band: who plays a song, on what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.music.instruments import Instrument, instrument


@dataclass(frozen=True)
class Player:
    """One part, the class of its instrument (see `music.classes`) and its General MIDI program."""

    part: str
    instrument_class: str
    program: int

    @property
    def number(self) -> int:
        """The part's number, as the cursor counts them."""
        return PARTS.index(self.part)

    @property
    def instrument(self) -> Instrument:
        return instrument(self.program)


@dataclass(frozen=True)
class Band:
    """The players, one a part, in the fixed order of the parts."""

    players: tuple[Player, ...]
    colours: float = 0.0
    """Share of the time that the style's songs sound sevenths and sixths: how freely the band adds
    notes to the triads of the lead sheet."""
    usual: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    """By part, how often the style's songs play with each value of density, size, register and
    figure (see `data.playing`); parts of which nothing is known are not there."""

    kit: tuple[float, ...] = ()
    """How many of the style's phrases with drums have a kick, and a snare; empty: not known."""
    together: float = 0.0
    """Share of bars in which who plays the style's chords has the tune's rhythm."""

    def __post_init__(self) -> None:
        names = [player.part for player in self.players]
        if not names or names != sorted(set(names), key=PARTS.index):
            raise ValueError("a band has one player or more, one a part, in the parts' order")

    def __iter__(self) -> Iterator[Player]:
        return iter(self.players)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(player.part for player in self.players)

    @property
    def pitched(self) -> tuple[Player, ...]:
        """All but the drums."""
        return tuple(player for player in self.players if player.part != "drums")

    @property
    def carrying(self) -> frozenset[int]:
        """The numbers of the parts that carry a song: bass, drums, and who plays its chords."""
        chordal = [player.number for player in self.players if player.part in CHORDAL_PARTS]
        rhythm = [player.number for player in self.players if player.part in ("bass", "drums")]
        return frozenset((*rhythm, *chordal[:1]))

    @property
    def classes(self) -> dict[str, str]:
        """The class of each part's instrument."""
        return {player.part: player.instrument_class for player in self.players}
