"""New songs as lead sheets: their form, their cadences, their tunes, and the command."""

import json
from pathlib import Path

import numpy as np
import pytest

from command_line import WITHOUT_TORCH, restyle_apart
from restyle.composer.lead import events as e
from restyle.composer.lead.borrowed import led_to
from restyle.composer.lead.choir import Choir
from restyle.composer.lead.form import FORMS, SAME, Bar, planned
from restyle.composer.lead.measure import Shared, measure, phrases_of
from restyle.composer.lead.rules import Moment, Note, rubs, sequence, tones, weights
from restyle.composer.lead.song import ABOVE, BELOW, LeadOptions, compose_lead, load_model
from restyle.composer.lead.weights import SHIPPED
from restyle.errors import RestyleError, UnknownStyle
from restyle.io import read, read_lead
from restyle.music.transpose import home_shift, shifted

STYLES = ("classical", "pop", "jazz", "folk", "hymn", "blues", "irish")


@pytest.mark.parametrize("style", STYLES)
def test_a_song_keeps_its_form_its_voice_and_its_cadence(style: str) -> None:
    made = compose_lead(LeadOptions(style, seed=3))
    lead, plan = made.lead, made.plan
    first = lead.bars - len(plan)  # an upbeat is a bar of its own
    assert first in (0, 1)
    pitches = lead.melody["pitch"]
    assert np.ptp(pitches) <= ABOVE + BELOW
    ends = lead.melody["start"] + lead.melody["duration"]
    assert (ends[:-1] <= lead.melody["start"][1:]).all()  # one voice
    lines = lead.bar_starts()
    for number, bar in enumerate(plan):
        if bar.how == SAME and bar.source >= 0:
            mine, theirs = (
                lead.part(n + first, n + first + 1).melody for n in (number, bar.source)
            )
            assert mine[["start", "pitch"]].tolist() == theirs[["start", "pitch"]].tolist()
    home = shifted(lead, home_shift(lead.key))
    tonic = home.key.tonic
    last = home.melody[-1]
    assert last["pitch"] % 12 == tonic and last["start"] == lines[-2]
    assert last["duration"] >= e.BEAT[lead.meters[0].name]
    close = home.chord_at(int(lines[-1]) - 1)
    assert close is not None and close.root == tonic


def test_the_seed_decides() -> None:
    one, same, other = (compose_lead(LeadOptions("pop", seed=s, bars=8)).lead for s in (1, 1, 2))
    assert one.melody.tolist() == same.melody.tolist() and one.chords == same.chords
    assert one.melody.tolist() != other.melody.tolist()


def test_what_is_asked_for_is_written() -> None:
    asked = LeadOptions("classical", bars=20, key="Eb", tempo=92, meter="3/4", form="aabb", seed=1)
    lead = compose_lead(asked).lead
    assert lead.key.name == "Eb major" and lead.meters[0].name == "3/4"
    assert lead.tempos[0].bpm == 92 and lead.bars - (lead.pickup > 0) == 20
    assert compose_lead(LeadOptions("folk", key="Am", bars=8)).lead.key.name == "A minor"


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize("bars", [None, 4, 13, 32])
def test_every_form_has_its_bars_and_ends_in_full(name: str, bars: int | None) -> None:
    plan = planned(name, bars, np.random.default_rng(1))
    assert bars in (None, len(plan))
    assert plan[-1].cadence == "full" and plan[-1].last and not plan[0].source >= 0
    for number, bar in enumerate(plan):
        assert bar.source < number


def test_large_leaps_turn_back_and_ends_are_tonic() -> None:
    now = Moment(0, 7, False, False, 60, 80, 70.0)
    after = weights(now, [Note(0, 0, 62, 12), Note(0, 12, 71, 12)])
    number = e.pitch_number
    assert after[number(69)] > after[number(72)] and after[number(69)] > after[number(76)]
    end = weights(Moment(0, 7, True, False, 60, 80, 70.0, closing=(0,)), [Note(0, 0, 71, 12)])
    assert end.argmax() == number(72)


