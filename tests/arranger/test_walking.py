"""A part that is asked to walk: where it strikes, and what is likelier, worked out by hand."""

from dataclasses import replace

import numpy as np
from cursors import BASS, PIANO, at, sheet
from fake import BAND, FakeSession, fake_arranger

from corpora import arrangement, lead_sheet, repeated
from restyle.data.playing import describe_walking, share_walking
from restyle.decoding.constraints import Constraints
from restyle.decoding.constraints.walking import Walking
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.generate import arrange
from restyle.decoding.job import Job
from restyle.decoding.processors.walking import WalkingLine
from restyle.music.song import Meter, Tempo
from restyle.options import TransferOptions, again
from restyle.tokens import encode, heading_of
from restyle.tokens import vocabulary as v


def places(where, cursor: Cursor) -> tuple[list[int], bool]:
    """The positions at which a row's part may strike, and whether it may leave."""
    constraints = Constraints(where, BAND, [])
    constraints.others.append(Walking(where, ["bass"]))
    mask = constraints.allowed(cursor)[0]
    struck = [i for i in range(v.POSITION.size) if mask[v.POSITION[i]]]
    return struck, bool(mask[cursor.leaving(0)])


def test_a_walking_bass_strikes_every_beat():
    where = sheet()
    assert places(where, at(where, BASS, "d5")) == ([0], False)
    assert places(where, at(where, BASS, "d5", "@0", 36, "/12")) == ([6, 12], False)
    eighth = ("d5", "@0", 36, "/6", "@6", 36, "/6")
    assert places(where, at(where, BASS, *eighth)) == ([12], False)
    again_on_two = at(where, BASS, *eighth, "@12", 40, "/12")
    assert places(where, again_on_two) == ([24], False)  # one eighth a bar
    beats = [word for i, p in enumerate((36, 40, 43)) for word in (f"@{12 * i}", p, "/12")]
    assert places(where, at(where, BASS, "d5", *beats, "@36", 45, "/12")) == ([], True)
    other = places(where, at(where, PIANO, "d5", "@0", 60, "/12"))
    assert len(other[0]) > 4 and other[1]  # nobody asked the piano


def test_bars_without_quarters_or_chords_are_left_alone():
    silent = sheet(chords=())
    assert places(silent, at(silent, BASS, "d5"))[1]
    where = sheet()
    lead = replace(where.lead, meters=(Meter(0, 6, 8),), length=4 * 36)
    eighths = replace(where, lead=lead, lines=np.arange(5) * 36)
    assert places(eighths, at(eighths, BASS, "d5"))[1]


def test_a_step_is_likelier_and_the_same_note_is_not():
    where = sheet()  # C major
    cursor = at(where, BASS, "d5", "@0", 36, "/12", "@12")
    found = WalkingLine(where, ["bass"]).process(np.zeros((1, v.SIZE), np.float32), cursor)[0]
    likes = {p: float(found[v.PITCH[p]]) for p in (36, 37, 38, 40, 42)}
    assert likes == {36: -FIGURES.staying, 37: 0, 38: FIGURES.step, 40: 0, 42: -FIGURES.astray}
    first = at(where, BASS, "d5", "@0")
    free = WalkingLine(where, ["bass"]).process(np.zeros((1, v.SIZE), np.float32), first)
    assert not free.any()


def test_a_job_walks_from_bar_to_bar():
    lead = lead_sheet(np.random.default_rng(1))
    for seed in range(3):
        said = {"bass": (5, -1, -1, -1)}
        job = Job(lead, BAND, ((1, 1.0),), attributes=said, walking=("bass",))
        bass = arrange(job, FakeSession(), np.random.default_rng(seed)).parts["bass"]
        starts = np.unique(bass["start"])
        assert set(range(0, lead.length, 12)) <= set(starts.tolist())
        assert len(starts) <= 5 * lead.bars


def test_walking_is_said_by_a_figure_and_stays_in_bars_anew():
    lead = lead_sheet(np.random.default_rng(1))
    options = TransferOptions("b", figure={"bass": "walking"})
    result = fake_arranger().transfer(lead, options)
    bass = result.takes[0].arrangement.parts["bass"]
    assert set(range(0, lead.length, 12)) <= set(bass["start"].tolist())
    assert again(TransferOptions(seed=2), "3-4", result.song).figure == {"bass": "walking"}


def bass_walks(walking: float = 1.0, bpm: float = 120.0, to: str = "b", **said) -> bool:
    """Whether the bass strikes every beat, in a style whose songs have one that does so often."""
    band = fake_arranger()
    for name, style in list(band.styles.items()):
        band.styles[name] = replace(style, figures={**style.figures, "walking": walking})
    lead = replace(lead_sheet(np.random.default_rng(5)), tempos=(Tempo(0, bpm),))
    result = band.transfer(lead, TransferOptions(to=to, **said))
    bass = result.takes[0].arrangement.parts["bass"]
    return set(range(0, lead.length, 12)) <= set(bass["start"].tolist())


def test_a_bass_walks_where_the_styles_songs_do():
    assert bass_walks()
    assert not bass_walks(walking=0.0)
    assert not bass_walks(bpm=80.0)  # a ballad goes in two
    assert bass_walks(bpm=250.0)  # where swing is played even, it is swing
    assert not bass_walks(to="a")  # which does not swing
    assert not bass_walks(figure={"bass": "held"})
    assert not bass_walks(density={"bass": "sparse"})


def test_as_many_songs_walk_as_in_the_style():
    walked = sum(bass_walks(0.5, seed=seed) for seed in range(20))
    assert 4 < walked < 16


def test_the_share_of_bars_that_are_walked():
    lead = repeated(lead_sheet(np.random.default_rng(5)), 2)
    walked, held = (arrangement(lead, style) for style in "ba")

    def share(made, feel: str = "swing", at: float = 120.0) -> float:
        slower = replace(lead, tempos=(Tempo(0, at),))
        tokens = encode(slower, made, heading_of(slower, made.names, 0, feel))
        return share_walking(np.array(tokens, dtype=np.uint16))

    assert share(walked) == 1.0 and share(held) == 0.0
    assert np.isnan(share(walked, "straight")) and np.isnan(share(walked, at=70.0))
    bass = walked.parts["bass"]
    some = {**walked.parts, "bass": bass[(bass["start"] < 4 * 48) | (bass["start"] % 48 == 0)]}
    assert share(replace(walked, parts=some)) == 0.25
    assert describe_walking([1.0] * 6 + [0.2] * 4 + [np.nan]) == 0.6
    assert describe_walking([1.0] * 9) == 0.0  # too few songs to say
