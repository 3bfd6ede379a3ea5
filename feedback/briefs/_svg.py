"""A scene as SVG inside a page: with title and description, every number a link to its source, hatches drawn as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from feedback.briefs._scene import Band, Box, Dot, Path, Scene, Shape, Words

_STEP = 4.0


def render(scene: Scene, ident: str, *, use: Callable[[str], int] | None = None) -> str:
    """Render a scene; `ident` makes the ids of title and description unique in the page; `use` counts uses of claims."""
    body = "".join(_shape(shape, use) for shape in scene.shapes)
    role = "group" if any(isinstance(s, Words) and s.claim for s in scene.shapes) else "img"  # an image hides what is in it
    return (
        f'<svg viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" width="100%" role="{role}" aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{escape(scene.title)}</title><desc id="{ident}-d">{escape(scene.alt)}</desc>{body}</svg>'
    )


def stripes(box: Box, step: float = _STEP) -> Iterator[tuple[float, float, float, float]]:
    """The slanting lines that hatch a box, cut at its edges: (x1, y1, x2, y2)."""
    at = step
    while at < box.width + box.height:
        x1, y1 = (at, 0.0) if at <= box.width else (box.width, at - box.width)
        x2, y2 = (0.0, at) if at <= box.height else (at - box.height, box.height)
        yield box.x + x1, box.y + y1, box.x + x2, box.y + y2
        at += step


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _shape(shape: Shape, use: Callable[[str], int] | None) -> str:
    if isinstance(shape, Box):
        place = f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
        if not shape.hatch:
            return f'<rect {place} fill="{shape.fill}"/>'
        lines = "".join(f"M{_n(a)} {_n(b)}L{_n(c)} {_n(d)}" for a, b, c, d in stripes(shape))
        return f'<rect {place} fill="none" stroke="{shape.fill}"/><path d="{lines}" stroke="{shape.fill}" stroke-width=".8"/>'
    if isinstance(shape, Path):
        dash = ' stroke-dasharray="4 3"' if shape.dash else ""
        points = _points(shape.points)
        return f'<polyline points="{points}" fill="none" stroke="{shape.color}" stroke-width="{_n(shape.width)}"{dash}/>'
    if isinstance(shape, Band):
        return f'<polygon points="{_points(shape.points)}" fill="{shape.fill}"/>'
    if isinstance(shape, Dot):
        fill = "#1b1f24" if shape.filled else "#ffffff"
        return f'<circle cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}" fill="{fill}" stroke="#1b1f24"/>'
    return _words(shape, use)


def _words(shape: Words, use: Callable[[str], int] | None) -> str:
    weight = ' font-weight="bold"' if shape.bold else ""
    text = (
        f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}" text-anchor="{shape.anchor}"'
        f' fill="{shape.color}"{weight} font-family="Helvetica, Arial, sans-serif">{escape(shape.text)}</text>'
    )
    if not shape.claim:
        return text
    ident = f' id="use-{shape.claim}-{use(shape.claim)}"' if use else ""
    return f'<a{ident} href="#{shape.claim}" class="n">{text}</a>'
