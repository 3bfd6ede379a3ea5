"""What the attacker reads out of the shell, the web app and values in Python: figures for the solver, and what follows from none."""

# ruff: noqa: E501
from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

from attackers import ALL, BANDS, DIMENSIONS, LIST, Evidence, Fact, Named, Truth, from_rows, names_in
from click.testing import CliRunner
from starlette.testclient import TestClient

from feedback.cli import main
from feedback.findings import Themes, contrast
from feedback.findings._themes import meets
from feedback.web._ask import say
from feedback.web._told import month

WEB = ("audience", "language", "spa", "month")
NEAR: Mapping[str, Callable[[Any], str]] = {d: DIMENSIONS[d] for d in ("audience", "language", "kind")}


def banded(code: str, group: tuple[str, str], band: str, truth: Truth, where: str) -> list[Fact]:
    """A band as the numbers it may stand for; nothing where the reader does not know of how many sessions."""
    n = len(truth.members(group))
    if band not in BANDS or len(truth.base[code]) < len(truth.sessions):
        return []
    low, high = BANDS[band]
    least = int(low * n) + (band != "none") - (band == "some" and n % 4 == 0)
    return [Fact(code, "heard", group, least, int(high * n), where)]


# ---- values in Python, tables in the shell -------------------------------------------------------------------------


def from_themes(themes: Themes, truth: Truth) -> Evidence:
    """What else one table by audience (or another grouping) tells: measures, lists of who alone said it, two groups beside one another."""
    by, out = str(themes.by), from_rows(themes.frame().to_dict("records"), str(themes.by), f"table by {themes.by}")
    for row in themes.measures().to_dict("records"):
        out.facts += measured(row)
    for group in themes.groups:
        out.facts += alone(themes.only(group), by, group, themes.groups)
    for a, b in combinations(sorted(themes.columns), 2):
        out.facts += two_groups(contrast(themes, between=(a, b)).frame().to_dict("records"), by, (a, b), truth)
    return out


def measured(row: Mapping[str, Any]) -> list[Fact]:
    """Sessions as they are, units and people as bounds of them."""
    code, out = str(row["code"]), []
    if _there(row["breadth"]):
        out.append(Fact(code, "heard", ALL, int(row["breadth"]), int(row["breadth"]), "measures"))
    if _there(row["frequency"]):
        out.append(Fact(code, "heard", ALL, int(row["frequency"] > 0), int(row["frequency"]), "measures"))
    return out


def alone(codes: Iterable[str], by: str, group: str, groups: Sequence[str]) -> list[Fact]:
    """Codes that one group alone named: none in the others."""
    return [Fact(c, "heard", (by, g), 0, 0, f"only {group}") for c in codes for g in groups if g != group]


def two_groups(rows: Iterable[Mapping[str, Any]], by: str, groups: tuple[str, str], truth: Truth) -> list[Fact]:
    out = []
    for row in rows:
        for side, group in zip("ab", groups, strict=True):
            code, k = str(row["code"]), row[f"sessions_{side}"]
            out += [Fact(code, "heard", (by, group), int(k), int(k), "contrast")] if _there(k) else banded(code, (by, group), str(row[side]), truth, "contrast")
    return out


def _there(value: Any) -> bool:
    return value is not None and str(value) not in ("<NA>", "nan", "None", "")


DETAIL = ("account", "measures", "curve", "next", "alone", "disagreements", "leave one out")


def underived(themes: Themes, truth: Truth, private: Themes) -> list[str]:
    """Derived figures that are no function of the figures shown, or stand for too few sessions."""
    out = [] if curve_of(themes) == [c[1:] for c in themes.saturation()] else ["the curve does not follow from the figures shown"]
    out += [f"the next session of {n.group} does not follow from the figures shown" for n in themes.next_session() if not _next_follows(themes, n)]
    by_code = {t.id: t for t in private}
    for row in themes.leave_one_out().to_dict("records"):
        code, k = str(row["code"]), row["resting_on"]
        needs = [m for m in by_code[code].mentions if m.standing == "need"]
        resting = {m.session for m in needs if not meets(themes.rule, [x for x in needs if x.session != m.session])}
        shown, heard = themes[code].all.needs, truth.said[code]["heard"]
        follows = shown is not None and shown <= themes.rule.sessions
        if _there(k) and not follows and not truth.fit(resting, heard - resting):
            out.append(f"{code}: rests on {k} sessions, and these are too few to be told")
    for d in themes.disagreements:
        rooms = {r.partition("#")[0] for r in d.needed}
        if d.sessions is not None and not truth.fit(rooms, (truth.said[d.code]["heard"] | rooms) - rooms):
            out.append(f"{d.code}: {d.sessions} sessions disagree, and these are too few to be told")
    said = themes.account()
    for standing in ("need", "asset", "talk", "refusal", "not_a_problem", "reported"):
        where = {m.session for t in private for m in t.mentions if m.standing == standing}
        if standing in said and not truth.fit(where):
            out.append(f"units said as {standing} are shown, and only few sessions said so")
    return out


