"""A hostile reader: collects what outputs say about counts of sessions and people, and solves for what they hide."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from feedback.briefs._words import AUDIENCES
from feedback.corpus import Session
from feedback.findings import Themes
from feedback.privacy import Count, Settings, may_show
from feedback.project import Project

ALL = ("all", "")
LIST = "a list"  # a figure that is counted again from a list of sessions
WITHIN = (("needs", "heard"), ("assets", "heard"), ("unasked", "heard"), ("prompted", "heard"), ("own", "heard"),
          ("about_youth", "heard"), ("needs_unasked", "needs"), ("needs_prompted", "needs"))  # fmt: skip
WHATS = ("heard", "needs", "assets", "refusals", "unasked", "prompted", "needs_unasked", "needs_prompted", "own", "about_youth")
DIMENSIONS: Mapping[str, Callable[[Session], str]] = {
    "audience": lambda s: s.audience or "not stated", "language": lambda s: s.languages[0] if s.languages else "not stated",
    "kind": lambda s: {True: "recorded", False: "notes", None: "not stated"}[s.recorded],
    "spa": lambda s: f"SPA {s.spa}" if s.spa else "not stated", "month": lambda s: s.month or "not stated",
}  # fmt: skip
OUTSIDE = ("audience", "language", "kind")
Group = tuple[str, str]


@dataclass(frozen=True)
class Fact:
    """One figure: so many sessions of a group said `what` about a code; `high` above `low` where it is only a band."""

    code: str
    what: str
    group: Group
    low: int
    high: int
    where: str = field(compare=False, default="")


@dataclass(frozen=True)
class Named:
    """One session that some output connects with a code, by a quote, address or list; `said` False where a list leaves it out."""

    code: str
    session: str
    said: bool = True
    quote: bool = True
    where: str = field(compare=False, default="")


@dataclass
class Evidence:
    """Everything collected: figures, sessions named, head counts of groups."""

    facts: list[Fact] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    people: dict[Group, int] = field(default_factory=dict)

    def add(self, other: Evidence) -> Evidence:
        self.facts += other.facts
        self.named += other.named
        self.people |= other.people
        return self


class Truth:
    """What is so, known to the judge and not to the attacker: per code and kind of saying, the sessions."""

    def __init__(self, private: Themes, settings: Settings | None = None) -> None:
        assert private.private
        self.settings = settings or Settings()
        self.sessions = {s.id: s for s in private.corpus}
        self.heads = {s.id: s.participants for s in private.corpus}
        self.said: dict[str, dict[str, set[str]]] = {}
        self.base: dict[str, set[str]] = {}
        for t in private:
            heard = [m for m in t.mentions if m.standing in ("need", "asset", "talk")]
            of: dict[str, Iterable[Any]] = {
                "heard": heard, "needs": (m for m in t.mentions if m.standing == "need"),
                "assets": (m for m in t.mentions if m.standing == "asset"),
                "refusals": (m for m in t.mentions if m.standing == "refusal"),
                "unasked": (m for m in heard if not m.prompted),
                "needs_unasked": (m for m in t.mentions if m.standing == "need" and not m.prompted),
                "own": (m for m in heard if m.own), "about_youth": (m for m in heard if not m.own),
            }  # fmt: skip
            said = {name: {m.session for m in found} for name, found in of.items()}
            said["prompted"] = said["heard"] - said["unasked"]
            said["needs_prompted"] = said["needs"] - said["needs_unasked"]
            self.said[t.id], self.base[t.id] = said, _base(t, self.sessions, {m.session for m in t.mentions})

    def members(self, group: Group) -> frozenset[str]:
        if group == ALL:
            return frozenset(self.sessions)
        return frozenset(i for i, s in self.sessions.items() if DIMENSIONS[group[0]](s) == group[1])

    def fit(self, inside: Iterable[str], outside: Iterable[str] = ()) -> bool:
        return may_show(Count(tuple(self.heads[s] for s in inside), tuple(self.heads[s] for s in outside)), self.settings)


def _base(theme: Any, sessions: Mapping[str, Session], said: set[str]) -> set[str]:
    whole = theme.cells[0].base == len(sessions)
    return set(sessions) if whole else said | {s for s in sessions if theme.cells[0].base}  # an attacker knows the guides


def attack(evidence: Evidence, truth: Truth, *, inside: bool, whats: Sequence[str] = WHATS) -> list[str]:
    """Return what can be recovered: one line a hidden cell that is pinned, or a small set of sessions that is told.

    `inside`: the attacker knows every attribute of every session and has the tables by every grouping; lists of sessions and
    addresses under quotes are then left out (README says so). Otherwise she knows what stands beside a code in print, and has them.
    """
    dims = tuple(DIMENSIONS) if inside else OUTSIDE
    out = list[str]()
    for code in sorted(truth.said):
        facts = [f for f in evidence.facts if f.code == code and (f.group == ALL or f.group[0] in dims)]
        facts = [f for f in facts if not (inside and f.where.startswith(LIST))]
        named = [n for n in evidence.named if n.code == code and not inside]
        out += _Code(code, facts, named, truth=truth, dims=dims).hits(whats)
    return out


class _Code:
    """One code's unknowns: how many sessions of each kind (alike in all that is known) said each thing."""

    def __init__(self, code: str, facts: list[Fact], named: list[Named], *, truth: Truth, dims: Sequence[str]) -> None:
        self.code, self.truth, self.facts, self.named = code, truth, list(dict.fromkeys(facts)), named
        self.known, self.dims = {n.session: n.said for n in named}, dims
        self.quoted, self.listed = {n.session for n in named if n.quote}, any(not n.quote for n in named)
        alike: dict[tuple[object, ...], list[str]] = {}
        for ident, s in truth.sessions.items():
            key = (*(DIMENSIONS[d](s) for d in dims), ident in truth.base[code], self.known.get(ident))
            alike.setdefault(key, []).append(ident)
        self.kinds = [frozenset(v) for v in alike.values()]
        used = {f.what for f in self.facts} | {"heard"}
        for part, whole in WITHIN:
            used |= {whole} if part in used else set()
        self.whats = [w for w in WHATS if w in used]
        self.groups = {(d, DIMENSIONS[d](s)) for d in dims for s in truth.sessions.values()} | {ALL}
        self._setup()

    def _column(self, what: str, kind: int) -> int:
        return self.whats.index(what) * len(self.kinds) + kind

    def _row(self, what: str, members: frozenset[str]) -> np.ndarray:
        row = np.zeros(len(self.whats) * len(self.kinds))
        for i, kind in enumerate(self.kinds):
            row[self._column(what, i)] = float(kind <= members)
        return row

    def _setup(self) -> None:
        n = len(self.kinds)
        rows, low, high = [], [], []
        for f in self.facts:
            rows.append(self._row(f.what, self.truth.members(f.group)))
            low.append(f.low)
            high.append(f.high)
        for part, whole in WITHIN:
            if part in self.whats and whole in self.whats:
                for i in range(n):
                    row = np.zeros(len(self.whats) * n)
                    row[self._column(part, i)], row[self._column(whole, i)] = 1.0, -1.0
                    rows.append(row)
                    low.append(-np.inf)
                    high.append(0.0)
        upper = np.array([float(len(k & self.truth.base[self.code])) for _ in self.whats for k in self.kinds])
        lower = np.zeros(len(upper))
        for i, kind in enumerate(self.kinds):
            at, said = self._column("heard", i), {self.known.get(s) for s in kind}
            if said == {True}:
                lower[at] = upper[at]
            if said == {False}:
                upper[at] = 0.0
        self.bounds = Bounds(lower, upper)
        self.constraints = [LinearConstraint(np.array(rows), np.array(low), np.array(high))] if rows else []

    def _solve(self, goal: np.ndarray) -> np.ndarray | None:
        found = milp(goal, constraints=self.constraints, integrality=np.ones(len(goal)), bounds=self.bounds)
        return None if found.x is None else np.round(found.x)

    def hits(self, whats: Sequence[str]) -> Iterable[str]:
        shown = {(f.what, f.group): f for f in self.facts if f.low == f.high}
        for (what, group), f in shown.items():
            cell, said = self.truth.members(group) & self.truth.base[self.code], self.truth.said[self.code][what]
            if f.low != len(said & self.truth.members(group)):
                yield f"{self.code}: a wrong figure, {what} {group} {f.low} ({f.where})"
            elif not self.truth.fit(said & cell, cell - said):
                yield f"{self.code}: {what} of {group} is shown and stands for too few ({f.where})"
        if not self.facts and not self.named:
            return
        rng = np.random.default_rng(1)
        size = len(self.whats) * len(self.kinds)
        worlds = [self._solve(g) for g in (np.zeros(size), *rng.normal(size=(4, size)))]
        if worlds[0] is None:
            yield f"{self.code}: the figures contradict one another"
            return
        for what in (w for w in self.whats if w in whats):
            yield from self._told(what, shown, [w for w in worlds if w is not None])

    def _unquoted(self, kind: frozenset[str], base: set[str]) -> list[frozenset[str]]:
        """A kind of sessions with those of the same attributes that are quoted: a quote is printed by leave of its session."""
        mine = {tuple(DIMENSIONS[d](self.truth.sessions[s]) for d in self.dims) for s in kind}
        every = {s for s in base if tuple(DIMENSIONS[d](self.truth.sessions[s]) for d in self.dims) in mine}
        return [frozenset(kind & base), frozenset(every)]

    def _pinned(self, row: np.ndarray, worlds: list[np.ndarray]) -> bool:
        if len({float(row @ w) for w in worlds}) > 1:
            return False
        ends = [self._solve(sign * row) for sign in (1.0, -1.0)]
        return all(e is not None for e in ends) and len({float(row @ e) for e in ends if e is not None}) == 1

    def _told(self, what: str, shown: Mapping[tuple[str, Group], Fact], worlds: list[np.ndarray]) -> Iterable[str]:
        base, said, t = self.truth.base[self.code], self.truth.said[self.code][what], self.truth
        chain_of = [what, *(whole for part, whole in WITHIN if part == what)]
        chain_of += [whole for part, whole in WITHIN if part in chain_of]
        nobody: set[str] = set().union(*(t.members(g) for (w, g), f in shown.items() if w in chain_of and f.low == 0))
        whole = {w: shown[w, ALL].low for w in chain_of if (w, ALL) in shown}
        alike = {w for w, n in whole.items() if n == whole.get(what)} | {what}  # all who named it named it as this
        everybody: set[str] = set().union(*(
            t.members(g) & base for (w, g), f in shown.items() if w in alike and f.low == len(t.members(g) & base)
        ))  # fmt: skip
        quoted = set() if self.listed else self.quoted  # a list names them all, quoted or not, and is judged as a whole
        public = nobody | everybody | quoted | (set(t.sessions) - base)
        for group in sorted(self.groups):
            cell = t.members(group) & base
            # a part that could be shown by itself is no secret, nor is a cell that a list may count
            secret = (what == "heard" and not self.listed) or not t.fit(said & cell, cell - said)
            if (what, group) in shown or cell <= public or not secret or not said & cell:  # nobody: held as a set below
                continue
            if self._pinned(self._row(what, t.members(group)), worlds):
                yield f"{self.code}: {what} of {group} is hidden and is {len(said & cell)}"
        sure: dict[bool, set[str]] = {True: set(), False: set()}
        for kind in self.kinds if what == "heard" or len(self.dims) < len(DIMENSIONS) else ():
            left = (kind & base) - public
            if not left or not self._pinned(self._row(what, kind), worlds):
                continue
            if left <= said or not left & said:
                sure[left <= said] |= left
            elif not any(t.fit(k & said, k - said) for k in self._unquoted(kind, base)):
                yield f"{self.code}: {what}, {len(left & said)} of {len(left)} sessions that are alike"
        for yes, sessions in sure.items():
            if sessions and not t.fit(sessions):
                yield f"{self.code}: {what} is told of {len(sessions)} session(s): {yes}"


