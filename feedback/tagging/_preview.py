"""preview(): what a new trigger would catch before it is added to a code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from feedback.codebook import Codebook
from feedback.corpus import Corpus
from feedback.tagging._compile import parse
from feedback.tagging._rules import RuleTagger

if TYPE_CHECKING:
    import pandas as pd

PREVIEW_COLUMNS = ("ref", "session", "audience", "start", "end", "words", "text", "others")


def preview(codebook: Codebook, code: str, trigger: str, corpus: Corpus, *, language: str = "en") -> pd.DataFrame:
    """Show the units that a code would newly catch with one more trigger, whatever else it was meant for.

    One row a unit, in reading order: `start`, `end` and `words` say what the trigger found (code points), `others` which
    codes lie there already. Units that the code's triggers catch now, and places that its blocks cancel, are left out.
    `attrs` counts `units` looked at, `caught` already and `sessions` among the new ones. Nothing is changed.
    Raises CodebookError for an unknown code or a trigger that cannot be read.
    """
    import pandas as pd

    known = codebook[code]
    parse(trigger, code)
    triggers = {**known.triggers, language: (*known.triggers.get(language, ()), trigger)}
    now = RuleTagger(codebook)
    then = RuleTagger(replace(codebook, codes=(replace(known, triggers=triggers),)))
    rows, looked, caught = [], 0, 0
    for s in corpus.segments():
        if s.turn.kind == "agreement":
            continue
        looked += 1
        hits = then.hits(s.text).get(code)
        if not hits:
            continue
        others = now.hits(s.text)
        if code in others:
            caught += 1
            continue
        start, end = hits[0].span
        rows.append((s.ref, s.session.id, s.audience, start, end, s.text[start:end], s.text, tuple(sorted(others))))
    out = pd.DataFrame(rows, columns=list(PREVIEW_COLUMNS))
    out.attrs |= {"units": looked, "caught": caught, "sessions": out["session"].nunique()}
    return out

