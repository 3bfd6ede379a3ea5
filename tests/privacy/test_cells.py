"""Suppression: the rules, and an attack by subtraction on small tables."""

from __future__ import annotations

import random

import pytest

from feedback.codebook import Code
from feedback.findings._cells import Rows
from feedback.findings._types import Mention
from feedback.privacy import Count, Settings, may_show, shows_column, unanimous

S = Settings()


@pytest.mark.parametrize(
    ("inside", "outside", "shown"),
    [
        ((), (8, 8), True),  # nobody said it: zeros are shown
        ((8,), (8, 8), False),  # one session
        ((8, 8), (8, 8), True),
        ((5, 5), (8, 8), False),  # ten people
        ((5, 6), (8, 8), True),  # eleven people
        ((8, 8), (8,), False),  # one session did not say it
        ((8, 8), (5, 5), False),
        ((8, 8), (), True),  # all said it
        ((8, None), (8, 8), False),  # an unknown head count counts as nobody
        ((None, None, None), (), False),
    ],
)
def test_eleven_people_and_two_sessions_inside_and_outside(
    inside: tuple[int | None, ...], outside: tuple[int | None, ...], shown: bool
) -> None:
    assert may_show(Count(inside, outside), S) is shown


def test_columns_need_three_sessions_and_eleven_people() -> None:
    assert shows_column([4, 4, 4], S)
    assert not shows_column([20, 20], S)
    assert not shows_column([3, 3, 4], S)
    assert not shows_column([9, None, None], S)


def test_unanimity_matters_on_sensitive_codes_only() -> None:
    everybody = Count((8, 8, 8), ())
    assert unanimous(everybody, "sensitive")
    assert unanimous(everybody, "restricted")
    assert not unanimous(everybody, "standard")
    assert not unanimous(Count((8, 8), (8,)), "sensitive")


def hidden_of(groups: dict[str, Count], *, sensitivity: str = "standard", by: str = "audience") -> set[str]:
    """What the engine hides of one row of one table with these groups; "all" is the total."""
    heads = {g: {f"{g}{i}": n for i, n in enumerate(c.inside + c.outside)} for g, c in groups.items()}
    said = [(g, f"{g}{i}") for g, c in groups.items() for i in range(len(c.inside))]
    everyone = {s: n for h in heads.values() for s, n in h.items()}
    rows = Rows(by, {by: heads}, everyone, could={"x": frozenset(everyone)}, settings=S, private=False)
    mentions = [Mention(f"{s}#0", s, "x", g, g, None, "need", "need", False) for g, s in said]
    cells, _ = rows.of(Code("x", "X", sensitivity=sensitivity), mentions)
    return {c.group for c in cells if c.suppressed}


def _groups() -> dict[str, Count]:
    return {
        "a": Count((8,) * 4, (8,) * 4), "b": Count((8,), (8,) * 5), "c": Count((8,) * 3, (8,) * 2),
        "d": Count((8,) * 2, (8,) * 4),
    }  # fmt: skip


def test_one_hidden_cell_takes_another_with_it() -> None:
    assert hidden_of(_groups()) == {"b", "c"}  # b by itself could be told from the total; c has the smallest base


def test_restricted_codes_are_county_wide_only_and_sensitive_ones_by_audience_only() -> None:
    assert hidden_of(_groups(), sensitivity="restricted") == set("abcd")
    assert hidden_of(_groups(), sensitivity="sensitive", by="spa") == set("abcd")
    assert hidden_of(_groups(), sensitivity="sensitive") == {"b", "c"}


def test_a_total_that_may_not_be_shown_hides_everything() -> None:
    assert hidden_of({"a": Count((8,), (8, 8)), "b": Count((), (8, 8))}) == {"a", "b", "all"}


def test_a_group_without_a_column_is_not_the_only_one_hidden() -> None:
    groups = {"big": Count((9,) * 3, (9,) * 3), "big2": Count((9,) * 2, (9,) * 3), "tiny": Count((9,), ())}
    hidden = hidden_of(groups)
    assert "tiny" in hidden
    assert "all" in hidden or len(hidden) >= 2


def _feasible(bases: list[int], total: int) -> list[set[int]]:
    """Every value each hidden cell may have, given the sum of all of them: brute force."""
    seen: list[set[int]] = [set() for _ in bases]

    def walk(i: int, left: int, chosen: list[int]) -> None:
        if i == len(bases):
            if left == 0:
                for s, x in zip(seen, chosen, strict=True):
                    s.add(x)
            return
        for x in range(min(bases[i], left) + 1):
            walk(i + 1, left - x, [*chosen, x])

    walk(0, total, [])
    return seen


def test_no_hidden_cell_can_be_recovered_by_subtraction() -> None:
    rng, attacked = random.Random(0), 0
    for _ in range(1000):
        groups = {}
        for name in "abcd"[: rng.randint(2, 4)]:
            heads = [rng.choice([None, 4, 6, 8, 12]) for _ in range(rng.randint(1, 6))]
            k = rng.randint(0, len(heads))
            groups[name] = Count(tuple(heads[:k]), tuple(heads[k:]))
        hidden = hidden_of(groups, sensitivity=rng.choice(["standard", "sensitive"]))
        shown = set(groups) - hidden
        assert all(may_show(groups[g], S) for g in shown)
        if "all" in hidden:
            assert hidden >= set(groups)
            continue
        secret = sorted(set(groups) & hidden)
        left = sum(groups[g].sessions for g in secret)
        if not secret or left == 0 or not any(c.outside for c in groups.values()):  # the total says: nobody, or everybody
            continue
        attacked += 1
        for g, values in zip(secret, _feasible([groups[g].base for g in secret], left), strict=True):
            assert len(values) >= 2, f"{g} of {groups} is told by subtraction"
    assert attacked > 60
