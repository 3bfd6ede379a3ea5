"""The drawings of a brief: needs against what helps, the curve of new themes, needs and the plan. Hidden figures stay out."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.briefs._claims import Ledger
from feedback.briefs._page import Picture
from feedback.briefs._scene import INK, MID, PALE, SOFT, Band, Box, Dot, Path, Scene, Shape, Words
from feedback.findings import rising
from feedback.plan import Need, Needs

WIDE = 520.0


def helps(chosen: Sequence[Need], needs: Needs, ledger: Ledger) -> Picture | None:
    """Two bars a need: sessions that named it, and sessions that named something that helps. Only figures that may be shown."""
    both = [n for n in chosen if n.sessions is not None and needs.themes[n.id].all.assets is not None]
    if not both:
        return None
    left, step, top = 226.0, 30.0, 26.0
    most = max(max(n.sessions or 0, needs.themes[n.id].all.assets or 0) for n in both) or 1
    scale = (WIDE - left - 40) / most
    shapes: list[Shape] = [
        Box(left, 4, 12, 9, MID), Words(left + 17, 12, "named as a need", 9),
        Box(left + 120, 4, 12, 9, INK, hatch=True), Words(left + 137, 12, "named as something that helps", 9),
    ]  # fmt: skip
    said = []
    for i, need in enumerate(both):
        y, name = top + i * step, short(needs.themes[need.id].code.name)
        asset = needs.themes[need.id].all.assets or 0
        shapes.append(Words(left - 8, y + 15, name, 8.5, "end"))
        for row, (value, key, hatch) in enumerate(
            ((need.sessions or 0, f"need:{need.id}|sessions", False), (asset, f"theme:{need.id}|all|assets", True))
        ):
            at = y + row * 11
            if value:
                shapes.append(Box(left, at, value * scale, 9, INK if hatch else MID, hatch))
            figure = ledger.number(key)
            shapes.append(Words(left + value * scale + 5, at + 8, figure.text, 8.5, claim=figure.claim))
        said.append(f"{name}: {need.sessions} and {asset}")
    title = "Sessions that named each need, and sessions that named something that helps with it"
    alt = f"Two bars for each need. {'; '.join(said)}."
    return Picture(title, Scene(WIDE, top + len(both) * step + 4, tuple(shapes), title, alt))


def curve(needs: Needs) -> Picture | None:
    """The curve of themes heard after so many sessions, on the mean over all orders, in the band where nine of ten orders run."""
    points = rising(needs.themes)
    if len(points) < 3:
        return None
    left, top, high, most = 44.0, 12.0, 150.0, max(p[4] for p in points) or 1
    across = (WIDE - left - 20) / (len(points) - 1)

    def at(i: int, value: int) -> tuple[float, float]:
        return left + i * across, top + high * (1 - value / most)

    low = [at(i, p[3]) for i, p in enumerate(points)]
    up = [at(i, p[4]) for i, p in enumerate(points)]
    own = [at(i, p[2]) for i, p in enumerate(points)]
    shapes: list[Shape] = [Band((*up, *reversed(low)), PALE), Path(tuple(up), 0.6, SOFT, dash=True)]
    shapes += [Path(tuple(low), 0.6, SOFT, dash=True), Path(tuple(own), 2.0, INK)]
    base = top + high
    shapes += [Path(((left, top), (left, base), (WIDE - 20, base)), 0.8, INK)]
    for value in sorted({0, most // 2, most}):
        shapes.append(Words(left - 6, at(0, value)[1] + 3, str(value), 8, "end"))
    every = max(1, len(points) // 10)
    shapes += [Words(left + i * across, base + 12, str(i + 1), 8, "middle") for i in range(0, len(points), every)]
    shapes.append(Words(WIDE / 2, base + 26, "sessions, in any order", 8.5, "middle"))
    half = next((i + 1 for i, p in enumerate(points) if 2 * p[2] >= points[-1][2]), 1)
    nine = next((i + 1 for i, p in enumerate(points) if 10 * p[2] >= 9 * points[-1][2]), 1)
    alt = (
        f"A rising line over {len(points)} sessions that ends at {points[-1][2]} themes. Half of them are heard after {half} "
        f"sessions, nine in ten after {nine}, on the mean over all orders. A grey band shows where the line runs in nine of "
        "ten orders."
    )
    title = "Themes heard after so many sessions"
    return Picture(title, Scene(WIDE, base + 32, tuple(shapes), title, alt))


def links(chosen: Sequence[Need], needs: Needs) -> Picture | None:
    """Needs on the left, plan areas on the right: a line where a strategy answers, a broken one where only the area fits."""
    areas = list(needs.plan.areas)
    if not chosen or not areas:
        return None
    step, top, left, right = 24.0, 30.0, 214.0, 330.0
    high = step * max(len(chosen), len(areas))
    rows = {n.id: top + high * (i + 0.5) / len(chosen) for i, n in enumerate(chosen)}
    places = {a.id: top + high * (i + 0.5) / len(areas) for i, a in enumerate(areas)}
    shapes: list[Shape] = [
        Words(left, 12, "Needs", 9, "end", bold=True), Words(right, 12, "Areas of the plan", 9, bold=True),
        Path(((left + 30, 9), (left + 54, 9)), 1.6), Words(left + 58, 12, "answered", 8),
        Path(((left + 30, 20), (left + 54, 20)), 1.0, SOFT, dash=True), Words(left + 58, 23, "no strategy", 8),
    ]  # fmt: skip
    said = []
    for need in chosen:
        name = short(needs.themes[need.id].code.name)
        shapes += [Words(left - 8, rows[need.id] + 3, name, 8.5, "end"), Dot(left, rows[need.id], 2.4)]
        ids = {s.id for s in need.strategies}
        answered = [a.id for a in areas if any(s.id in ids for s in a.strategies)]
        for key in answered:
            shapes.append(Path(((left, rows[need.id]), (right - 8, places[key])), 1.6, INK))
        if not answered and need.area and need.area[0] in places:
            shapes.append(Path(((left, rows[need.id]), (right - 8, places[need.area[0]])), 1.0, SOFT, dash=True))
        said.append(f"{name}: {', '.join(answered) or 'no strategy'}")
    for area in areas:
        y = places[area.id]
        shapes += [Dot(right - 8, y, 2.4, filled=False), Words(right, y + 3, short(f"{area.id} {area.name}", 38), 8.5)]
    title = "Needs and the parts of the plan that answer them"
    alt = f"Lines from needs on the left to areas of the plan on the right. {'; '.join(said)}."
    return Picture(title, Scene(WIDE, top + high + 6, tuple(shapes), title, alt))


def short(text: str, most: int = 46) -> str:
    """Cut a name at a word so that it fits beside a bar.

    >>> short("Waitlists, rules, hours and paperwork for everybody", 30)
    'Waitlists, rules, hours and …'
    """
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + " …"
