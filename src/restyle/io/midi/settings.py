"""How each channel of a MIDI file is set from which tick on: program, level, bend, kit or tune.

Programs, banks, volumes and bends belong to a channel, whichever track chunk sets them. Where
several chunks play on one channel and set it each for itself, as exports of sequencers do that put
every track on channel 1, each chunk's own settings count for its own notes.

Rhythm parts: General MIDI's channel 10; XG's bank 126 and 127 (XG specifications 2.00); General
MIDI 2's bank 120, its bank 121 makes melodic; GS "use for rhythm part" (40 1x 15) and XG part mode
(08 nn 07) by system exclusive message.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from restyle.io.midi.events import (
    BANK,
    DATA,
    EXPRESSION,
    FINE,
    NRPN,
    RESET,
    RPN,
    VOLUME,
    Chunk,
    MidiFile,
)

T = TypeVar("T")
RHYTHM_CHANNEL = 9
CENTRE = 0x2000
_MOST_STEPS = 500_000  # settings looked at for all parts together; far beyond any song


@dataclass(frozen=True)
class Mode:
    """A part mode set by a system exclusive message."""

    time: int
    channel: int
    is_drum: bool


class Stretches(Generic[T]):
    """Values that hold from a tick on until the next, as they are added in order."""

    def __init__(self, first: T) -> None:
        self.ticks, self.values = array("q", [-1]), [first]

    def add(self, tick: int, value: T) -> None:
        self.ticks.append(tick)
        self.values.append(value)

    def __len__(self) -> int:
        return len(self.values)

    def at(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the value that holds at each tick; what is set at that very tick counts."""
        index: NDArray[np.int64] = np.searchsorted(np.asarray(self.ticks), ticks, side="right") - 1
        return index

    @cached_property
    def loud(self) -> NDArray[np.int64]:
        """How many values above 0 there are up to each, it included."""
        return np.cumsum([bool(value) for value in self.values])


@dataclass
class States:
    """How a channel is set from which tick on."""

    programs: Stretches[tuple[int, bool]]
    """Program, and whether it is a kit."""
    levels: Stretches[int] = field(default_factory=lambda: Stretches(100))
    """Volume times expression."""
    bends: Stretches[float] = field(default_factory=lambda: Stretches(0.0))
    """In semitones."""


def channels_of(file: MidiFile) -> Iterable[tuple[Chunk, int, States]]:
    """Every chunk and channel with notes, in file order, and how the channel is set for it."""
    playing = [(c, sorted(set((c.notes[:, 0] >> 7).tolist()))) for c in file.chunks]
    players: dict[int, list[int]] = {}
    for chunk, channels in playing:
        for channel in channels:
            players.setdefault(channel, []).append(chunk.number)
    rows = np.concatenate(
        [np.column_stack((c.settings, np.full(len(c.settings), c.number))) for c in file.chunks]
        or [np.empty((0, 5), dtype=np.int64)]
    )
    by_channel = {ch: rows[rows[:, 1] & 0x0F == ch] for ch in players}
    gs, xg, modes = exclusive_modes(file.exclusive)
    steps = 0
    together: dict[int, States] = {}
    for chunk, channels in playing:
        for channel in channels:
            told = by_channel[channel]
            source = told[:, 4]
            mine = source == chunk.number
            steps += len(told)
            if len(players[channel]) > 1 and mine.any() and steps < _MOST_STEPS:
                others = [n for n in players[channel] if n != chunk.number]
                told = told[~np.isin(source, others)]
                mine = told[:, 4] == chunk.number
                order = np.lexsort((mine, told[:, 0]))
                yield chunk, channel, states_of(told[order], channel, modes, gs, xg)
                continue
            if channel not in together:
                order = np.argsort(told[:, 0], kind="stable")
                together[channel] = states_of(told[order], channel, modes, gs, xg)
            yield chunk, channel, together[channel]


def exclusive_modes(messages: Sequence[tuple[int, bytes]]) -> tuple[bool, bool, list[Mode]]:
    """Whether a file speaks GS, whether XG, and the part modes that its messages set."""
    gs = xg = False
    modes: list[Mode] = []
    for time, data in messages:
        if len(data) >= 8 and data[0] == 0x41 and data[2:4] == b"\x42\x12":
            gs = True
            if data[4] == 0x40 and data[5] >> 4 == 1 and data[6] == 0x15:
                block = data[5] & 0x0F
                channel = 9 if block == 0 else block - 1 if block < 10 else block
                modes.append(Mode(time, channel, data[7] > 0))
        elif len(data) >= 7 and data[0] == 0x43 and data[1] >> 4 == 1 and data[2] == 0x4C:
            xg = True
            if data[3] == 0x08 and data[4] < 16 and data[5] == 0x07:
                modes.append(Mode(time, data[4], data[6] > 0))
    return gs, xg, modes


def states_of(  # noqa: C901
    told: NDArray[np.int64], channel: int, modes: Sequence[Mode], gs: bool, xg: bool
) -> States:
    """How a channel is set over time; `told` are its settings in order."""
    own = [mode for mode in modes if mode.channel == channel]
    # A kit or a tune is a part's nature: a message in mid-song is one that was merged late.
    is_drum = own[0].is_drum if own else channel == RHYTHM_CHANNEL
    out = States(Stretches((0, is_drum)))
    program = bank = 0
    volume, expression = 100, 127
    bend, reach = CENTRE, [2, 0]
    registered = [127, 127]  # fine, coarse: no parameter
    for tick, status, a, b in told[:, :4].tolist():
        kind = status >> 4
        if kind == 0xC:
            program = a
            if bank == 121 or (xg and channel != RHYTHM_CHANNEL and bank in (0, 64) and not own):
                is_drum = False
            out.programs.add(tick, (program, is_drum))
        elif kind == 0xE:
            bend = b << 7 | a
        elif a == BANK:
            bank = b
            if bank == 120 or (bank in (126, 127) and not gs):
                is_drum = True
                out.programs.add(tick, (program, is_drum))
        elif a in (VOLUME, EXPRESSION):
            volume, expression = (b, expression) if a == VOLUME else (volume, b)
            out.levels.add(tick, volume * expression)
        elif a in NRPN:
            registered = [127, 127]
        elif a in RPN:
            registered[a - RPN[0]] = b
        elif a in (DATA, FINE) and registered == [0, 0]:
            reach[a == FINE] = b
        elif a == RESET:
            bend, expression, registered = CENTRE, 127, [127, 127]
            out.levels.add(tick, volume * expression)
        semitones = (bend - CENTRE) / CENTRE * (reach[0] + reach[1] / 100)
        if semitones != out.bends.values[-1]:
            out.bends.add(tick, semitones)
    if len(out.programs) > 1:  # what plays before is of the same nature
        out.programs.values[0] = (0, out.programs.values[1][1])
    return out