def attack_people(evidence: Evidence, truth: Truth, groups: Iterable[Group]) -> list[str]:
    """Return groups of too few people whose head count can be told more narrowly than the threshold allows."""
    names = sorted(truth.sessions)
    heads = np.array([float(truth.heads[n] or 0) for n in names])
    known = [n for n in names if truth.heads[n]]

    def row(members: frozenset[str]) -> np.ndarray:
        return np.array([float(n in members) for n in names])

    facts = [(row(_members(truth, g)), n) for g, n in evidence.people.items()]
    least, out = truth.settings.people, []
    table = [LinearConstraint(np.array([r for r, _ in facts]), *[np.array([float(n) for _, n in facts])] * 2)] if facts else []
    bounds = Bounds(np.array([float(n in known) for n in names]), np.where(heads > 0, 400.0, 0.0))
    for group in groups:
        members = _members(truth, group)
        size = int(row(members) @ heads)
        if not 0 < size < least or group in evidence.people:
            out += [f"people of {group} are shown: {size}"] if 0 < size < least else []
            continue
        ends = [milp(s * row(members), constraints=table, integrality=np.ones(len(names)), bounds=bounds).x for s in (1.0, -1.0)]
        low, high = (round(float(row(members) @ e)) for e in ends)
        if low > max(1, len(members & set(known))) or high < least - 1:
            out.append(f"people of {group}: between {low} and {high}, and they are {size}")
    return out


