"""Sound: files read back with soundfile, levels measured, bad soundfonts refused."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.audio import audio, mix
from restyle.io.audio.limiter import limiter
from restyle.io.audio.loudness import SILENCE, above, block_loudness, loudness
from restyle.io.audio.signals import whole
from restyle.io.audio.synth import RATE, Synth, find_synth
from restyle.music.classes import PARTS
from restyle.music.song import TICKS, Song, Tempo, Track, notes_array


def band(melody_velocity: int = 60, band_velocity: int = 120) -> Song:
    """Four bars in which a soft tune must be heard over loud chords, bass and drums."""
    beats = [(i * TICKS, TICKS) for i in range(16)]
    tune = notes_array((t, d, 72 + i % 5, melody_velocity) for i, (t, d) in enumerate(beats))
    chords = notes_array((t, d, p, band_velocity) for t, d in beats[::2] for p in (60, 64, 67))
    bass = notes_array((t, d, 36, band_velocity) for t, d in beats)
    drums = notes_array((t, 10, p, band_velocity) for t, d in beats for p in (36, 42))
    return Song(
        tracks=(
            Track("Melody", 73, tune),
            Track("Piano", 0, chords),
            Track("Bass", 32, bass),
            Track("Drums", 0, drums, is_drum=True),
        ),
        tempos=(Tempo(0, 120.0),),
    )


@pytest.fixture(scope="module", params=["rustysynth", "fluidsynth"])
def synth(request) -> Synth:
    program = shutil.which("fluidsynth") or ""
    if request.param == "fluidsynth" and not program:
        pytest.skip("FluidSynth is not installed")
    return replace(find_synth(), fluidsynth=program if request.param == "fluidsynth" else "")


@pytest.fixture(scope="module")
def made(synth) -> mix.Mix:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mix, "find_synth", lambda font=None: synth)
        return mix.mixed(band())


def test_the_sound_has_its_length_its_loudness_no_clipping_and_a_tail(made):
    assert made.seconds == pytest.approx(8 + mix.TAIL, abs=0.01)
    assert np.abs(made.sound).max() <= mix.CEILING
    assert made.loudness == pytest.approx(mix.LOUDNESS, abs=3)
    tail = made.sound[-int(0.9 * RATE) :]
    assert np.abs(tail[:2000]).max() > 1e-4  # it dies away rather than being cut
    assert np.abs(tail[-100:]).max() < 1e-3


def test_the_melody_is_heard_above_the_band_wherever_it_sounds(synth, monkeypatch):
    monkeypatch.setattr(mix, "find_synth", lambda font=None: synth)
    calls = []
    balanced = mix._balanced

    def spy(front, back):
        both, margin = balanced(front, back)
        calls.append((whole(both.front), whole(both.back) * np.float32(both.factor)))
        return both, margin

    monkeypatch.setattr(mix, "_balanced", spy)
    said = mix.mixed(band(melody_velocity=30)).melody_above_band
    front, back = calls[0]
    measured = above(block_loudness(front, RATE), block_loudness(back, RATE))
    assert mix.MARGIN[0] - 0.2 <= measured <= mix.MARGIN[1] + 0.2
    assert said == pytest.approx(measured, abs=0.2)


@pytest.mark.parametrize("ending", list(audio.ENDINGS))
def test_each_format_reads_back_as_it_was_written(made, ending, tmp_path):
    path = tmp_path / f"x{ending}"
    path.write_bytes(audio.encoded(made.sound, ending))
    sound, rate = soundfile.read(path, always_2d=True)
    assert rate == RATE and sound.shape[1] == 2
    assert len(sound) / rate == pytest.approx(made.seconds, abs=0.1)
    assert np.abs(sound).max() < 1.0
    back = loudness(block_loudness(sound.astype(np.float32), rate))
    assert back == pytest.approx(made.loudness, abs=0.5)


def test_whatever_part_plays_has_its_level_in_the_band():
    assert mix.LEVELS.keys() == {*PARTS, ""}
    chord = notes_array([(0, TICKS, 60, 90)])
    players = [Track(str(program), program, chord) for program in (61, 48, 73)]  # brass among them
    assert np.abs(mix.mixed(Song(tracks=tuple(players), tempos=(Tempo(0, 120.0),))).sound).max() > 0


def test_an_example_as_mp3_and_a_pickup_that_is_not_waited_for(examples, tmp_path):
    song = read(examples / "greensleeves.abc")
    path = tmp_path / "g.mp3"
    measured = audio.write_audio(song, path)
    sound, rate = soundfile.read(path, always_2d=True)
    assert len(sound) / rate == pytest.approx(measured.seconds, abs=0.1)
    assert np.abs(sound[: rate // 2]).max() > 0.01  # the pickup bar's silence is left out
    assert measured.melody_above_band is None


def test_a_song_without_notes_and_an_unknown_ending_are_refused(tmp_path):
    with pytest.raises(RestyleError, match="no notes"):
        mix.mixed(Song(tracks=(Track("Melody", 0, notes_array()),)))
    with pytest.raises(RestyleError, match=r"\.mp3"):
        audio.write_audio(band(), tmp_path / "x.aiff")
    assert not list(tmp_path.iterdir())


def test_what_is_no_soundfont_is_refused(tmp_path):
    wrong = tmp_path / "wrong.sf2"
    wrong.write_bytes(b"RIFF____WAVE")
    with pytest.raises(RestyleError, match="not a soundfont"):
        find_synth(wrong)
    with pytest.raises(RestyleError, match="cannot be read"):
        find_synth(tmp_path / "nowhere.sf2")
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF\x08\0\0\0sfbkLIST")
    with pytest.raises(RestyleError, match=r"broken\.sf2"):
        Synth(broken).play(b"")


def sine(dbfs: float, hertz: float = 997.0, seconds: float = 5.0) -> np.ndarray:
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_loudness_is_that_of_the_recommendation():
    # EBU Tech 3341, case 1 and 2: a stereo sine of 1 kHz at -23 dBFS has -23 LUFS
    for level in (-23.0, -33.0):
        assert loudness(block_loudness(sine(level), RATE)) == pytest.approx(level, abs=0.1)
    # case 3: what is 13 LU softer than the rest is gated away
    sound = np.concatenate([sine(-36), sine(-23, seconds=20), sine(-36)])
    assert loudness(block_loudness(sound, RATE)) == pytest.approx(-23.0, abs=0.15)
    assert loudness(block_loudness(np.zeros((RATE, 2), np.float32), RATE)) == SILENCE


def test_above_compares_only_where_the_first_sounds():
    tune = np.concatenate([sine(-20), np.zeros((5 * RATE, 2), np.float32)])
    other = np.concatenate([sine(-26), sine(-14)])
    assert above(block_loudness(tune, RATE), block_loudness(other, RATE)) > 4.5


def limited(sound: np.ndarray, ceiling: float) -> np.ndarray:
    return limiter([sound], ceiling).applied(sound)


def test_the_limiter_keeps_peaks_down_and_leaves_soft_sound_alone():
    sound = sine(-12)
    assert limited(sound, 0.8) is sound
    sound[2 * RATE : 2 * RATE + 2000] *= 6
    out = limited(sound, 0.8)
    assert np.abs(out).max() <= np.float32(0.8)
    assert np.array_equal(out[:RATE], sound[:RATE])
