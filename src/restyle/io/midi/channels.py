"""What the channels of a MIDI file are: instruments, rhythm parts, muted and transposed parts.

Programs, banks, volumes and bends belong to a channel, whichever track chunk sets them. Where
several chunks play on one channel and set it each for itself, as exports of sequencers do that put
every track on channel 1, each chunk's own settings count for its own notes.

Rhythm parts: General MIDI's channel 10; XG's bank 126 and 127 (XG specifications 2.00); General
MIDI 2's bank 120, its bank 121 makes melodic; GS "use for rhythm part" (40 1x 15) and XG part mode
(08 nn 07) by system exclusive message; and what `kits` tells by its keys.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
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
from restyle.io.midi.kits import is_kit
from restyle.music.song import NOTE, Notes

T = TypeVar("T")
RHYTHM_CHANNEL = 9
CENTRE = 0x2000
_LATE = 0.25  # quarter notes; a program that comes no later after the first note is meant for it
_FURTHEST_BEND = 24.0  # semitones; what would transpose a part by more is a slip
_SLIP, _SLIP_SHARE = 2, 0.02  # notes that a program change came too late or too early for
_MOST_STEPS = 500_000  # settings looked at for all parts together; far beyond any song


@dataclass(frozen=True)
class RawTrack:
    """The notes of one player on one channel of one track chunk, in file ticks."""

    chunk: int
    name: str
    program: int
    is_drum: bool
    notes: Notes
    channel: int = -1


@dataclass(frozen=True)
class Mode:
    """A part mode set by a system exclusive message."""

    time: int
    channel: int
    is_drum: bool


class _Stretches(Generic[T]):
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
class _States:
    """How a channel is set from which tick on."""

    programs: _Stretches[tuple[int, bool]]
    """Program, and whether it is a kit."""
    levels: _Stretches[int] = field(default_factory=lambda: _Stretches(100))
    """Volume times expression."""
    bends: _Stretches[float] = field(default_factory=lambda: _Stretches(0.0))
    """In semitones."""


def raw_tracks(file: MidiFile, warnings: list[str]) -> list[RawTrack]:
    """A track per channel of each chunk, and per program where it changes to another family.

    Programs of one family (the eight guitars, say) are one player: the one that plays most. Parts
    whose volume is 0 throughout are left out, parts with a standing bend transposed. What was
    left out is said in `warnings`.
    """
    found: list[tuple[RawTrack, bool]] = []
    bent: set[int] = set()
    for chunk, channel, states in _parts(file):
        own = chunk.notes[chunk.notes[:, 0] >> 7 == channel]
        for track in _players(chunk, channel, own, states, file.division, warnings):
            span = (track.notes["start"], track.notes["start"] + track.notes["duration"])
            heard = bool(_audible(states.levels, *span).any())
            transposed = _transposed(track, states.bends, *span)
            found.append((transposed, heard))
            # one bend that stands is a tuning, if it is no transposition
            if heard and not track.is_drum and transposed is track and _bent(states.bends, *span):
                bent.add(channel)
    _say_bends(file, bent, warnings)
    muted = sum(not heard for _, heard in found)
    if muted == len(found):
        return [track for track, _ in found]
    if muted:
        parts = "A part whose volume is 0 was" if muted == 1 else f"{muted} silent parts were"
        warnings.append(f"{parts} left out.")
    return [track for track, heard in found if heard]


def as_written(file: MidiFile) -> list[RawTrack]:
    """A track per channel of each chunk, as it is written: channel 10 has the drums, no more."""
    return [
        RawTrack(chunk.number, chunk.title, 0, channel == RHYTHM_CHANNEL, _notes(own))
        for chunk in file.chunks
        for channel in sorted(set((chunk.notes[:, 0] >> 7).tolist()))
        for own in (chunk.notes[chunk.notes[:, 0] >> 7 == channel],)
    ]


def _notes(rows: NDArray[np.int64]) -> Notes:
    """Rows of a chunk's notes, as they are struck in the file."""
    key, start, end, velocity, _ = rows[np.argsort(rows[:, 4])].T
    notes = np.empty(len(rows), dtype=NOTE)
    notes["start"], notes["duration"] = start, end - start
    notes["pitch"], notes["velocity"] = key & 0x7F, np.minimum(velocity, 127)
    return notes


