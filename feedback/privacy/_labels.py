"""The labels of placeholders in English and Spanish: the one place that knows how a placeholder is written."""

# ruff: noqa: E501
from __future__ import annotations

import re

__all__ = ["KIN", "KIN_LABELS", "PLACEHOLDER", "SEASONS", "in_spanish"]

# Kinship and roles: the label, and the words of either language that it stands for.
KIN: dict[str, str] = {
    "AUNT": "aunt auntie aunty tia titi", "UNCLE": "uncle tio", "GRANDMOTHER": "grandma grandmother granny nana abuela abuelita",
    "GRANDFATHER": "grandpa grandfather granddad abuelo abuelito", "MOTHER": "mom mother mama", "FATHER": "dad father papa",
    "SISTER": "sister hermana hermanita", "BROTHER": "brother hermano hermanito", "COUSIN": "cousin primo prima primito primita", "SON": "son hijo",
    "DAUGHTER": "daughter hija", "NIECE": "niece sobrina", "NEPHEW": "nephew sobrino", "GRANDDAUGHTER": "granddaughter nieta", "GRANDSON": "grandson nieto",
    "STEPFATHER": "stepdad stepfather padrastro", "STEPMOTHER": "stepmom stepmother madrastra", "BOYFRIEND": "boyfriend novio", "GIRLFRIEND": "girlfriend novia",
    "HUSBAND": "husband esposo marido", "WIFE": "wife esposa", "FRIEND": "friend homegirl homie bestie roommate amiga amigo comadre compadre",
    "WORKER": "worker caseworker trabajadora trabajador", "TEACHER": "teacher maestra maestro profe profesora profesor", "COUNSELOR": "counselor consejera consejero",
    "COACH": "coach entrenador entrenadora", "THERAPIST": "therapist terapeuta psicologa psicologo", "NEIGHBOR": "neighbor vecina vecino",
    "DOCTOR": "doctor doctora", "NURSE": "nurse enfermera enfermero", "PASTOR": "pastor pastora reverend", "JUDGE": "judge juez jueza", "OFFICER": "officer deputy detective",
    "LAWYER": "lawyer attorney abogada abogado", "BABY": "baby bebe",
}  # fmt: skip
KIN_LABELS = tuple(KIN)
_SPANISH = {
    "AUNT": "TÍA", "UNCLE": "TÍO", "GRANDMOTHER": "ABUELA", "GRANDFATHER": "ABUELO", "MOTHER": "MAMÁ", "FATHER": "PAPÁ", "SISTER": "HERMANA", "BROTHER": "HERMANO",
    "COUSIN": "PRIMA/O", "SON": "HIJO", "DAUGHTER": "HIJA", "NIECE": "SOBRINA", "NEPHEW": "SOBRINO", "GRANDDAUGHTER": "NIETA", "GRANDSON": "NIETO",
    "STEPFATHER": "PADRASTRO", "STEPMOTHER": "MADRASTRA", "BOYFRIEND": "NOVIO", "GIRLFRIEND": "NOVIA", "HUSBAND": "ESPOSO", "WIFE": "ESPOSA", "FRIEND": "AMIGA/O",
    "WORKER": "TRABAJADORA/OR", "TEACHER": "MAESTRA/O", "COUNSELOR": "CONSEJERA/O", "COACH": "ENTRENADORA/OR", "THERAPIST": "TERAPEUTA", "NEIGHBOR": "VECINA/O",
    "DOCTOR": "DOCTORA/OR", "NURSE": "ENFERMERA/O", "PASTOR": "PASTORA/OR", "JUDGE": "JUEZ/A", "OFFICER": "AGENTE", "LAWYER": "ABOGADA/O", "BABY": "BEBÉ",
    "PERSON": "PERSONA", "NAME": "NOMBRE", "SCHOOL": "ESCUELA", "GROUP HOME": "HOGAR", "PLACE": "LUGAR", "ORGANIZATION": "ORGANIZACIÓN", "ADDRESS": "DIRECCIÓN",
    "PHONE": "TELÉFONO", "EMAIL": "CORREO", "HANDLE": "USUARIO", "ID": "IDENTIFICACIÓN", "URL": "ENLACE", "DETAIL": "DETALLE", "DATE": "FECHA", "AGE": "EDAD",
}  # fmt: skip
SEASONS = ("winter", "spring", "summer", "fall")
_ES_SEASONS = dict(zip(SEASONS, ("invierno", "primavera", "verano", "otoño"), strict=True))
_BOTH = sorted({*_SPANISH, *_SPANISH.values()} - {"AGE", "EDAD"}, key=lambda s: (-len(s), s))
PLACEHOLDER = re.compile(
    rf"\[(?:{'|'.join(map(re.escape, _BOTH))})(?: \d{{1,4}})?\]"
    rf"|\[DATE: (?:(?:{'|'.join(SEASONS)})(?: \d{{4}})?|\d{{4}})\]|\[FECHA: (?:(?:{'|'.join(_ES_SEASONS.values())})(?: \d{{4}})?|\d{{4}})\]"
    r"|\[AGE(?: (?:\d{1,2}-\d{1,2}|26 or more))?\]|\[EDAD(?: (?:\d{1,2}-\d{1,2}|26 o más))?\]"
)
_PARTS = re.compile(r"\[(?P<label>[A-Z]+(?: [A-Z]+)?)(?P<rest>[^\]]*)\]")


def in_spanish(placeholder: str) -> str:
    """Write a placeholder for a Spanish unit: the same person, the same number.

    >>> in_spanish("[AUNT]"), in_spanish("[SCHOOL 2]"), in_spanish("[AGE 26 or more]"), in_spanish("[DATE: fall 2024]")
    ('[TÍA]', '[ESCUELA 2]', '[EDAD 26 o más]', '[FECHA: otoño 2024]')
    """
    m = _PARTS.fullmatch(placeholder)
    if m is None or m["label"] not in _SPANISH:
        return placeholder
    rest = re.sub(r"[a-z]+", lambda w: _ES_SEASONS.get(w.group(), w.group()), m["rest"]).replace(" or more", " o más")
    return f"[{_SPANISH[m['label']]}{rest}]"
