"""Out and in: other tools' files, people's codings from elsewhere, back-ups."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.errors import LeakError
from feedback.project._desk import Desk

if TYPE_CHECKING:
    from feedback.exchange import Exported, Imported, Losses, Memo


class Exchanger(Desk):
    """Export, import, back up."""

    def export(self, out: str | Path) -> Exported:
        """Write everything that passed the gate for other tools, by suffix, with a report of what is left out.

        A folder: tidy CSV tables (Parquet where it is named `.parquet`); `.qdpx`: a REFI-QDA project; `.qdc`: its codebook.
        """
        from feedback.exchange import export

        paths = export(self.codings, self.themes(), Path(out), memos=self.memos)
        self._store.log("export", {"files": [self._file_name(p, "export") for p in paths]})
        return paths

    def import_codings(self, file: str | Path, *, coder: str) -> tuple[int, tuple[str, ...]]:
        """Read a person's codings (CSV: ref, code) into the project; return how many, and the rows left out and why."""
        found = self.take_in(file, coder=coder)
        return len(found.codings), found.left_out

    def take_in(self, file: str | Path, *, coder: str | None = None) -> Imported:
        """Read people's codings and memos: .csv (ref, code), .jsonl, Taguette's highlights, ThemeFinder's mapping, .qdpx."""
        from feedback.exchange import Loss, take_in

        found = take_in(Path(file), corpus=self.corpus, codebook=self.codebook, coder=coder)
        self.code(found.codings)
        memos = tuple(m for m in found.memos if self._unknown(m.text, m.name))
        if memos:
            self._put_memos(dict.fromkeys([*self.memos, *memos]))
        lost = Loss(len(found.memos) - len(memos), "memos that name somebody this project knows, or repeat a line that is held.")
        return replace(found, memos=memos, losses=replace(found.losses, lost=(*found.losses.lost, lost)))

    def note(self, text: str, *, ref: str | None = None, by: str) -> Memo:
        """Keep a person's note on a unit or on the project; it passes the gate like everything else, or LeakError is raised."""
        from feedback.exchange import Memo, passed

        by, _ = self._named(by)
        (clear,) = passed([text])
        if clear is None or not clear.strip() or not self._unknown(text):
            raise LeakError("the note names somebody, or tells of harm: write it without that", [ref or "note"])
        memo = Memo(clear, str(self.corpus.resolve(ref).ref) if ref else None, by)
        self._put_memos(dict.fromkeys([*self.memos, memo]))
        return memo

    def _unknown(self, *texts: str) -> bool:
        """Whether texts name nobody of the roster or of the sessions, and repeat nothing that is held."""
        from feedback.privacy import on_roster

        known, roster = self._knows(), self._roster()
        return not any(on_roster(t, roster) or known.names_in(t) or known.repeats(t) for t in texts)

    def take_codebook(self, file: str | Path) -> Losses:
        """Read a codebook out of a REFI-QDA file: known codes are brought up to date, new ones come in as proposed."""
        from feedback.exchange import read_codebook

        known = self.codebook if self._store.document("codebook") else None
        book, losses = read_codebook(Path(file), known)
        with tempfile.TemporaryDirectory() as folder:
            self.use_codebook(book.save(Path(folder) / "codebook.yaml"))
        return losses

    def back_up(self, out: str | Path, *, passphrase: str) -> dict[str, int]:
        """Write everything, keys too, into one encrypted file; return the rows of each table.

        Raises:
            StoreError: the file is there already, or the passphrase has fewer than 12 characters.
        """
        return self._store.back_up(Path(out), passphrase=passphrase)
