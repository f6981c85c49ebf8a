"""Songs whose chords, key or melody are known, to fit and to measure hearing with."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearing_truth import song_shift
from restyle.analysis.align import seconds_at
from restyle.analysis.chroma import SLOT, slot_roll
from restyle.analysis.melody import possible_singers
from restyle.errors import RestyleError
from restyle.io import gm, read
from restyle.music.chord import QUALITIES
from restyle.music.song import TICKS, Chord, Key, Meter, Notes, Song, Tempo, Track, sort_notes

FITTING, HELD_OUT = 1, 0
"""The two halves: POP909 by odd and even number, the rest by title."""

# How POP909 writes qualities and the bass (as a degree above the root).
_QUALITY = {
    "sus4": "sus", "min7": "m7", "sus4(b7)": "7sus", "maj6": "6", "min6": "m6", "minmaj7": "mM7"
}  # fmt: skip
_DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
_DEGREE = {name: semitones for semitones, name in enumerate(_DEGREES)}
_LETTER = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))

_TUNE = re.compile(
    r"melod|vocal|\bvocs?\b|\bvox\b|\bvoices?\b|^lead$|\bld voc|gesang|\bchant|singstimme|\bcanto\b"
    r"|\bsinging|\bvoix\b|stimme\b|lyric|sopran"
)
_NO_TUNE = re.compile(
    r"melodic|back|\bbg|bvox|harm|counter|echo|doubl|extra|ooh|aah|synth|syn |space|square|choir"
    r"|guitar|gtr|bass|words|muted lyr|attack|breath|oct|sax|sopranino|solo|fill|optional|delay"
    r"|copy|2|3|4|5|\bii|practice|cutaway|who"
)


@dataclass(frozen=True)
class Labelled:
    """A song of POP909 on the beats of its labels, the chord on each of them, and its key."""

    number: int
    song: Song
    chords: dict[int, Chord]
    """Beat (in quarters from tick 0) to the chord that its labels give it, root -1 for none."""
    key: Key

    @property
    def half(self) -> int:
        return self.number % 2


@dataclass(frozen=True)
class Named:
    """A song one of whose tracks is called melody, voice, Gesang, ...; the names are taken off."""

    source: str
    title: str
    song: Song
    candidates: list[int]
    right: NDArray[np.bool_]
    """For each candidate track whether it is a named one, or doubles one note for note."""

    @property
    def half(self) -> int:
        return half_of(self.source, self.title)


def half_of(source: str, title: str) -> int:
    """FITTING or HELD_OUT; versions of one title stand on the same side."""
    return int(title) % 2 if source == "POP909" else zlib.crc32(title.encode()) % 2


def pop909(folder: Path, songs: int, half: int | None = None) -> Iterator[Labelled]:
    """The songs of POP909, on the beats of their labels; of one half where it is given."""
    files = sorted((folder / "pop" / "POP909").glob("*.mid"))
    files = [f for f in files if half is None or int(f.stem) % 2 == half]
    for file in files[:songs]:
        table = np.loadtxt(file.with_suffix(".beat_midi.txt"))
        song, beats, first = _on_beats(read(file), table)
        ends, chords = _chord_labels(file.with_suffix(".chord_midi.txt"))
        middles = (beats[:-1] + beats[1:]) / 2
        at = np.searchsorted(ends, middles)
        labels = {first + i: chords[k] for i, k in enumerate(at) if k < len(chords)}
        yield Labelled(int(file.stem), song, labels, _key_label(file.with_suffix(".key_audio.txt")))


def _on_beats(song: Song, table: NDArray[np.float64]) -> tuple[Song, NDArray[np.float64], int]:
    """The song in bars of its labels; the labels' beats in seconds; on which quarter they begin."""
    beats = table[:, 0]
    simple, full = np.flatnonzero(table[:, 1]), np.flatnonzero(table[:, 2])
    in_four = int(np.median(np.diff(simple))) == 2
    down, per_bar = (full, 4) if in_four else (simple, 3)
    lead_in = int(-down[0]) % per_bar + per_bar
    before = beats[0] - (beats[1] - beats[0]) * np.arange(lead_in, 0, -1)
    after = beats[-1] + (beats[-1] - beats[-2]) * np.arange(1, 4 * per_bar + 1)
    pulse = np.concatenate([before, beats, after])
    silence = float(seconds_at(song.tempos, np.array([song_shift(song)]))[0])

    def place(ticks: NDArray[np.int32]) -> NDArray[np.int64]:
        seconds = seconds_at(song.tempos, ticks) - silence
        return np.round(np.interp(seconds, pulse, np.arange(len(pulse)) * TICKS)).astype(int)

    tracks = []
    for track in song.tracks:
        notes = track.notes.copy()
        notes["start"] = place(track.notes["start"])
        ends = place(track.notes["start"] + track.notes["duration"])
        notes["duration"] = np.maximum(1, ends - notes["start"])
        tracks.append(replace(track, notes=sort_notes(notes)))
    meters = [Meter(0, per_bar, 4)]
    for place_of_bar, length in zip(lead_in + down, np.append(np.diff(down), per_bar), strict=True):
        if length != meters[-1].numerator:
            meters.append(Meter(int(place_of_bar) * TICKS, int(length), 4))
    moved = Song(tuple(tracks), tuple(meters), (Tempo(0, 60 / float(np.diff(beats).mean())),))
    return moved, beats, lead_in


