"""What a model's styles.json says of a style, as it is to play."""

import json

from corpora import figures
from restyle.style.style import load_styles


def test_a_style_that_is_held_back_goes_by_a_share_of_its_songs_places(tmp_path):
    pace = {
        "pace": {"bass": [4.0, 1.0], "drums": [8.0, 1.5]},
        "pace_in": {"1": {"bass": [6.0, 1.0]}, "2": {"drums": [9.0, 1.3]}},
    }
    usual = {**figures(0, ["drums", "bass"]), **pace}
    held = {**figures(1, ["drums", "bass"]), **pace, "held_back": 0.65}
    (tmp_path / "styles.json").write_text(json.dumps({"usual": usual, "held": held}))
    styles = load_styles(tmp_path)
    assert styles["usual"].pace_in(1) == {"bass": [6.0, 1.0], "drums": [8.0, 1.5]}
    assert styles["held"].pace_in(1) == {"bass": [3.9, 1.0], "drums": [5.2, 1.5]}
    assert styles["held"].in_band(("drums", "bass", "keys")).figures["pace"] == {
        "bass": [2.6, 1.0],
        "drums": [5.85, 1.3],
    }
    again = {name: {**style.figures} for name, style in styles.items()}
    (tmp_path / "styles.json").write_text(json.dumps(again))  # as a model learnt from it writes it
    assert load_styles(tmp_path)["held"].pace_in(1) == styles["held"].pace_in(1)
