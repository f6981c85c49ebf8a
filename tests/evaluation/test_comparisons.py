"""What readers said of versions, as rows to learn from: `benchmarks/comparisons.py table`."""

import csv
import importlib
import json
from argparse import Namespace
from pathlib import Path
from types import ModuleType

import pytest

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array

BARS = 16
MARKS = {"sure": 2, "keep": {"A": 4, "B": 3}, "fault": ""}


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    return importlib.import_module("comparisons")


def panel(
    comparisons: ModuleType, out: Path, basses: dict[str, int], **readers: list[dict]
) -> Path:
    """A panel of one item: a bass on every one of a song in C, with a pitch for each side."""
    lead = LeadSheet(
        melody=notes_array([(48 * bar, 24, 72, 80) for bar in range(BARS)]),
        chords=(Chord(0, 0, "maj"),),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * BARS,
    )
    out.mkdir()
    for side, pitch in basses.items():
        bass = notes_array([(48 * bar, 48, pitch, 80) for bar in range(BARS)])
        comparisons.save(out / f"1-{side}.npz", lead, Arrangement({"bass": bass}))
    sides = {side: {"kind": f"seed {side}"} for side in basses}
    (out / "key.json").write_text(json.dumps({"1": {"style": "pop", **sides}}))
    for name, told in readers.items():
        lines = "\n".join(json.dumps({"item": 1, **MARKS, **one}) for one in told)
        (out / f"{name}.jsonl").write_text(lines + "\n\n")
    return out


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_choice_is_a_row_once(comparisons, tmp_path, capsys):
    """A plays roots and B fifths, so A has one more of the share of roots."""
    table = tmp_path / "t.csv"
    out = panel(
        comparisons, tmp_path / "p", {"A": 36, "B": 43},
        one=[{"order": "AB"}], two=[{"order": "BA", "sure": 1}], three=[{"order": "="}],
    )  # fmt: skip
    comparisons.print_table(Namespace(out=[out], output=table))
    said = capsys.readouterr().out
    assert "| seed A | 3 | 2 | 50% |" in said and "the same in 0 of 1" in said
    found = rows(table)
    assert [(row["first"], row["sure"]) for row in found] == [("1", "2"), ("0", "1")]
    assert {row["set"] for row in found} == {"1"} and found[0]["band"] == "without drums"
    assert (found[0]["keep first"], found[0]["keep second"]) == ("4", "3")
    assert float(found[0]["bass, root where a chord begins"]) == 1.0

    before = table.read_bytes()
    comparisons.print_table(Namespace(out=[out], output=table))
    assert table.read_bytes() == before


def test_two_versions_keep_their_number_the_other_way_round(comparisons, tmp_path):
    table = tmp_path / "t.csv"
    one = panel(comparisons, tmp_path / "p", {"A": 36, "B": 43}, one=[{"order": "AB"}] * 2)
    other = panel(comparisons, tmp_path / "q", {"A": 43, "B": 36}, one=[{"order": "AB"}])
    alike = panel(comparisons, tmp_path / "r", {"A": 43, "B": 43}, one=[{"order": "AB"}])
    new = panel(comparisons, tmp_path / "s", {"A": 36, "B": 40 + 12}, one=[{"order": "AB"}])
    for out in (one, other, alike, new):
        comparisons.print_table(Namespace(out=[out], output=table))
    assert [row["set"] for row in rows(table)] == ["1", "1", "1", "2"]


def test_an_order_of_three_is_three_rows_of_one_set(comparisons, tmp_path):
    table = tmp_path / "t.csv"
    keep = {"keep": {"A": 1, "B": 5, "C": 3}}
    out = panel(
        comparisons, tmp_path / "p", {"A": 43, "B": 36, "C": 52}, one=[{"order": "BCA", **keep}]
    )
    comparisons.print_table(Namespace(out=[out], output=table))
    marks = [(row["first"], row["keep first"], row["keep second"]) for row in rows(table)]
    assert marks == [("0", "1", "5"), ("0", "1", "3"), ("1", "5", "3")]
    assert {row["set"] for row in rows(table)} == {"1"}


@pytest.mark.parametrize(
    "told", [{"order": "AC"}, {"order": "AB", "keep": {"A": 1, "B": 6}}, {"item": 2}]
)
def test_what_is_no_answer_is_named(comparisons, tmp_path, told):
    out = panel(comparisons, tmp_path / "p", {"A": 36, "B": 43}, one=[{"order": "AB"}, told])
    with pytest.raises(SystemExit, match=r"one\.jsonl, line 2"):
        comparisons.print_table(Namespace(out=[out], output=tmp_path / "t.csv"))
    assert not (tmp_path / "t.csv").exists()
