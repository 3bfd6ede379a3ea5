"""Codebooks as files: YAML and CSV, both ways; every problem of a file is listed with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from feedback.codebook._model import Code, Codebook, NearMiss
from feedback.errors import CodebookError, Problem

KEYS = {
    "id", "name", "names", "group", "parent", "definition", "include", "exclude", "triggers", "block", "examples", "near_miss",
    "map", "sensitivity", "status", "memo", "report_as", "statements",
}  # fmt: skip
SENSITIVITIES = ("standard", "sensitive", "restricted")
STATUSES = ("accepted", "proposed", "retired")
CSV_COLUMNS = ("id", "name", "parent", "definition", "include", "exclude", "sensitivity", "status", "memo", "block")
_ID = re.compile(r"^[A-Za-z0-9][\w.@-]*$")
_ARROW = re.compile(r"->\s*(?:also\s+)?([a-z][a-z0-9]*_[a-z0-9_]+)")
_TRIGGER = re.compile(r"^(?:\[[^\[\]]+\]|[^\[\]|]+)+$")


class _Reading:
    """One file being read: collects problems with their lines."""

    def __init__(self, file: str) -> None:
        self.file, self.problems = file, list[Problem]()

    def wrong(self, place: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.file, place, what, remedy))


def load(path: Path) -> Codebook:
    """Read a codebook by suffix; raises CodebookError with every problem."""
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise CodebookError(
            [Problem(path.name, "", f"cannot be opened ({err.strerror or type(err).__name__}).", "Check the name.")]
        ) from None
    if path.suffix.lower() not in (".yaml", ".yml", ".csv"):
        raise CodebookError(
            [Problem(path.name, "", f"a codebook is .yaml or .csv, not {path.suffix or 'a file without suffix'}.")]
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise CodebookError([Problem(path.name, f"byte {err.start}", "is not UTF-8.", "Save it as UTF-8.")]) from None
    reading = _Reading(path.name)
    book = _from_csv(text, reading) if path.suffix.lower() == ".csv" else _from_yaml(text, reading)
    if reading.problems:
        raise CodebookError(reading.problems)
    return book


def save(book: Codebook, path: Path) -> Path:
    """Write a codebook by suffix; reading it again gives an equal one (CSV keeps codes only)."""
    text = to_csv(book) if path.suffix.lower() == ".csv" else to_yaml(book)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


# ---- YAML ---------------------------------------------------------------------------------------------------------


def _from_yaml(text: str, reading: _Reading) -> Codebook:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        top = YAML().load(text)
    except MarkedYAMLError as err:
        mark = err.problem_mark
        what = "".join(str(err.problem or "is not YAML").splitlines()[:1])
        reading.wrong(
            f"line {mark.line + 1}" if mark else "",
            f"cannot be read: {what}.",
            "Check colons, quotes and indentation there.",
        )
        return Codebook()
    except YAMLError as err:
        reading.wrong("", f"cannot be read as YAML ({type(err).__name__}).")
        return Codebook()
    if not isinstance(top, Mapping) or not isinstance(top.get("codes"), list) or not top["codes"]:
        reading.wrong("line 1", "has no list `codes`.", "Start with `codes:` and one `- id: ...` a code.")
        return Codebook()
    groups = {str(k): str(v) for k, v in _mapping(top, "groups", reading).items()}
    vocabularies = {str(k): _vocabulary(v) for k, v in _mapping(top, "vocabularies", reading).items()}
    codes, seen = [], dict[str, int]()
    for number, row in enumerate(top["codes"]):
        line = top["codes"].lc.item(number)[0] + 1
        code = _code(row, line, reading, groups)
        if code is None:
            continue
        if code.id in seen:
            reading.wrong(
                f"line {line}, code {code.id}",
                f"is there twice (first on line {seen[code.id]}).",
                "Give each code its own id.",
            )
        seen.setdefault(code.id, line)
        codes.append(code)
    _cross_check(codes, seen, vocabularies, reading)
    known = {"codes", "groups", "vocabularies"}
    rules = {str(k): _plain(v) for k, v in top.items() if k not in known}
    meta = rules.get("meta") or {}
    return Codebook(
        tuple(codes), groups, vocabularies, rules, name=str(meta.get("id", "")), version=str(meta.get("version", ""))
    )


def _code(row: Any, line: int, reading: _Reading, groups: Mapping[str, str]) -> Code | None:
    if not isinstance(row, Mapping):
        reading.wrong(f"line {line}", "is not a code.", "Write `- id: ...` with its fields under it.")
        return None
    ident = str(row.get("id", "")).strip()
    place = f"line {line}, code {ident or '?'}"
    if not _ID.match(ident):
        reading.wrong(place, "has no usable id.", "Use letters, digits and _ (for example `night_help`).")
        return None
    for key in row:
        if str(key) not in KEYS:
            at = row.lc.key(key)[0] + 1 if hasattr(row, "lc") else line
            reading.wrong(
                f"line {at}, code {ident}",
                f"has an unknown field `{key}`.",
                f"Known fields: {', '.join(sorted(KEYS))}.",
            )
    parent = row.get("parent", row.get("group"))
    if row.get("group") is not None and groups and str(row["group"]) not in groups:
        reading.wrong(
            place, f"names the group `{row['group']}`, which is not under `groups`.", f"Groups: {', '.join(groups)}."
        )
    for key, allowed in (("sensitivity", SENSITIVITIES), ("status", STATUSES)):
        if str(row.get(key, allowed[0])) not in allowed:
            reading.wrong(place, f"has {key} `{row[key]}`.", f"It is one of: {', '.join(allowed)}.")
    if not str(row.get("name", "")).strip():
        reading.wrong(place, "has no name.", "Add `name:`.")
    triggers = _texts(row, "triggers", place, reading)
    block = tuple(str(b) for b in row.get("block") or ())
    for phrase in (*(p for group in triggers.values() for p in group), *block):
        if not _TRIGGER.match(phrase.strip() or "["):
            reading.wrong(
                place, f"has a trigger that cannot be read: {phrase!r}.", "Use words, token*, [a|b] and ... only."
            )
    return Code(
        id=ident, name=str(row.get("name", "")), parent=None if parent is None else str(parent),
        definition=str(row.get("definition", "") or ""), include=str(row.get("include", "") or ""),
        exclude=str(row.get("exclude", "") or ""), names={str(k): str(v) for k, v in (row.get("names") or {}).items()},
        triggers=triggers, block=block, examples=_texts(row, "examples", place, reading),
        near_misses=tuple(_near_miss(n, place, reading) for n in row.get("near_miss") or ()),
        maps=_maps(row, place, reading), sensitivity=str(row.get("sensitivity", "standard")),
        statements={str(k): str(v) for k, v in (row.get("statements") or {}).items()},
        report_as=str(row.get("report_as", "") or ""),
        status=str(row.get("status", "accepted")), memo=str(row.get("memo", "") or ""),
    )  # fmt: skip


def _maps(row: Any, place: str, reading: _Reading) -> dict[str, tuple[str, ...]]:
    value = row.get("map") or {}
    if not isinstance(value, Mapping):
        reading.wrong(place, "has a `map` that is not a mapping.", "Write `map: {plan: [P3]}`.")
        return {}
    return {str(k): tuple(str(x) for x in ([v] if isinstance(v, str) else v)) for k, v in value.items()}


def _texts(row: Any, key: str, place: str, reading: _Reading) -> dict[str, tuple[str, ...]]:
    value = row.get(key) or {}
    if isinstance(value, list):
        return {"en": tuple(str(v) for v in value)}
    if not isinstance(value, Mapping) or not all(isinstance(v, list) for v in value.values()):
        reading.wrong(
            place, f"has `{key}` that are not lists by language.", f'Write `{key}: {{en: ["..."], es: ["..."]}}`.'
        )
        return {}
    return {str(k): tuple(str(x) for x in v) for k, v in value.items()}


def _near_miss(row: Any, place: str, reading: _Reading) -> NearMiss:
    if not isinstance(row, Mapping) or "text" not in row:
        reading.wrong(place, "has a near_miss without text.", "Write `- {text: ..., code: other_code}`.")
        return NearMiss("", None)
    return NearMiss(
        str(row["text"]), None if row.get("code") is None else str(row["code"]), str(row.get("note", "") or "")
    )


def _cross_check(
    codes: list[Code], seen: Mapping[str, int], vocabularies: Mapping[str, Mapping[str, str]], reading: _Reading
) -> None:
    home = {"plan": "plan_priority"}
    for code in codes:
        place = f"line {seen[code.id]}, code {code.id}"
        for other in _ARROW.findall(code.exclude):
            if other not in seen:
                reading.wrong(
                    place, f"sends readers to `{other}`, which is no code here.", "Mend the arrow in `exclude`."
                )
        for miss in code.near_misses:
            if miss.code is not None and miss.code not in seen:
                reading.wrong(
                    place, f"has a near-miss of `{miss.code}`, which is no code here.", "Use a code's id, or null."
                )
        for name, entries in code.maps.items():
            known = vocabularies.get(name) or vocabularies.get(home.get(name, ""))
            for entry in entries:
                if known and entry not in known:
                    reading.wrong(
                        place,
                        f"maps to `{entry}` in `{name}`, which the vocabulary does not hold.",
                        f"It holds: {', '.join(known)}.",
                    )


def _mapping(top: Any, key: str, reading: _Reading) -> Mapping[Any, Any]:
    value = top.get(key) or {}
    if isinstance(value, Mapping):
        return value
    reading.wrong("", f"has `{key}` that is not a mapping.")
    return {}


def _vocabulary(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(k): str(v) for k, v in value.items()}
    return {str(v): str(v) for v in value or ()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k) if not isinstance(k, int) else k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def to_yaml(book: Codebook) -> str:
    """The codebook as YAML text; the same codebook gives the same bytes."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width, yaml.allow_unicode, yaml.default_flow_style = 4096, True, False
    top: dict[str, Any] = dict(book.rules)
    top |= {"vocabularies": {k: dict(v) for k, v in book.vocabularies.items()}, "groups": dict(book.groups)}
    top["codes"] = [_row(code, book) for code in book.codes]
    out = io.StringIO()
    yaml.dump({k: v for k, v in top.items() if v}, out)
    return out.getvalue()