def curve_of(themes: Themes) -> list[tuple[int, int, int, int]]:
    """The curve, computed again from the table's county-wide column: the mean exactly, the band by adding codes one by one."""
    totals, n = [int(c.sessions) for t in themes if (c := t.cells[0]).sessions], len(themes.corpus)
    out, before = [], 0
    for i in range(1, n + 1):
        heard = [1 - comb(n - k, i) / comb(n, i) for k in totals]
        chance = [1.0]
        for p in heard:
            chance = [(chance[j] if j < len(chance) else 0.0) * (1 - p) + (chance[j - 1] if j else 0.0) * p for j in range(len(chance) + 1)]
        low, high = (next(j for j in range(len(chance)) if sum(chance[: j + 1]) >= share - 1e-9) for share in (0.05, 0.95))
        mean = int(sum(heard) + 0.5 + 1e-9)
        out.append((mean - before, mean, low, high))
        before = mean
    return out


def _next_follows(themes: Themes, n: Any) -> bool:
    if n.new_here is None:
        return n.new_anywhere is None
    none = sum(c.sessions == 0 for t in themes if t.cells[0].sessions for c in t.cells[1:] if c.group == n.group)
    return n.new_anywhere is None and n.new_here == round(none / (n.sessions + 2), 2)


def shell(project: str | Path, *words: str) -> tuple[str, str]:
    """Run a command; what it prints, and what it says beside it."""
    done = CliRunner().invoke(main, ["--project", str(project), *words])
    assert done.exit_code in (0, 1), (words, done.output)
    return done.stdout, done.stderr


def rows_of(project: str | Path, *words: str, draw: bool = True) -> list[dict[str, Any]]:
    """A table as JSON; what the same command draws says no number that is not in it."""
    rows: list[dict[str, Any]] = json.loads(shell(project, *words, "--json")[0])
    if not draw:
        return rows
    drawn, known = shell(project, *words)[0], json.dumps(rows)
    cells = [c.strip() for line in drawn.splitlines() if "│" in line for c in line.split("│")]
    strange = {n for c in cells for n in re.findall(r"^\d+$", c)} - set(re.findall(r"\d+", known))
    assert not strange, (words, strange)
    return rows


def from_shell(project: str | Path, truth: Truth) -> Evidence:
    """Every command that prints figures of what was said."""
    out = Evidence()
    columns: dict[str, list[str]] = {}
    for by in DIMENSIONS:
        rows = rows_of(project, "themes", "--by", by, draw=by == "audience")
        columns[by] = sorted({str(r["group"]) for r in rows if r["group"] != "all"})
        out.add(from_rows(rows, by, f"themes --by {by}"))
        for row in rows_of(project, "look", "alone", "--by", by, draw=False) if by in ("audience", "kind") else ():
            if str(row["who"]).startswith("only ") and (group := str(row["who"])[5:]) in columns[by]:
                out.facts += alone([row["code"]], by, group, columns[by])
    for a, b in combinations(columns["audience"], 2):
        out.facts += two_groups(rows_of(project, "contrast", a, b, draw=a == "family"), "audience", (a, b), truth)
    for row in rows_of(project, "look", "measures"):
        out.facts += measured(row)
    for words in (("crosswalk",), ("needs", "list")):
        for row in rows_of(project, *words):
            out.facts += needed(row)
    for row in rows_of(project, "look", "coverage"):
        if _there(row["people"]):
            out.people[(row["dimension"], str(row["value"]))] = int(row["people"])
    return out


def needed(row: Mapping[str, Any]) -> list[Fact]:
    """A row of needs: the id may be of several codes."""
    out = []
    for column, what in (("sessions", "needs"), ("prompted", "needs_prompted"), ("unasked", "needs_unasked")):
        if _there(row[column]):
            out.append(Fact(str(row["need"]), what, ALL, int(row[column]), int(row[column]), "needs"))
    return out


# ---- the web app, as a plan author sees it -------------------------------------------------------------------------


