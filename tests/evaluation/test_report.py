"""The report: the same bytes twice, one file, what it leaves out and says of it."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from evaluation_songs import walking

from corpora import tiny_corpus
from restyle.cli.evaluate import report_json, summary
from restyle.critic.likeness import load_profiles, save_profiles
from restyle.critic.reference import reference
from restyle.errors import RestyleError
from restyle.io import read, write
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from restyle.report.cases import Case, corpus_cases, file_cases, laid_under
from restyle.report.page import page
from restyle.report.report import Report, Wish, evaluate
from restyle.report.run import Settings, run_cases
from restyle.report.summary import interval, tables
from restyle.style.style import PRETRAINED, load_styles
from unlearnt import untrained

pytestmark = pytest.mark.slow

STYLES = ("classical", "jazz", "pop")
BARS = 16


@pytest.fixture(scope="module")
def cases(examples) -> list[Case]:
    """The songs of the repo, cut short."""
    names = ("auld-lang-syne.mid", "when-the-saints.musicxml", "greensleeves.abc")
    files = [examples / name for name in names]
    whole = file_cases(files)
    short = [(case, case.base.part(0, min(BARS, case.base.lead.bars))) for case in whole]
    return [replace(case, base=base, lead=base.lead) for case, base in short]


@pytest.fixture(scope="module")
def report(examples) -> Report:
    wish = Wish((examples / "when-the-saints.musicxml",), targets=("classical",), with_mma=False)
    return evaluate(wish)


def without_times(text: str) -> str:
    return re.sub(r'"seconds": \{[^}]*\}|"seconds": [\d.]+', "", text)


def test_the_same_report_twice_but_for_times(report, examples):
    wish = Wish((examples / "when-the-saints.musicxml",), targets=("classical",), with_mma=False)
    again = evaluate(wish)
    assert without_times(report_json(report.data)) == without_times(report_json(again.data))
    strip = re.compile(r"<tr><td>seconds to arrange.*?</tr>", re.S)
    assert strip.sub("", page(report)) == strip.sub("", page(again))


def test_json_and_page_hold_what_was_measured(report):
    data = json.loads(report_json(report.data))
    figures = data["tables"]["classical"]["model"]
    assert figures["melody_kept"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "songs": 1}
    assert data["tables"]["all"]["floor"]["chroma"]["mean"] == 1.0
    # one song alone is the whole set, and nothing can be left out of it
    alone = figures["macro"]["mean"]
    assert figures["set_macro"] == {"mean": alone, "low": alone, "high": alone, "songs": 1}
    moved = alone - data["tables"]["classical"]["floor"]["macro"]["mean"]
    assert figures["set_closer"]["mean"] == pytest.approx(moved, abs=2e-4)
    assert "structure_short" in figures and "outside_piano" in figures
    assert "of_two" not in figures  # nobody says of which style the song is
    assert "NaN" not in report_json(report.data)
    text = page(report)
    assert text.count("<img") >= 3 and "http" not in text.replace("http-equiv", "")
    for word in ("melody kept", "base unchanged", "The best", "Style profiles"):
        assert word in text
    assert any("melody kept" in line for line in summary(report))


def test_songs_that_cannot_be_used_are_named_and_left_out(cases, examples, tmp_path):
    drums = replace(read(examples / "auld-lang-syne.mid"), title="Drums")
    drums = drums.with_tracks(replace(t, is_drum=True) for t in drums.tracks)
    write(drums, tmp_path / "beat.mid")
    (tmp_path / "none.mid").write_bytes(b"")
    bad = (tmp_path / "beat.mid", tmp_path / "none.mid")
    wish = Wish((*bad, cases[2].lead), targets=("jazz",), with_mma=False, without=("chord",))
    found = evaluate(wish, arrange=untrained())
    assert [one.partition(" ")[0] for one in found.data["unused"]] == ["beat.mid", "none.mid"]
    text = page(found)
    assert "1 song to jazz" in text and "without chord" in text and "n = 1" in text
    assert "beat.mid has only drums" in text and "none.mid is empty" in text
    assert "chance" not in text.partition("</p>")[0]  # there is no corpus to take a band from
    with pytest.raises(RestyleError, match=r"none\.mid is empty"):
        evaluate(replace(wish, files=bad), arrange=untrained())


def test_a_style_of_ones_own_is_measured_by_its_own_songs(cases, tmp_path):
    """No judge has learnt it: its nearness to the songs it was learnt from is what can be said."""
    jazz = load_styles(PRETRAINED)["jazz"]
    (tmp_path / "styles.json").write_text((PRETRAINED / "styles.json").read_text())
    profiles = load_profiles(PRETRAINED, [jazz])
    save_profiles(tmp_path, {"tango": profiles[jazz.slot]})
    told = json.loads((tmp_path / "styles.json").read_text())
    told["tango"] = told["jazz"]
    (tmp_path / "styles.json").write_text(json.dumps(told))
    band, wish = Arranger(threads=1), TransferOptions("jazz")
    settings = Settings(("tango",), ("jazz", "tango"), model=tmp_path, with_mma=False)
    rows = run_cases(cases[:1], settings, arrange=lambda lead, _: band.transfer(lead, wish))
    model, floor = (next(r for r in rows if r.kind == kind) for kind in ("model", "floor"))
    assert model.figures["macro"] > floor.figures["macro"] and model.figures["closer"] == 1.0
    assert "recognised" not in model.figures and model.verdict == "jazz"
    table = tables(rows, 0, reference().profiles)
    assert table["tango"]["model"]["macro"]["songs"] == 1


def test_an_interval_by_hand():
    rng = np.random.default_rng(0)
    found = interval([0.0, 1.0] * 50, rng)
    assert found["mean"] == 0.5 and found["songs"] == 100
    # a proportion of a half over 100 songs: half a width of 1.96 * 0.05
    assert found["low"] == pytest.approx(0.402, abs=0.02)
    assert found["high"] == pytest.approx(0.598, abs=0.02)
    assert np.isnan(interval([float("nan")], rng)["mean"])


def test_a_song_counts_once_over_all_styles(cases):
    rows = run_cases(cases[:1], Settings(STYLES, STYLES, with_mma=False), arrange=untrained())
    table = tables(rows, 0, reference().profiles)
    assert table["all"]["model"]["chroma"]["songs"] == 1
    each = [table[style]["model"]["chroma"]["mean"] for style in STYLES]
    assert table["all"]["model"]["chroma"]["mean"] == pytest.approx(np.mean(each))


def test_cases_of_a_corpus_are_held_out_and_the_same_every_time(tmp_path):
    tiny_corpus(tmp_path)
    with pytest.raises(RestyleError, match="no held-out songs"):
        corpus_cases(tmp_path, 4, ("a", "b"), 0, 0)  # eight bars are too short to say much
    with pytest.raises(RestyleError, match="not a corpus"):
        corpus_cases(tmp_path / "none", 4, ("a",), 0, 0)


def test_a_band_laid_under_other_bars():
    short, long = walking(2), walking(5)
    found = laid_under(short, long)
    bass = found.parts["bass"]
    assert len(bass) == 5 * 4
    assert bass["pitch"][:8].tolist() == bass["pitch"][8:16].tolist()
    assert bass["start"].tolist() == [12 * i for i in range(20)]


def test_what_cannot_be_evaluated_is_said(tmp_path):
    with pytest.raises(RestyleError, match="Name songs"):
        evaluate(Wish())
    with pytest.raises(RestyleError, match="no style"):
        evaluate(Wish(targets=("polka",)))