def test_a_motif_moves_to_its_chord() -> None:
    idea = [Note(0, 0, 64, 12), Note(0, 12, 65, 12), Note(0, 24, 67, 24)]  # E F G over C
    moved = sequence(idea, 0, 5, [True, False, True])  # over F
    assert np.diff(moved).tolist() in ([1, 2], [2, 2], [2, 1])
    assert moved[0] % 12 in tones(5) and moved[2] % 12 in tones(5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (LeadOptions("polka"), "polka"),
        (LeadOptions("jazz", bars=2), "2 bars"),
        (LeadOptions("jazz", meter="5/4"), "5/4"),
        (LeadOptions("jazz", form="fugue"), "fugue"),
        (LeadOptions("jazz", key="Q"), "Q"),
        (LeadOptions("jazz", tempo=5000), "5000"),
    ],
)
def test_what_cannot_be_is_said(options: LeadOptions, said: str) -> None:
    with pytest.raises((RestyleError, UnknownStyle), match=said):
        compose_lead(options)


@pytest.mark.slow
def test_the_command_writes_a_band_and_a_lead_without_torch(tmp_path: Path) -> None:
    words = ("compose", "--style", "jazz", "--bars", 8, "--seed", 2)
    done = restyle_apart(*words, "-o", "tune.mid", "--json", cwd=tmp_path, code=WITHOUT_TORCH)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["written"] == ["tune.mid"] and len(said["parts"]) > 1
    assert len(read(tmp_path / "tune.mid").tracks) > 1
    done = restyle_apart(*words, "--lead", "-o", "tune.abc", cwd=tmp_path, code=WITHOUT_TORCH)
    assert done.returncode == 0, done.stderr
    lead = read_lead(tmp_path / "tune.abc")
    assert lead is not None and lead.chords and len(lead.melody)
    done = restyle_apart(*words, "--lead", "-o", "tune.xyz", cwd=tmp_path, code=WITHOUT_TORCH)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "tune.xyz" in done.stderr


def test_a_song_is_gone_on_from(examples: Path) -> None:
    song = examples / "auld-lang-syne.mid"
    made = compose_lead(LeadOptions("pop", bars=8, prime=song)).lead
    assert made.key.name == "F major" and made.meters[0].name == "4/4"


def test_a_tune_is_written_over_given_chords(tmp_path: Path) -> None:
    chart = tmp_path / "chart.txt"
    chart.write_text("| Gm | Cm D7 | Gm | D7 |\n| Gm | Cm / | D7 | Gm ||\n", encoding="utf-8")
    lead = compose_lead(LeadOptions("jazz", chords=chart, seed=1)).lead
    assert lead.key.name == "G minor"
    roots = [chord.root for chord in lead.chords if chord.root >= 0]
    assert roots == [7, 0, 2, 7, 2, 7, 0, 2, 7]
    assert lead.melody["pitch"][-1] % 12 == 7
    chart.write_text("| Gm | what | Gm | D7 |", encoding="utf-8")
    with pytest.raises(RestyleError, match="what"):
        compose_lead(LeadOptions("jazz", chords=chart))


def test_what_ships_is_small() -> None:
    assert SHIPPED.stat().st_size < 4 * 2**20


