"""MusicXML files: scores of songs, and lead sheets with chord symbols.

Written without music21, whose exporter gives every run other identifiers and takes seconds. The
same song gives the same bytes.
"""

from __future__ import annotations

import os
from xml.sax.saxutils import escape

from restyle.io import gm
from restyle.io.files import save
from restyle.io.musicxml.write_bars import PartWriter
from restyle.io.score import layout_build
from restyle.io.score.layout import Layout, Part
from restyle.music.lead import LeadSheet
from restyle.music.song import Song

_SHORT = {
    "Melody": "Mel.", "Drums": "Dr.", "Bass": "Bs.", "Piano": "Pno.", "Guitar": "Gtr.",
    "Keys": "Key.", "Strings": "Str.", "Winds": "Wd.", "Synth": "Syn.", "Voice": "Vo.",
    "Kit": "Dr.", "Flute": "Fl.", "Piccolo": "Picc.", "Oboe": "Ob.", "Clarinet": "Cl.",
    "Bassoon": "Bsn.", "Saxophone": "Sax.", "Recorder": "Rec.", "Trumpet": "Tpt.", "Horn": "Hn.",
    "Trombone": "Tbn.", "Tuba": "Tba.", "Brass": "Br.", "Violin": "Vln.", "Viola": "Vla.",
    "Cello": "Vc.", "Contrabass": "Cb.", "Fiddle": "Fdl.", "Harp": "Hp.", "Organ": "Org.",
    "Accordion": "Acc.", "Harmonica": "Hca.", "Harpsichord": "Hpd.", "Celesta": "Cel.",
    "Vibraphone": "Vib.", "Marimba": "Mar.", "Glockenspiel": "Glk.", "Xylophone": "Xyl.",
    "Choir": "Ch.", "Lead": "Ld.", "Pad": "Pad", "Banjo": "Bjo.",
}  # fmt: skip
"""Names that stand before every system but the first."""
_APART = ("Sax.", "Pno.")
"""Names of which there are several in a band."""
_LONGEST_NAME = 28
"""Letters of a name before a staff: "Baritone Saxophone in E flat" fits."""


def write_musicxml(song: Song, path: str | os.PathLike[str], swing: float = 1.0) -> None:
    """Write a score of a song; `swing` is taken out first and the word "Swing" printed.

    Raises RestyleError when the folder does not exist or cannot be written.
    """
    save(path, render(layout_build.of_song(song, swing)))


def lead_musicxml(lead: LeadSheet) -> str:
    """A lead sheet as MusicXML text."""
    return render(layout_build.of_lead(lead))


def render(score: Layout) -> str:
    """MusicXML text of a layout."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
        ' "http://www.musicxml.org/dtds/partwise.dtd">',
        '<score-partwise version="4.0">',
    ]
    if score.title:
        out.append(f"<work><work-title>{text_of(score.title)}</work-title></work>")
    who = f'<creator type="composer">{text_of(score.composer)}</creator>' * bool(score.composer)
    software = "<encoding><software>restyle</software></encoding>"
    out.append(f"<identification>{who}{software}")
    if score.remarks:
        fields = "".join(
            f'<miscellaneous-field name="{name}">{text_of(value)}</miscellaneous-field>'
            for name, value in sorted(score.remarks.items())
        )
        out.append(f"<miscellaneous>{fields}</miscellaneous>")
    out.append("</identification>")
    out.append("<part-list>")
    for i, part in enumerate(score.parts, 1):
        out += _part_entry(f"P{i}", part, i, hidden=score.is_lead)
    out.append("</part-list>")
    for i, part in enumerate(score.parts, 1):
        out.append(f'<part id="P{i}">')
        writer = PartWriter(score, part, f"P{i}", first=i == 1)
        for bar in range(len(score.bars)):
            out += writer.measure(bar)
        out.append("</part>")
    out.append("</score-partwise>")
    return "\n".join(out) + "\n"


def text_of(raw: str) -> str:
    """Text that XML can hold."""
    return escape("".join(c for c in raw if c.isprintable() or c == " "))


def _part_entry(ident: str, part: Part, number: int, *, hidden: bool) -> list[str]:
    name = text_of(part.name or gm.name(part.program or 0, part.is_drum))
    unseen = ' print-object="no"' if hidden else ""
    out = [f'<score-part id="{ident}"><part-name{unseen}>{name}</part-name>']
    if not hidden:
        # long names, as files have them, would push the first system to the right
        if len(name) > _LONGEST_NAME:
            shown = f"{name[:_LONGEST_NAME].rstrip()}…"
            out.append(
                f"<part-name-display><display-text>{shown}</display-text></part-name-display>"
            )
        out.append(f"<part-abbreviation>{_abbreviation(name)}</part-abbreviation>")
    if part.is_drum:
        keys = _drum_keys(part)
        for key in keys:
            out.append(
                f'<score-instrument id="{ident}-D{key}">'
                f"<instrument-name>{gm.drum(key)[0]}</instrument-name></score-instrument>"
            )
        for key in keys:
            out.append(
                f'<midi-instrument id="{ident}-D{key}"><midi-channel>10</midi-channel>'
                f"<midi-program>{(part.program or 0) + 1}</midi-program>"
                f"<midi-unpitched>{key + 1}</midi-unpitched></midi-instrument>"
            )
    elif part.program is not None:
        channel = [c for c in range(1, 17) if c != 10][(number - 1) % 15]
        out.append(
            f'<score-instrument id="{ident}-I1"><instrument-name>{gm.name(part.program)}'
            f'</instrument-name></score-instrument><midi-instrument id="{ident}-I1">'
            f"<midi-channel>{channel}</midi-channel>"
            f"<midi-program>{part.program + 1}</midi-program></midi-instrument>"
        )
    return [*out, "</score-part>"]


def _abbreviation(name: str) -> str:
    """The name before later systems: "Sax." of "Alto Saxophone" is "A. Sax."."""
    if name in _SHORT:
        return _SHORT[name]
    first, *rest = name.split(" in ")[0].split() or [name]
    known = next((_SHORT[word] for word in reversed(rest) if word in _SHORT), "")
    if known:
        return f"{first[0]}. {known}" if known in _APART else known
    return _SHORT.get(first) or (name if len(name) <= 5 else f"{name[:4].rstrip('. ')}.")


def _drum_keys(part: Part) -> list[int]:
    return sorted({p for s in part.staves for v in s.voices for e in v for p in e[2]})
