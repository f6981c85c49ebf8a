"""Bands end with the tune's last note as often as the style's songs do."""

from dataclasses import replace

import numpy as np
import pytest
from fake import example, fake_arranger

from corpora import lead_sheet
from restyle.music.ending import share_ending
from restyle.music.song import notes_array
from restyle.options import TransferOptions
from restyle.style.frame import Frame


def ended(share: float, **said) -> float:
    """The share of parts that end under a tune whose last note is held."""
    band = fake_arranger()
    for name, style in list(band.styles.items()):
        band.styles[name] = replace(style, figures={**style.figures, "ending": share})
    lead = lead_sheet(np.random.default_rng(5))
    last = notes_array([(lead.length - 48, 48, 60, 90)])
    before = lead.melody[lead.melody["start"] < lead.length - 48]
    held = replace(lead, melody=np.concatenate([before, last]))
    result = band.transfer(held, TransferOptions("b", candidates=1, **said))
    return share_ending(result.lead, result.takes[0].arrangement)


def test_so_does_a_band_like_an_examples():
    like = example(lead_sheet(np.random.default_rng(1)), "b")
    assert ended(1.0, like=like) == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_all_end_together_where_the_styles_songs_do(seed):
    assert ended(1.0, seed=seed) == 1.0


def test_they_go_on_where_the_styles_songs_do_or_it_is_said_or_left_out():
    def often(share: float, **said) -> float:
        return float(np.mean([ended(share, seed=seed, **said) for seed in range(6)]))

    assert often(0.0) < 1.0
    assert often(1.0, without=("ending",)) < 1.0
    assert often(1.0, frame=Frame(ending="fade")) < 1.0
