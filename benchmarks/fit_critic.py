"""Fits the critic of realism, and says how well it tells real passages from sampled ones.

    python benchmarks/fit_critic.py CORPUS PASSAGES [--out src/restyle/pretrained/critic]

PASSAGES is what `benchmarks/critic_passages.py` wrote. Learns from its training songs (a sixth of
them, by song, say when to stop) and is measured on the held-out ones: the area under the curve by
style, of songs whose passages were never seen. Needs torch and scikit-learn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from critic_passages import notes_of, passage_of
from restyle.critic.passages import Frame, passage_features
from restyle.critic.realism import FARTHEST
from restyle.data.shards import Corpus, open_corpus
from restyle.music.parts import Arrangement
from restyle.tokens import vocabulary as v

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "critic"
SMALLEST_SPREAD = 0.02
UNITS, NETWORKS = 24, 3
Array = NDArray[np.float32]
Table = dict[str, NDArray[np.generic]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    corpus = open_corpus(options.corpus)
    table = gathered(corpus, options.passages)
    slots = sum(1 for s in corpus.styles) + 1
    x, y, style, song = (table[k] for k in ("x", "y", "style", "song"))
    held = table["held"].astype(bool)
    mean = x[~held].mean(axis=0)
    spread = np.maximum(x[~held].std(axis=0), SMALLEST_SPREAD)
    scaled = np.clip((x - mean) / spread, -FARTHEST, FARTHEST)
    full = np.hstack([scaled, np.eye(slots, dtype=np.float32)[style]])
    nets = [fitted(full, y, song, ~held, slots, seed) for seed in range(NETWORKS)]
    arrays = joined(nets)
    units = np.maximum(full @ arrays["hidden"] + arrays["hidden_offsets"], 0)
    odds = units @ arrays["out"] + arrays["offset"]
    arrays |= {"mean": mean, "spread": spread, "real": np.array(odds[held & (y == 1)].mean())}
    report(odds, y, style, song, held, list(corpus.styles))
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "realism.npz"
    np.savez_compressed(file, **{k: a.astype(np.float16) for k, a in arrays.items()})
    print(f"{file.name}: {file.stat().st_size} bytes")


def gathered(corpus: Corpus, folder: Path) -> Table:
    """Features of all passages, kept in a file beside them, with what they are."""
    entries = {e.path: e for e in corpus.entries}
    names = list(corpus.styles)
    rows, known = [], []
    for number, file in enumerate(sorted(folder.glob("*-*.npz"))):
        with np.load(file, allow_pickle=False) as data:
            notes, whose = data["notes"], data["whose"]
            path, late = str(data["path"]), int(data["late"])
            parts = [str(part) for part, _ in data["bands"]]
        entry = entries[path]
        song = passage_of(corpus, entry, late)
        if song is None:
            continue
        lead, real = song
        slot = names.index(entry.style)
        held = file.name.startswith("held")
        frames: dict[tuple[int, int], Frame] = {}
        for index in np.unique(whose[:, 1]).tolist():
            mine = whose[:, 1] == index
            if index < 0:
                continue
            first, last = whose[mine][0, 2:].tolist()
            frame = frames.setdefault((first, last), Frame(lead, first, last))
            made = Arrangement(notes_of(notes[mine], parts, lead.melody))
            rows.append(passage_features(frame, made))
            known.append((0, slot, number, held))
        for frame in frames.values():
            rows.append(passage_features(frame, real))
            known.append((1, slot, number, held))
    array = np.array(known)
    return {
        "x": np.array(rows, dtype=np.float32),
        "y": array[:, 0],
        "style": array[:, 1],
        "song": array[:, 2],
        "held": array[:, 3],
    }


def fitted(
    x: Array,
    y: NDArray[np.generic],
    song: NDArray[np.generic],
    use: NDArray[np.bool_],
    slots: int,
    seed: int,
) -> dict[str, Array]:
    """One network; of its epochs the one that is best on a sixth of the songs."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    songs = np.unique(song[use])
    stop = np.isin(song, rng.permutation(songs)[: len(songs) // 6]) & use
    learn = np.flatnonzero(use & ~stop)
    weight = np.where(y == 1, (y[learn] == 0).sum() / (y[learn] == 1).sum(), 1.0)
    net = torch.nn.Sequential(
        torch.nn.Dropout(0.3),
        torch.nn.Linear(x.shape[1], UNITS),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(UNITS, 1),
    )
    tuned = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.1)
    target, weights = torch.tensor(y, dtype=torch.float32), torch.tensor(weight).float()
    best, kept, loss_of = 9e9, {}, torch.nn.functional.binary_cross_entropy_with_logits
    given = torch.tensor(x)
    for _ in range(40):
        net.train()
        for batch in np.array_split(rng.permutation(learn), max(1, len(learn) // 128)):
            some = given[batch].clone()
            some[torch.rand(len(batch)) < 0.2, -slots:] = 0  # no style is said
            loss = loss_of(net(some)[:, 0], target[batch], weights[batch])
            tuned.zero_grad()
            loss.backward()
            tuned.step()
        net.eval()
        with torch.no_grad():
            out = net(given[stop])[:, 0]
            now = float(loss_of(out, target[stop], weights[stop]))
        if now < best:
            best, kept = now, {k: p.clone() for k, p in net.state_dict().items()}
    return {k: p.numpy() for k, p in kept.items()}


def joined(nets: list[dict[str, Array]]) -> dict[str, Array]:
    """Several networks as one, whose log-odds are their mean."""
    return {
        "hidden": np.hstack([n["1.weight"].T for n in nets]),
        "hidden_offsets": np.hstack([n["1.bias"] for n in nets]),
        "out": np.hstack([n["4.weight"][0] for n in nets]) / len(nets),
        "offset": np.mean([n["4.bias"][0] for n in nets]),
    }


def report(
    odds: Array,
    y: NDArray[np.generic],
    style: NDArray[np.generic],
    song: NDArray[np.generic],
    held: NDArray[np.bool_],
    names: list[str],
) -> None:
    assert v.VERSION == 2
    for what, some in ("learnt from", ~held), ("held out", held):
        real, made = odds[some & (y == 1)], odds[some & (y == 0)]
        print(
            f"{what}: {len(np.unique(song[some]))} songs, {len(real)} real and {len(made)} sampled "
            f"passages, AUC {roc_auc_score(y[some], odds[some]):.3f}; log-odds {real.mean():.2f} "
            f"and {made.mean():.2f}; taken for real {np.mean(real > 0):.2f} and "
            f"{np.mean(made > 0):.2f}"
        )
    for slot in np.unique(style[held]):
        some = held & (style == slot)
        print(f"  {names[slot]}: {roc_auc_score(y[some], odds[some]):.2f}", end="")
    print()


if __name__ == "__main__":
    main()
