"""The nearest style: under which of a model's styles an example is played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from restyle.critic.judge import Judge
from restyle.critic.likeness import likeness
from restyle.critic.played import played
from restyle.critic.profile import Profile
from restyle.style.example import Example
from restyle.style.style import Style


def nearest_style(
    example: Example, styles: Sequence[Style], profiles: Mapping[int, Profile]
) -> Style:
    """The style that the example sounds like most: of those that the judge knows its verdict, on
    pitches and drums of the whole song; one that it does not know where the example's rhythms and
    intervals are nearer to that one's, by `profiles` (by slot)."""
    if len(styles) == 1:
        return styles[0]
    judge = Judge.load("drums")
    known = {style.name: style for style in styles if style.name in judge.styles}
    others = [style for style in styles if style.name not in known and style.slot in profiles]
    if known:
        song = played(example.lead, example.arrangement, example.lead.swing)
        others.insert(0, known[judge.verdict(song, tuple(known))])

    def near(style: Style) -> float:
        if style.slot not in profiles:
            return 0.0
        return likeness(example.lead, example.arrangement, profiles[style.slot])

    return max(others or styles, key=near)
