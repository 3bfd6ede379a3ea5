"""Months as people write them, in English and Spanish, as `YYYY-MM`."""

from __future__ import annotations

import re

from feedback.ingest._words import NUMBER_WORDS

__all__ = ["month_of"]

_MONTHS: dict[str, int] = {
    name: i
    for i, names in enumerate(
        (
            "january|jan|enero|ene", "february|feb|febrero", "march|mar|marzo", "april|apr|abril|abr", "may|mayo",
            "june|jun|junio", "july|jul|julio", "august|aug|agosto|ago", "september|sept|sep|septiembre|setiembre",
            "october|oct|octubre", "november|nov|noviembre", "december|dec|diciembre|dic",
        ),
        start=1,
    )
    for name in names.split("|")
}  # fmt: skip
_NAME = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2}|['’]\d{2})(?!\d)"
_ORD = r"(?:\d{1,2}(?:st|nd|rd|th|º|°)?)"
_SAID_YEAR = (
    r"(?P<said>dos mil (?:veinti\w+|veinte|treinta)|twenty[ -]twenty(?:[ -](?:one|two|three|four|five|six|seven|"
    r"eight|nine))?"
    r"|two thousand (?:and )?twenty(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_FORMS = (
    re.compile(r"(?<![\w-])(?P<year>20\d{2})[-/.](?P<num>0?[1-9]|1[0-2])(?:[-/.]\d{1,2})?(?![\d])"),
    re.compile(
        (
            rf"(?<!\w){_NAME}(?:\s*[-–/&]\s*(?:[a-zé]+))?\s*(?:{_ORD}(?:\s*[-–]\s*{_ORD})?)?\s*(?:,|del?"
            rf"|de)?\s*(?:del?\s+)?(?:año\s+)?{_YEAR}"
        ),
        re.I,
    ),
    re.compile(rf"(?<!\w)(?P<year>20\d{{2}})[\s,/-]+(?:de\s+)?{_NAME}(?!\w)", re.I),
    re.compile(rf"(?<!\w){_NAME}(?:\s+{_ORD})?\s*(?:,|del?|de)?\s*(?:del?\s+)?{_SAID_YEAR}", re.I),
    re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>(?:20)?\d{2})(?![\d/])"),
    re.compile(r"(?<![\d/])(?P<num>0?[1-9]|1[0-2])[/-](?P<year>20\d{2})(?![\d/])"),
)
_EXPIRY = re.compile(
    (
        r"(?:until|till|through|thru|expires?|expiry|valid|hasta|vence|before|antes del?|come back|back in|by)\W*(?:in |on "
        r"|el |end of |fin de |the )*$"
    ),
    re.I,
)


def month_of(text: str) -> str | None:
    """Return the month of the first date in the text as `YYYY-MM`; a date of expiry does not count.

    >>> [month_of(t) for t in ("March 12, 2025", "marzo del 2025", "3/12/25", "2025-03", "Mar '25", "SPA 3")]
    ['2025-03', '2025-03', '2025-03', '2025-03', '2025-03', None]
    """
    best: tuple[int, str] | None = None
    for form in _FORMS:
        for m in form.finditer(text):
            if _EXPIRY.search(text[: m.start()]):
                continue
            value = _value(m.groupdict())
            if value and (best is None or m.start() < best[0]):
                best = (m.start(), value)
                break
    return best[1] if best else None


def _value(parts: dict[str, str | None]) -> str | None:
    year, month = parts.get("year"), None
    if parts.get("month"):
        month = _MONTHS[str(parts["month"]).lower()]
    elif parts.get("num"):
        month = int(str(parts["num"]))
    elif parts.get("a"):
        a, b = int(str(parts["a"])), int(str(parts["b"]))
        month = a if 1 <= a <= 12 else b if 1 <= b <= 12 else None
        if month is None or max(a, b) > 31:
            return None
    if said := parts.get("said"):
        year = str(2000 + _said(said.lower()))
    if year is None or month is None:
        return None
    number = int(year.strip("'’"))
    return f"{number + 2000 if number < 100 else number}-{month:02d}"


def _said(year: str) -> int:
    tail = (
        year.removeprefix("dos mil ")
        .removeprefix("twenty")
        .removeprefix("two thousand ")
        .strip(" -")
        .removeprefix("and ")
    )
    if tail in NUMBER_WORDS:
        return NUMBER_WORDS[tail]
    first, _, last = tail.replace("-", " ").partition(" ")
    return NUMBER_WORDS.get(first, 20) + NUMBER_WORDS.get(last, 0)