def _members(truth: Truth, group: Group) -> frozenset[str]:
    if group[0] == "language":  # head counts go by every language spoken
        return frozenset(i for i, s in truth.sessions.items() if group[1] in s.languages)
    return truth.members(("spa", f"SPA {group[1]}") if group[0] == "spa" else group)


# ---- extractors ----------------------------------------------------------------------------------------------------

_KEY = re.compile(r"^(theme|need|people|measure):(.*)$")
_FINE = {"sessions": "heard", **{w: w for w in WHATS}}


def from_manifest(text: str, where: str = "html") -> Evidence:
    """Figures in the JSON embedded in a page, by the key each is counted by."""
    out = Evidence()
    (kept,) = re.findall(r"<script[^>]*json[^>]*>(.*?)</script>", text, re.S)
    body = json.loads(kept)
    for claim in body["claims"]:
        found = _KEY.match(claim["recount"])
        if not found:
            continue
        kind, rest = found.groups()
        parts = rest.split("|")
        value = int(claim["value"])
        if kind == "people":
            name, _, group = rest.partition("=")
            out.people[(name, group)] = value
        elif kind == "theme" and parts[2] in _FINE:
            group = ALL if parts[1] == "all" else ("audience", parts[1])
            out.facts.append(Fact(parts[0], _FINE[parts[2]], group, value, value, where))
        elif kind == "need" and parts[1] in ("sessions", "prompted", "unasked"):
            what = {"sessions": "needs", "prompted": "needs_prompted", "unasked": "needs_unasked"}[parts[1]]
            out.facts.append(Fact(parts[0], what, ALL, value, value, where))
        elif kind == "measure" and parts[1] == "breadth":
            out.facts.append(Fact(parts[0], "heard", ALL, value, value, where))
    return out


