"""The tables of docs/formats.md: small files, and what each reader makes of them.

    pip install pretty_midi mido symusic music21 partitura verovio; apt-get install abcmidi
    python docs/make_formats.py          prints the tables in Markdown

Each row is one construct, with what it means and where that is written down, in a file made here.
A reader's cell is what it finds: program and pitches of each track, "kit" for drums; the tempo,
the words or the title where the row is about these.
"""

from __future__ import annotations

import contextlib
import io
import struct
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import make_formats_notation as notation

Events = list[tuple[int, bytes]]


def chunk(*events: tuple[int, bytes]) -> bytes:
    body = b"".join(_varlen(delta) + data for delta, data in (*events, (0, b"\xff\x2f\x00")))
    return b"MTrk" + struct.pack(">I", len(body)) + body


def midi(*chunks: bytes, kind: int = 1, division: int = 480) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, len(chunks), division) + b"".join(chunks)


def meta(kind: int, content: bytes) -> bytes:
    return bytes([0xFF, kind]) + _varlen(len(content)) + content


def notes(*pitches: int, channel: int = 0) -> Events:
    out: Events = []
    for pitch in pitches:
        on, off = bytes([0x90 | channel, pitch, 80]), bytes([0x80 | channel, pitch, 0])
        out += [(0, on), (480, off)]
    return out


def exclusive(text: str) -> tuple[int, bytes]:
    content = bytes.fromhex(text)
    return 0, b"\xf0" + _varlen(len(content)) + content


def _varlen(number: int) -> bytes:
    out = [number & 0x7F]
    while number := number >> 7:
        out.insert(0, number & 0x7F | 0x80)
    return bytes(out)


def rock(channel: int) -> Events:
    """Two bars of kick, snare and hi-hat in quavers."""
    out: Events = []
    for beat in range(8):
        drum = 38 if beat % 2 else 36
        out += [(0, bytes([0x90 | channel, key, 80])) for key in (drum, 42)]
        out += [(240, bytes([0x80 | channel, drum, 0])), (0, bytes([0x80 | channel, 42, 0]))]
        out += [(0, bytes([0x90 | channel, 42, 80])), (240, bytes([0x80 | channel, 42, 0]))]
    return out


@dataclass(frozen=True)
class Row:
    """A construct: what it means, who says so, a file with it, and what to look at."""

    what: str
    means: str
    source: str
    data: bytes
    look: str = "tracks"


TUNE = (60, 62, 64, 65)
GM, GS, XG = "MIDI 1.0", "Roland GS", "Yamaha XG 2.00"
ROWS = (
    Row("program set in another track", "flute: a program belongs to the channel", GM,
        midi(chunk((0, b"\xc0\x49")), chunk(*notes(*TUNE)))),
    Row("bank 127, channel 11", "a kit", XG,
        midi(chunk((0, b"\xba\x00\x7f"), (0, b"\xca\x00"), *notes(36, 38, 42, channel=10)))),
    Row("bank 120, channel 11", "a kit", "General MIDI 2",
        midi(chunk((0, b"\xba\x00\x78"), (0, b"\xca\x00"), *notes(36, 38, 42, channel=10)))),
    Row("use for rhythm part, channel 11", "a kit", GS,
        midi(chunk(exclusive("41104212401a150110f7"),
                   *notes(36, 38, 42, channel=10)))),
    Row("channel 10 made melodic", "clarinet, and a tune", GS,
        midi(chunk(exclusive("41104212401015001bf7"), (0, b"\xc9\x47"), *notes(*TUNE, channel=9)))),
    Row("a kit on channel 1, no program", "a kit, by its keys and rhythm", "(exports)",
        midi(chunk(*rock(0)))),
    Row("volume 0 from the first note to the last", "does not sound", GM,
        midi(chunk(*notes(*TUNE)), chunk((0, b"\xb1\x07\x00"), *notes(48, 50, channel=1)))),
    Row("a whole-tone bend that stands", "D E F# G", GM,
        midi(chunk((0, b"\xe0\x7f\x7f"), *notes(*TUNE)))),
    Row("type 2 with one track", "the song in that track", GM,
        midi(chunk(*notes(*TUNE)), kind=2)),
    Row("SMPTE division, Set Tempo of 60", "seconds are stated: notes of 0.48 s", GM,
        midi(chunk((0, b"\xff\x51\x03\x0f\x42\x40"), *notes(*TUNE)), division=0xE728), "seconds"),
    Row("a key struck again while it sounds", "two notes", GM,
        midi(chunk((0, b"\x90\x3c\x50"), (240, b"\x90\x3c\x50"), (240, b"\x80\x3c\x00"),
                   (240, b"\x80\x3c\x00")))),
    Row("a note of length 0", "a short note", GM,
        midi(chunk((0, b"\x90\x3c\x50"), (0, b"\x80\x3c\x00"), *notes(62, 64)))),
    Row("a note never ended", "a note", GM, midi(chunk((0, b"\x90\x3c\x50"), *notes(62, 64)))),
    Row("track cut off in its last event", "what is there", GM,
        midi(chunk(*notes(*TUNE))[:-4])),
    Row("title in code page 1251", "Песня", "(no standard)",
        midi(chunk((0, meta(3, "Песня".encode("cp1251")))), chunk(*notes(*TUNE))), "title"),
    Row("lyric events", "Hel-lo you", "RP-017",
        midi(chunk((0, meta(5, b"Hel-")), *notes(60), (0, meta(5, b"lo ")), *notes(62),
                   (0, meta(5, b"you ")), *notes(64))), "words"),
    Row("karaoke text", "Hel-lo you", "(.kar)",
        midi(chunk((0, meta(1, b"@KMIDI KARAOKE FILE")), (0, meta(3, b"Words")),
                   (0, meta(1, b"\\Hel")), (480, meta(1, b"lo ")), (480, meta(1, b"you "))),
             chunk(*notes(*TUNE))), "words"),
)  # fmt: skip


