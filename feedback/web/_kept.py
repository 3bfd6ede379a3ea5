"""Pages that are the same for everyone in a role: rendered once a revision, packed once a reader, sent from memory."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Hashable
from html import escape
from threading import Lock
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from feedback.web._guard import Person

MOST = 1_500
PLACE = "\ue0f1"  # stands for the reader's name until the page is sent


class Shelf:
    """The last pages; what was kept longest without being asked for goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()

    def find(self, key: Hashable, person: Person, *, packed: bool) -> Response | None:
        """The page for this reader, or None where it has to be made."""
        mine = (key, person.name, packed)
        with self._lock:
            body = self._get(mine)
            if body is None:
                page = self._get(key)
                if page is None:
                    return None
                body = page.replace(PLACE.encode(), escape(person.name).encode())
                self._put(mine, body := gzip.compress(body, 6, mtime=0) if packed else body)
        headers = {"Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if packed else {})}
        return Response(body, media_type="text/html", headers=headers)

    def keep(self, key: Hashable, page: bytes) -> None:
        """Keep a page with `PLACE` where the reader's name belongs."""
        with self._lock:
            self._put(key, page)

    def _get(self, key: Hashable) -> bytes | None:
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        return None

    def _put(self, key: Hashable, body: bytes) -> None:
        self._pages[key] = body
        while len(self._pages) > self._most:
            self._pages.popitem(last=False)
