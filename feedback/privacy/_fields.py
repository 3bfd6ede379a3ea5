"""Values that stand beside the words: who speaks in a unit, in which tongue, in which file. They are screened like the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from feedback.corpus import KINDS, ROLES, Session, Speaker, Turn

__all__ = ["AUDIENCES", "FREE", "files_of", "session_fields", "unit_fields", "value_of", "without"]

AUDIENCES = frozenset({"youth", "family", "stakeholder", "mixed", "staff", "community", "provider", "caregiver"})
FREE = ("unit audience", "attribute ")  # words that somebody chose: read for names; the others have to be of one form
_TONGUE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?|mixed|other")
_FORMS = {
    "month": re.compile(r"(?:19|20)\d\d-\d\d"), "format": re.compile(r"[\w.+-]{1,20}"), "sha256": re.compile(r"[0-9a-f]{64}"),
    "quote_consent": re.compile("yes|review|no"),
}  # fmt: skip


def unit_fields(turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield (where, value) of what stands beside a unit's words and is not one of the usual values."""
    speaker = turn.speaker
    if turn.audience and turn.audience not in AUDIENCES:
        yield "unit audience", turn.audience
    if turn.language and not _TONGUE.fullmatch(turn.language):
        yield "unit language", turn.language
    if turn.kind not in KINDS:
        yield "unit kind", turn.kind
    if speaker.role not in ROLES:
        yield "unit role", speaker.role
    for name in speaker.attributes:
        yield f"attribute {name}", f"{name}: {speaker.attributes[name]}"


def session_fields(session: Session) -> Iterator[tuple[str, str]]:
    """Yield (where, value) of header values that are not of the form that the header asks for."""
    for name, form in _FORMS.items():
        value = getattr(session, name)
        if value and not form.fullmatch(str(value)):
            yield name, str(value)
    for name in ("participants", "spa", "recorded"):
        value = getattr(session, name)
        if value is not None and not isinstance(value, int):
            yield name, str(value)
    for i, tongue in enumerate(session.languages):
        if not _TONGUE.fullmatch(tongue):
            yield f"language {i}", tongue


def files_of(session: Session) -> dict[str, str]:
    """Names of further files that the session's units stand in, by where they stand: `file 1` is the first of them."""
    more = dict.fromkeys(t.file for t in session.turns if t.file and t.file != session.file)
    return {f"file {n}": name for n, name in enumerate(more, 1)}


def value_of(session: Session, turn: Turn | None, where: str) -> str | None:
    """The value at a place that this module named, or None where it is not one of its places."""
    if turn is not None:
        return dict(unit_fields(turn)).get(where)
    return files_of(session).get(where) or dict(session_fields(session)).get(where)


def without(value: Any, gone: Mapping[str, str]) -> Any:
    """Return a turn or session with the values at these places as they may pass, where -> value; plain ones where it is empty."""
    if isinstance(value, Session):
        tongues = tuple(t for i, t in enumerate(value.languages) if f"language {i}" not in gone)
        empty: dict[str, Any] = {n: None if n not in ("sha256", "format") else "" for n in gone if not n.startswith("language ")}
        return replace(value, languages=tongues, **empty)
    who = value.speaker
    attributes = {k: v for k, v in who.attributes.items() if f"attribute {k}" not in gone}
    role: Any = "participant" if "unit role" in gone else who.role
    plain: dict[str, Any] = {"language": None, "kind": "note"}
    changes = {k: v for k, v in plain.items() if f"unit {k}" in gone}
    if "unit audience" in gone:
        changes["audience"] = gone["unit audience"] or None
    return replace(value, speaker=Speaker(who.label, role, attributes), **changes)
