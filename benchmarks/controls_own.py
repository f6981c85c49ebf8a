"""Is a style of one's own told from its parent, and recognised? For `controls.py --own`.

The band alone is judged as well as the whole: the tune is that of a song of another style.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from controls_bench import sound
from controls_style import DRAWS
from feature_rows import views_of
from judge import columns, fitted
from restyle.critic.judge import Judge
from restyle.critic.likeness import load_profiles
from restyle.critic.played import Played
from restyle.critic.profile import mean_profile, profile, similarity
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, open_corpus
from restyle.decoding.session import Session
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from restyle.report.summary import interval

MOST = 40
"""Songs of each style that the classifier learns from."""


def lines(corpus: Corpus, own: list[Path], bases: Iterable[Any]) -> str:
    """Rows of the table for the exported model and the corpus of the style it was taught."""
    arranger, songs = Arranger(own[0]), open_corpus(own[1])
    arranger.session = Session.load(own[0], threads=1)
    (name,) = songs.styles
    held = [e for e in songs.entries if e.split != "train"] or list(songs.entries[-4:])
    taught = [played_tokens(songs.tokens(e)) for e in songs.entries if e not in held]
    real = [played_tokens(songs.tokens(e)) for e in held]
    target = mean_profile(profile(song.without_melody) for song in taught)
    judge = learnt(corpus, name, taught)
    parent = nearest_of(own[0], arranger)
    made: dict[str, list[Played]] = {name: [], parent: []}
    for base in bases:
        for style in made:
            for seed in range(DRAWS):
                result = arranger.transfer(base.song.lead, TransferOptions(style, seed=seed))
                made[style].append(sound(result))
    theirs = load_profiles(own[0], list(arranger.styles.values()))[arranger.styles[parent].slot]
    rows, leans, cosines = [], {}, {}
    for style, some in (*made.items(), (f"real {name} songs", real)):
        bands = [song.without_melody for song in some]
        heard = [profile(band) for band in bands]
        near = [similarity(each, target)["all"] for each in heard]
        lean = [x - similarity(each, theirs)["all"] for x, each in zip(near, heard, strict=True)]
        leans[style], cosines[style] = np.array(lean), np.array(near)
        figures = (
            (f"profile cosine to {name}", f"{np.mean(near):.3f}"),
            (
                f"profile of all together, cosine to {name}",
                f"{similarity(mean_profile(heard), target)['all']:.3f}",
            ),
            (f"profile nearer to {name} than to {parent}", f"{np.mean(leans[style] > 0):.0%}"),
            (f"judged to be {name}, the band alone", _share(judge, bands, name)),
            (f"judged to be {name}, with the tune", _share(judge, some, name)),
        )
        rows += [
            f"| own style | {style}: {what} | {len(some)} | {said} |" for what, said in figures
        ]
    pairs = (
        (f"of one song in which the result in {name} is nearer to {name}", cosines),
        (f"of one song in which the profile says which is {name} and which {parent}", leans),
    )
    for what, values in pairs:
        told = f"{np.mean(values[name] > values[parent]):.0%}"
        rows.append(f"| own style | pairs {what} | {len(made[name])} | {told} |")
    nearer = (cosines[name] - cosines[parent]).reshape(-1, DRAWS).mean(axis=1)
    found = interval(nearer.tolist(), np.random.default_rng(0))
    rows.append(
        f"| own style | how much nearer, a mean over songs (95 % bootstrap interval) "
        f"| {len(nearer)} | {found['mean']:.3f} ({found['low']:.3f} to {found['high']:.3f}) |"
    )
    return "\n".join(rows)


def _share(judge: Judge, songs: list[Played], name: str) -> str:
    return f"{np.mean([judge.verdict(song) == name for song in songs]):.0%}"


def nearest_of(folder: Path, arranger: Arranger) -> str:
    import json

    told = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    return str(told.get("nearest", next(iter(arranger.styles))))


def learnt(corpus: Corpus, name: str, songs: list[Played]) -> Judge:
    """The judge with the new style as one class more; as `benchmarks/judge.py` fits it."""
    found = [(song, name) for song in songs]
    for style in corpus.styles:
        entries = corpus.select("train", style)
        chosen = np.random.default_rng(3).permutation(len(entries))[:MOST]
        found += [(played_tokens(corpus.tokens(entries[i])), style) for i in chosen]
    x = views_of([song for song, _ in found])
    styles = np.array([style for _, style in found])
    return fitted(x, styles, columns(x.shape[2], drums=False, swing=True))
