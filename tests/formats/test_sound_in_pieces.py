"""Sound in pieces: the same as all at once, with little memory, and nothing left on the disk."""

import resource
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from restyle.errors import RestyleError
from restyle.io.audio import audio, mix
from restyle.io.audio.limiter import STEP, limiter
from restyle.io.audio.loudness import Sound, block_loudness, block_sizes, loudness
from restyle.io.audio.signals import PIECE, Fitted, Recording, peak, signal_loudness, whole
from restyle.io.audio.synth import RATE, Synth
from restyle.music.song import TICKS, Song, Tempo, Track, notes_array


@dataclass(frozen=True)
class Held:
    """A signal that is in memory."""

    sound: Sound

    def __len__(self) -> int:
        return len(self.sound)

    def read(self, first: int, count: int) -> Sound:
        return self.sound[first : first + count].copy()


def noise(frames: int, loud: float = 0.1) -> Sound:
    return (np.random.default_rng(3).normal(0, loud, (frames, 2))).astype(np.float32)


def song(beats: int) -> Song:
    """A soft tune over loud chords and drums."""
    tune = notes_array((i * TICKS, TICKS, 72 + i % 5, 50) for i in range(beats))
    band = notes_array((i * TICKS, TICKS, p, 120) for i in range(0, beats, 2) for p in (48, 55, 64))
    drums = notes_array((i * TICKS, 10, p, 127) for i in range(beats) for p in (36, 38))
    tracks = (Track("Melody", 73, tune), Track("Piano", 0, band), Track("Drums", 0, drums, True))
    return Song(tracks=tracks, tempos=(Tempo(0, 120.0),))


def all_at_once(front: Sound, back: Sound, factor: float) -> Sound:
    """The mix as one calculation over whole arrays, written down again from what it is to be."""
    sound = front + back * np.float32(factor)
    gain = mix.LOUDNESS - loudness(block_loudness(sound, RATE))
    highest = 20 * np.log10(np.abs(sound).max() / mix.CEILING)
    sound = sound * np.float32(10 ** (min(gain, mix.MOST_LIMIT - highest) / 20))
    peaks = np.abs(sound).max(axis=1)
    need = [
        min(1.0, mix.CEILING / max(p.max(), 1e-9))
        for p in np.split(peaks, range(STEP, len(peaks), STEP))
    ]
    count = len(need)
    lowest = [min(need[max(i - 30, 0) : i + 5]) for i in range(count)]
    smooth = [
        np.mean([lowest[min(max(j, 0), count - 1)] for j in range(i - 4, i + 5)])
        for i in range(count)
    ]
    middles = (np.arange(count) + 0.5) * STEP
    gains = np.interp(np.arange(len(sound)), middles, np.minimum(smooth, need))
    sound = np.clip(sound * gains[:, None], -mix.CEILING, mix.CEILING)
    sound[-RATE // 4 :] *= np.linspace(1, 0, RATE // 4)[:, None]
    return np.asarray(sound, np.float32)


def test_a_mix_in_pieces_is_that_of_whole_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = []
    balanced = mix._balanced

    def spy(front: Fitted, back: Fitted) -> object:
        both, margin = balanced(front, back)
        parts.append((whole(front), whole(back), both.factor))
        return both, margin

    monkeypatch.setattr(mix, "_balanced", spy)
    with mix.mixing(song(40)) as (signal, measured):
        sound = whole(signal)
        assert len(sound) == len(signal) > 20 * RATE
        for first, count in ((0, 1), (12345, 777), (3 * PIECE - 5, 10), (len(sound) - 9000, PIECE)):
            assert np.array_equal(signal.read(first, count), sound[first : first + count])
    reference = all_at_once(*parts[0])
    assert np.abs(parts[0][0] + parts[0][1]).max() > 0  # there is something to compare
    assert np.abs(sound - reference).max() < 1e-6
    assert measured.loudness == pytest.approx(loudness(block_loudness(reference, RATE)), abs=1e-4)


def test_what_is_limited_in_pieces_is_what_is_limited_at_once() -> None:
    sound = noise(3 * PIECE + 1234, loud=0.4)
    cut = [sound[at : at + PIECE] for at in range(0, len(sound), PIECE)]
    at_once, by_pieces = limiter([sound], 0.8), limiter(cut, 0.8)
    assert np.array_equal(at_once.gains, by_pieces.gains) and at_once.gains.min() < 0.7
    found = np.concatenate([by_pieces.applied(c, i * PIECE) for i, c in enumerate(cut)])
    assert np.array_equal(found, at_once.applied(sound))


SIZE, HOP = block_sizes(RATE)


@pytest.mark.parametrize(
    "frames", [0, 1, HOP, SIZE, SIZE + 1, 50 * HOP, 51 * HOP, 51 * HOP + 1, 52 * HOP, 101 * HOP + 7]
)
def test_loudness_in_pieces_is_that_of_the_whole(frames: int) -> None:
    sound = noise(frames)
    assert np.array_equal(signal_loudness(Held(sound), RATE), block_loudness(sound, RATE))


def test_a_signal_is_cut_or_filled_with_silence() -> None:
    sound = noise(1000)
    longer = Fitted(Held(sound), 1500)
    assert np.array_equal(whole(longer)[:1000], sound) and not whole(longer)[1000:].any()
    assert len(longer.read(900, 5000)) == 600 and not longer.read(1200, 10).any()
    assert np.array_equal(whole(Fitted(Held(sound), 400)), sound[:400])
    assert peak(Held(sound)) == np.abs(sound).max() and peak(Held(sound[:0])) == 0


def recording(seconds: int) -> Recording:
    """What a synthesiser may answer."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the recording's)
    with soundfile.SoundFile(file, "w", RATE, 2, "PCM_16", format="WAV") as out:
        for _ in range(seconds):
            out.write(noise(RATE))
    return Recording(file, RATE)


def test_a_long_song_is_never_in_memory_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 90
    monkeypatch.setattr(Synth, "record", lambda *_: recording(seconds))
    monkeypatch.setattr(mix, "_controls", lambda song, tracks, synth: [{7: 90}] * len(tracks))
    tracemalloc.start()
    try:
        audio.write_audio(song(2 * seconds), tmp_path / "a.wav")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert soundfile.info(tmp_path / "a.wav").frames == (seconds + 1) * RATE
    assert most < seconds * RATE * 2 * 4 / 2  # half of one array of it


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file becomes larger than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_without_room_is_said_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full_disk(50_000), pytest.raises(RestyleError, match=r"cannot be kept in .*too large"):
        audio.write_audio(song(8), tmp_path / "a.wav")

    @contextmanager
    def mixing(*_: object) -> Iterator[tuple[Held, mix.Measured]]:
        yield Held(noise(10 * RATE)), mix.Measured(10.0, -16.0, None)

    monkeypatch.setattr(audio, "mixing", mixing)
    for ending in audio.ENDINGS:
        with full_disk(20_000), pytest.raises(RestyleError, match=f"a{ending} cannot be written"):
            audio.write_audio(song(8), tmp_path / f"a{ending}")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_work_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    seen = []

    def stopped(*_: object) -> None:
        seen.append([*scratch.iterdir(), *tmp_path.glob(".a.mp3*")])
        raise KeyboardInterrupt

    monkeypatch.setattr(audio, "_encode", stopped)
    with pytest.raises(KeyboardInterrupt):
        audio.write_audio(song(4), tmp_path / "a.mp3")
    assert len(seen[0]) == 1  # the file beside the result's place: recordings have no name
    assert list(tmp_path.iterdir()) == [scratch] and list(scratch.iterdir()) == []
