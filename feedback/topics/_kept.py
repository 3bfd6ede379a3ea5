"""Topics as text and back, so that a proposal can wait for a person's decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from feedback.codebook import Code
from feedback.corpus import Corpus
from feedback.topics._topics import Topic, Topics
from feedback.topics._words import split

LISTS = ("words", "refs", "fits", "sessions", "audiences", "parts")
PLAIN = ("id", "label", "stability", "coverage", "by")


def to_json(topics: Topics) -> str:
    """Write what was found, without the model: method, seed, history, units set aside, and each topic with its code."""
    rows = []
    for t in topics:
        code: dict[str, Any] = {k: getattr(t.code, k) for k in ("id", "name", "status", "definition", "memo")}
        code |= {k: {lang: list(v) for lang, v in getattr(t.code, k).items()} for k in ("triggers", "examples")}
        code["names"] = dict(t.code.names)
        rows.append({k: getattr(t, k) for k in PLAIN} | {k: list(getattr(t, k)) for k in LISTS} | {"code": code})
    body = {
        "method": topics.method, "seed": topics.seed, "base": topics.base, "history": list(topics.history), "topics": rows,
        "set_aside": dict(topics.set_aside), "unscreened": topics.unscreened, "sessions": list(topics.sessions),
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def from_json(text: str, corpus: Corpus, *, model: Any = None) -> Topics:
    """Read topics over this corpus; units and examples that are gone or held by now are left out, and topics without any.

    `model` is what `thaw` read: with it they can be followed, and accepted ones code new units.
    """
    body = json.loads(text)
    said = {s.ref: s.text for s in corpus.segments()}
    live = frozenset(said.values())
    values = []
    for row in body["topics"]:
        pairs = [(r, f) for r, f in zip(row["refs"], row["fits"], strict=True) if r in said]
        if not pairs:
            continue
        code = dict(row["code"])
        code["triggers"] = _tuples(code["triggers"])
        code["examples"] = _tuples({k: [x for x in v if x in live] for k, v in code["examples"].items()})
        code["names"] = MappingProxyType(code.get("names", {}))
        fields = {k: row[k] for k in PLAIN} | {k: tuple(row.get(k, ())) for k in LISTS}
        fields |= {"refs": tuple(r for r, _ in pairs), "fits": tuple(f for _, f in pairs), "code": Code(**code)}
        fields["sessions"] = tuple(sorted({r.rpartition("#")[0] for r, _ in pairs}))
        values.append(Topic(**fields))
    seen = body.get("sessions") or sorted({r.rpartition("#")[0] for v in values for r in v.refs} | set(_sessions(body)))
    here = {s.id for s in corpus}
    aside = MappingProxyType({r: why for r, why in body.get("set_aside", {}).items() if r in said})
    return Topics(
        tuple(values), corpus, body["method"], body["seed"], aside, tuple(body["history"]), body.get("unscreened"),
        base=body["base"], model=model, sessions=tuple(s for s in seen if s in here),
    )  # fmt: skip


def _sessions(body: Mapping[str, Any]) -> list[str]:
    return [r.rpartition("#")[0] for r in body.get("set_aside", {})]


def _tuples(found: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({k: tuple(v) for k, v in found.items() if v})


def said_in(corpus: Corpus) -> frozenset[str]:
    """Return every word that somebody says in this corpus."""
    return frozenset(w for s in corpus.segments() for w in split(s.text))
