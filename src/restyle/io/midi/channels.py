"""What the channels of a MIDI file are: instruments, rhythm parts, muted and transposed parts.

Programs, banks, volumes and bends belong to a channel, whichever track chunk sets them. Where
several chunks play on one channel and set it each for itself, as exports of sequencers do that put
every track on channel 1, each chunk's own settings count for its own notes.

Rhythm parts: General MIDI's channel 10; XG's bank 126 and 127 (XG specifications 2.00); General
MIDI 2's bank 120, its bank 121 makes melodic; GS "use for rhythm part" (40 1x 15) and XG part mode
(08 nn 07) by system exclusive message; and what `kits` tells by its keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Mode:
    """A part mode set by a system exclusive message."""

    time: int
    channel: int
    is_drum: bool


@dataclass
class _States:
    """How a channel is set from which tick on: (tick, value) each, the first from the beginning."""

    programs: list[tuple[int, tuple[int, bool]]] = field(default_factory=list)
    levels: list[tuple[int, int]] = field(default_factory=lambda: [(-1, 100)])
    bends: list[tuple[int, float]] = field(default_factory=lambda: [(-1, 0.0)])


def raw_tracks(file: MidiFile, warnings: list[str]) -> list[RawTrack]:
    """A track per channel of each chunk, and per program where it changes to another family.

    Programs of one family (the eight guitars, say) are one player: the one that plays most. Parts
    whose volume is 0 throughout are left out, parts with a standing bend transposed. What was
    left out is said in `warnings`.
    """
    found: list[tuple[RawTrack, bool]] = []
    for chunk, channel, states in _parts(file):
        own = chunk.notes[chunk.notes[:, 0] >> 7 == channel]
        for track in _players(chunk, channel, own, states, file.division, warnings):
            span = (track.notes["start"], track.notes["start"] + track.notes["duration"])
            heard = bool(_audible(states.levels, *span).any())
            found.append((_transposed(track, states.bends, *span), heard))
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
    out = _States()
    own = [mode for mode in modes if mode.channel == channel]
    # A kit or a tune is a part's nature: a message in mid-song is one that was merged late.
    is_drum = own[0].is_drum if own else channel == RHYTHM_CHANNEL
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
            out.programs.append((tick, (program, is_drum)))
        elif kind == 0xE:
            bend = b << 7 | a
        elif a == BANK:
            bank = b
            if bank == 120 or (bank in (126, 127) and not gs):
                is_drum = True
                out.programs.append((tick, (program, is_drum)))
        elif a in (VOLUME, EXPRESSION):
            volume, expression = (b, expression) if a == VOLUME else (volume, b)
            out.levels.append((tick, volume * expression))
        elif a in NRPN:
            registered = [127, 127]
        elif a in RPN:
            registered[a - RPN[0]] = b
        elif a in (DATA, FINE) and registered == [0, 0]:
            reach[a == FINE] = b
        elif a == RESET:
            bend, expression, registered = CENTRE, 127, [127, 127]
            out.levels.append((tick, volume * expression))
        semitones = (bend - CENTRE) / CENTRE * (reach[0] + reach[1] / 100)
        if semitones != out.bends[-1][1]:
            out.bends.append((tick, semitones))
    out.programs.insert(0, (-1, (0, out.programs[0][1][1] if out.programs else is_drum)))
    return out


def _at(states: Sequence[tuple[int, object]], ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which state holds at each tick; what is set at that very tick counts."""
    index: NDArray[np.int64] = np.searchsorted([s[0] for s in states], ticks, side="right") - 1
    return index


def _players(
    chunk: Chunk,
    channel: int,
    own: NDArray[np.int64],
    states: _States,
    division: int,
    warnings: list[str],
) -> Iterable[RawTrack]:
    """The notes of a channel, told apart by kit and by family of programs."""
    programs = states.programs
    first = int(own[:, 1].min())
    if len(programs) > 1 and first < programs[1][0] <= first + _LATE * division:
        programs = [programs[0], (first, programs[1][1]), *programs[2:]]
    which = _at(programs, own[:, 1])
    program = np.array([p for _, (p, _) in programs])[which]
    drum = np.array([d for _, (_, d) in programs])[which]
    player = _without_slips(np.where(drum, -1, program >> 3))
    for one in sorted(set(player.tolist())):
        mine = player == one
        counts = Counter(program[mine].tolist())
        if len(counts) > 1 and one >= 0:
            warnings.append("A track changes between like instruments; the most used one stays.")
        notes = _notes(own[mine])
        used = counts.most_common(1)[0][0]
        if one >= 0 and is_kit(notes, division, used, chunk.title):
            yield RawTrack(chunk.number, chunk.title, 0, True, notes)
        else:
            yield RawTrack(chunk.number, chunk.title, used, one < 0, notes)


def _without_slips(player: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which player has each note; a note or two among a hundred belong to the other player."""
    found, counts = np.unique(player, return_counts=True)
    slips = found[(counts <= _SLIP) & (counts < _SLIP_SHARE * len(player))]
    return np.where(np.isin(player, slips), found[np.argmax(counts)], player)


def _audible(
    levels: Sequence[tuple[int, int]], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which notes sound at some time: volume and expression are not 0 all the while."""
    loud = np.cumsum([level > 0 for _, level in levels])
    first = _at(levels, start)
    last = np.maximum(_at(levels, end - 1), first)
    before = np.where(first > 0, loud[first - 1], 0)
    audible: NDArray[np.bool_] = loud[last] > before
    return audible


def _transposed(
    track: RawTrack,
    bends: Sequence[tuple[int, float]],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> RawTrack:
    """The track as it sounds where one bend stands from its first note to its last.

    Less than half a semitone is a tuning, and changes no note.
    """
    if track.is_drum or len(bends) == 1:
        return track
    first, last = _at(bends, start), _at(bends, np.maximum(end - 1, start))
    if (first != last).any():
        return track
    values = {bends[i][1] for i in set(first.tolist())}
    shift = round(next(iter(values)))
    if len(values) > 1 or not shift or abs(shift) > _FURTHEST_BEND:
        return track
    notes = track.notes.copy()
    notes["pitch"] += shift
    if notes["pitch"].min() < 0 or notes["pitch"].max() > 127:
        return track
    return RawTrack(track.chunk, track.name, track.program, False, notes)
