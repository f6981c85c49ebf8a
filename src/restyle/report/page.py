"""The report as one HTML file: tables, confusion matrices, heat maps and piano rolls."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from restyle.io.pianoroll.heatmap import heat_map
from restyle.io.pianoroll.picture import picture
from restyle.metrics.measures import MEASURES
from restyle.report.report import Report
from restyle.report.run import Row
from restyle.report.summary import mean_profiles, quality

SHOWN = 5
"""Results in piano rolls of the best, and as many of the worst."""
ROLL_BARS = 12
TITLES = {
    "model": "restyle",
    "floor": "base unchanged",
    "ceiling": "real song of the style",
    "chance": "another song's band",
    "mma": "MMA",
}
_BESIDE = {
    "floor": "the base unchanged (floor of style, ceiling of content)",
    "ceiling": "a real song of the target style (ceiling of style)",
    "chance": "what a random other real song plays, under the base's tune (chance)",
    "mma": "MMA, which plays the same chords by rules",
}
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;max-width:1240px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0 1.4em}td,th{padding:.18em .7em;text-align:right}
th:first-child,td:first-child{text-align:left}tr:nth-child(even){background:#f5f5f7}
thead th{border-bottom:2px solid #888}.ci{color:#777;font-size:80%;white-space:nowrap}
tbody th{padding-top:.7em;font-weight:600}.maps img{image-rendering:pixelated;width:287px;
height:168px;margin:0 .6em .2em 0}.maps figure{display:inline-block;margin:0 .4em .8em 0}
figcaption{font-size:85%;color:#555}img.roll{max-width:100%}summary{cursor:pointer;margin:.4em 0}
"""


