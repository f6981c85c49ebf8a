"""The Python interface: what it takes, and what it says of what it cannot take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import restyle
from restyle.api import keeps_melody, parts_of


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"takes": 0}, "A number of takes of 0 cannot be: say a whole number from 1 to 64."),
        ({"takes": 1.5}, "A number of takes of 1.5"),
        ({"takes": True}, "A number of takes of True"),
        ({"strength": float("nan")}, "A strength of nan"),
        ({"strength": -1}, "A strength of -1"),
        ({"strength": "much"}, "A strength of much"),
        ({"seed": -1}, "A seed of -1 cannot be: say a whole number from 0 up."),
        ({"seed": None}, "A seed of None"),
        ({"tempo": float("inf")}, "A tempo of inf"),
        ({"tempo": "fast"}, "A tempo of fast"),
        ({"key": "H"}, "'H' is not a key"),
        ({"melody": "loud"}, "say keep or drop, not 'loud'"),
        ({"melody": 3}, "say keep or drop, not '3'"),
        ({"harmony": "enrch"}, "did you mean enrich?"),
        ({"parts": "pino"}, "did you mean piano?"),
        ({"parts": ["bass", "kazoo"]}, "There is no part 'kazoo': choose from"),
        ({"to": "jaz"}, "did you mean jazz?"),
        ({"to": ""}, "No style was said"),
        ({"to": "", "redo": "1-2"}, "Bars anew need both"),
        ({"model": "nowhere"}, "is not a model"),
    ],
)
def test_what_cannot_be_is_a_sentence_before_hearing(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(restyle.RestyleError) as error:
        restyle.transfer("nowhere.mid", **{"to": "pop", **wrong})
    assert told in str(error.value)


def test_parts_are_a_list_or_a_text() -> None:
    assert parts_of("piano") == ("piano",)
    assert parts_of("Piano, bass,") == ("piano", "bass")
    assert parts_of(["piano", "drums"]) == ("piano", "drums")
    assert parts_of(()) == ()


def test_the_melody_is_kept_or_dropped() -> None:
    assert [keeps_melody(x) for x in (True, False, "keep", "drop")] == [True, False, True, False]


def test_what_is_meant_is_done(examples: Path) -> None:
    song = examples / "auld-lang-syne.mid"
    lead = restyle.hear(str(song))
    assert lead.bars > 8 and len(lead.melody)
    short = lead.part(0, 4)
    made = restyle.transfer(short, to="pop", parts="piano", melody="drop", seed=1)
    assert [track.name for track in made.tracks] == ["Piano"]


def test_hearing_what_is_not_there() -> None:
    with pytest.raises(restyle.RestyleError, match="no file"):
        restyle.hear("nowhere.mid")
