"""Songs as sound: MP3, OGG, FLAC or WAV, mixed by part, the melody above the band.

Each part is played alone for some seconds and its level set from how loud that is to the ear, so
that the balance holds whatever soundfont plays. Melody and band are then rendered apart, and the
band is moved until the melody stands `MARGIN` above it where it sounds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError
from restyle.io.audio.loudness import (
    SILENCE,
    Sound,
    above,
    block_loudness,
    limited,
    loudness,
)
from restyle.io.audio.synth import RATE, Synth, find_synth
from restyle.io.feel import performed
from restyle.io.files import save
from restyle.io.midi.write import midi_bytes, pickup_cut
from restyle.music.parts import part_of
from restyle.music.song import TICKS, Marker, Song, Tempo, Track

ENDINGS = {
    ".mp3": ("MP3", "MPEG_LAYER_III"), ".ogg": ("OGG", "VORBIS"),
    ".flac": ("FLAC", "PCM_16"), ".wav": ("WAV", "PCM_16"),
}  # fmt: skip
"""Name ending -> soundfile's format and subtype."""
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


@dataclass(frozen=True)
class Mix:
    """A song as sound, and what was measured of it."""

    sound: Sound
    """(frames, 2) at 48 kHz, peaks below `CEILING`."""
    loudness: float
    """LUFS of the whole."""
    melody_above_band: float | None
    """LU where the melody sounds; None without a melody or without a band."""

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


def write_audio(
    song: Song,
    path: str | os.PathLike[str],
    soundfont: str | os.PathLike[str] | None = None,
    quality: float = 0.5,
    on_sound: OnSound | None = None,
) -> Mix:
    """Write a song as .mp3, .ogg, .flac or .wav, whole or not at all; says what was measured.

    Args:
        soundfont: a General MIDI soundfont (.sf2 or .sf3); the best one at hand when None.
        quality: 0 small to 1 best, of MP3 and OGG.
        on_sound: is told of the seconds of sound rendered so far, and in all.

    Raises:
        RestyleError: for another ending, a bad soundfont, a song without notes, or when the file
            cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise RestyleError(f"{Path(path).name}: sound can be written as .mp3, .ogg, .flac or .wav.")
    mix = mixed(song, soundfont, on_sound)
    save(path, encoded(mix.sound, ending, quality))
    return mix


def encoded(sound: Sound, ending: str, quality: float = 0.5, rate: int = RATE) -> bytes:
    """The bytes of a sound file; `ending` is a key of `ENDINGS`."""
    import soundfile

    kind, subtype = ENDINGS[ending]
    lossy = ending in (".mp3", ".ogg")
    out = BytesIO()
    with soundfile.SoundFile(
        out, "w", rate, sound.shape[1], subtype, format=kind,
        compression_level=1.0 - quality if lossy else None,
        bitrate_mode="VARIABLE" if ending == ".mp3" else None,
    ) as file:  # fmt: skip
        for first in range(0, len(sound), rate):  # libsndfile's OGG wants small helpings
            file.write(sound[first : first + rate])
    return out.getvalue()


def mixed(
    song: Song,
    soundfont: str | os.PathLike[str] | None = None,
    on_sound: OnSound | None = None,
) -> Mix:
    """The song as sound: levels by part, the melody above the band, no clipping, a tail.

    `on_sound` is told of the seconds of sound rendered so far, and in all. Raises RestyleError for
    a song without notes or a bad soundfont.
    """
    song = performed(song)
    tracks = [track for track in song.tracks if len(track.notes)]
    if not tracks:
        raise RestyleError("The song has no notes to play.")
    frames = _frames(song)
    lead = [track for track in tracks if track.is_melody]
    band = [track for track in tracks if all(track is not one for one in lead)]
    probes = sum(_PROBE for group in (lead, band) if len(group) > 1 for _ in group)
    whole = frames / RATE * (bool(lead) + bool(band))
    total = round(probes + whole)
    synth = _Counted(find_synth(soundfont), total, on_sound)
    front = _render(song, lead, synth, frames) if lead else None
    back = _render(song, band, synth, frames) if band else None
    margin: float | None = None
    if front is not None and back is not None:
        both, margin = _balanced(front, back)
    else:
        both = front if front is not None else np.asarray(back)
    both = _mastered(both)
    if on_sound:
        on_sound(total, total)
    return Mix(both, loudness(block_loudness(both, RATE)), margin)


class _Counted:
    """A synthesiser that says how far it has come."""

    def __init__(self, synth: Synth, seconds: int, on_sound: OnSound | None):
        self._synth, self._all, self._on_sound = synth, seconds, on_sound
        self._done = 0.0

    def play(self, midi: bytes) -> Sound:
        sound = self._synth.play(midi)
        self._done += len(sound) / RATE
        if self._on_sound:  # what is rendered again, softer, was not foreseen
            self._on_sound(min(round(self._done), self._all), self._all)
        return sound


def _balanced(front: Sound, back: Sound) -> tuple[Sound, float]:
    """Melody and band together, the band moved until the melody is `MARGIN` above it."""
    margin = above(block_loudness(front, RATE), block_loudness(back, RATE))
    wanted = float(np.clip(margin, *MARGIN))
    back *= np.float32(10 ** ((margin - wanted) / 20))
    return front + back, wanted


def _mastered(sound: Sound) -> Sound:
    """As loud as `LOUDNESS` where the peaks allow it, faded at the very end."""
    gain = LOUDNESS - loudness(block_loudness(sound, RATE))
    peak = 20 * np.log10(max(float(np.abs(sound).max(initial=0.0)), 1e-6) / CEILING)
    gain = min(gain, MOST_LIMIT - peak)
    out = limited(sound * np.float32(10 ** (gain / 20)), RATE, CEILING)
    fade = min(int(0.25 * RATE), len(out))
    out[len(out) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return out


def _render(song: Song, tracks: Sequence[Track], synth: _Counted, frames: int) -> Sound:
    """Some of the tracks, levelled among themselves, cut or filled to `frames`."""
    controls = _controls(song, tracks, synth)
    played = replace(song, tracks=tuple(tracks), chords=(), markers=_end(song))
    while True:
        sound = synth.play(midi_bytes(played, controls=controls))[:frames]
        volumes = [setting[_VOLUME] for setting in controls]
        if np.abs(sound).max(initial=0.0) < _FULL or max(volumes) < 16:
            return np.pad(sound, ((0, frames - len(sound)), (0, 0)))
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
