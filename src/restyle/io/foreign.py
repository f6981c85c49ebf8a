"""What musicians have that restyle does not read: sound, printed pages, other programs' own files.

A file that was refused is told apart here by its first bytes, or by its ending, so that the refusal
can say what to do.
"""

from __future__ import annotations

from pathlib import Path

from restyle.errors import UnreadableSong

_PROGRAMS = {
    "Ableton Live": "als alc",
    "Band-in-a-Box": "sgu mgu mg1 mg2 mg3 mg4 mg5 mg6 mg7 mg8 mg9 sg1",
    "Bitwig Studio": "bwproject",
    "capella": "cap capx",
    "Cubase": "cpr",
    "Dorico": "dorico",
    "Encore": "enc",
    "Finale": "mus musx",
    "FL Studio": "flp",
    "GarageBand": "band",
    "Guitar Pro": "gp gp3 gp4 gp5 gp7 gp8 gpx gtp",
    "LilyPond": "ly",
    "LMMS": "mmp mmpz",
    "Logic": "logicx",
    "MuseScore": "mscz mscx",
    "NoteWorthy Composer": "nwc nwctxt",
    "Overture": "ove",
    "Power Tab": "ptb",
    "Pro Tools": "ptx",
    "Reaper": "rpp",
    "Reason": "reason rns",
    "Sibelius": "sib",
    "Studio One": "song",
    "TuxGuitar": "tg",
}
_BY_ENDING = {f".{end}": program for program, ends in _PROGRAMS.items() for end in ends.split()}
_SOUND = (
    ".mp3", ".wav", ".wave", ".aif", ".aiff", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".wma",
)  # fmt: skip
_SOUND_BYTES = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"OggS", b"fLaC", b"FORM")
_PAGES = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".svg", ".heic", ".webp")
_PAGE_BYTES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def refusal(
    name: str, data: bytes, fault: str = "is not music that restyle can read"
) -> UnreadableSong:
    """Why a file is refused: what it seems to be and what to give instead, or else the fault.

    `data` is the file as far as it was read.
    """
    ending = Path(name).suffix.lower()
    sound = data.startswith(_SOUND_BYTES) or (data[:4] == b"RIFF" and data[8:12] == b"WAVE")
    if sound or ending in _SOUND:
        told = "is sound, and restyle reads notes: give it the song as MIDI, MusicXML, ABC or kern"
    elif data.startswith(_PAGE_BYTES) or ending in _PAGES:
        told = "is a page or picture, not notes: export the score as MusicXML or MIDI"
    elif ending in _BY_ENDING:
        told = f"is a file of {_BY_ENDING[ending]}: export it there as MusicXML or MIDI"
    else:
        told = fault
    return UnreadableSong(f"{name} {told}.")