def from_rows(rows: Iterable[Mapping[str, Any]], by: str, where: str) -> Evidence:
    """Figures in the rows of a table by a grouping: a frame, `--json`, a display."""
    out = Evidence()
    for row in rows:
        group = ALL if row["group"] == "all" else (by, str(row["group"]))
        for column in (*WHATS, "sessions"):
            value = row.get(column)
            if value is not None and str(value) not in ("<NA>", "nan", ""):
                out.facts.append(Fact(str(row["code"]), _FINE[column], group, int(value), int(value), where))
    return out


def names_in(themes: Themes) -> dict[str, str]:
    """Name or sentence as printed -> code."""
    out = {t.code.name: t.id for t in themes}
    for t in themes:
        out |= {said: t.id for said in t.code.statements.values()}
        out |= {n: t.id for n in t.code.names.values()}
    return out


BANDS = {"none": (0, 0), "few": (0, 0.25), "some": (0.25, 0.5), "many": (0.5, 0.75), "most": (0.75, 1)}
_ADDRESS = re.compile(r"[^\s#<>()“”\"]+#\d+")
_LISTED = re.compile(r"([^\s;:]+) (#\d+(?:, #\d+)*)")


def from_page(text: str, themes: Themes, where: str = "page") -> Evidence:
    """What a page in HTML says and draws: the claims inside it, bands, marks, addresses under a need, lists of sessions."""
    import lxml.html

    tree = lxml.html.fromstring(text)
    out = from_manifest(text, where)
    names, at = names_in(themes), ""
    for node in tree.iter():
        if node.tag in ("h2", "h3") and node.get("id"):
            at = node.get("id", "").removeprefix("need-") if node.get("id", "").startswith("need-") else ""
        if at and node.tag in ("li", "blockquote", "p"):
            said = {a.split("#")[0] for a in _ADDRESS.findall(node.text_content())}
            out.named += [Named(at, s, where=f"{where}: address") for s in said if s in {x.id for x in themes.corpus}]
        if node.tag == "table":
            out.facts += _table(node, names, themes, where)
        if node.tag == "li" and "claim" in (node.get("class") or ""):
            out.named += _list(node.text_content(), names, themes, where)
    return out