def _row(code: Code, book: Codebook) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": code.id,
        ("group" if code.parent in book.groups else "parent"): code.parent,
        "name": code.name,
    }
    row |= {"names": dict(code.names), "definition": code.definition, "include": code.include, "exclude": code.exclude}
    row["triggers"] = {k: list(v) for k, v in code.triggers.items()}
    row["block"] = list(code.block)
    row["examples"] = {k: list(v) for k, v in code.examples.items()}
    row["near_miss"] = [
        {"text": n.text, "code": n.code, **({"note": n.note} if n.note else {})} for n in code.near_misses
    ]
    row["map"] = {k: list(v) for k, v in code.maps.items()}
    row |= {
        "sensitivity": code.sensitivity,
        "report_as": code.report_as,
        "statements": dict(code.statements),
        "memo": code.memo,
    }
    row |= {"status": code.status} if code.status != "accepted" else {}
    return {k: v for k, v in row.items() if v}


# ---- CSV ----------------------------------------------------------------------------------------------------------


def _from_csv(text: str, reading: _Reading) -> Codebook:
    first = text.splitlines()[0] if text.strip() else ""
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    names = [n.strip().lower() for n in rows.fieldnames or ()]
    if not {"id", "name"} <= set(names):
        reading.wrong(
            "row 1",
            "the columns `id` and `name` are missing.",
            f"Columns known: {', '.join(CSV_COLUMNS)}, triggers_en ...",
        )
        return Codebook()
    codes, seen = [], dict[str, int]()
    for row in rows:
        number = rows.line_num
        cells = {(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)}
        if not any(cells.values()):
            continue
        raw = {
            k: cells[k]
            for k in ("id", "name", "parent", "definition", "include", "exclude", "sensitivity", "status", "memo")
            if cells.get(k)
        }
        code = _code({**raw, **_by_language(cells), "block": list(_split(cells.get("block", "")))}, number, reading, {})
        if code is None:
            continue
        if code.id in seen:
            reading.wrong(f"row {number}, code {code.id}", f"is there twice (first in row {seen[code.id]}).")
        seen.setdefault(code.id, number)
        codes.append(code)
    _cross_check(codes, seen, {}, reading)
    if not codes and not reading.problems:
        reading.wrong("", "holds no codes.")
    return Codebook(tuple(codes))


def _by_language(cells: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    out: dict[str, dict[str, list[str]]] = {}
    for name, value in cells.items():
        head, _, language = name.partition("_")
        if head in ("triggers", "examples") and value:
            out.setdefault(head, {})[language or "en"] = list(_split(value))
    return out


def _split(cell: str) -> Iterator[str]:
    separator = " | " if " | " in cell or "[" in cell else ("|" if "|" in cell else ";")
    return (part.strip() for part in cell.split(separator) if part.strip())


def to_csv(book: Codebook) -> str:
    """The codes as CSV text (maps, groups, near-misses and language rules are not carried)."""
    languages = sorted({lang for c in book.codes for texts in (c.triggers, c.examples) for lang in texts})
    columns = [*CSV_COLUMNS, *(f"{head}_{lang}" for head in ("triggers", "examples") for lang in languages)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for code in book.codes:
        row = {name: getattr(code, name) for name in CSV_COLUMNS if name != "block"}
        row["block"] = " | ".join(code.block)
        for lang in languages:
            row[f"triggers_{lang}"] = " | ".join(code.triggers.get(lang, ()))
            row[f"examples_{lang}"] = " | ".join(code.examples.get(lang, ()))
        writer.writerow(row)
    return out.getvalue()
