"""Small sounds to put into a page: one channel, low in bits, the beginning of a song."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError
from restyle.io.audio.audio import encoded
from restyle.io.audio.loudness import Sound
from restyle.io.audio.mix import mixed, seconds_at
from restyle.io.audio.synth import RATE
from restyle.music.song import Song

HALVED = RATE // 2
FADE = 1.5
"""Seconds in which a sound that is cut short dies away."""
_TAPS = 31


def preview(song: Song, seconds: float) -> bytes:
    """The first `seconds` of a song as MP3, at about 3 kB a second.

    Raises RestyleError for a song without notes.
    """
    return _small(mixed(beginning(song, seconds)).sound, seconds)


def preview_of_sound(path: Path, seconds: float) -> bytes:
    """The same of a sound file that restyle wrote. Raises RestyleError where it cannot be read."""
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            sound = file.read(int(seconds * RATE) + 1, dtype="float32", always_2d=True)
            rate = file.samplerate
    except (OSError, RuntimeError):
        rate = 0
    if rate != RATE:
        raise RestyleError(f"{path.name} is no sound that restyle wrote.")
    return _small(sound, seconds)


def _small(sound: Sound, seconds: float) -> bytes:
    """The first `seconds` of a sound, which dies away where it is cut short."""
    count = int(seconds * RATE)
    if len(sound) > count:
        sound = sound[:count].copy()
        fade = min(int(FADE * RATE), len(sound))
        sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return encoded(_halved(sound), ".mp3", quality=0.02, rate=HALVED)


def beginning(song: Song, seconds: float) -> Song:
    """The notes of a song that begin in its first seconds."""
    starts = np.unique(np.concatenate([[0], *(track.notes["start"] for track in song.tracks)]))
    first = int(min((t.notes["start"][0] for t in song.tracks if len(t.notes)), default=0))
    begun = seconds_at(song, first)
    inside = [tick for tick in starts.tolist() if seconds_at(song, tick) - begun < seconds]
    if len(inside) == len(starts):
        return song
    end = inside[-1]
    cut = (replace(t, notes=t.notes[t.notes["start"] <= end]) for t in song.tracks)
    return song.with_tracks(cut)


def _halved(sound: Sound) -> Sound:
    """One channel at half the rate, what would be folded back taken out first."""
    mono = sound.mean(axis=1)
    at = np.arange(_TAPS) - _TAPS // 2
    low = (np.sinc(at / 2) * np.hanning(_TAPS + 2)[1:-1]).astype(np.float32)
    low /= low.sum()
    return np.asarray(np.convolve(mono, low, mode="same")[::2, None], dtype=np.float32)
