"""Sound that is read in pieces, so that a long song is never in memory as a whole.

A signal is a length and a way to read a stretch of it; what is done to it (cut, mixed, turned down)
is done to each stretch as it is read, the same as it would be to the whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, Self

import numpy as np

from restyle.errors import RestyleError
from restyle.io.audio.loudness import Loudness, Sound, block_loudness, block_sizes

PIECE = 48000
"""Frames that are read at once."""
_LOUDNESS_BLOCKS = 50


class Signal(Protocol):
    """Sound of two channels that can be read more than once."""

    def __len__(self) -> int:
        """Its frames."""

    def read(self, first: int, count: int) -> Sound:
        """`count` frames from frame `first` on, (frames, 2); fewer where it ends before."""


class Recording:
    """A WAV file without a name, which is gone when it is closed or the process ends.

    Takes the file over. Raises RestyleError when its rate is not `rate`.
    """

    def __init__(self, file: BinaryIO, rate: int):
        import soundfile

        self._file = file  # read by its number: Python called back by C would swallow a Ctrl-C
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        self._sound = soundfile.SoundFile(file.fileno(), closefd=False)
        if self._sound.samplerate != rate:  # both engines are asked for, or always use, one rate
            said = self._sound.samplerate
            self.close()
            raise RestyleError(f"The synthesiser answered at {said} Hz instead of {rate}.")

    def __len__(self) -> int:
        return int(self._sound.frames)

    def read(self, first: int, count: int) -> Sound:
        self._sound.seek(min(first, len(self)))
        return np.asarray(self._sound.read(count, dtype="float32", always_2d=True), np.float32)

    def close(self) -> None:
        self._sound.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True)
class Fitted:
    """A signal cut, or filled with silence, to so many frames."""

    of: Signal
    frames: int

    def __len__(self) -> int:
        return self.frames

    def read(self, first: int, count: int) -> Sound:
        count = max(min(count, self.frames - first), 0)
        sound = self.of.read(first, count)
        return np.pad(sound, ((0, count - len(sound)), (0, 0)))


@dataclass(frozen=True)
class Together:
    """Two signals of one length at once, the second one by a factor louder."""

    front: Signal
    back: Signal
    factor: float

    def __len__(self) -> int:
        return len(self.front)

    def read(self, first: int, count: int) -> Sound:
        back = self.back.read(first, count) * np.float32(self.factor)
        return np.asarray(self.front.read(first, count) + back)


def pieces(signal: Signal, size: int = PIECE) -> Iterator[Sound]:
    """The whole signal, a piece after another."""
    for first in range(0, len(signal), size):
        yield signal.read(first, size)


def peak(signal: Signal) -> float:
    """Its farthest sample from zero; 0 when it is empty."""
    return max((float(np.abs(piece).max(initial=0.0)) for piece in pieces(signal)), default=0.0)


def whole(signal: Signal) -> Sound:
    """All of a short signal as one array."""
    return signal.read(0, len(signal))


def signal_loudness(signal: Signal, rate: int) -> Loudness:
    """`block_loudness` of the whole signal."""
    size, hop = block_sizes(rate)
    step, reach = _LOUDNESS_BLOCKS * hop, (_LOUDNESS_BLOCKS - 1) * hop + size
    # what is left after the last full piece may hold no block that is not measured yet
    firsts = range(0, max(len(signal) - size + hop, 1), step)
    return np.concatenate([block_loudness(signal.read(at, reach), rate) for at in firsts])
