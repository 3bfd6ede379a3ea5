"""Pictures of topics: a map, a hierarchy, topics by audience and over time; drawn on this machine, shown or saved.

What is shown of a group is a step (1-2, 3-5, 6 or more sessions), and only where the sessions behind it, and those not behind
it, are enough people (`feedback.privacy.may_show`); other cells that hold something read "not shown". Unstable topics carry a mark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.privacy import Count, Settings, may_show, shows_column
from feedback.topics._founders import hierarchy
from feedback.topics._topics import Topic, Topics

if TYPE_CHECKING:
    import numpy as np

    from feedback.corpus import Segment

    Array = np.ndarray[Any, Any]

KINDS = ("map", "hierarchy", "audience", "time")
MOST = 30
FEW, SETTINGS, HIDDEN = 3, Settings(), "#d9d4cc"
SHADES = {"range": ["#e8eef7", "#9db9e0", "#4a7fc1", "#173f78"]}
NOT_SHOWN = "not shown"
STEPS = ["", "1-2", "3-5", "6 or more"]


@dataclass(frozen=True)
class Picture:
    """A Vega-Lite picture: shown as SVG in a notebook, saved as .svg, .png or .json (the spec itself)."""

    spec: Mapping[str, Any]

    def svg(self) -> str:
        """Draw it; nothing is fetched."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(json.dumps(self.spec)))

    def save(self, path: str | Path) -> Path:
        """Write the picture by its suffix; raises FeedbackError for one that is none of the three."""
        import vl_convert

        path = Path(path)
        if path.suffix == ".svg":
            path.write_text(self.svg(), encoding="utf-8")
        elif path.suffix == ".png":
            path.write_bytes(vl_convert.vegalite_to_png(json.dumps(self.spec), scale=2))
        elif path.suffix == ".json":
            path.write_text(json.dumps(self.spec, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        else:
            raise FeedbackError(f"a picture is saved as .svg, .png or .json, not {path.suffix or 'without a suffix'!r}")
        return path

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": "a picture of topics"}


def picture(topics: Topics, kind: str = "map") -> Picture:
    """Draw the first thirty topics: `map`, `hierarchy`, `audience` (sessions by audience) or `time` (sessions by month).

    Raises FeedbackError for another kind, or where there is no topic to draw.
    """
    if kind not in KINDS:
        raise FeedbackError(f"there is no picture {kind!r}; there are: {', '.join(KINDS)}.")
    shown = topics.values[:MOST]
    if not shown:
        raise FeedbackError("there is no topic to draw.")
    if kind == "map":
        return Picture(_map(topics, shown))
    if kind == "hierarchy":
        return Picture(_tree(topics, shown))
    return Picture(_grid(topics, shown, kind))


def _name(t: Topic) -> str:
    return f"{t.id} {t.label[:42]}{' (unstable)' if t.unstable else ''}"


def _short(t: Topic) -> str:
    return f"{t.id} {t.label.split(',')[0].split(' /')[0][:20]}"


def _middles(topics: Topics, shown: tuple[Topic, ...]) -> Array:
    """Mean direction of each topic's units: float (topics, d)."""
    import numpy as np

    from feedback.topics._context import normed
    from feedback.topics._embed import Embedder

    rows = [Embedder().encode([topics.corpus.resolve(r).text for r in t.refs[:200]]).mean(0) for t in shown]
    x = np.stack(rows).astype(np.float64)
    return normed(x - x.mean(0)) if len(x) > 1 else x


def _map(topics: Topics, shown: tuple[Topic, ...]) -> dict[str, Any]:
    import numpy as np

    x = _middles(topics, shown)
    left, scale, _ = np.linalg.svd(x - x.mean(0), full_matrices=False)
    at = np.zeros((len(shown), 2))
    at[:, : min(2, left.shape[1])] = (left * scale)[:, :2]
    at *= np.where(at[np.abs(at).argmax(0), [0, 1]] < 0, -1, 1)
    everyone = {s.id: s.participants for s in topics.corpus}
    values = [
        {"x": round(float(p[0]), 4), "y": round(float(p[1]), 4), "topic": _short(t), "sessions": _step(set(t.sessions), everyone),
         "stable": "unstable" if t.unstable else "stable"}
        for t, p in zip(shown, at, strict=True)
    ]  # fmt: skip
    bare = {"axis": None, "type": "quantitative", "scale": {"zero": False, "padding": 40}}
    place = {"x": {"field": "x", **bare}, "y": {"field": "y", **bare}}
    dots = {
        "size": {"field": "sessions", "type": "ordinal", "title": "sessions",
                 "scale": {"domain": [NOT_SHOWN, *STEPS[1:]], "range": [90, 120, 380, 800]}},
        "shape": {"field": "stable", "type": "nominal", "title": None, "scale": {"domain": ["stable", "unstable"]}},
        "color": {"value": "#4a7fc1"},
    }
    words = {"text": {"field": "topic"}, "color": {"value": "#222"}}
    layer = [
        {"mark": {"type": "point", "filled": True, "opacity": 0.55}, "encoding": {**place, **dots}},
        {"mark": {"type": "text", "fontSize": 10, "dy": -9}, "encoding": {**place, **words}},
    ]
    return _whole("Topics that lie near one another are said in like words", values, layer=layer, width=820, height=520)


def _tree(topics: Topics, shown: tuple[Topic, ...]) -> dict[str, Any]:
    import numpy as np

    joins = hierarchy(_middles(topics, shown).astype(np.float32))
    order: list[int] = []
    parts: dict[int, list[int]] = {i: [i] for i in range(len(shown))}
    for i, row in enumerate(joins):
        parts[len(shown) + i] = parts[int(row[0])] + parts[int(row[1])]
    order = parts[len(shown) + len(joins) - 1] if len(joins) else [0]
    at = {leaf: (0.0, float(i)) for i, leaf in enumerate(order)}
    values = []
    for i, row in enumerate(joins):
        a, b, high = at[int(row[0])], at[int(row[1])], round(float(row[2]), 4)
        for x, y, x2, y2 in ((a[0], a[1], high, a[1]), (b[0], b[1], high, b[1]), (high, a[1], high, b[1])):
            values.append({"x": x, "y": y, "x2": x2, "y2": y2})
        at[len(shown) + i] = (high, (a[1] + b[1]) / 2)
    names = [{"y": i, "x": 0, "topic": _name(shown[leaf])} for i, leaf in enumerate(order)]
    axis = {"x": {"field": "x", "type": "quantitative", "title": "distance at which they join", "scale": {"domainMin": 0}},
            "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"reverse": True}}}  # fmt: skip
    layer = [
        {"mark": {"type": "rule", "color": "#4a7fc1"}, "encoding": {**axis, "x2": {"field": "x2"}, "y2": {"field": "y2"}}},
        {"data": {"values": names}, "mark": {"type": "text", "align": "right", "dx": -6, "fontSize": 10, "clip": False},
         "encoding": {**axis, "text": {"field": "topic"}}},
    ]  # fmt: skip
    whole = _whole("Which topics join first", values, layer=layer, width=480, height=18 * max(len(shown), 4))
    return {**whole, "padding": 12}


def _grid(topics: Topics, shown: tuple[Topic, ...], kind: str) -> dict[str, Any]:
    def group_of(s: Segment) -> str:
        return (s.audience if kind == "audience" else s.session.month) or "not said"

    heads: dict[str, dict[str, int | None]] = {}
    for s in topics.corpus.segments():
        heads.setdefault(group_of(s), {})[s.session.id] = s.session.participants
    values = []
    for t in shown:
        sessions: dict[str, set[str]] = {}
        for r in t.refs:
            s = topics.corpus.resolve(r)
            sessions.setdefault(group_of(s), set()).add(s.session.id)
        values += [{"topic": _name(t), "group": g, "heard": _step(found, heads[g])} for g, found in sorted(sessions.items())]
    encoding = {
        "x": {"field": "group", "type": "ordinal", "title": None, "axis": {"labelAngle": -35, "orient": "top"}},
        "y": {"field": "topic", "type": "nominal", "title": None, "sort": [_name(t) for t in shown], "axis": {"labelLimit": 360}},
        "color": {"field": "heard", "type": "ordinal", "title": "sessions",
                  "scale": {"domain": [NOT_SHOWN, *STEPS[1:]], "range": [HIDDEN, *SHADES["range"][1:]]}},
    }
    title = "Sessions a topic was heard in, by audience" if kind == "audience" else "Sessions a topic was heard in, by month"
    layer = [{"mark": {"type": "rect", "stroke": "white"}, "encoding": encoding}]
    return _whole(title, values, layer=layer, width={"step": 64}, height={"step": 18})


def _step(heard: set[str], heads: Mapping[str, int | None]) -> str:
    """In how many of a group's sessions (session -> head count) a topic was heard, as far as it may be shown."""
    sides = [tuple(n for s, n in heads.items() if (s in heard) is inside) for inside in (True, False)]
    if len(heads) < len(heard) or not shows_column(tuple(heads.values()), SETTINGS) or not may_show(Count(*sides), SETTINGS):
        return NOT_SHOWN
    return STEPS[1] if len(heard) < FEW else STEPS[2] if len(heard) < 2 * FEW else STEPS[3]


def _whole(title: str, values: list[dict[str, Any]], *, layer: list[Any], **size: Any) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "title": {"text": title, "anchor": "start"},
        "data": {"values": values},
        "layer": layer,
        "config": {"view": {"stroke": None}, "axis": {"grid": False}},
        **size,
    }