def test_the_measures_of_a_tune_worked_out_by_hand() -> None:
    # C E G E | D F A F | c over C, Dm, C: the second bar is the first a step higher
    pitches = [60, 64, 67, 64, 62, 65, 69, 65, 72]
    tune = [Note(i // 4, i % 4 * 12, pitch, 12) for i, pitch in enumerate(pitches)]
    found = measure(tune, np.array([[0, 0], [14, 14], [0, 0]]), "4/4", False)
    assert found.strong_in_chord == 1 and found.repeats == 0 and found.ends_home == 1
    assert found.rhythm_again == pytest.approx(1 / 3) and found.motif_again == 0
    assert found.span == 12 and found.notes_a_bar == 3
    assert found.steps == pytest.approx(1 / 8) and found.silent == pytest.approx(1 / 4)
    assert Shared([tune]).longest(tune[1:]) == 8 and Shared([tune]).longest(tune[:4]) == 0
    assert found.wavering == 0 and found.off_beat == 0 and found.phrase == pytest.approx(3)
    assert found.changes == 1 and found.borrowed == 0 and np.isnan(found.closes)


def test_harmony_and_phrases_worked_out_by_hand() -> None:
    # four bars of C | A Dm | G | C: A has a C sharp; A to Dm and Dm to G and G to C fall a fifth
    chords = np.array([[0, 0], [9, 14], [7, 7], [0, 0]])
    rows = [(0, 0, 60, 12), (0, 12, 62, 12), (0, 24, 60, 12), (0, 36, 62, 12)]
    rows += [(2, 6, 65, 6), (2, 12, 67, 12), (2, 24, 64, 24), (3, 0, 60, 24)]
    tune = [Note(*row) for row in rows]
    found = measure(tune, chords, "4/4", False)
    assert found.changes == 5 / 4 and found.borrowed == pytest.approx(1 / 5)
    assert found.fifths == pytest.approx(3 / 4) and found.closes == found.full_closes == 1
    assert [len(phrase) for phrase in phrases_of(tune, "4/4")] == [4, 3, 1]
    assert found.arches == 0.5 and found.wavering == pytest.approx(1 / 5)
    assert found.off_beat == pytest.approx(1 / 8) and found.phrase == pytest.approx(4 / 3)


def test_dominants_lead_to_chords_and_come_again_with_their_section() -> None:
    plan = [Bar(begins=True), Bar(place=1), Bar(place=2), Bar(cadence="half", place=3)]
    plan += [Bar(SAME, i, place=i, begins=not i) for i in range(3)] + [Bar(cadence="full")]
    chords = np.array([[0, 0], [14, 14], [5, 5], [7, 7]] * 2)
    choir = Choir(load_model().chords, (0, 2, 0), "jazz")
    found = [led_to(plan, chords, choir, np.random.default_rng(seed)) for seed in range(40)]
    first = {tuple(row[0]) for row in found}
    assert first == {(0, 0), (0, 9)}  # C, or C and the dominant of D minor
    assert {tuple(row[1]) for row in found} == {(14, 14), (14, 0), (0, 0), (19, 0)}
    for row in found:
        assert (row[3] == 7).all() and (row[7] == 7).all()
        assert (row[4:6] == row[:2]).all()


def test_a_note_rubs_against_a_half_step_but_not_as_a_major_seventh() -> None:
    assert rubs(65, 0) and not rubs(71, 0) and not rubs(64, 0) and not rubs(69, 0)


@pytest.mark.parametrize(
    "said",
    [
        {"key": "Ebm", "meter": "3/4", "form": "minuet", "bars": 16, "tempo": 90.0},
        {"chart": True, "key": "C", "form": "hymn", "take": 2},
        {"prime": True, "key": "D", "form": "aaba", "tempo": 70.0},
        {"prime": True, "meter": "6/8", "bars": 12},
    ],
)
def test_wishes_go_together(said: dict, examples: Path, tmp_path: Path) -> None:
    said = dict(said)
    if said.pop("chart", False):
        said["chords"] = tmp_path / "chart.txt"
        said["chords"].write_text("| C | Am | Dm | G7 | C | F | G | C |", encoding="utf-8")
    if said.pop("prime", False):
        said["prime"] = examples / "auld-lang-syne.mid"
    options = LeadOptions("folk", seed=2, **said)
    lead = compose_lead(options).lead
    assert lead.melody.tolist() == compose_lead(options).lead.melody.tolist()
    assert "key" not in said or lead.key.tonic == {"Ebm": 3, "C": 0, "D": 2}[said["key"]]
    assert "meter" not in said or lead.meters[0].name == said["meter"]
    assert "tempo" not in said or lead.tempos[0].bpm == said["tempo"]
    upbeat = 1 if lead.pickup else 0
    assert "bars" not in said or lead.bars - upbeat == said["bars"]
    assert "chords" not in said or lead.bars - upbeat == 8
    ends = lead.melody["start"] + lead.melody["duration"]
    assert (ends[:-1] <= lead.melody["start"][1:]).all() and lead.melody["pitch"].min() > 40