def from_web(client: TestClient, needs: Any, truth: Truth) -> Evidence:
    """Needs, themes, the grid and the plan, with every filter; each need's own page with the lists on it; sessions' own pages."""
    out, names = Evidence(), names_in(needs.themes)
    choices = re.findall(r'<option value="([a-z]+:[^"]+)"', _page(client, "/needs"))
    for by in WEB:
        out.facts += _themes_page(_page(client, f"/themes?by={by}"), by, names, truth)
        for of in [""] + [c for c in choices if c.startswith(by)]:
            out.facts += _themes_page(_page(client, "/themes", of=of), of.partition(":")[0] or "audience", names, truth)
            out.named += _grid(_page(client, "/grid", of=of), names)
    for page in (_page(client, "/needs"), _page(client, "/plan")):
        for ident, k in re.findall(r'href="/needs/([^"#]+)#sessions">Heard in (\d+) of \d+ sessions', page):
            out.facts.append(Fact(html.unescape(ident).replace("%2B", "+"), "needs", ALL, int(k), int(k), "needs page"))
    for need in (*needs, *needs.appendix):
        out.add(_need(_page(client, f"/needs/{need.id.replace('+', '%2B')}"), need.id, truth))
    for session in truth.sessions:
        answer = client.get(f"/sessions/{session}/summary")
        if answer.status_code == 200:
            said = {names[n] for n in map(html.unescape, re.findall(r"<li>([^<]+)</li>", answer.text)) if n in names}
            out.named += [Named(c, session, c in said, quote=False, where="summary") for c in truth.said if needs.themes.having(c).code.sensitivity == "standard"]
    return out


def _page(client: TestClient, address: str, **query: str) -> str:
    answer = client.get(address, params=query or None)
    assert answer.status_code == 200, (address, query, answer.status_code)
    return answer.text


def _words(cell: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()


def _themes_page(page: str, by: str, names: Mapping[str, str], truth: Truth) -> list[Fact]:
    out = []
    head = [_words(h) for h in re.findall(r'<th scope="col">(.*?)</th>', page)]
    groups = {_shown(g, by): g for g in {DIMENSIONS[by](s) for s in truth.sessions.values()}}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page, re.S):
        name, *cells = [_words(c) for c in re.split(r"<td[^>]*>", row)]
        code = names.get(name)
        if code is None:
            continue
        if found := re.match(r"(\d+) / \d+", cells[0]):
            out.append(Fact(code, "heard", ALL, int(found[1]), int(found[1]), "themes page"))
        for group, band in zip(head[2:], cells[1:], strict=True):
            out += banded(code, (by, groups.get(group, group)), band.lower(), truth, f"themes page by {by}")
    return out


def _shown(group: str, by: str) -> str:
    return month("en", group) if by == "month" else say("en", f"lang {group}" if by == "language" else group)


def _grid(page: str, names: Mapping[str, str]) -> list[Named]:
    out, sessions = [], re.findall(r'<th scope="col"><a href="/sessions/[^"]+"><span>([^<]+)</span>', page)
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page, re.S):
        name, *cells = [_words(c) for c in row.split("<td>")]
        if name in names and len(cells) == len(sessions):
            out += [Named(names[name], s, c == "●", quote=False, where="grid") for s, c in zip(sessions, cells, strict=True)]
    return out


BOXES = {"What helps": "assets", "What people said no to": "refusals"}


def _need(page: str, code: str, truth: Truth) -> Evidence:
    """One need's page: figures, quotes, and each list of sessions counted again by what stands beside them."""
    out = Evidence()
    if found := re.search(r"came up unasked in (\d+), and after a question in (\d+)", page):
        for what, k in zip(("needs_unasked", "needs_prompted"), found.groups(), strict=True):
            out.facts.append(Fact(code, what, ALL, int(k), int(k), "need page"))
    for quote in re.findall(r"<blockquote.*?</blockquote>", page, re.S):
        out.named += [Named(code, s, where="need page: quote") for s in _sessions(quote)]
    lists = [(title, body) for title, body in re.findall(r"<section class=\"card\"><h2>(.*?)</h2>(.*?)</section>", page, re.S)]
    lists += re.findall(r"<h2>(What people said no to)</h2>(.*?)<h2", page, re.S)
    for title, body in lists:
        if title in BOXES and "more</p>" not in body and (sessions := _sessions(body)):
            out.add(recounted(code, BOXES[title], sessions, truth))
    behind = page.partition('id="sessions"')[2]
    if sessions := set(re.findall(r'href="/sessions/([^"]+)"', behind)):
        out.add(recounted(code, "needs", sessions, truth))
    return out


def _sessions(text: str) -> set[str]:
    return set(re.findall(r"/quote\?ref=([^%#\"]+)%23", text))


def recounted(code: str, what: str, sessions: set[str], truth: Truth) -> Evidence:
    """A list of sessions as the numbers that whoever has it counts, by what stands beside a session's code."""
    out = Evidence([Fact(code, what, ALL, len(sessions), len(sessions), LIST)])
    for dim, of in NEAR.items():
        for group in {of(s) for s in truth.sessions.values()}:
            k = sum(of(truth.sessions[s]) == group for s in sessions)
            out.facts.append(Fact(code, what, (dim, group), k, k, f"{LIST}, counted by {dim}"))
    if what != "refusals":
        out.named = [Named(code, s, quote=False, where=LIST) for s in sessions]
    return out
