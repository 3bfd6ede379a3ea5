"""Sign-in sheets, attendance lists and gift-card logs: lists of names, which have no place here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback.ingest._words import plain

__all__ = ["is_sign_in", "is_sign_in_header", "is_sign_in_name", "refusal"]

refusal = (
    "this looks like a sign-in sheet or a gift-card log: a list of people's names.",
    "Please keep it out of this tool and store it as your organisation's protocol says; we only need the head count.",
)
_TITLE = re.compile(
    r"^(?:.{0,40} )?(?:sign ?in(?: sheet| list| log)|attendance (?:sheet|list|log|roster)|gift ?card(?:s)? (?:log|list"
    r"|sheet|distribution|receipt|tracking)|(?:participant )?roster|contact list"
    r"|lista de (?:asistencia|asistentes|firmas|participantes)|hoja de (?:firmas|asistencia|registro)"
    r"|registro de (?:asistencia|asistentes|tarjetas))(?: .{0,40})?$"
)
_NAME = re.compile(
    r"^(?:full |first |last |participant |legal |your |print(?:ed)? )*names?(?: original name| first last| print)?$"
    r"|^(?:nombre|apellido|nombre completo|nombre y apellidos?|apellidos)$"
)
_CONTACT = re.compile(
    r"^(?:.{0,20}\b)?(?:signature|sign here|initials|phone|cell|mobile|telephone|e ?mail|email address|user email"
    r"|address|gift ?card(?: number| no)?|card (?:number|no)|date of birth|dob|zip(?: code)?"
    r"|firma|telefono|celular|correo(?: electronico)?|direccion|tarjeta(?: no)?|fecha de nacimiento"
    r"|total duration minutes)\b.{0,20}$"
)
_WORDS = re.compile(r"^(?:comment|text|quote|response|answer|note|comentario|respuesta|cita|texto|notes|said|what)")


def is_sign_in_header(cells: Sequence[str]) -> bool:
    """Say whether the head of a table is a sign-in sheet's: a name column beside signature, phone, e-mail or card number."""
    heads = [plain(c).replace("_", " ") for c in cells if c and c.strip()]
    if any(_WORDS.match(h) for h in heads):
        return False
    return any(_NAME.match(h) for h in heads) and any(_CONTACT.match(h) for h in heads)


def is_sign_in(lines: Sequence[str]) -> bool:
    """Say whether plain lines are a sign-in sheet: by the title on top, or by its column heads."""
    kept = [x.strip() for x in lines if x.strip()][:12]
    if not kept:
        return False
    if any(_TITLE.match(plain(x)) and len(x) < 90 and not re.search(r"[.?!]$", x) for x in kept[:2]):
        return True
    return any(is_sign_in_header(re.split(r"\t|\||,|;|\s{3,}|_{3,}", x)) for x in kept if len(x) < 200)


def is_sign_in_name(stem: str) -> bool:
    """Say whether a file's own name says that it is a sign-in sheet."""
    return bool(
        re.search(
            (
                r"(?:^|[ _-])(?:sign ?-?_?in(?:[ _-]?(?:sheet|list|log))?|gift[ _-]?cards?[ _-]?(?:log|list)"
                r"|lista[ _-]de[ _-](?:asistencia|firmas)|attendance[ _-]?(?:sheet|list|log))$"
            ),
            stem,
            re.I,
        )
    )
