"""Song to MIDI files that open properly in notation programs and sequencers.

Type 1, 480 ticks a quarter; the first chunk holds the time line (tempos, meters, keys, markers),
then one chunk a track with its name and program. Written by hand since symusic chooses channels
itself and writes no text events. The same song gives the same bytes.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from restyle.io.charts.chordnames import parse as parse_chord
from restyle.io.feel import performed
from restyle.io.files import save
from restyle.io.score.layout import TUNES
from restyle.io.score.spelling import key_at
from restyle.music.song import TICKS, Meter, Song, Track
from restyle.music.verbatim import Verbatim

Event = tuple[int, int, bytes]
"""(tick, rank among events of one tick, bytes without delta time)."""
SIGNATURE = "restyle: chord names in markers"
"""Text event that tells our reader to take the markers for chords."""
MADE_WITH = "restyle: made with "
"""What the text event begins with that holds `Song.made_with`."""
_PITCHED = [channel for channel in range(16) if channel != 9]


def write_midi(song: Song, path: str | os.PathLike[str]) -> None:
    """Write a song as a MIDI file, whole or not at all.

    Raises RestyleError when the folder does not exist or cannot be written.
    """
    save(path, midi_bytes(song))


def midi_bytes(
    song: Song, texts: Sequence[str] = (), controls: Sequence[Mapping[int, int]] = ()
) -> bytes:
    """The bytes of a MIDI file, played as `Song.touch` says; `texts` are text events at its very
    beginning.

    `controls` has MIDI controllers and their values for each track, set before its first note.
    """
    song = performed(song)
    cut = pickup_cut(song)
    division = max((t.verbatim.division for t in song.tracks if t.verbatim), default=TICKS)
    finer = division // TICKS  # what was taken over from a file keeps the file's exactness

    def content(events: Iterable[Event]) -> bytes:
        return body((tick * finer, rank, data) for tick, rank, data in events)

    bodies = [content(_time_line(song, cut, texts))]
    channels = _channels(song.tracks)
    singer = next((t for t in song.tracks if t.name.casefold() in TUNES and not t.verbatim), None)
    if song.lyrics and singer is None:
        bodies = [content([*_time_line(song, cut, texts), *_lyrics(song, cut)])]
    settings = controls or [{}] * len(song.tracks)
    for track, channel, setting in zip(song.tracks, channels, settings, strict=True):
        if track.verbatim:
            bodies.append(body(_taken_over(track, track.verbatim, channel, cut * finer, setting)))
            continue
        events = _track_events(track, channel, cut, setting)
        bodies.append(content([*events, *(_lyrics(song, cut) if track is singer else ())]))
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(bodies), division)
    return head + b"".join(b"MTrk" + struct.pack(">I", len(b)) + b for b in bodies)


def pickup_cut(song: Song) -> int:
    """Silent ticks at the start of the first bar to leave out, so that a pickup prints as one."""
    if not song.pickup:
        return 0
    full = song.meters[0].bar_length(TICKS)
    first = min((int(t.notes["start"][0]) for t in song.tracks if len(t.notes)), default=0)
    unit = TICKS // 8
    sounding = -(-max(song.pickup, full - first) // unit) * unit
    return max(full - sounding, 0)


def _time_line(song: Song, cut: int, texts: Sequence[str]) -> list[Event]:
    def at(tick: int) -> int:
        return max(tick - cut, 0)

    events: list[Event] = [(0, 0, _meta(3, song.title))] if song.title else []
    if song.chords:
        texts = (*texts, SIGNATURE)
    if song.composer:
        texts = (*texts, f"Composer: {song.composer}")
    if song.made_with:
        texts = (*texts, MADE_WITH + song.made_with)
    events += [(0, 1, _meta(1, text)) for text in texts]
    for meter in _meters(song, cut):
        power = meter.denominator.bit_length() - 1
        clocks = (
            36 if meter.denominator == 8 and meter.numerator % 3 == 0 else 96 // meter.denominator
        )
        clocks = max(clocks, 1)
        events.append((meter.start, 2, _meta(0x58, bytes([meter.numerator, power, clocks, 8]))))
    for start, key in song.keys:
        mode = 1 if key.mode == "minor" else 0
        events.append((at(start), 3, _meta(0x59, struct.pack("bB", key.fifths, mode))))
    for tempo in song.tempos:
        micros = min(max(round(6e7 / tempo.bpm), 1), 0xFFFFFF)
        events.append((at(tempo.start), 4, _meta(0x51, micros.to_bytes(3, "big"))))
    for marker in song.markers:
        # a rehearsal mark "A" among chord names would be taken for the chord
        like_chord = bool(song.chords) and parse_chord(marker.text) is not None
        text = f"[{marker.text}]" if like_chord else marker.text
        events.append((at(marker.start), 5, _meta(6, text)))
    for chord in song.chords:
        text = chord.symbol(key_at(song.keys, chord.start))
        events.append((at(chord.start), 6, _meta(6, text)))
    return events


def _lyrics(song: Song, cut: int) -> Iterable[Event]:
    """A lyric event a syllable; a space ends a word, as RP-017 has it."""
    for word in song.lyrics:
        space = "" if word.text.endswith("-") else " "
        yield max(word.start - cut, 0), 1, _meta(5, word.text + space)


def _meters(song: Song, cut: int) -> list[Meter]:
    """Meters as the file states them: a pickup bar first where there is one."""
    first, *rest = song.meters
    if not cut:
        return list(song.meters)
    length = first.bar_length(TICKS) - cut
    denominator = next(d for d in (4, 8, 16, 32) if length % (4 * TICKS // d) == 0)
    meters = [Meter(0, length * denominator // (4 * TICKS), denominator)]
    if not rest or rest[0].start > first.bar_length(TICKS):
        meters.append(Meter(length, first.numerator, first.denominator))
    return meters + [Meter(m.start - cut, m.numerator, m.denominator) for m in rest]


def _channels(tracks: Sequence[Track]) -> list[int]:
    """A channel per track: drums on index 9, the others apart while there are enough.

    Tracks that were taken over keep the channel of their file where they can. Past fifteen pitched
    tracks, those of one program share a channel, then whatever is left.
    """
    own = {i: t.verbatim.channel for i, t in enumerate(tracks) if t.verbatim and not t.is_drum}
    kept = {channel: i for i, channel in reversed(own.items()) if channel in _PITCHED}
    pitched = [track.program for track in tracks if not track.is_drum]
    shared: dict[int, int] = {}
    if len(pitched) > len(_PITCHED):
        others = [channel for channel in _PITCHED if channel not in kept] or _PITCHED
        for program in pitched:
            shared.setdefault(program, others[len(shared) % len(others)])
    free = iter([channel for channel in _PITCHED if channel not in kept])
    out = []
    for i, track in enumerate(tracks):
        if track.is_drum:
            out.append(9)
        elif kept.get(own.get(i, -1)) == i:
            out.append(own[i])
        else:
            out.append(shared[track.program] if shared else next(free))
    return out


def _taken_over(
    track: Track, verbatim: Verbatim, channel: int, cut: int, controls: Mapping[int, int]
) -> Iterable[Event]:
    """The events as they stood, on their channel here, in their order."""
    yield 0, 0, _meta(3, track.name)
    for controller, value in controls.items():
        yield 0, 1, bytes([0xB0 | channel, controller, value])
    for tick, data in verbatim.events:
        yield max(tick - cut, 0), 2, bytes([data[0] & 0xF0 | channel]) + data[1:]


def _track_events(
    track: Track, channel: int, cut: int, controls: Mapping[int, int]
) -> Iterable[Event]:
    yield 0, 0, _meta(3, track.name)
    yield 0, 1, bytes([0xC0 | channel, track.program])
    for controller, value in controls.items():
        yield 0, 1, bytes([0xB0 | channel, controller, value])
    notes = track.notes
    start = np.maximum(notes["start"] - cut, 0)
    end = np.maximum(notes["start"] + notes["duration"] - cut, start + 1)
    for a, b, pitch, velocity in zip(
        start.tolist(),
        end.tolist(),
        notes["pitch"].tolist(),
        notes["velocity"].tolist(),
        strict=True,
    ):
        yield a, 3, bytes([0x90 | channel, pitch, velocity])
        yield b, 2, bytes([0x80 | channel, pitch, 0])  # lets go before the next one is struck


def body(events: Iterable[Event]) -> bytes:
    """The content of a track chunk: events by tick and rank, those of one rank as they come."""
    out, now = [], 0
    for tick, _, data in sorted(events, key=lambda event: event[:2]):
        out += [_varlen(tick - now), data]
        now = tick
    return b"".join([*out, b"\0", _meta(0x2F, b"")])


def _meta(kind: int, content: str | bytes) -> bytes:
    raw = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
    return bytes([0xFF, kind]) + _varlen(len(raw)) + raw


def _varlen(number: int) -> bytes:
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))
