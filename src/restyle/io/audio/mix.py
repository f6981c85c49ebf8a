"""Songs as sound, mixed by part, the melody above the band.

Each part is played alone for some seconds and its level set from how loud that is to the ear, so
that the balance holds whatever soundfont plays. Melody and band are then recorded apart, and the
band is moved until the melody stands `MARGIN` above it where it sounds. All this goes over the
recordings in pieces: four minutes as one array are 90 MB.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np

from restyle.errors import RestyleError
from restyle.io.audio.limiter import Limiter, limiter
from restyle.io.audio.loudness import SILENCE, Sound, above, block_loudness, loudness
from restyle.io.audio.signals import (
    Fitted,
    Recording,
    Signal,
    Together,
    peak,
    pieces,
    signal_loudness,
    whole,
)
from restyle.io.audio.synth import RATE, Synth, find_synth
from restyle.io.feel import performed
from restyle.io.midi.write import midi_bytes, pickup_cut
from restyle.music.parts import part_of
from restyle.music.song import TICKS, Marker, Song, Tempo, Track

OnSound = Callable[[int, int], None]
"""Told of the seconds of sound that are rendered so far, and of those that there will be."""
LEVELS = {
    "drums": -8.0, "bass": -6.0, "piano": -6.0, "guitar": -7.0, "keys": -8.0, "strings": -8.0,
    "winds": -7.0, "brass": -7.0, "synth": -9.0, "": -10.0,
}  # fmt: skip
"""How loud each part is in the band, LU; all tracks of a part together."""
PANS = {"piano": 52, "guitar": 80, "keys": 84, "strings": 44, "winds": 76, "brass": 60, "synth": 40}
"""Where each part sits, 0 left to 127 right; the others in the middle, at 64."""
MARGIN = (3.0, 6.0)
"""LU that the melody stands above the band, at least and at most."""
LOUDNESS = -16.0
"""LUFS of the whole, where its peaks allow it."""
CEILING = 10 ** (-2 / 20)
"""Highest peak before encoding; MP3 and OGG overshoot it a little."""
MOST_PUSH = 10.0
"""LU a part is moved at most: a part that its file has far behind stays behind."""
MOST_LIMIT = 5.0
"""LU that the loudest peaks may be turned down; else the whole stays softer."""
TAIL = 1.0
"""Seconds after the last note, in which it dies away."""
_PROBE = 15.0
_VOLUME, _PAN = 7, 10
_LOUDEST = 100
_FULL = 0.99
_FADE = 0.25


@dataclass(frozen=True)
class Measured:
    """What was measured of a song's sound."""

    seconds: float
    loudness: float
    """LUFS of the whole."""
    melody_above_band: float | None
    """LU where the melody sounds; None without a melody or without a band."""


@dataclass(frozen=True)
class Mix(Measured):
    """A short song as sound."""

    sound: Sound
    """(frames, 2) at 48 kHz, peaks below `CEILING`."""


def mixed(song: Song, soundfont: str | os.PathLike[str] | None = None) -> Mix:
    """A short song as one array of sound; raises RestyleError as `mixing` does."""
    with mixing(song, soundfont) as (signal, measured):
        return Mix(**vars(measured), sound=whole(signal))


@contextmanager
def mixing(
    song: Song, soundfont: str | os.PathLike[str] | None = None, on_sound: OnSound | None = None
) -> Iterator[tuple[Signal, Measured]]:
    """The song as sound, to be read within: levels by part, the melody above the band, no
    clipping, a tail.

    `on_sound` is told of the seconds of sound rendered so far, and in all. Raises RestyleError for
    a song without notes, a bad soundfont, or a full disk.
    """
    song = performed(song)
    tracks = [track for track in song.tracks if len(track.notes)]
    if not tracks:
        raise RestyleError("The song has no notes to play.")
    frames = _frames(song)
    lead = [track for track in tracks if track.is_melody]
    band = [track for track in tracks if all(track is not one for one in lead)]
    groups = [group for group in (lead, band) if group]
    probes = sum(_PROBE for group in groups if len(group) > 1 for _ in group)
    total = round(probes + frames / RATE * len(groups))
    synth = _Counted(find_synth(soundfont), total, on_sound)
    with ExitStack() as open_files:
        played: list[Signal] = []
        for group in groups:
            recording = open_files.enter_context(_recorded(song, group, synth, frames))
            played.append(Fitted(recording, frames))
        both, margin = _balanced(played[0], played[1]) if len(played) > 1 else (played[0], None)
        out = _mastered(both)
        if on_sound:
            on_sound(total, total)
        yield out, Measured(frames / RATE, loudness(signal_loudness(out, RATE)), margin)


class _Counted:
    """A synthesiser that says how far it has come."""

    def __init__(self, synth: Synth, seconds: int, on_sound: OnSound | None):
        self._synth, self._all, self._on_sound = synth, seconds, on_sound
        self._done = 0.0

    def play(self, midi: bytes) -> Sound:
        sound = self._synth.play(midi)
        self._count(len(sound))
        return sound

    def record(self, midi: bytes) -> Recording:
        recording = self._synth.record(midi)
        self._count(len(recording))
        return recording

    def _count(self, frames: int) -> None:
        self._done += frames / RATE
        if self._on_sound:  # what is rendered again, softer, was not foreseen
            self._on_sound(min(round(self._done), self._all), self._all)


