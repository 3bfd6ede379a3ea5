"""What hangs on words that are there no longer: a session went, came in anew, or the gate holds now what passed before."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.corpus import Ref

if TYPE_CHECKING:
    from feedback.codebook import Codebook
    from feedback.corpus import Corpus
    from feedback.store import Store

STEPS = "topic steps"
_PLACEHOLDER = re.compile(r"\[[A-ZÁÉÍÓÚÑ/]+(?:[: ][^\]]*)?\]")


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Address -> words of the units that said something else before; another placeholder for the same person is no change."""
    now = {ref: _PLACEHOLDER.sub("[]", text) for ref, text in after.items()}
    return {ref: text for ref, text in before.items() if text and now.get(ref) != _PLACEHOLDER.sub("[]", text)}


def let_go(store: Store, gone: Mapping[str, str], *, corpus: Corpus, triggers: Mapping[str, set[str]] | None = None) -> None:
    """Take out of the project what was signed, noted, quoted or made of these words (address -> words), but for what others say.

    Decisions on quotes and signatures were given to those words: what stands at the address now needs them anew. `triggers` are
    words that nobody says any more, by the code that a topic brought them to.
    """
    from feedback.store import Jobs

    if not gone:
        return
    _filter(store, "quotes", lambda q: _unit(q["ref"]) not in gone)
    _filter(store, "memos", lambda m: not m[1] or _unit(m[1]) not in gone)
    _filter(store, "signatures", lambda ref: _unit(ref) not in gone)
    lost = {_bare(text) for text in gone.values()} - {_bare(t.text) for s in corpus for t in s.turns if t.text and not t.withheld}
    sessions = {ref.rpartition("#")[0] for ref in gone} - {s.id for s in corpus}
    _filter(store, "matrix", lambda row: row["session"] not in sessions and not _holds("\n".join(row["lines"]), gone, lost))
    if store.document(STEPS):
        store.put_document(STEPS, "steps.json", "[]")
    Jobs(store).forget_made()
    kept = store.document("codebook")
    if kept is not None and (lost or triggers):
        _without_examples(store, kept, lost, triggers or {})


def _filter(store: Store, kind: str, stays: Any) -> None:
    kept = store.document(kind)
    if kept is None:
        return
    rows = json.loads(kept[1])
    left = {k: v for k, v in rows.items() if stays(k)} if isinstance(rows, dict) else [r for r in rows if stays(r)]
    if left != rows:
        store.put_document(kind, kept[0], json.dumps(left, ensure_ascii=False))


def _holds(text: str, gone: Mapping[str, str], lost: set[str]) -> bool:
    bare = _bare(text)
    return any(f"⟨{ref}" in text for ref in gone) or any(words in bare for words in lost if len(words) > 15)


def _without_examples(store: Store, kept: tuple[str, str], lost: set[str], triggers: Mapping[str, set[str]]) -> None:
    """Take these words out of the examples of codes and what they are found by, where topics that were accepted brought them."""
    from feedback.codebook import Codebook

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"codebook{Path(kept[0]).suffix or '.yaml'}"
        path.write_text(kept[1], encoding="utf-8")
        book: Codebook = Codebook.load(path)
        new = book
        for code in book:
            old = triggers.get(code.id, set())
            examples = {k: left for k, v in code.examples.items() if (left := tuple(e for e in v if _bare(e) not in lost))}
            found = {k: left for k, v in code.triggers.items() if (left := tuple(w for w in v if w not in old))}
            if (examples, found) != (dict(code.examples), dict(code.triggers)):
                new = new.add(replace(code, examples=examples, triggers=found))
        if new is not book:
            out = new.save(Path(folder) / "left.yaml")
            store.put_document("codebook", f"{Path(kept[0]).stem}.yaml", out.read_text(encoding="utf-8"))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _unit(ref: str) -> str:
    return str(Ref.parse(ref).unit)
