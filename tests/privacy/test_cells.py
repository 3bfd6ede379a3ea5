"""Suppression: the rules, and an attack by subtraction on small tables."""

from __future__ import annotations

import random

import pytest

from feedback.privacy._cells import Count, Settings, hide, may_show, shows_column, unanimous

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


def _groups() -> dict[str, Count]:
    return {
        "a": Count((8,) * 4, (8,) * 4), "b": Count((8,), (8,) * 5), "c": Count((8,) * 3, (8,) * 2),
        "d": Count((8,) * 2, (8,) * 4),
    }  # fmt: skip


TOTAL = Count((8,) * 10, (8,) * 15)


def test_one_hidden_cell_takes_another_with_it() -> None:
    hidden = hide(_groups(), TOTAL, columns=frozenset("abcd"))
    assert hidden == {"b", "c"}  # b by itself could be told from the total; c has the smallest base


def test_restricted_codes_are_county_wide_only_and_sensitive_ones_by_audience_only() -> None:
    options = {"columns": frozenset("abcd")}
    assert hide(_groups(), TOTAL, sensitivity="restricted", **options) == set("abcd")
    assert hide(_groups(), TOTAL, sensitivity="sensitive", dimension="spa", **options) == set("abcd")
    assert hide(_groups(), TOTAL, sensitivity="sensitive", **options) == {"b", "c"}


def test_a_total_that_may_not_be_shown_hides_everything() -> None:
    groups = {"a": Count((8,), (8, 8)), "b": Count((), (8, 8))}
    assert hide(groups, Count((8,), (8,) * 4), columns=frozenset("ab")) == {"a", "b", "all"}


def test_a_group_without_a_column_is_not_the_only_one_hidden() -> None:
    groups = {"big": Count((9,) * 3, (9,) * 3), "big2": Count((9,) * 2, (9,) * 3), "tiny": Count((9,), ())}
    hidden = hide(groups, Count((9,) * 6, (9,) * 6), columns=frozenset({"big", "big2"}))
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
    for _ in range(3000):
        groups = {}
        for name in "abcd"[: rng.randint(2, 4)]:
            heads = [rng.choice([None, 4, 6, 8, 12]) for _ in range(rng.randint(1, 6))]
            k = rng.randint(0, len(heads))
            groups[name] = Count(tuple(heads[:k]), tuple(heads[k:]))
        total = Count(
            tuple(h for c in groups.values() for h in c.inside), tuple(h for c in groups.values() for h in c.outside)
        )
        columns = frozenset(g for g, c in groups.items() if shows_column(c.inside + c.outside, S))
        hidden = hide(groups, total, columns=columns, sensitivity=rng.choice(["standard", "sensitive"]))
        shown = set(groups) - hidden
        assert all(may_show(groups[g], S) for g in shown)
        if "all" in hidden:
            assert hidden >= set(groups)
            continue
        secret = sorted(set(groups) & hidden)
        left = total.sessions - sum(groups[g].sessions for g in shown)
        if not secret or left == 0:  # nobody said it: zeros are no secret
            continue
        attacked += 1
        for g, values in zip(secret, _feasible([groups[g].base for g in secret], left), strict=True):
            assert len(values) >= 2, f"{g} of {groups} is told by subtraction"
    assert attacked > 200