def _balanced(front: Signal, back: Signal) -> tuple[Together, float]:
    """Melody and band together, the band moved until the melody is `MARGIN` above it."""
    margin = above(signal_loudness(front, RATE), signal_loudness(back, RATE))
    wanted = float(np.clip(margin, *MARGIN))
    return Together(front, back, 10 ** ((margin - wanted) / 20)), wanted


@dataclass(frozen=True)
class _Mastered:
    """A signal by a factor louder, with its peaks held down, faded at the very end."""

    of: Signal
    factor: float
    limiter: Limiter

    def __len__(self) -> int:
        return len(self.of)

    def read(self, first: int, count: int) -> Sound:
        sound = self.limiter.applied(self.of.read(first, count) * np.float32(self.factor), first)
        length = min(int(_FADE * RATE), len(self))
        begin = len(self) - length
        here = max(begin - first, 0)  # where the fade begins in what was read
        ramp = np.linspace(1, 0, length, dtype=np.float32)[max(first - begin, 0) :]
        sound[here:] *= ramp[: len(sound[here:]), None]
        return sound


def _mastered(sound: Signal) -> _Mastered:
    """As loud as `LOUDNESS` where the peaks allow it."""
    gain = LOUDNESS - loudness(signal_loudness(sound, RATE))
    highest = 20 * np.log10(max(peak(sound), 1e-6) / CEILING)
    factor = 10 ** (min(gain, MOST_LIMIT - highest) / 20)
    louder = (piece * np.float32(factor) for piece in pieces(sound))
    return _Mastered(sound, factor, limiter(louder, CEILING))


def _recorded(song: Song, tracks: Sequence[Track], synth: _Counted, frames: int) -> Recording:
    """Some of the tracks, levelled among themselves; not clipped in its first `frames`."""
    controls = _controls(song, tracks, synth)
    played = replace(song, tracks=tuple(tracks), chords=(), markers=_end(song))
    while True:
        recording = synth.record(midi_bytes(played, controls=controls))
        volumes = [setting[_VOLUME] for setting in controls]
        if peak(Fitted(recording, frames)) < _FULL or max(volumes) < 16:
            return recording
        recording.close()
        controls = [  # it was cut off at full scale: half as loud
            {**setting, _VOLUME: max(round(volume * 0.7), 1)}
            for setting, volume in zip(controls, volumes, strict=True)
        ]


def _controls(song: Song, tracks: Sequence[Track], synth: _Counted) -> list[dict[int, int]]:
    """Volume and place of each track: parts at `LEVELS`, a part's tracks sharing its level."""
    parts = [part_of(track.program, track.is_drum) for track in tracks]
    pans = [PANS.get(part, 64) if len(tracks) > 1 else 64 for part in parts]
    if len(tracks) == 1:
        return [{_VOLUME: _LOUDEST, _PAN: 64}]
    push = []
    for track, part in zip(tracks, parts, strict=True):
        heard = loudness(block_loudness(synth.play(midi_bytes(_probe(song, track))), RATE))
        wanted = LEVELS[part] - 10 * np.log10(parts.count(part))
        push.append(wanted - heard if heard > SILENCE else -99.0)
    middle = float(np.median([p for p in push if p > -99.0] or [0.0]))
    push = [float(np.clip(p - middle, -MOST_PUSH, MOST_PUSH)) for p in push]
    # the volume control is a square law: 40 dB for each factor of ten, downwards only
    volumes = [round(_LOUDEST * 10 ** ((p - max(push)) / 40)) for p in push]
    return [{_VOLUME: volume, _PAN: pan} for volume, pan in zip(volumes, pans, strict=True)]


def _probe(song: Song, track: Track) -> Song:
    """The seconds in which a track plays most, alone, from tick 0."""
    bpm = float(np.median([tempo.bpm for tempo in song.tempos]))
    span = int(_PROBE * bpm / 60 * TICKS)
    start = track.notes["start"]
    ends = np.searchsorted(start, start + span)
    first = int(np.argmax(ends - np.arange(len(start))))
    notes = track.notes[first : ends[first]].copy()
    notes["start"] -= notes["start"][0]
    notes["duration"] = np.minimum(notes["duration"], span)
    return Song(tracks=(replace(track, notes=notes),), tempos=(Tempo(0, bpm),))


def _end(song: Song) -> tuple[Marker, ...]:
    """A marker after the last note, so that the synthesiser goes on while it dies away."""
    return (Marker(song.end + int((TAIL + 0.5) * song.tempos[-1].bpm / 60 * TICKS), "end"),)


def _frames(song: Song) -> int:
    """Frames from the start of the written file to the end of the tail."""
    return round((seconds_at(song, song.end) - seconds_at(song, pickup_cut(song)) + TAIL) * RATE)


def seconds_at(song: Song, tick: int) -> float:
    """When a tick sounds, in seconds after tick 0."""
    ends = [*(tempo.start for tempo in song.tempos[1:]), max(tick, song.tempos[-1].start)]
    return sum(
        max(min(end, tick) - tempo.start, 0) / TICKS * 60 / tempo.bpm
        for tempo, end in zip(song.tempos, ends, strict=True)
    )
