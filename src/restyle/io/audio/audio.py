"""Songs as sound files: MP3, OGG, FLAC or WAV."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from restyle.errors import RestyleError
from restyle.io.audio.loudness import Sound
from restyle.io.audio.mix import Measured, OnSound, mixing
from restyle.io.audio.signals import pieces
from restyle.io.audio.synth import RATE
from restyle.io.files import saved
from restyle.music.song import Song

ENDINGS = {
    ".mp3": ("MP3", "MPEG_LAYER_III"), ".ogg": ("OGG", "VORBIS"),
    ".flac": ("FLAC", "PCM_16"), ".wav": ("WAV", "PCM_16"),
}  # fmt: skip
"""Name ending -> soundfile's format and subtype."""


def write_audio(
    song: Song,
    path: str | os.PathLike[str],
    soundfont: str | os.PathLike[str] | None = None,
    quality: float = 0.5,
    on_sound: OnSound | None = None,
) -> Measured:
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
    with mixing(song, soundfont, on_sound) as (signal, measured), saved(path) as temporary:
        # a file that libsndfile opens itself: Python called back by C would swallow a Ctrl-C
        _encode(pieces(signal), temporary, ending, quality, RATE)
    return measured


def encoded(sound: Sound, ending: str, quality: float = 0.5, rate: int = RATE) -> bytes:
    """The bytes of a sound file; `ending` is a key of `ENDINGS`."""
    out = BytesIO()
    # libsndfile's OGG wants small helpings
    helpings = (sound[first : first + rate] for first in range(0, len(sound), rate))
    _encode(helpings, out, ending, quality, rate, sound.shape[1])
    return out.getvalue()


def _encode(
    sound: Iterable[Sound], into: Path | BinaryIO, ending: str, quality: float, rate: int,
    channels: int = 2,
) -> None:  # fmt: skip
    """Write pieces of sound into a file. Raises OSError where there is no room for it."""
    import soundfile

    kind, subtype = ENDINGS[ending]
    lossy = ending in (".mp3", ".ogg")
    try:
        with soundfile.SoundFile(
            into, "w", rate, channels, subtype, format=kind,
            compression_level=1.0 - quality if lossy else None,
            bitrate_mode="VARIABLE" if ending == ".mp3" else None,
        ) as file:  # fmt: skip
            for piece in sound:
                file.write(piece)
    except (soundfile.LibsndfileError, AssertionError) as error:  # it asserts that all was written
        raise OSError(str(error) or "no room is left") from error
