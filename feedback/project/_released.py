"""The release log: what was given out, and what is kept back so that two versions together tell of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback.codebook import Codings
from feedback.errors import LeakError
from feedback.project._coding import without
from feedback.project._topics import Finder

if TYPE_CHECKING:
    from feedback.findings import Released
    from feedback.plan import Needs


class Releases(Finder):
    """What was given out, when and by whom, and what the next version may hold."""

    @property
    def releases(self) -> tuple[dict[str, str], ...]:
        """The release log: every brief that was written, when, by whom, of what kind, and the digest of its bytes."""
        kept = ("file", "kind", "language", "sha256")
        return tuple(
            {"at": str(e["at"]), "who": str(e["who"]), **{k: str(e["detail"].get(k, "")) for k in kept}}
            for e in self._store.events()
            if e["verb"] == "release"
        )

    @property
    def kept_back(self) -> frozenset[str]:
        """Sessions that count nowhere for now: a version with them, less one given out before, would tell of too few people.

        Sessions that came or were read anew since then, and, where one was withdrawn, others beside it. They count again as soon
        as enough others came. Nobody is kept back before the first release.
        """
        return self._left_out() or frozenset()

    @property
    def printable(self) -> Codings:
        """Codings as they count in what is given out: those that are `counted`, less the sessions that are kept back."""
        return self._printable()

    def _printable(self, *, also: str = "") -> Codings:
        """The same, with the session `also`, whose own page is made."""
        return without(self._counted(also=also), self.kept_back - {also})

    def _left_out(self) -> frozenset[str] | None:
        """The sessions kept back; None where no choice of them is safe."""
        from feedback.findings import heads_by, to_keep_back

        before = self._releases()
        if not before:
            return frozenset()
        here = without(Codings((), self.corpus, self.codebook), self._store.apart())
        return to_keep_back(heads_by(here, "audience"), before, self.settings)

    def _releases(self) -> list[Released]:
        from feedback.findings import Released

        return [Released.of(r) for r in self._record("releases").get("versions", [])]

    def _note_release(self, needs: Needs) -> None:
        from feedback.findings import released

        kept = self._record("releases").get("versions", [])
        now = released(needs.themes, left=self.kept_back).plain()
        if now not in kept:
            self._set_record("releases", {"versions": [*kept, now]})

    def _apart_from_before(self, needs: Needs) -> None:
        """Refuse a release whose sessions differ from an earlier one's by too few people to stay unknown."""
        from feedback.findings import changed_between, released
        from feedback.privacy import enough

        now, s = released(needs.themes), self.settings
        for old in self._releases():
            moved = changed_between(now, old)
            if moved and not enough(list(moved.values()), s):
                raise LeakError(
                    f"this version differs from one released before by {len(moved)} session{'s' if len(moved) > 1 else ''} with "
                    f"fewer than {s.people} people or {s.sessions} sessions: the one minus the other would tell what was said "
                    "there. Add further sessions first, or give out nothing new until then.", sorted(moved),
                )

