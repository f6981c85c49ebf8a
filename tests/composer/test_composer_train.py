"""Training: it learns, goes on from a kill to the same end, and keeps its note set with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny

from restyle.composer import weights
from restyle.composer.corpus import batch, every_window, number
from restyle.composer.train import Options, train
from restyle.composer.vocabulary import note_set
from restyle.errors import BadModel, RestyleError

OPTIONS = Options(
    length=12, steps=8, size=4, hidden=12, dropout=0.2, least=1, check=4, windows=4
)  # fmt: skip
SONGS = [tiny.piece(i) for i in range(3)]
HELD_OUT = [tiny.piece(9)]


@pytest.mark.parametrize("variant", ["last", "sequence", "embedding"])
def test_every_variant_learns(variant: str, tmp_path: Path) -> None:
    options = replace(OPTIONS, variant=variant, steps=60, check=10, rate=0.02)
    losses: list[float] = []
    result = train(SONGS, HELD_OUT, tmp_path, options, lambda p: losses.append(p.held_out))
    assert result.best < losses[0]
    arrays, card = weights.read(tmp_path)
    assert card.variant == variant
    assert card.trained["note"] == pytest.approx(result.best, abs=1e-3)
    assert all(np.isfinite(a).all() for a in arrays.values())


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(_: object) -> None:
        raise Killed

    whole = train(SONGS, HELD_OUT, tmp_path / "whole", OPTIONS)
    with pytest.raises(Killed):
        train(SONGS, HELD_OUT, tmp_path / "killed", OPTIONS, kill)
    steps: list[int] = []
    again = train(SONGS, HELD_OUT, tmp_path / "killed", OPTIONS, lambda p: steps.append(p.step))
    assert steps == [8]
    assert again.best == whole.best
    first, _ = weights.read(tmp_path / "whole")
    second, _ = weights.read(tmp_path / "killed")
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_a_state_of_other_options_is_refused(tmp_path: Path) -> None:
    train(SONGS, HELD_OUT, tmp_path, replace(OPTIONS, steps=4))
    with pytest.raises(BadModel, match="other songs or options"):
        train(SONGS, HELD_OUT, tmp_path, replace(OPTIONS, steps=4, hidden=16))


def test_too_little_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RestyleError, match="too few songs"):
        train([tiny.piece(0, 8)], HELD_OUT, tmp_path, OPTIONS)
    with pytest.raises(RestyleError, match="no variant"):
        train(SONGS, HELD_OUT, tmp_path, replace(OPTIONS, variant="gru"))


def test_the_note_set_is_in_the_file_of_the_weights(tmp_path: Path) -> None:
    arrays, card = tiny.network()
    file = weights.write(tmp_path, arrays, card)
    assert [f.name for f in tmp_path.iterdir()] == [weights.FILE]
    found, again = weights.read(file)
    assert again == card
    assert all(np.allclose(found[n], a, atol=2e-3) for n, a in arrays.items())


def test_weights_never_meet_another_note_set(tmp_path: Path) -> None:
    arrays, card = tiny.network()
    weights.write(tmp_path, arrays, replace(card, symbols=card.symbols[:-1]))
    with pytest.raises(BadModel, match="do not fit together"):
        weights.read(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\x80\x04pickle", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_what_is_no_model_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / weights.FILE).write_bytes(data)
    with pytest.raises(BadModel):
        weights.read(tmp_path)
    with pytest.raises(BadModel, match="no composer model"):
        weights.read(tmp_path / "nowhere")


def test_rows_know_the_step_before_and_aim_at_the_next() -> None:
    piece = tiny.piece()
    rows = number(piece, note_set([piece.symbols]))
    assert rows.known.shape == (119, 7) and rows.aims.shape == (119, 4)
    assert rows.aims[:-1, 0].tolist() == rows.known[1:, 0].tolist()
    onsets = piece.elements["start"]
    assert rows.known[:, 2].tolist() == np.diff(onsets)[:119].tolist()
    assert rows.known[:, 4].tolist() == (onsets[1:] % 48).tolist()
    chords = [not s[0].isalpha() for s in piece.symbols[1:]]
    assert (rows.aims[:, 3] >= 0).tolist() == chords


def test_batches_depend_on_the_seed_alone() -> None:
    notes = note_set(p.symbols for p in SONGS)
    rows = [number(p, notes) for p in SONGS]
    first, again = (batch(rows, 10, 5, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    assert first[0].shape == (5, 10, 7) and first[1].shape == (5, 10, 4)
    assert len(every_window(rows, 10, 6)[0]) == 6
