"""From a lead sheet to a song, with a tiny model trained and exported here."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake import fake_arranger

from corpora import lead_sheet, repeated, tiny_corpus
from restyle.decoding.sampler import Sampling
from restyle.errors import BadModel, RestyleError, UnknownStyle
from restyle.metrics.content import melody_kept
from restyle.model.export import export
from restyle.model.llama import SIZES
from restyle.model.options import TrainOptions
from restyle.model.train import train
from restyle.model.windows import WindowOptions
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Meter, notes_array
from restyle.options import TransferOptions
from restyle.pipeline import Arranger, moved

pytestmark = pytest.mark.slow

CONTEXT = 256


@pytest.fixture(scope="module")
def band(tmp_path_factory) -> Arranger:
    """A tiny arranger of styles a (a bass note a bar) and b (walking bass and hi-hat)."""
    folder = tmp_path_factory.mktemp("tiny")
    corpus = tiny_corpus(folder / "corpus").folder
    options = TrainOptions(
        steps=120,
        batch=8,
        rate=5e-3,
        warm_up=5,
        valid_windows=1,
        model=replace(SIZES["tiny"], context=CONTEXT),
        windows=WindowOptions(context=CONTEXT, style_dropout=0.05, chord_dropout=0.0),
    )
    train(corpus, folder / "model", options)
    export(folder / "model", folder / "exported", "int4")
    return Arranger(folder / "exported")


@pytest.fixture
def lead() -> LeadSheet:
    return lead_sheet(np.random.default_rng(1))


def test_styles_sound_as_they_were_taught(band, lead):
    sure = Sampling(top_p=0.95)  # what it was taught, not what it may also do
    a = band.transfer(lead, TransferOptions("a", sampling=sure)).takes[0].arrangement
    b = band.transfer(lead, TransferOptions("b", sampling=sure)).takes[0].arrangement
    assert a.names == ("bass",) and b.names == ("drums", "bass")
    assert len(b.parts["bass"]) > 2 * len(a.parts["bass"])
    assert np.mean(b.parts["drums"]["pitch"] == 42) > 0.9


def test_the_melody_is_kept_and_the_song_is_whole(band, lead):
    for style, ratio in (("a", 1.0), ("b", band.styles["b"].swing_ratio(120.0))):
        song = band.transfer(lead, TransferOptions(style)).song
        assert melody_kept(lead, song, ratio) == 1.0
        assert song.meters == (Meter(0, 4, 4),) and song.keys[0][1] == lead.key
        assert [c.root for c in song.chords] == [c.root for c in lead.chords]
        assert song.end <= lead.length * 40
        tracks = {t.name: t for t in song.tracks}
        assert tracks["Acoustic Bass"].program == 32 and not tracks["Acoustic Bass"].is_drum


def test_the_window_slides_over_a_long_song(band, lead):
    long = repeated(lead, 12)
    seen = []
    result = band.transfer(long, TransferOptions("b"), lambda done, bars: seen.append((done, bars)))
    assert seen == [(i + 1, 96) for i in range(96)]
    starts = result.takes[0].arrangement.parts["drums"]["start"] // 48
    assert len(np.unique(starts)) > 80  # it goes on to the end


def test_a_seed_is_a_song(band, lead):
    def notes(seed):
        return band.transfer(lead, TransferOptions("b", seed=seed)).song.tracks[1].notes

    assert np.array_equal(notes(3), notes(3))
    assert not np.array_equal(notes(3), notes(4))


def test_exactly_the_parts_asked_for(band, lead):
    result = band.transfer(lead, TransferOptions("b", parts=("bass", "piano")))
    assert result.takes[0].arrangement.names == ("bass", "piano")
    assert result.notes == ("The b songs hardly have piano: expect little of it.",)
    with pytest.raises(UnknownStyle, match="no part 'kazoo': choose from drums, bass"):
        band.transfer(lead, TransferOptions("b", parts=("kazoo",)))


def test_the_bass_stays_in_its_range(band, lead):
    notes = band.transfer(lead, TransferOptions("b", strength=2.0)).takes[0].arrangement
    assert notes.parts["bass"]["pitch"].min() >= 28 and notes.parts["bass"]["pitch"].max() <= 60


def test_takes_are_ranked(band, lead):
    takes = band.transfer(lead, TransferOptions("b", takes=4)).takes
    scores = [take.measures.score for take in takes]
    assert len(takes) == 4 and scores == sorted(scores, reverse=True)


def test_the_melody_can_be_dropped(band, lead):
    song = band.transfer(lead, TransferOptions("a", melody=False)).song
    assert [t.name for t in song.tracks] == ["Acoustic Bass"]


def test_a_waltz_and_a_pickup(band, lead):
    waltz = replace(
        lead,
        meters=(Meter(0, 3, 4),),
        length=36 * 8,
        pickup=12,
        melody=notes_array([(24, 12, 60, 80), (36, 36, 64, 80)]),
        chords=(Chord(0, -1), Chord(36, 0)),
    )
    result = band.transfer(waltz, TransferOptions("b"))
    assert result.song.pickup == 12 * 40 and result.song.meters[0].name == "3/4"
    assert len(result.song.bar_starts()) - 1 <= 8


def test_other_keys_and_tempos(lead):
    up = moved(lead, "Eb", 90.0)
    assert up.key.tonic == 3 and up.tempos[0].bpm == 90.0
    assert np.array_equal(up.melody["pitch"], lead.melody["pitch"] + 3)
    assert [c.root for c in up.chords] == [(c.root + 3) % 12 for c in lead.chords]
    down = moved(lead, "A")
    assert np.array_equal(down.melody["pitch"], lead.melody["pitch"] - 3)
    for wrong in ("H", "Am", "Cbb", ""):
        if wrong:
            with pytest.raises(RestyleError):
                moved(lead, wrong)
    with pytest.raises(RestyleError, match="tempo"):
        moved(lead, tempo=5.0)


def test_a_bar_too_long_for_the_model_is_named(band, lead):
    odd = replace(lead, meters=(Meter(0, 4, 4), Meter(48, 13, 4)), length=48 + 156, chords=())
    with pytest.raises(RestyleError, match="Bar 2 is in 13/4"):
        band.transfer(odd, TransferOptions("a"))


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(BadModel, match="not a model"):
        Arranger(tmp_path)
    (tmp_path / "styles.json").write_text("{}")
    with pytest.raises(BadModel):
        Arranger(tmp_path)


def test_unknown_styles_list_the_styles(band, lead):
    with pytest.raises(UnknownStyle, match="no style 'polka': choose from a, b"):
        band.transfer(lead, TransferOptions("polka"))


def test_files_in_and_out(band, lead, tmp_path: Path):
    from restyle.io import read

    song = band.transfer(lead, TransferOptions("b", feel=0.0)).song
    song.write(str(tmp_path / "out.mid"))
    again = read(tmp_path / "out.mid")
    assert [t.name for t in again.tracks] == [t.name for t in song.tracks]
    assert all(
        np.array_equal(a.notes[["start", "pitch"]], b.notes[["start", "pitch"]])
        for a, b in zip(again.tracks, song.tracks, strict=True)
    )


def test_no_note_is_longer_than_the_song(lead):
    made = fake_arranger().transfer(lead, TransferOptions("a")).takes[0].arrangement
    for notes in made.parts.values():
        assert (notes["start"] + notes["duration"]).max() <= lead.length
