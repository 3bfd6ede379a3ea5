"""A scene as a PNG for Word and slides: drawn at four points a point, the same scene the same bytes."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

from feedback.briefs._scene import Band, Box, Dot, Path, Scene, Words
from feedback.briefs._svg import stripes

SCALE = 3
_ANCHOR = {"start": "ls", "middle": "ms", "end": "rs"}


def render(scene: Scene) -> bytes:
    """Render a scene on white."""
    from PIL import Image, ImageDraw

    size = (round(scene.width * SCALE), round(scene.height * SCALE))
    image = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(image)
    for shape in scene.shapes:
        _shape(draw, shape)
    buffer = io.BytesIO()
    image.quantize(64).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _shape(draw: Any, shape: object) -> None:
    if isinstance(shape, Box):
        edges = [_s(shape.x), _s(shape.y), _s(shape.x + shape.width), _s(shape.y + shape.height)]
        if not shape.hatch:
            draw.rectangle(edges, fill=shape.fill)
            return
        draw.rectangle(edges, outline=shape.fill, width=2)
        for a, b, c, d in stripes(shape):
            draw.line([_s(a), _s(b), _s(c), _s(d)], fill=shape.fill, width=2)
    elif isinstance(shape, Path):
        _line(draw, shape)
    elif isinstance(shape, Band):
        draw.polygon([(_s(x), _s(y)) for x, y in shape.points], fill=shape.fill)
    elif isinstance(shape, Dot):
        r = shape.radius
        edges = [_s(shape.x - r), _s(shape.y - r), _s(shape.x + r), _s(shape.y + r)]
        draw.ellipse(edges, fill="#1b1f24" if shape.filled else "#ffffff", outline="#1b1f24", width=2)
    elif isinstance(shape, Words):
        _words(draw, shape)


def _line(draw: Any, shape: Path) -> None:
    width = max(1, round(shape.width * SCALE))
    points = [(_s(x), _s(y)) for x, y in shape.points]
    if not shape.dash:
        draw.line(points, fill=shape.color, width=width, joint="curve")
        return
    on, off = 4 * SCALE, 3 * SCALE
    for (x1, y1), (x2, y2) in pairwise(points):
        length = max(1.0, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
        at = 0.0
        while at < length:
            a, b = at / length, min(1.0, (at + on) / length)
            ends = [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t) for t in (a, b)]
            draw.line(ends, fill=shape.color, width=width)
            at += on + off


def _words(draw: Any, shape: Words) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(size=shape.size * SCALE)
    place = (_s(shape.x), _s(shape.y))
    stroke = 1 if shape.bold else 0
    draw.text(
        place, shape.text, fill=shape.color, font=font, anchor=_ANCHOR[shape.anchor], stroke_width=stroke,
        stroke_fill=shape.color,
    )  # fmt: skip


def _s(value: float) -> float:
    return round(value * SCALE, 2)
