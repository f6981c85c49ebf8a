"""Small bands that play in a known meter, to hear it again."""

import numpy as np

from restyle.analysis.align import seconds_at
from restyle.music.song import TICKS, Meter, Song, Tempo, Track, notes_array

ROOTS = (0, 9, 5, 7)
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def band(bars=24, beats=4, compound=False, seed=1, pickup=False):
    """A tune, chords and a bass in bars of `beats` beats (dotted quarters where compound).

    With a pickup the tune begins one beat before the first downbeat, which then lies at one beat.
    """
    rng = np.random.default_rng(seed)
    unit = TICKS * 3 // 2 if compound else TICKS
    parts = 3 if compound else 2
    bar = unit * beats
    ahead = unit if pickup else 0
    tune, chords, bass = [], [], []
    pitch = 4
    if pickup:
        tune += [(i * unit // parts, unit // parts - 10, 67 + i, 85) for i in range(parts)]
    for b in range(bars):
        root = ROOTS[b % 4]
        at = ahead + b * bar
        bass.append((at, unit - 20, 36 + root, 92))
        if beats == 4:
            bass.append((at + 2 * unit, unit - 20, 43 + root, 84))
        for k in range(beats):
            if compound:  # broken chords
                chords += [
                    (at + k * unit + i * unit // 3, unit // 3 - 10, 48 + root + (0, 4, 7)[i], 70)
                    for i in range(3)
                ]
            elif beats == 3 and k == 0:
                continue  # oom-pah-pah
            else:
                chords += [(at + k * unit, unit - 30, 48 + root + i, 70) for i in (0, 4, 7)]
            held = k == 0 and rng.random() < 0.6
            steps = 1 if held else parts
            for i in range(steps):
                pitch = int(np.clip(pitch + rng.integers(-2, 3), 0, len(SCALE) - 1))
                length = unit // steps
                tune.append(
                    (at + k * unit + i * length, length - 10, SCALE[pitch] + 12, 84 + 8 * (k == 0))
                )
    meter = Meter(0, 3 * beats, 8) if compound else Meter(0, beats, 4)
    return Song(
        tracks=(
            Track("Tune", 73, notes_array(tune)),
            Track("Chords", 0, notes_array(chords)),
            Track("Bass", 32, notes_array(bass)),
        ),
        meters=(meter,),
    )


def played(song, bpm, rng, jitter=0.006, late=0.7):
    """The song as a performance at tempo `bpm(share of the song)`, stored at 120 a minute.

    Returns it with the seconds of its quarter notes (all from tick 0 of the song).
    """
    quarters = np.arange(song.end // TICKS + 2)
    spacing = np.array([60.0 / bpm(q / len(quarters)) for q in quarters])
    seconds = late + np.concatenate(([0.0], np.cumsum(spacing[:-1])))

    def ticks(times):
        exact = np.interp(times / TICKS, quarters, seconds)
        return exact + rng.normal(0, jitter, len(times))

    tracks = []
    for track in song.tracks:
        start = ticks(track.notes["start"])
        end = ticks(track.notes["start"] + track.notes["duration"])
        rows = zip(
            np.maximum(np.rint(start * 960), 0).astype(int).tolist(),
            np.maximum(np.rint((end - start) * 960), 20).astype(int).tolist(),
            track.notes["pitch"].tolist(),
            track.notes["velocity"].tolist(),
            strict=True,
        )
        tracks.append(Track(track.name, track.program, notes_array(rows)))
    return Song(tuple(tracks), tempos=(Tempo(0, 120.0),), meter_known=False), seconds


def onset_seconds(song):
    """Every onset of a song in real time, track by track in order."""
    return np.concatenate([np.sort(seconds_at(song.tempos, t.notes["start"])) for t in song.tracks])