def restyle(path: Path, look: str) -> str:
    from restyle.analysis.align import seconds_at
    from restyle.io import read

    song = read(path)
    if look == "title":
        return song.title
    if look == "words":
        return " ".join(word.text for word in song.lyrics)
    if look == "seconds":
        notes_ = song.tracks[0].notes
        return f"{seconds_at(song.tempos, notes_['start'])[1]:.2f} s"
    return _shown([(t.is_drum, t.program, t.notes["pitch"].tolist()) for t in song.tracks])


def pretty_midi(path: Path, look: str) -> str:
    import pretty_midi as library

    song = library.PrettyMIDI(str(path))
    if look == "title":
        return "-"
    if look == "words":
        return " ".join(word.text for word in song.lyrics) or "-"
    if look == "seconds":
        return f"{song.instruments[0].notes[1].start:.2f} s"
    return _shown([(i.is_drum, i.program, [n.pitch for n in i.notes]) for i in song.instruments])


def symusic(path: Path, look: str) -> str:
    from symusic import Score

    song = Score(str(path))
    if look == "title":
        return song.tracks[0].name or "-"
    if look == "words":
        return " ".join(word.text for t in song.tracks for word in t.lyrics) or "-"
    if look == "seconds":
        return f"{song.to('second').tracks[0].notes[1].time:.2f} s"
    return _shown([(t.is_drum, t.program, [n.pitch for n in t.notes]) for t in song.tracks])


def mido(path: Path, look: str) -> str:
    import mido as library

    song = library.MidiFile(str(path))
    if look == "title":
        return str(song.tracks[0].name)
    if look == "words":
        return " ".join(m.text for t in song.tracks for m in t if m.type == "lyrics") or "-"
    if look == "seconds":
        now, starts = 0.0, []
        for message in song:
            now += message.time
            starts += [now] if message.type == "note_on" else []
        return f"{starts[1]:.2f} s"
    kinds: dict[int, tuple[int, list[int]]] = {}
    program = [0] * 16
    for message in library.merge_tracks(song.tracks):
        if message.type == "program_change":
            program[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            kinds.setdefault(message.channel, (program[message.channel], []))[1].append(
                message.note
            )
    return _shown([(channel == 9, p, found) for channel, (p, found) in kinds.items()])


def _shown(tracks: list[tuple[bool, int, list[int]]]) -> str:
    """Tracks in few words."""
    words = []
    for is_drum, program, pitches in tracks:
        if pitches:
            name = "kit" if is_drum else f"{program}"
            some = " ".join(map(str, pitches[:4])) + (" ..." if len(pitches) > 4 else "")
            words.append(f"{name}: {some}")
    return "; ".join(words) or "no notes"


READERS: dict[str, Callable[[Path, str], str]] = {
    "restyle": restyle, "pretty_midi": pretty_midi, "symusic": symusic, "mido": mido,
}  # fmt: skip


def cell(reader: Callable[[Path, str], str], path: Path, look: str) -> str:
    sink = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(sink):
            warnings.simplefilter("ignore")
            return reader(path, look).replace("|", "\\|")
    except Exception as error:  # whatever a reader raises is what it makes of the file
        return f"refuses ({type(error).__name__})"


def table() -> str:
    """The table of MIDI in Markdown."""
    heads = [f"{name} {version(name)}" if name != "restyle" else name for name in READERS]
    lines = ["| construct | what it means | source | " + " | ".join(heads) + " |"]
    lines.append("|---" * (len(heads) + 3) + "|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.mid"
        for row in ROWS:
            path.write_bytes(row.data)
            cells = [cell(reader, path, row.look) for reader in READERS.values()]
            lines.append(f"| {row.what} | {row.means} | {row.source} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
    for name in notation.TABLES:
        print(f"\n{name}\n")
        print(notation.table(name, cell))
