"""What the channels of a MIDI file are: instruments, rhythm parts, muted and transposed parts.

How each channel is set is read in `settings`; what is a kit by its keys, in `kits`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.io.midi.events import Chunk, MidiFile
from restyle.io.midi.kits import is_kit
from restyle.io.midi.settings import RHYTHM_CHANNEL, States, Stretches, channels_of
from restyle.music.song import NOTE, Notes

_LATE = 0.25  # quarter notes; a program that comes no later after the first note is meant for it
_FURTHEST_BEND = 24.0  # semitones; what would transpose a part by more is a slip
_SLIP, _SLIP_SHARE = 2, 0.02  # notes that a program change came too late or too early for


@dataclass(frozen=True)
class RawTrack:
    """The notes of one player on one channel of one track chunk, in file ticks."""

    chunk: int
    name: str
    program: int
    is_drum: bool
    notes: Notes
    channel: int = -1


def raw_tracks(file: MidiFile, warnings: list[str]) -> list[RawTrack]:
    """A track per channel of each chunk, and per program where it changes to another family.

    Programs of one family (the eight guitars, say) are one player: the one that plays most. Parts
    whose volume is 0 throughout are left out, parts with a standing bend transposed. What was
    left out is said in `warnings`.
    """
    found: list[tuple[RawTrack, bool]] = []
    bent: set[int] = set()
    for chunk, channel, states in channels_of(file):
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


def _players(
    chunk: Chunk,
    channel: int,
    own: NDArray[np.int64],
    states: States,
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


def _bent(bends: Stretches[float], start: NDArray[np.int64], end: NDArray[np.int64]) -> bool:
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
    levels: Stretches[int], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which notes sound at some time: volume and expression are not 0 all the while."""
    loud = levels.loud
    first = levels.at(start)
    last = np.maximum(levels.at(end - 1), first)
    before = np.where(first > 0, loud[first - 1], 0)
    audible: NDArray[np.bool_] = loud[last] > before
    return audible


def _transposed(
    track: RawTrack, bends: Stretches[float], start: NDArray[np.int64], end: NDArray[np.int64]
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
