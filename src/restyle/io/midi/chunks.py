"""Where the chunks of a MIDI file lie, wrong lengths or not, and what a RIFF file says of it."""

from __future__ import annotations

MOST_CHUNKS = 1000


def riff_info(data: bytes) -> dict[str, bytes]:
    """What the INFO list of a RIFF file says: INAM its name, IART who made it, ICOP, ..."""
    found: dict[str, bytes] = {}
    at = data.find(b"LIST", 12)
    while at >= 0 and at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        place = at + 12
        while data[at + 8 : at + 12] == b"INFO" and place + 8 <= min(end, len(data)):
            size = int.from_bytes(data[place + 4 : place + 8], "little")
            name = data[place : place + 4].decode("ascii", errors="replace")
            found.setdefault(name, data[place + 8 : place + 8 + size])
            place += 8 + size + size % 2
        if found:
            return found
        at = data.find(b"LIST", at + 4)
    return found


def ticks_a_quarter(division: int) -> tuple[int, list[str]]:
    """Ticks a quarter note by the header's division, and what is to be said of it; SMPTE time (bit
    15) is read at 120 quarters a minute."""
    if division & 0x8000:
        frames, subframes = 256 - (division >> 8), division & 0xFF
        rate = 29.97 if frames == 29 else frames
        said = "The file counts seconds instead of beats; 120 beats a minute are assumed."
        return max(round(rate * subframes / 2), 1), [said]
    if not division:
        return 480, ["The file does not say how long a beat is; 480 ticks are assumed."]
    return division, []


def track_chunks(data: bytes, at: int) -> tuple[list[bytes], bool]:
    """Bodies of the track chunks, and whether all of them were where their lengths said."""
    bodies: list[bytes] = []
    whole = True
    while True:
        if data[at : at + 4] != b"MTrk":
            foreign = int.from_bytes(data[at + 4 : at + 8], "big")
            if data[at : at + 4].isalnum() and at + 8 + foreign <= len(data):
                at += 8 + foreign  # a chunk of some other kind, which the standard says to skip
                continue
            found = data.find(b"MTrk", at)
            if found < 0:
                return bodies, whole
            whole, at = False, found
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        begin, end = at + 8, at + 8 + size
        if end > len(data) or (end < len(data) and data[end : end + 4] != b"MTrk"):
            # a wrong length: the chunk goes on until the next one, or ends earlier than it says
            found = data.find(b"MTrk", begin)
            if end > len(data) or 0 <= found < end:
                end, whole = (found if found >= 0 else len(data)), False
        bodies.append(data[begin:end])
        if len(bodies) > MOST_CHUNKS:
            return bodies, False
        at = end


def read_number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = (value << 7 | byte & 0x7F) & 0xFFFFFFF
        if byte < 0x80:
            return value, at
