"""The Python interface: what it takes, and what it says of what it cannot take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import restyle
from restyle.arguments import keeps_melody, parts_of
from restyle.music.parts import Arrangement


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
        ({"melody": "loud"}, "say keep, drop or ornament, not 'loud'"),
        ({"melody": 3}, "say keep, drop or ornament, not '3'"),
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


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"song": 3}, "A song is a file or a restyle.Song, not of the type int."),
        ({"song": None}, "A song is a file or a restyle.Song, not None."),
        ({"to": ["jazz"]}, "A style is a text, not ['jazz']."),
        ({"parts": 4}, 'Names are a list, or a text such as "piano,bass", not 4.'),
        ({"instruments": "trumpet"}, "Instruments are said by part"),
        ({"like": 1}, "An example is a file or a restyle.Song"),
        ({"model": 7}, "A model is a folder, not 7."),
    ],
)
def test_arguments_of_a_wrong_kind_are_a_sentence(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(restyle.RestyleError) as error:
        restyle.transfer(**{"song": "nowhere.mid", "to": "pop", **wrong})
    assert told in str(error.value)


def test_styles_are_told_by_name() -> None:
    found = restyle.styles()
    assert {"classical", "jazz", "pop"} <= set(found)
    for name, style in found.items():
        assert style.name == name and style.parts and style.songs > 0
    with pytest.raises(restyle.RestyleError):
        restyle.styles("nowhere")


def test_a_lead_sheet_is_heard_as_itself(examples: Path) -> None:
    lead = restyle.hear(examples / "greensleeves.abc")
    assert restyle.hear(lead) is lead
    assert restyle.hear(str(examples / "greensleeves.abc")).chords == lead.chords


def test_everything_says_what_it_is_in_one_line(examples: Path) -> None:
    song = restyle.read(examples / "auld-lang-syne.mid")
    assert repr(song).startswith("Song('Auld Lang Syne', 3 tracks, ")
    assert repr(song).endswith(" notes, 4/4, 92 bpm)")
    lead = restyle.hear(examples / "greensleeves.abc")
    assert repr(lead).startswith("LeadSheet('Greensleeves', A minor, 6/8, ")
    band = Arrangement({"bass": lead.melody[:2], "drums": lead.melody[:0]})
    assert repr(band) == "Arrangement(drums 0, bass 2 notes)"


def test_new_music_is_a_song() -> None:
    song = restyle.compose("classical/minuet", bars=8, key="Eb", seed=2)
    assert isinstance(song, restyle.Song) and song.keys[0][1].tonic == 3
    again = restyle.compose("classical/minuet", bars=8, key="Eb", seed=2)
    assert [t.notes.tolist() for t in song.tracks] == [t.notes.tolist() for t in again.tracks]
    notes = restyle.compose_notes("jazz", 40, seed=2)
    assert isinstance(notes, restyle.Song) and notes.note_count >= 40
    for compose in (restyle.compose, restyle.compose_notes):
        with pytest.raises(restyle.RestyleError, match="A style is a text"):
            compose(3)  # type: ignore[operator]
    with pytest.raises(restyle.RestyleError, match="Takes are a number from 1 to 16, not 0"):
        restyle.compose("jazz", takes=0)


def test_evaluate_takes_songs_or_a_corpus() -> None:
    with pytest.raises(restyle.RestyleError, match="not of the type int"):
        restyle.evaluate([3])  # type: ignore[list-item]
    with pytest.raises(restyle.RestyleError, match="not both"):
        restyle.evaluate("a.mid", corpus="corpus")
    with pytest.raises(restyle.RestyleError, match="Name songs"):
        restyle.evaluate()
    with pytest.raises(restyle.RestyleError, match="'cord' is no mechanism"):
        restyle.evaluate("a.mid", without="cord")


def test_the_public_names_are_there() -> None:
    for name in restyle.__all__:
        assert getattr(restyle, name) is not None
    assert set(restyle.__all__) < set(dir(restyle))
    assert (Path(restyle.__file__).parent / "py.typed").is_file()


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
