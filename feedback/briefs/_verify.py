"""verify(): a finished brief checked again, byte by byte and number by number."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.briefs._brief import FORMATS, Brief, brief
from feedback.briefs._claims import recount
from feedback.briefs._html import BLANK
from feedback.briefs._stamp import MANIFEST, stamp_of
from feedback.errors import FeedbackError, VerifyError
from feedback.plan import Needs

if TYPE_CHECKING:
    import pandas as pd

_DIGEST = re.compile(r'"digest": "([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked: (what, where, is it right, remark) for the file as a whole and for every claim."""

    file: str
    checks: tuple[tuple[str, str, bool, str], ...]

    @property
    def ok(self) -> bool:
        """Whether everything is right."""
        return all(right for _, _, right, _ in self.checks)

    def frame(self) -> pd.DataFrame:
        """One row a check: what, where, right, remark."""
        import pandas as pd

        return pd.DataFrame(self.checks, columns=["what", "where", "right", "remark"])

    def __str__(self) -> str:
        wrong = [f"{what} {where}: {remark}" for what, where, right, remark in self.checks if not right]
        numbers = sum(what == "number" for what, *_ in self.checks)
        quotes = sum(what == "quote" for what, *_ in self.checks)
        if not wrong:
            return (
                f"{self.file}: all right. {numbers} numbers counted again, {quotes} quotes found at their source, "
                "no byte changed."
            )
        return f"{self.file}: {len(wrong)} things are wrong.\n" + "\n".join(f"  {line}" for line in wrong)


def verify(file: str | Path, needs: Needs, *, released: Collection[str] | None = None) -> Verification:
    """Check a finished brief against the findings as they are now.

    The file must be, to the byte, what these findings print; its own digest must fit; every number is counted again and
    every quote looked up at its address. With `released` (SHA-256 of files in the release log) it must also be one of those.

    Raises:
        VerifyError: the file is no brief of this program. OSError: it cannot be opened.
    """
    path = Path(file)
    raw = path.read_bytes()
    if path.suffix.lower() not in FORMATS:
        raise VerifyError(f"{path.name}: a brief is {', '.join(FORMATS)}")
    checks = list[tuple[str, str, bool, str]]()
    if path.suffix.lower() in (".html", ".md"):
        _, checks = _inside(path.name, raw, needs)
    stamp = stamp_of(path)
    options = [stamp] if stamp else [{"kind": kind} for kind in ("full", "board", "slides", "report-back")]
    again, same = _print_again(options, path.suffix, raw, needs)
    checks.append(("file", path.name, same, "" if same else "it is not, to the byte, what these findings print now"))
    if path.suffix.lower() not in (".html", ".md"):
        checks += _claims(
            [{"id": c.id, "kind": c.kind, "value": c.value, "recount": c.recount} for c in again.page.claims.values()],
            needs,
        )
    if released is not None:
        known = hashlib.sha256(raw).hexdigest() in released
        checks.append(("release", path.name, known, "" if known else "it is not in the release log of this project"))
    return Verification(path.name, tuple(checks))


def _print_again(options: list[dict[str, str]], suffix: str, raw: bytes, needs: Needs) -> tuple[Brief, bool]:
    made = []
    for o in options:
        try:
            page = brief(
                needs,
                title=o.get("title", ""),
                quotes=int(o.get("quotes", 3)),
                kind=o.get("kind", "full"),
                language=o.get("language", "en"),
                session=o.get("session", ""),
            )
        except (FeedbackError, ValueError):
            continue
        made.append(page)
        if page.render(suffix) == raw:
            return page, True
    return (made or [brief(needs)])[0], False


def _inside(name: str, raw: bytes, needs: Needs) -> tuple[dict[str, Any], list[tuple[str, str, bool, str]]]:
    text = raw.decode("utf-8", errors="replace")
    found, digest = MANIFEST.search(text), _DIGEST.search(text)
    if not found or not digest:
        raise VerifyError(f"{name}: this is no brief of feedback, or its list of claims was taken out")
    sealed = hashlib.sha256(text.replace(digest[1], BLANK).encode()).hexdigest() == digest[1]
    checks = [("digest", name, sealed, "" if sealed else "the file was changed after it was written")]
    try:
        manifest: dict[str, Any] = json.loads(found[1])
        claims = manifest["claims"]
    except (ValueError, KeyError):
        return {"feedback": {}}, [*checks, ("claims", name, False, "its list of claims cannot be read")]
    return manifest, checks + _claims(claims, needs)


def _claims(claims: list[dict[str, Any]], needs: Needs) -> list[tuple[str, str, bool, str]]:
    out = []
    for claim in claims:
        kind = "quote" if claim.get("kind") == "quote" else "number"
        try:
            now = recount(needs, str(claim["recount"]))
        except (FeedbackError, KeyError, ValueError) as err:
            out.append((kind, str(claim.get("id")), False, f"cannot be counted again ({type(err).__name__})"))
            continue
        right = now == claim["value"]
        remark = (
            ""
            if right
            else "the words at its address are others"
            if kind == "quote"
            else f"printed {claim['value']}, counted {now}"
        )
        out.append((kind, str(claim["id"]), right, remark))
    return out
