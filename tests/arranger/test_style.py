"""What a model's styles.json says of a style: its band, instruments and programs."""

from collections import Counter

import numpy as np
import pytest

from corpora import figures, lead_sheet
from restyle.data.manners import Manner
from restyle.errors import UnknownStyle
from restyle.style.bands import drawn_band, pick_band
from restyle.style.instrumentation import tune_program
from restyle.style.manner import in_manner
from restyle.style.style import Style

TRIO = [["drums", "brush-kit"], ["bass", "acoustic-bass"], ["piano", "acoustic-piano"]]
QUARTET = [*TRIO, ["winds", "saxophone"]]
STRINGS = [["strings", "string-section"]]


def style(**more) -> Style:
    base = figures(0, ["drums", "bass", "piano"])
    base |= {
        "bands": [
            [STRINGS, 9],
            [QUARTET, 6],
            [TRIO, 5],
            [[["drums", "standard-kit"], *TRIO[1:]], 3],
        ],
        "classes": {
            "drums": [["brush-kit", 20], ["standard-kit", 3]],
            "guitar": [["clean-guitar", 5], ["nylon-guitar", 2]],
        },
        "programs": {"guitar": [[25, 5], [27, 3]], "melody": [[0, 9], [65, 5], [73, 2]]},
        "parts": {"drums": 0.8, "bass": 0.8, "piano": 0.9, "winds": 0.4},
    }
    return Style("jazz", 3, {**base, **more})


def test_the_default_band_has_what_half_of_the_songs_have():
    """Nine songs are strings alone; but most songs have drums, bass and piano, and on those."""
    assert style().parts == ("drums", "bass", "piano")
    assert dict(style().band)["drums"] == "brush-kit"


def test_a_band_by_default_is_no_orchestra():
    many = ("drums", "bass", "piano", "guitar", "strings", "winds", "brass")
    shares = {part: 0.9 - 0.05 * number for number, part in enumerate(many)}
    assert style(parts=shares).parts == many[:5]
    assert style(parts={"piano": 0.3, "winds": 0.2}).parts == ("piano",)


def test_beside_drums_there_are_bass_and_chords():
    shares = {"drums": 0.8, "strings": 0.7, "keys": 0.45, "guitar": 0.42, "bass": 0.49}
    assert style(parts=shares).parts == ("drums", "bass", "keys", "strings")
    few = {"strings": 0.7, "keys": 0.45, "winds": 0.3, "drums": 0.45}
    assert style(parts=few).parts == ("keys", "strings")  # a small band takes the fairly usual


def test_somebody_says_the_chords():
    orchestra = {"strings": 0.8, "brass": 0.6, "winds": 0.5, "piano": 0.36, "keys": 0.2}
    assert style(parts=orchestra).parts == ("piano", "strings", "winds", "brass")
    assert style(parts=orchestra | {"piano": 0.2}).parts == ("strings", "winds", "brass")
    # who has one voice alone does not say them, so anybody does whom the style knows
    flute = {"programs": {"winds": [[73, 5]]}, "classes": {"winds": [["flute", 5]]}}
    assert style(parts={"winds": 0.7, "keys": 0.1}, **flute).parts == ("keys", "winds")
    assert style(parts={"winds": 0.7, "keys": 0.01}, **flute).parts == ("winds",)


def test_the_band_is_one_of_songs_that_have_who_says_the_chords():
    """Horns and flutes are usual, and so is a piano; but beside a piano there is a bass."""
    parts = {"strings": 0.8, "brass": 0.6, "winds": 0.5, "piano": 0.36, "bass": 0.33}
    piano = {"piano": 1.0, "strings": 0.7, "bass": 0.5, "brass": 0.3, "winds": 0.3, "drums": 0.45}
    assert style(parts=parts, beside={"piano": piano}).parts == ("bass", "piano", "strings")
    assert style(parts=parts).parts == ("piano", "strings", "winds", "brass")  # nobody counted
    alone = {"piano": {"piano": 1.0, "strings": 0.3}}
    assert style(parts=parts, beside=alone).parts == ("piano", "strings", "winds", "brass")
    rare = parts | {"piano": 0.2, "keys": 0.1}  # nobody is asked in, so nobody leaves
    assert style(parts=rare, beside={"piano": piano}).parts == ("strings", "winds", "brass")


def test_a_bass_without_drums_is_no_electric_one_because_grooves_have_that():
    piano, kit = ["piano", "acoustic-piano"], ["drums", "standard-kit"]
    el, ac = ["bass", "electric-bass"], ["bass", "acoustic-bass"]
    told = {
        "bands": [[[kit, el, piano], 9], [[ac, piano], 3], [[el, piano], 2]],
        "classes": {"bass": [["electric-bass", 11], ["acoustic-bass", 3]]},
    }
    quiet = style(parts={"bass": 0.8, "piano": 0.9, "strings": 0.7}, **told)
    assert dict(quiet.band)["bass"] == "acoustic-bass"
    groove = style(parts={"drums": 0.7, "bass": 0.8, "piano": 0.9}, **told)
    assert dict(groove.band)["bass"] == "electric-bass"
    unknown = style(parts={"bass": 0.8, "piano": 0.9, "strings": 0.7}, **told | {"bands": []})
    assert dict(unknown.band)["bass"] == "electric-bass"


