"""The list of notes through music21, exactly as the method is taught: slow, to compare with."""

from __future__ import annotations

from pathlib import Path


def music21_notes(path: str | Path) -> list[str]:
    """Notes and chords of a file in score order, as music21 reads them.

    music21 is imported here and not in `formats`, since its own list is what is wanted: no Song.
    """
    from music21 import chord, converter, note

    out: list[str] = []
    score = converter.parse(str(path), forceSource=True)
    for element in score.flatten().notes:
        if isinstance(element, note.Note):
            out.append(str(element.pitch))
        elif isinstance(element, chord.Chord):
            out.append(".".join(str(pc) for pc in element.normalOrder))
    return out