def _parts(file: MidiFile) -> Iterable[tuple[Chunk, int, _States]]:
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
    together: dict[int, _States] = {}
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
                yield chunk, channel, _states(told[order], channel, modes, gs, xg)
                continue
            if channel not in together:
                order = np.argsort(told[:, 0], kind="stable")
                together[channel] = _states(told[order], channel, modes, gs, xg)
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


def _states(  # noqa: C901
    told: NDArray[np.int64], channel: int, modes: Sequence[Mode], gs: bool, xg: bool
) -> _States:
    """How a channel is set over time; `told` are its settings in order."""
    own = [mode for mode in modes if mode.channel == channel]
    # A kit or a tune is a part's nature: a message in mid-song is one that was merged late.
    is_drum = own[0].is_drum if own else channel == RHYTHM_CHANNEL
    out = _States(_Stretches((0, is_drum)))
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


def _players(
    chunk: Chunk,
    channel: int,
    own: NDArray[np.int64],
    states: _States,
    division: int,
    warnings: list[str],
) -> Iterable[RawTrack]:
    """The notes of a channel, told apart by kit and by family of programs."""
    which = states.programs.at(own[:, 1])
    ticks = states.programs.ticks
    first = int(own[:, 1].min())
    if len(ticks) > 1 and first < ticks[1] <= first + _LATE * division:
        which = np.maximum(which, 1)
    held = [states.programs.values[i] for i in which.tolist()]
    program, drum = np.array([p for p, _ in held]), np.array([d for _, d in held])
    player = _without_slips(np.where(drum, -1, program >> 3))
    for one in sorted(set(player.tolist())):
        mine = player == one
        counts = Counter(program[mine].tolist())
        if len(counts) > 1 and one >= 0:
            warnings.append("A track changes between like instruments; the most used one stays.")
        notes = _notes(own[mine])
        # struck and let go at once: meant to be heard, as short as one hears
        notes["duration"][notes["duration"] == 0] = max(division // 8, 1)
        used = counts.most_common(1)[0][0]
        if one >= 0 and is_kit(notes, division, used, chunk.title):
            yield RawTrack(chunk.number, chunk.title, 0, True, notes, channel)
        else:
            yield RawTrack(chunk.number, chunk.title, used, one < 0, notes, channel)


def _bent(bends: _Stretches[float], start: NDArray[np.int64], end: NDArray[np.int64]) -> bool:
    """Whether the pitch of some note moves, or notes are bent differently."""
    first, last = bends.at(start), bends.at(np.maximum(end - 1, start))
    return bool((first != last).any()) or len({bends.values[i] for i in set(first.tolist())}) > 1


def _say_bends(file: MidiFile, channels: set[int], warnings: list[str]) -> None:
    """Say how many pitch bends of some channels were left out."""
    count = 0
    for chunk in file.chunks:
        status = chunk.settings[:, 1]
        count += int(((status >> 4 == 0xE) & np.isin(status & 0x0F, list(channels))).sum())
    if count:
        bends = "A pitch bend was" if count == 1 else f"{count:,} pitch bends were"
        warnings.append(f"{bends} left out.")


def _without_slips(player: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which player has each note; a note or two among a hundred belong to the other player."""
    found, counts = np.unique(player, return_counts=True)
    slips = found[(counts <= _SLIP) & (counts < _SLIP_SHARE * len(player))]
    return np.where(np.isin(player, slips), found[np.argmax(counts)], player)


def _audible(
    levels: _Stretches[int], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which notes sound at some time: volume and expression are not 0 all the while."""
    loud = levels.loud
    first = levels.at(start)
    last = np.maximum(levels.at(end - 1), first)
    before = np.where(first > 0, loud[first - 1], 0)
    audible: NDArray[np.bool_] = loud[last] > before
    return audible


def _transposed(
    track: RawTrack,
    bends: _Stretches[float],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> RawTrack:
    """The track as it sounds where one bend stands from its first note to its last.

    Less than half a semitone is a tuning, and changes no note.
    """
    if track.is_drum or len(bends) == 1:
        return track
    first, last = bends.at(start), bends.at(np.maximum(end - 1, start))
    if (first != last).any():
        return track
    values = {bends.values[i] for i in set(first.tolist())}
    shift = round(next(iter(values)))
    if len(values) > 1 or not shift or abs(shift) > _FURTHEST_BEND:
        return track
    notes = track.notes.copy()
    notes["pitch"] += shift
    if notes["pitch"].min() < 0 or notes["pitch"].max() > 127:
        return track
    return replace(track, notes=notes)
