"""Topics as text and back, so that a proposal can wait for a person's decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from feedback.codebook import Code
from feedback.corpus import Corpus
from feedback.topics._topics import Topic, Topics

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
        "set_aside": dict(topics.set_aside), "unscreened": topics.unscreened,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def from_json(text: str, corpus: Corpus) -> Topics:
    """Read topics over this corpus; units and examples that are gone or held by now are left out, and topics without any."""
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
    aside = MappingProxyType({r: why for r, why in body.get("set_aside", {}).items() if r in said})
    return Topics(
        tuple(values), corpus, body["method"], body["seed"], aside, tuple(body["history"]), body.get("unscreened"),
        base=body["base"],
    )  # fmt: skip


def _tuples(found: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({k: tuple(v) for k, v in found.items() if v})
