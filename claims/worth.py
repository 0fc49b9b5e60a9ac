"""Says what can be checked, and how much it is worth checking."""

from __future__ import annotations

import re

from bukti.claims.names import find_names

__all__ = ["check_worth", "why_not_checkable"]

_QUESTION = re.compile(r"\?[\"”’)]*$")
_OPINION = {
    "id": re.compile(
        r"\b(?:sebaiknya|seharusnya|semestinya|tampaknya\s+kita|menurut\s+(?:saya|kami|hemat)"
        r"|saya\s+(?:rasa|kira|pikir|yakin|percaya)|kami\s+(?:rasa|yakin|percaya)|langkah\s+yang\s+(?:tepat|baik|bijak)"
        r"|(?:ter)?(?:indah|menakjubkan|mengagumkan|memukau)|patut\s+(?:disyukuri|diapresiasi|diacungi)|layak\s+(?:diapresiasi|ditonton|dibaca)"
        r"|sungguh|alangkah|betapa|sangat\s+(?:disayangkan|mengecewakan|membanggakan|luar\s+biasa)|(?<!kejadian )luar\s+biasa\b|terbaik\s+sepanjang\s+masa"
        r"|kita\s+(?:harus|perlu|wajib|patut|layak)|tidak\s+masuk\s+akal|kurang\s+bijak|memalukan|menyedihkan)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:should|ought\s+to|i\s+(?:think|believe|feel|guess)|we\s+(?:think|believe|feel)|in\s+my\s+(?:opinion|view)"
        r"|the\s+right\s+(?:step|decision|thing|move)|wonderful|amazing|beautiful|disgraceful|shameful|brilliant|terrible|awful|stunning|heartbreaking"
        r"|it\s+is\s+(?:a\s+pity|a\s+shame|high\s+time)|we\s+(?:must|need\s+to|have\s+to)|makes?\s+no\s+sense|(?:deeply|bitterly)\s+disappoint\w+"
        r"|unacceptable|long\s+overdue|best\s+of\s+all\s+time)\b",
        re.IGNORECASE,
    ),
}
_WISH = {
    "id": re.compile(
        r"\b(?:semoga|mudah-mudahan|mari(?:lah)?\s+kita|(?:saya|kami|kita)\s+berharap|ayo)\b", re.IGNORECASE
    ),
    "en": re.compile(r"\b(?:hopefully|let\s+us|let's|(?:i|we)\s+hope)\b", re.IGNORECASE),
}
_PREDICTION = {
    "id": re.compile(
        r"\b(?:diperkirakan\s+(?:akan\s+)?(?!se)|diprediksi|diproyeksikan|diramalkan|bakal\s+(?:terus|semakin|makin)"
        r"|(?:akan|bisa)\s+(?:terus|semakin|makin)\s+\w+)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:(?:is|are)\s+(?:likely|projected|forecast|predicted)\s+to|will\s+(?:probably|likely|almost\s+certainly|continue\s+to)|could\s+(?:soon|eventually)"
        r"|may\s+(?:soon|well|eventually))\b",
        re.IGNORECASE,
    ),
}
_INSTRUCTION = {
    "id": re.compile(
        r"^(?:silakan|pastikan|jangan(?:lah)?|hubungi|kunjungi|gunakan|simak|klik|unduh|hindari|cek|ikuti|siapkan|masukkan|segera\s+(?:hubungi|lapor\w*)|tetaplah|waspadalah)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^(?:please|make\s+sure|do\s+not|don't|call|visit|click|download|avoid|check|follow|remember\s+to|use|bring|contact|stay|keep|note\s+that|subscribe)\b(?!\s+(?:it|is|was|he|she|they))",
        re.IGNORECASE,
    ),
}
_GREETING = {
    "id": re.compile(
        r"^(?:halo|hai|selamat\s+(?:pagi|siang|sore|malam|datang|membaca)|terima\s+kasih|salam|assalamualaikum)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^(?:hello|hi|good\s+(?:morning|afternoon|evening)|welcome|thank\s+you|thanks|dear\s+(?:readers?|all))\b",
        re.IGNORECASE,
    ),
}
_KINDS = (
    (_GREETING, "a greeting"),
    (_INSTRUCTION, "an instruction"),
    (_OPINION, "an opinion"),
    (_WISH, "a wish"),
    (_PREDICTION, "a prediction"),
)

_WORTH = {"quantity": 0.25, "date": 0.1, "name": 0.15}
"""What each kind of detail adds to the base worth of 0.5: figures, then names, then dates are what checkers look up."""


def why_not_checkable(text: str, language: str) -> str:
    """Says why a piece of text cannot be checked, or gives an empty string.

    Args:
        text: A sentence or a claim.
        language: ISO 639-1 code; in a language without rules only questions are known.
    """
    if _QUESTION.search(text):
        return "a question states nothing"
    bare = text.strip(" \"“”«»'")
    for patterns, name in _KINDS:
        pattern = patterns.get(language)
        found = pattern.search(bare) if pattern else None
        if found:
            return f"{name} ({found.group().strip()!r})"
    return ""


def check_worth(text: str, *, quantities: int, dates: int) -> float:
    """Gives how much a checkable claim is worth checking, in [0.5, 1].

    Args:
        text: The claim.
        quantities: How many quantities it holds.
        dates: How many dates it holds.
    """
    found = {"quantity": quantities, "date": dates, "name": len(find_names("x " + text))}
    return min(1.0, 0.5 + sum(weight for kind, weight in _WORTH.items() if found[kind]))