def page(report: Report) -> str:
    """The whole page; the same report gives the same bytes."""
    data = report.data
    parts = [
        "<h1>How good is it?</h1>",
        _intro(data),
        "<h2>All target styles</h2>",
        _table(data["tables"]["all"]),
        *(
            f"<details><summary>to {escape(style)}</summary>{_table(table)}</details>"
            for style, table in data["tables"].items()
            if style != "all"
        ),
        _real_songs(data["real_songs"]),
        "<h2>What the judge takes them for</h2>",
        _confusions(data),
        "<h2>Style profiles</h2>",
        *(_maps(report.rows, style) for style in data["targets"]),
        _distances(data["mgeval"]),
        *_rolls(report.rows),
        "<h2>Every result</h2>",
        _results(data["results"]),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>restyle: how good is it?</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _intro(data: dict[str, Any]) -> str:
    count = len(data["songs"])
    bars = f"the first {data['bars']} bars of " if data["bars"] else ""
    beside = [said for kind, said in _BESIDE.items() if kind in data["tables"]["all"]]
    left = [
        f", {words} {', '.join(data[name])}"
        for name, words in (("without", "without"), ("only", "with nothing but"))
        if data[name]
    ]
    text = (
        f"{bars}{count} song{'s' * (count != 1)} to {', '.join(data['targets'])} by the model "
        f"{data['model']} of restyle {data['restyle']}{''.join(left)}, seed {data['seed']}. "
        f"Beside it: {'; '.join(beside)}. Means over songs"
        f"{', with 95 % bootstrap intervals' * (count > 1)}. "
        "What each measure says stands in docs/measures.md."
    )
    if count == 1:
        text += " This is one song (n = 1): it says little of others, and there are no intervals."
    if data["unused"]:
        text += f" Could not be used: {' '.join(data['unused'])}"
    return f"<p>{escape(text[0].upper() + text[1:])}</p>"


def _table(table: dict[str, Any]) -> str:
    kinds = list(table)
    head = "".join(f"<th>{escape(TITLES[kind])}</th>" for kind in kinds)
    lines = [f"<table><thead><tr><th></th><th></th>{head}</tr></thead><tbody>"]
    subject = ""
    for measure in MEASURES:
        if not any(measure.name in table[kind] for kind in kinds):
            continue
        if measure.subject != subject:
            subject = measure.subject
            lines.append(f"<tr><th>{subject}</th></tr>")
        cells = "".join(f"<td>{_figure(table[kind].get(measure.name))}</td>" for kind in kinds)
        title = f"<td>{escape(measure.title)}</td><td>{escape(measure.unit)}</td>"
        lines.append(f"<tr>{title}{cells}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _figure(found: dict[str, Any] | None) -> str:
    if not found or found["mean"] is None:
        return ""
    if found["songs"] < 2:
        return f"{found['mean']:.3f} <span class=ci>n = 1</span>"
    return f"{found['mean']:.3f} <span class=ci>{found['low']:.3f}&ndash;{found['high']:.3f}</span>"


def _real_songs(real: dict[str, Any]) -> str:
    """What real songs reach, from the package, where the report has no corpus of its own."""
    if not real:
        return ""
    tables = "".join(
        f"<details><summary>{escape(style)}</summary>{_table(table)}</details>"
        for style, table in real.items()
    )
    return f"<h2>Held-out real songs, measured once and for all</h2>{tables}"


def _confusions(data: dict[str, Any]) -> str:
    styles = data["styles"]
    out = []
    for kind, counts in data["confusion"].items():
        if not any(map(sum, counts)):
            continue
        head = "".join(f"<th>{escape(style)}</th>" for style in styles)
        rows = "".join(
            f"<tr><td>{escape(style)}</td>{''.join(f'<td>{n}</td>' for n in row)}</tr>"
            for style, row in zip(styles, counts, strict=True)
            if sum(row)
        )
        out.append(
            f"<h3>{escape(TITLES[kind])}</h3><table><thead><tr><th>target</th>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
    return "".join(out)


def _maps(rows: Sequence[Row], style: str) -> str:
    """Style profiles of bases, results and real songs side by side."""
    names = {"base": "the bases", "result": f"their results in {style}", "real": f"real {style}"}
    figures = []
    found = mean_profiles(rows, style)
    for histogram, axes in (
        ("time_pitch", "time to the next notes (4 beats) by interval"),
        ("onset_duration", "place in four beats by duration"),
    ):
        for name, profile in found.items():
            table = profile[histogram].T
            caption = escape(f"{names[name]}: {axes}")
            image = _image(heat_map(table), caption)
            figures.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
        figures.append("<br>")
    return f"<h3>{escape(style)}</h3><div class=maps>{''.join(figures)}</div>"


def _distances(mgeval: dict[str, Any]) -> str:
    if not mgeval:
        return ""
    out = [
        "<h2>As sets, beside real songs of the style (MGEval)</h2><p>Overlap area of distances "
        "within real songs and from results to real songs, 0 to 1; in brackets the "
        "Kullback-Leibler divergence.</p>"
    ]
    for style, kinds in mgeval.items():
        features = list(next(iter(kinds.values())))
        head = "".join(f"<th>{escape(TITLES[kind])}</th>" for kind in kinds)
        lines = "".join(
            f"<tr><td>{escape(name.replace('_', ' '))}</td>"
            + "".join(
                f"<td>{_number(f[name]['overlap'])} ({_number(f[name]['divergence'])})</td>"
                for f in kinds.values()
            )
            + "</tr>"
            for name in features
        )
        out.append(
            f"<details><summary>{escape(style)}</summary><table><thead><tr><th></th>{head}</tr>"
            f"</thead><tbody>{lines}</tbody></table></details>"
        )
    return "".join(out)


def _rolls(rows: Sequence[Row]) -> Iterable[str]:
    """Piano rolls of the best and the worst results, each below its base."""
    results = sorted((r for r in rows if r.kind == "model"), key=lambda r: -quality(r))
    best = results[:SHOWN]
    worst = [row for row in results[-SHOWN:] if not any(row is other for other in best)][::-1]
    for title, some in (("The best", best), ("The worst", worst)):
        if some:
            yield f"<h2>{title}</h2>"
        for row in some:
            assert row.result is not None and row.base is not None
            name = f"{row.song}: from {row.base_style or 'the song'} to {row.target}"
            pair = [("the song", row.base), (f"in {row.target} style", row.result)]
            last = min(ROLL_BARS, *(len(song.bar_starts()) - 1 for _, song in pair))
            image = picture(pair, "png", (1, last), 1000)
            yield (
                f"<h3>{escape(name)}</h3><p>taken for {escape(row.verdict)}, quality "
                f"{quality(row):.2f}</p>{_image(image, name, 'roll')}"
            )


def _results(results: Sequence[dict[str, Any]]) -> str:
    shown = ("macro", "chroma", "chord_root", "outside", "over_repetition", "quality")
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in shown)
    rows = "".join(
        f"<tr><td>{escape(str(r['song']))}</td><td>{escape(r['from'])}</td><td>{escape(r['to'])}"
        f"</td><td>{escape(r['taken_for'])}</td>"
        + "".join(f"<td>{_number(r.get(name))}</td>" for name in shown)
        + "</tr>"
        for r in results
    )
    return (
        "<details><summary>all</summary><table><thead><tr><th>song</th><th>from</th><th>to</th>"
        f"<th>taken for</th>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _image(content: bytes, title: str, kind: str = "") -> str:
    data = base64.b64encode(content).decode("ascii")
    text = escape(title, quote=True)
    return f'<img class="{kind}" alt="{text}" src="data:image/png;base64,{data}">'
