"""Writing: the numpy network is torch's, seeds hold, and what is written is playable."""

from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from restyle.composer import api, weights
from restyle.composer.engine import Network
from restyle.composer.generate import write
from restyle.composer.model import Composer, Shape
from restyle.composer.notes import pitch_classes
from restyle.composer.pulse import MOST_AT_ONCE
from restyle.composer.render import song_of
from restyle.composer.sampling import draw
from restyle.errors import RestyleError, UnknownStyle
from restyle.io import read


@pytest.fixture
def model(tmp_path: Path) -> Path:
    weights.write(tmp_path / "model", *tiny.network())
    return tmp_path / "model"


@pytest.mark.parametrize("variant", ["last", "sequence", "embedding"])
@pytest.mark.parametrize("layers", [1, 2])
def test_numpy_and_torch_agree(variant: str, layers: int) -> None:
    arrays, card = tiny.network(variant, layers=layers)
    shape = Shape(variant, len(card.symbols), 16, layers, rhythm=12, styles=2)
    torch_model = Composer(shape)
    torch_model.load_state_dict({n: torch.from_numpy(a) for n, a in arrays.items()})
    torch_model.eval()
    rows = np.array([[i % 5, i % 3, 6, 60, 12 * i % 48, 16, i % 4] for i in range(9)])
    network = Network(arrays, card)
    network.hear_all(rows)
    with torch.no_grad():
        h = torch_model.states(torch.from_numpy(rows[None]))[:, -1:]
        z = torch.relu(torch_model.mix(h) + torch_model.chosen(torch.tensor([[3]])))
        step = torch_model.step(z) + torch_model.step_after(torch.tensor([[2]]))
    np.testing.assert_allclose(network.log_notes(), torch_model.dense(h)[0, 0].detach(), atol=1e-5)
    length, steps, low = network.log_rhythm(3)
    np.testing.assert_allclose(length, torch_model.length(z)[0, 0].detach(), atol=1e-5)
    np.testing.assert_allclose(steps[2], step[0, 0], atol=1e-5)
    np.testing.assert_allclose(low, torch_model.low(z)[0, 0].detach(), atol=1e-5)


def test_the_seed_decides() -> None:
    first, again, other = (
        write(Network(*tiny.network()), "test", 80, seed).elements.tolist() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("rhythm", ["real", "even"])
def test_what_is_written_is_music(rhythm: str) -> None:
    sheet = write(Network(*tiny.network()), "test", 150, 4, rhythm=rhythm)
    starts = sheet.elements["start"]
    assert len(sheet.elements) == 150
    assert (np.diff(starts) >= 0).all()
    assert set((starts % 12).tolist()) <= {0, 3, 4, 6, 8, 9}
    if rhythm == "even":
        assert set(np.diff(starts).tolist()) == {6}
    else:
        assert np.unique(starts, return_counts=True)[1].max() <= MOST_AT_ONCE
    assert set(pitch_classes(str(sheet.elements["symbol"][-1]))) <= {0, 4, 7, 9}
    song = song_of(sheet, -3, 100.0)
    notes = song.tracks[0].notes
    assert notes["pitch"].min() >= 0 and notes["pitch"].max() <= 108
    assert notes["duration"].min() > 0
    for pitch in np.unique(notes["pitch"]):
        same = notes[notes["pitch"] == pitch]
        assert (same["start"][1:] >= (same["start"] + same["duration"])[:-1]).all()


def test_phrases_come_back_when_asked() -> None:
    network = Network(*tiny.network())
    habits = weights.Habits(recall=0.9)
    grams = []
    for h in (weights.Habits(), habits):
        symbols = write(network, "test", 400, 0, h).elements["symbol"].tolist()
        grams.append(len(set(zip(*(symbols[i:] for i in range(4)), strict=False))))
    assert grams[1] < 0.8 * grams[0]


def test_a_repeated_note_can_be_avoided() -> None:
    network = Network(*tiny.network())
    never = write(network, "test", 300, 0, weights.Habits(stay=-30.0)).elements["symbol"]
    assert not (never[1:-1] == never[:-2]).any()


def test_draw() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.2]))
    rng = np.random.default_rng(0)
    counts = np.bincount([draw(logits, rng) for _ in range(4000)], minlength=3) / 4000
    np.testing.assert_allclose(counts, [0.5, 0.3, 0.2], atol=0.03)
    assert {draw(logits, rng, top_p=0.6) for _ in range(200)} == {0, 1}
    assert {draw(logits, rng, 0.0) for _ in range(20)} == {0}


def test_a_tune_in_three_is_written_and_read_again(model: Path, tmp_path: Path) -> None:
    made = api.compose("other", 60, model, seed=1)
    made.song.write(tmp_path / "tune.mid")
    assert read(tmp_path / "tune.mid").note_count == made.song.note_count
    assert made.song.meters[0].name == "3/4"


def test_compose_goes_on_from_a_song_in_its_key(model: Path, tmp_path: Path) -> None:
    tiny.song().write(str(tmp_path / "prime.mid"))
    made = api.compose("test", 40, model, prime=tmp_path / "prime.mid", seed=3)
    assert made.key.split()[0] in ("G", "E")
    assert len(made.symbols) == 40
    assert any("does not know" in line for line in made.report)
    again = api.compose("test", 40, model, prime=read(tmp_path / "prime.mid"), seed=3)
    assert again.symbols == made.symbols


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rhythm": "waltz"}, "no rhythm"),
        ({"notes": 0}, "1 to"),
        ({"temperature": -1.0}, "temperature"),
        ({"top_p": 0.0}, "top-p"),
    ],
)
def test_wrong_wishes_are_said(wrong: dict[str, object], message: str, model: Path) -> None:
    with pytest.raises(RestyleError, match=message):
        api.compose("test", **{"model": model, **wrong})  # type: ignore[arg-type]


def test_unknown_styles_are_said(model: Path) -> None:
    with pytest.raises(UnknownStyle, match="it knows test, other"):
        api.compose("polka", model=model)
    with pytest.raises(UnknownStyle, match="no last composer for polka"):
        api.compose("polka", model="last")


@pytest.mark.slow
def test_a_folder_of_songs_makes_a_model(tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    for i in range(6):
        tiny.song(i).write(str(folder / f"tune number {'abcdef'[i]}.mid"))
    (folder / "broken.mid").write_bytes(b"MThd")
    heard: list[int] = []
    result = api.train_composer(
        folder, tmp_path / "model", steps=4, length=20, heard=lambda n, _: heard.append(n),
        hidden=16, check=2, least=1, size=4,
    )  # fmt: skip
    assert result.songs + result.held_out == 6 and result.left_out == 1
    assert heard == list(range(1, 8))
    made = api.compose("songs", 30, tmp_path / "model")
    assert len(made.symbols) == 30
