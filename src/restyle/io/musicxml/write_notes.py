"""What stands in a note of MusicXML: its pitch or stroke, value, ties and triplets."""

from __future__ import annotations

from restyle.io import gm
from restyle.io.score.rhythm import Piece
from restyle.io.score.spelling import octave

TRIPLET = (
    "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    "</time-modification>"
)


def stroke(key: int, ident: str) -> tuple[str, str, str, str]:
    """Place, instrument, accidental and note head elements of a drum stroke."""
    _, letter, height, shape = gm.drum(key)
    return (
        f"<unpitched><display-step>{letter}</display-step>"
        f"<display-octave>{height}</display-octave></unpitched>",
        f'<instrument id="{ident}-D{key}"/>',
        "",
        f"<notehead>{shape}</notehead>" if shape != "normal" else "",
    )


def pitch_of(letter: str, alter: int, pitch: int) -> str:
    """The element of a pitched note's name and octave."""
    changed = f"<alter>{alter}</alter>" if alter else ""
    height = octave(pitch, letter, alter)
    return f"<pitch><step>{letter}</step>{changed}<octave>{height}</octave></pitch>"


def value_of(piece: Piece) -> str:
    """The elements of a note's value and dots."""
    return f"<type>{piece.value}</type>" + "<dot/>" * piece.dots


def notations(piece: Piece | None, tied: str) -> str:
    """Ties and tuplet edges of a note; empty where it has none."""
    edges = piece.triplet_edge if piece else ""
    bracket = "yes" if piece and piece.bracket else "no"
    tuplet = "".join(
        f'<tuplet type="{edge}"' + (f' bracket="{bracket}"/>' if edge == "start" else "/>")
        for edge in ("start", "stop")
        if edges in (edge, "startstop")
    )
    return f"<notations>{tied}{tuplet}</notations>" if tied or tuplet else ""
