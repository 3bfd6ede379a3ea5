"""What an export or import leaves behind: each kind of thing once, with its count, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "LOSSES.md"


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of thing that did not come over: how many, what, and what to do. Never a participant's words."""

    count: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.count} {self.what}" + (f" {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss report of one file.

    Attributes:
        file: name of the file. verb: `export` or `import`. kept: what came over, in words with counts. lost: what did not.
        notes: what a reader has to know beside the counts.
    """

    file: str
    verb: str
    kept: tuple[str, ...] = ()
    lost: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a loss; things that did not occur are left out."""
        return tuple(str(loss) for loss in self.lost if loss.count)

    def __str__(self) -> str:
        head = f"# {self.file}: what this {self.verb} leaves out"
        lost = [f"- {line}" for line in self.lines] or ["- nothing"]
        parts = [
            head,
            "",
            *lost,
            "",
            f"What this {self.verb} carries:",
            "",
            *(f"- {k}" for k in self.kept or ("nothing",)),
        ]
        if self.notes:
            parts += ["", "To know:", "", *(f"- {n}" for n in self.notes)]
        return "\n".join(parts) + "\n"

    def beside(self, path: Path) -> Path:
        """Write the report beside a file as `LOSSES.md`; reports of other files in it stay."""
        target = path.parent / NAME
        old = target.read_text(encoding="utf-8") if target.is_file() else ""
        mine = f"# {self.file}: what this {self.verb} "
        others = [part for part in _sections(old) if not part.startswith(mine)]
        parts = sorted([*others, str(self)])
        target.write_text("\n".join(parts), encoding="utf-8", newline="\n")
        return target


def _sections(text: str) -> Iterable[str]:
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("# ") and current:
            yield "\n".join(current).rstrip() + "\n"
            current = []
        current.append(line)
    if any(line.strip() for line in current):
        yield "\n".join(current).rstrip() + "\n"
