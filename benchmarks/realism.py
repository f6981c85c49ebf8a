"""A critic of realism, which chooses nothing: what share of restyle's passages it takes for real,
beside real songs.

    python benchmarks/critic_passages.py CORPUS PASSAGES
    python benchmarks/realism.py make CORPUS CHOSEN [--songs 50]
    python benchmarks/realism.py report CORPUS CHOSEN --passages PASSAGES [-o RESULTS]

What chooses among candidates (`critic/preference.py`) is a line through fifteen numbers that
readers' choices taught. This one never met a reader: extremely randomised trees (Geurts et al.
2006) hear who strikes what when (`passage_features.py`) and the judge of style's histograms, and
learn from real phrases of four bars and the decoder's candidates over the same lead sheets, in the
song's own style and with its own band. CHOSEN are phrases of songs that it has not met, chosen as
`transfer` chooses them. It says "real" above the threshold at which the real phrases that it learnt
from, each heard by trees that did not learn from its song, are taken for real as often as sampled
ones are not. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from critic_passages import Recorder, in_turn, notes_of, passage_of, rows_of
from passage_features import passage_features
from passage_frame import Frame
from restyle.critic.features import features
from restyle.critic.idiom import Idiom
from restyle.critic.likeness import load_profiles, target_of
from restyle.critic.played import played
from restyle.critic.preference import Preference
from restyle.critic.score import Scores
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.decoding.band import Band, Player
from restyle.decoding.generate import arrange
from restyle.decoding.job import Job
from restyle.decoding.session import Session
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.style.style import PRETRAINED, load_styles

MET = 36
"""Held-out songs of `critic_passages.py`, in turn, that the critic may learn from."""
TREES = 600
DRAWS = 1000
Array = NDArray[np.float64]


@dataclass
class Chooser(Recorder):
    """Chooses as `transfer` does, and keeps which candidate it was."""

    critic: Preference = field(default_factory=Preference.load)
    chosen: list[int] = field(default_factory=list)

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        before = len(self.heard)
        super().score(lead, candidates, first, last)
        scores = self.critic.score(lead, candidates, first, last)
        self.chosen.append(before + int(scores.argmax()))
        return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("what", choices=("make", "report"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("chosen", type=Path)
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--songs", type=int, default=50)
    parser.add_argument("-o", "--out", type=Path, help="a folder for realism.md")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    if options.what == "make":
        make(corpus, options.chosen, options.songs)
        return
    text = report(corpus, options.passages, options.chosen)
    print(text)
    if options.out:
        (options.out / "realism.md").write_text(text + "\n", encoding="utf-8")


def make(corpus: Corpus, folder: Path, songs: int) -> None:
    """Write the passages; what is there is not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    session = Session.load(PRETRAINED, 1)
    for number, entry in enumerate(list(in_turn(corpus, ("valid", "test")))[MET : MET + songs]):
        file = folder / f"measure-{number:04d}.npz"
        if not file.exists():
            made = passages_of(corpus, entry, number, session)
            if made is not None:
                np.savez_compressed(file, **made)  # type: ignore[arg-type]
                print(file.name, entry.style, entry.title[:40], flush=True)


def passages_of(
    corpus: Corpus, entry: Entry, number: int, session: Session
) -> dict[str, NDArray[np.generic]] | None:
    """What is played over a song's lead sheet, and which candidates were chosen."""
    song = passage_of(corpus, entry, number % 2)
    if song is None:
        return None
    lead, real = song
    styles = load_styles(PRETRAINED)
    style = styles[entry.style]
    target = target_of(style, load_profiles(PRETRAINED, list(styles.values())))
    players = tuple(Player(p, c, style.program(p, c)) for p, c in real.classes.items())
    critic = Preference.load(Idiom({entry.style: 1.0}, target))
    chooser = Chooser(np.random.default_rng([number, 1]), critic=critic)
    job = Job(
        lead=lead,
        band=Band(players, style.colours),
        slots=style.slots,
        feel="swing" if lead.swing > 1 else "straight",
        critic=chooser,
    )
    arrange(job, session, np.random.default_rng([number, 2]))
    return {**rows_of(entry, number % 2, real, chooser), "chosen": np.array(chooser.chosen)}