def test_who_is_beside_the_chords_is_counted_in_typical_manners():
    def manner(songs: int, parts: dict, beside: dict, **more) -> dict:
        one = Manner(songs, {}, (60.0, 90.0), {"four": 1.0}, parts=parts, beside=beside, **more)
        return one.described()

    orchestra = {"strings": 0.8, "brass": 0.8, "piano": 0.1}
    ballad = {"strings": 0.7, "brass": 0.3, "piano": 0.7, "bass": 0.35}
    few, many = {"piano": 1.0, "brass": 1.0}, {"piano": 1.0, "strings": 0.8, "bass": 0.6}
    manners = [
        manner(80, orchestra, {"piano": few}, name="orchestra"),
        manner(80, ballad, {"piano": many}, name="ballad"),
        manner(500, {"drums": 1.0, "bass": 1.0}, {}, name="band", typical=False),
    ]
    told = {"parts": dict.fromkeys(("drums", "bass", "piano", "strings", "brass"), 0.5)}
    film = style(**told, manners=manners)
    assert film.parts == ("bass", "piano", "strings")
    assert in_manner(film, "orchestra").parts == ("strings", "brass")
    assert in_manner(film, "ballad").parts == ("bass", "piano", "strings")


def test_the_tune_has_an_instrument_of_its_own():
    lead = lead_sheet(np.random.default_rng(1))
    lead.melody["pitch"] += 7
    programs = {"melody": [[0, 9], [73, 5]], "winds": [[73, 9], [68, 4]]}
    one = style(programs=programs)
    assert tune_program(lead, one, {"piano": 0, "strings": 48}) == 73
    assert tune_program(lead, one, {"piano": 0, "winds": 73}) == 68  # an oboe beside a flute


def test_a_lead_guitar_plays_the_tune_beside_who_plays_the_chords():
    lead = lead_sheet(np.random.default_rng(1))
    rock = style(programs={"melody": [[29, 9], [30, 8], [65, 7]]})
    assert tune_program(lead, rock, {"drums": 0, "bass": 33, "guitar": 30}) == 29
    assert tune_program(lead, rock, {"drums": 0, "bass": 33, "guitar": 29}) == 30
    one = style(programs={"melody": [[29, 9], [65, 7]]})
    assert tune_program(lead, one, {"guitar": 29}) == 65  # nobody plays both on one guitar


def test_a_piano_alone_has_the_tune_where_most_of_the_styles_tunes_are_a_pianos():
    lead = lead_sheet(np.random.default_rng(1))
    covers = style(programs={"melody": [[0, 72], [44, 9], [48, 9]]})
    assert tune_program(lead, covers, {"piano": 0}) == 0
    assert tune_program(lead, covers, {"piano": 0, "bass": 32}) == 44
    oboes = style(programs={"melody": [[48, 72], [0, 30]]})
    assert tune_program(lead, oboes, {"piano": 0}) == 48


def test_winds_and_sections_of_a_style_play_a_tune_only_in_bands_that_have_them():
    lead = lead_sheet(np.random.default_rng(1))
    programs = {"melody": [[0, 9], [26, 8]], "winds": [[71, 9]], "strings": [[48, 9]]}
    one = style(programs=programs)
    assert tune_program(lead, one, {"piano": 0, "guitar": 26}) == 0
    assert tune_program(lead, one, {"piano": 0, "guitar": 26, "winds": 65}) == 71


def test_tunes_are_on_what_typical_manners_have_them_on():
    def manner(tunes: list[list[int]], **more) -> dict:
        one = Manner(9, {}, (60.0, 90.0), {"four": 1.0}, tunes=tunes, **more)
        return one.described()

    manners = [
        manner([[65, 30], [0, 5]], name="band", typical=False),
        manner([[73, 4], [60, 3]], name="orchestra"),
        manner([[0, 9], [60, 2]], name="ballad"),
    ]
    film = style(manners=manners)
    assert film.tunes == [0, 60, 73]
    assert in_manner(film, "ballad").tunes == [0, 60, 73]
    assert in_manner(film, "band").tunes == [65, 0]
    assert style().tunes == [0, 65, 73]  # nobody counted: of all songs
    rare = {"melody": [[68, 90], [0, 30], [40, 20], [52, 5]]}
    assert style(programs=rare).tunes == [68, 0, 40]  # few songs have a choir
    low = lead_sheet(np.random.default_rng(1))
    low.melody["pitch"] -= 7
    band = {"bass": 32, "piano": 0, "strings": 48}
    assert tune_program(low, film, band) == 60
    assert tune_program(low, in_manner(film, "band"), band) == 65


def test_bands_are_drawn_as_they_are_often():
    drawn = Counter(drawn_band(style(), np.random.default_rng(seed)) for seed in range(400))
    assert {len(band) for band in drawn} == {3, 4}
    assert drawn[tuple((p, c) for p, c in QUARTET)] == pytest.approx(400 * 6 / 14, abs=40)


def test_a_band_is_asked_for_by_parts_or_instruments():
    assert pick_band(style(), ()) == style().band
    asked = pick_band(style(), ("nylon-guitar", "drums"))
    assert asked == (("drums", "brush-kit"), ("guitar", "nylon-guitar"))
    assert pick_band(style(), ("guitar",)) == (("guitar", "clean-guitar"),)
    with pytest.raises(UnknownStyle, match="no part 'kazoo': choose from drums, bass"):
        pick_band(style(), ("kazoo",))


def test_an_instrument_is_played_on_a_program_of_its_class():
    assert style().program("guitar", "clean-guitar") == 27
    assert style().program("guitar", "steel-guitar") == 25
    assert style().program("guitar", "distortion-guitar") == 30  # none was counted
    assert style().program("bass") == 32 and style(programs={}).program("winds") == 65
