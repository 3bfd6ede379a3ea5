"""A drawing before it has a format: boxes, lines, areas and words on a plane, in points, from the top left."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["INK", "MID", "PALE", "SOFT", "Band", "Box", "Dot", "Path", "Scene", "Shape", "Words"]

INK, SOFT, MID, PALE = "#1b1f24", "#57606a", "#5b7f95", "#d3dde4"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `hatch` draws stripes in place of the fill, so that it reads without colour."""

    x: float
    y: float
    width: float
    height: float
    fill: str = INK
    hatch: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points; `dash` breaks it."""

    points: tuple[Point, ...]
    width: float = 1.0
    color: str = INK
    dash: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A filled area between two lines."""

    points: tuple[Point, ...]
    fill: str = PALE


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle, filled or as a ring."""

    x: float
    y: float
    radius: float
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `anchor` start, middle or end; `claim` leads to the source of a number."""

    x: float
    y: float
    text: str
    size: float = 9.0
    anchor: str = "start"
    bold: bool = False
    color: str = INK
    claim: str = ""


Shape = Box | Path | Band | Dot | Words


@dataclass(frozen=True, slots=True)
class Scene:
    """Shapes on a plane; `alt` says in words what a reader would see."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    alt: str