def _list(said: str, names: Mapping[str, str], themes: Themes, where: str) -> list[Named]:
    code = next((c for name, c in names.items() if f"{name}: " in said), None)
    found = {m[1] for m in _LISTED.finditer(said)} & {s.id for s in themes.corpus}
    if code is None or not found:
        return []
    return [Named(code, s.id, s.id in found, quote=False, where=f"{where}: list") for s in themes.corpus]


def _table(node: Any, names: Mapping[str, str], themes: Themes, where: str) -> list[Fact]:
    head = [" ".join(c.text_content().split()) for c in node.xpath(".//thead/tr[last()]/*")]
    audience = {name: ident for ident, name in AUDIENCES.items()}
    out, heads = [], node.xpath(".//thead/tr")
    for row in node.xpath(".//tbody/tr"):
        cells = ["".join(c.xpath("./span[@aria-hidden]/text() | .//text()[not(ancestor::span)]")).strip() for c in row]
        code = names.get(" ".join(row[0].text_content().split()))
        if code is None:
            continue
        if "grid" in (node.get("class") or "") and len(heads) > 1:
            place = 1
            for block in heads[0][1:]:
                wide = int(block.get("colspan", "1"))
                part = [row[i].text_content()[:1] for i in range(place, place + wide)]
                place += wide
                if not any(c == "▨" for c in part):
                    group = ("audience", audience.get(" ".join(block.text_content().split()), ""))
                    out.append(Fact(code, "heard", group, part.count("●"), part.count("●"), f"{where}: grid"))
        for name, cell in zip(head[1:], cells[1:], strict=False):
            if name in audience and cell in BANDS:
                group, base = ("audience", audience[name]), themes[code]
                n = len([s for s in themes.corpus if s.audience == group[1]])
                low, high = BANDS[cell]
                whole = base.cells[0].base == len(themes.corpus)
                if whole:
                    least = int(low * n) + (cell != "none")  # above it; "some" begins at a quarter itself
                    least -= cell == "some" and n % 4 == 0
                    out.append(Fact(code, "heard", group, least, int(high * n), f"{where}: band"))
    return out


def words_in(path: Any) -> list[str]:
    """Every string a reader of a file can get at: text, hidden sheets, alternative text, comments, notes, properties."""
    import io
    import zipfile

    raw = path.read_bytes()
    if raw[:4] == b"%PDF":
        import pypdfium2

        with contextlib.closing(pypdfium2.PdfDocument(raw)) as pdf:
            said = [x for page in pdf for x in page.get_textpage().get_text_range().splitlines()]
            return said + list(pdf.get_metadata_dict().values())
    if raw[:2] != b"PK":
        return raw.decode("utf-8").splitlines()
    out = []
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")) or "theme/" in name or "styles" in name or "/slideLayouts/" in name:
                continue
            from defusedxml.ElementTree import fromstring

            blocks, told = ("}p", "}si", "}is", "}v", "}comment"), ("descr", "title", "name", "formatCode", "alt")
            for node in fromstring(archive.read(name)).iter():
                out += [v for k, v in node.attrib.items() if k.rpartition("}")[2] in told]
                if str(node.tag).endswith(blocks) or "docProps" in name:
                    out.append("".join(node.itertext()))
    return [x for x in out if x.strip()]


def planned(folder: Path, db: Path, *, who: str) -> Project:
    """A project of the files in a folder, coded by the demo's codebook and set against its plan."""
    demo = Path(__file__).parents[2] / "corpora" / "demo"
    project = Project(db, who=who)
    project.add(folder)
    project.use_codebook(demo / "codebook.yaml")
    project.tag()
    project.crosswalk(demo / "plan.yaml")
    return project