def _chord_labels(file: Path) -> tuple[NDArray[np.float64], list[Chord]]:
    """Ends in seconds, and chords."""
    rows = [line.split() for line in file.read_text().splitlines()]
    return np.array([float(row[1]) for row in rows]), [chord_of(row[2]) for row in rows]


def chord_of(label: str) -> Chord:
    """ "Bb:min7/b7" as a Chord; "N" as no chord."""
    if label == "N":
        return Chord(0, -1)
    root, _, rest = label.partition(":")
    quality, _, bass = rest.partition("/")
    low = (_pitch_class(root) + _DEGREE[bass]) % 12 if bass else -1
    quality = _QUALITY.get(quality, quality)
    assert quality in QUALITIES, label
    return Chord(0, _pitch_class(root), quality, low)


def _pitch_class(name: str) -> int:
    return (_LETTER[name[0]] + name.count("#") - name[1:].count("b")) % 12


def _key_label(file: Path) -> Key:
    """The key that lasts longest."""
    rows = [line.split() for line in file.read_text().splitlines()]
    name = max(rows, key=lambda row: float(row[1]) - float(row[0]))[2]
    root, mode = name.split(":")
    return Key(_pitch_class(root), "minor" if mode == "min" else "major")


def named(folder: Path, songs: int, only: Collection[str] = ()) -> Iterator[Named]:
    """Every song with a track that its file calls the melody, POP909's on their labels' beats.

    `only` names the sources that are wanted, where not all are.
    """
    if not only or "POP909" in only:
        yield from _named_pop909(folder, songs)
    for source in sorted(p for p in folder.glob("*/*") if p.is_dir() and p.name != "POP909"):
        if only and source.name not in only:
            continue
        for file in sorted(source.glob("*.mid"), key=lambda p: zlib.crc32(p.stem.encode()))[:songs]:
            try:
                song = read(file)
            except RestyleError:
                continue
            candidates = possible_singers(song)
            right = _named_right(song, candidates)
            if len(candidates) > 1 and right.any():
                yield _nameless(source.name, title_of(file), song, candidates, right)


def _named_pop909(folder: Path, songs: int) -> Iterator[Named]:
    for labelled in pop909(folder, songs):
        candidates = possible_singers(labelled.song)
        names = [labelled.song.tracks[i].name for i in candidates]
        right = np.array([name == "MELODY" for name in names])
        if right.any():
            yield _nameless("POP909", str(labelled.number), labelled.song, candidates, right)


def _nameless(
    source: str, title: str, song: Song, candidates: list[int], right: NDArray[np.bool_]
) -> Named:
    hidden = song.with_tracks(replace(t, name="") for t in song.tracks)
    return Named(source, title, replace(hidden, keys=(), chords=()), candidates, right)