@dataclass(frozen=True)
class Heard:
    """Passages as the critic hears them; shapes (passages, features) and (passages,)."""

    x: Array
    real: NDArray[np.bool_]
    song: NDArray[np.int64]
    chosen: NDArray[np.bool_]


def heard(corpus: Corpus, folder: Path, name: str) -> Heard:
    """All passages of the files of that name."""
    entries = {entry.path: entry for entry in corpus.entries}
    rows: list[Array] = []
    known: list[tuple[bool, int, bool]] = []
    for number, file in enumerate(sorted(folder.glob(f"{name}-*.npz"))):
        with np.load(file, allow_pickle=False) as data:
            notes, whose = data["notes"], data["whose"]
            chosen = set(data["chosen"].tolist()) if "chosen" in data else set()
            parts = [str(part) for part, _ in data["bands"]]
            song = passage_of(corpus, entries[str(data["path"])], int(data["late"]))
        assert song is not None
        lead, real = song
        spans = set()
        for index in np.unique(whose[:, 1]).tolist():
            mine = whose[:, 1] == index
            first, last = whose[mine][0, 2:].tolist()
            if index >= 0:
                made = Arrangement(notes_of(notes[mine], parts, lead.melody))
                rows.append(row_of(lead, made, first, last))
                known.append((False, number, index in chosen))
                spans.add((first, last))
        for first, last in sorted(spans):
            rows.append(row_of(lead, real, first, last))
            known.append((True, number, False))
    table = np.array(known)
    return Heard(
        np.array(rows), table[:, 0].astype(bool), table[:, 1], table[:, 2].astype(bool)
    )  # fmt: skip


def row_of(lead: LeadSheet, made: Arrangement, first: int, last: int) -> Array:
    """What the critic hears of a phrase: the first critic's features, which look back at the
    phrase before, and the judge's histograms of the band without the tune."""
    whole = played(lead, made).part(first, last).without_melody
    return np.concatenate(
        [passage_features(Frame(lead, first, last), made), features(whole, drums=True)]
    )


def report(corpus: Corpus, passages: Path, chosen: Path) -> str:
    """What the critic takes for real, with intervals by drawing songs anew."""
    learn, measure = heard(corpus, passages, "held"), heard(corpus, chosen, "measure")
    trees = ExtraTreesClassifier(
        TREES, min_samples_leaf=3, max_features=0.1, class_weight="balanced", random_state=0
    )
    unseen = cross_val_predict(
        trees, learn.x, learn.real, groups=learn.song, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    edge = even_threshold(unseen, learn.real)
    trees.fit(learn.x, learn.real)
    chance = trees.predict_proba(measure.x)[:, 1]
    made = ~measure.real
    area = roc_auc_score(measure.real, chance)
    lines = ["| phrases of four bars | how many | taken for real |", "|---|---|---|"]
    for what, some in (
        ("real songs", measure.real),
        ("restyle's, as chosen", made & measure.chosen),
        ("restyle's candidates, before choosing", made),
    ):
        lines.append(f"| {what} | {some.sum()} | {share(chance > edge, some, measure.song)} |")
    lines.append(
        f"\nLearnt from {len(np.unique(learn.song))} songs ({learn.real.sum()} real phrases, "
        f"{(~learn.real).sum()} candidates), measured on {len(np.unique(measure.song))} others; "
        f"area under the curve, real against candidates, {area:.2f}."
    )
    return "\n".join(lines)


def even_threshold(chance: Array, real: NDArray[np.bool_]) -> float:
    """The threshold at which as many real phrases are taken for real as made ones are not."""
    edges = np.sort(chance)
    off = [abs((chance[real] > e).mean() - (chance[~real] <= e).mean()) for e in edges]
    return float(edges[int(np.argmin(off))])


def share(taken: NDArray[np.bool_], some: NDArray[np.bool_], song: NDArray[np.int64]) -> str:
    """A share with its interval over songs."""
    songs = np.unique(song[some])
    each = [taken[some & (song == one)] for one in songs]
    rng = np.random.default_rng(0)
    means = [
        np.concatenate([each[i] for i in rng.integers(len(each), size=len(each))]).mean()
        for _ in range(DRAWS)
    ]
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{taken[some].mean():.0%} ({low:.0%} to {high:.0%})"


if __name__ == "__main__":
    main()