def title_of(file: Path) -> str:
    """The beginning of a song's title, the same for most versions of it."""
    stem = file.stem if "_lc" in file.stem else file.stem.split("__")[-1]
    return re.sub(r"[^a-z]", "", stem.lower())[:14]


def _named_right(song: Song, candidates: list[int]) -> NDArray[np.bool_]:
    """Which candidates are named as the melody and sing for a fifth of the song, or double one."""
    names = [song.tracks[i].name.strip(" \0").lower() for i in candidates]
    bars = max(song.end / (4 * TICKS), 1.0)
    right = np.zeros(len(candidates), dtype=bool)
    for row, (i, name) in enumerate(zip(candidates, names, strict=True)):
        said = bool(_TUNE.search(name)) and not _NO_TUNE.search(name) and names.count(name) < 3
        played = len(np.unique(song.tracks[i].notes["start"] // (4 * TICKS)))
        # Nameless tracks are named after their program by the reader.
        given = name != gm.name(song.tracks[i].program).lower()
        right[row] = said and given and played > 0.2 * bars
    onsets = [_onsets(song.tracks[i]) for i in candidates]
    for a in np.flatnonzero(right):
        for b, other in enumerate(onsets):
            right[b] |= 2 * len(onsets[a] & other) > 0.8 * (len(onsets[a]) + len(other))
    return right


def _onsets(track: Track) -> set[tuple[int, int]]:
    places = (track.notes["start"] + 40) // 80
    return set(zip(places.tolist(), (track.notes["pitch"] % 12).tolist(), strict=True))


def merged(song: Song, melody: int) -> tuple[Notes, NDArray[np.bool_]]:
    """All pitched notes as one sorted track, doubled ones once, and which are the melody's."""
    tracks = [(t.notes, i == melody) for i, t in enumerate(song.tracks) if not t.is_drum]
    notes = np.concatenate([n for n, _ in tracks])
    sung = np.concatenate([np.full(len(n), is_it) for n, is_it in tracks])
    order = np.lexsort((~sung, notes["pitch"], notes["start"]))
    notes, sung = notes[order], sung[order]
    first = np.append(True, (np.diff(notes["start"]) != 0) | (np.diff(notes["pitch"]) != 0))
    return notes[first], sung[first]


def as_solo(song: Song, melody: int) -> tuple[Notes, NDArray[np.bool_]]:
    """The song as one pianist would play it: the melody on top, and what is sung of it.

    Notes that sound above the melody are left out, and where it rests for two quarters or more
    the highest line of the others is the melody, if it is in the melody's register.
    """
    notes, sung = merged(song, melody)
    low = np.median(notes["pitch"][sung]) - 7
    slots = int((notes["start"] + notes["duration"]).max()) // SLOT + 2
    voice = highest(notes[sung], slots)
    start = np.minimum((notes["start"] + SLOT // 2) // SLOT, slots - 1)
    reach = np.minimum((notes["start"] + notes["duration"] - 1) // SLOT, slots - 1)
    covered = np.zeros(len(notes), dtype=bool)
    for at in (start, (start + reach) // 2, reach):
        covered |= (voice[at] > 0) & (notes["pitch"] >= voice[at])
    keep = sung | ~covered
    notes, sung, start = notes[keep], sung[keep], start[keep]
    rest = _long_rests(voice > 0)
    sings = notes["pitch"] >= np.maximum(highest(notes, slots)[start], low)
    return notes, sung | (rest[start] & sings)


def highest(notes: Notes, slots: int) -> NDArray[np.int16]:
    """The highest pitch that sounds in each slot, 0 in silence."""
    roll = slot_roll(notes, slots) > 0
    return np.where(roll.any(axis=1), 127 - roll[:, ::-1].argmax(axis=1), 0).astype(np.int16)


def _long_rests(sounding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Slots within silences of at least two quarters."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], sounding, [True])).astype(np.int8)))
    rests = np.zeros(len(sounding), dtype=bool)
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        rests[first:last] = (last - first) * SLOT >= 2 * TICKS
    return rests
