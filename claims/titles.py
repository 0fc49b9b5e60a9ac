"""Parts people's names from the offices and callings beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bukti.claims.frame import NOMINAL, Frame
from bukti.claims.grammar import PARTS, REPORTING
from bukti.claims.words import tag_names

__all__ = ["from_role", "is_name", "is_person", "names_role", "titles_in"]


def names_role(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether a phrase names an office or a calling: one of its first words is one."""
    said = frame.said(tokens)
    match = frame.grammar.roles.search(said)
    return match is not None and len(said[: match.start()].split()) <= (1 if frame.language == "id" else 6)


def title_of(frame: Frame, tokens: Sequence[int]) -> tuple[list[int], list[int]] | None:
    """Parts "Kepala BMKG Rina Sari" and "chief executive Ann Lee" into the name and the title before it."""
    words = frame.words
    if len(tokens) < 2 or words[tokens[-1]].tag != "NAME":
        return None
    cut = None
    for place in range(len(tokens) - 1):
        if words[tokens[place]].text == "Anak" and words[tokens[place + 1]].text == "Agung":
            break  # a Balinese name
        if frame.grammar.roles.fullmatch(frame.low(tokens[place])) or frame.grammar.roles.fullmatch(
            frame.said(tokens[max(0, place - 1) : place + 1])
        ):
            cut = place + 1
    if cut is None:
        return None
    if frame.language == "id":
        start = _person_start(frame, tokens, cut)
        if start is None or (len(tokens) - start > 2 and start > 1 and frame.low(tokens[start - 2]) in _BEFORE_FIRMS):
            return None  # "PT Jasa Marga Fitri Wiyanti": the firm may have two words
        cut = start
    name, title = list(tokens[cut:]), list(tokens[:cut])
    if all(frame.grammar.roles.fullmatch(frame.low(at)) for at in name):
        return None  # "President Director": an office throughout
    if not 1 <= len(name) <= 6 or not all(words[at].tag == "NAME" or words[at].text in ".," for at in name):
        return None
    title = from_role(frame, title)
    if title and frame.low(title[-1]) in ("warga", "penduduk") and not is_person(frame, name):
        return None  # "warga Girian Bawah"
    if frame.language == "en" and title and words[title[0]].tag == "DET" and len(title) > 1:
        title = title[1:] if words[title[0]].low == "the" else title
    while title and words[title[-1]].text in ",.":
        title = title[:-1]
    return (name, title) if title and frame.low(title[0]) != "late" else None


def from_role(frame: Frame, title: Sequence[int]) -> list[int]:
    """Drops what only belongs to the holder of an office: "tuduhan anggota DPR" is no office, "anggota DPR" is."""
    if frame.language != "id":
        return list(title)
    role = next((n for n in range(len(title)) if frame.grammar.roles.match(frame.said(title[n:]))), 0)
    before = frame.words[title[role - 1]]
    owned = role > 1 or before.tag == "NUM" or _OWNED.match(before.text) is not None
    return list(title[role:] if role and owned and frame.low(title[role]) not in ("putra", "putri") else title)


_OWNED = re.compile(
    r"(?i)(?!perwakilan|pimpinan|pasangan|utusan|bawahan|mantan|dewan|relawan|wartawan|kawan)(?:\w{3,}an|kasasi|kontrak|status|gol|bantah|kebun|karya)$"
)
"""Words for what somebody has or has done: "kasasi mantan rektor", "garapan sutradara"."""


_HONORIFIC = re.compile(r"(?i)(?:dr|drs|drg|drh|dra|prof|ir|h|hj|kh|moh|muh|st)\.$")


_RANK = re.compile(
    r"AKBP|AKP|Kompol|KOMPOL|Kombes|KOMBES|Iptu|IPTU|Ipda|IPDA|Aiptu|AIPTU|Aipda|AIPDA|Bripka|Brigjen|Irjen|Komjen|Letkol|Kolonel|Mayjen|Letjen|Jenderal"
)
"""Ranks of the police and the forces, which a name follows."""


_OF_GENERALS = frozenset({"direktur", "sekretaris", "inspektur"})
"""Words behind which "Jenderal" is no rank."""


def _person_start(frame: Frame, tokens: Sequence[int], cut: int) -> int | None:
    """Gives where the person's name begins behind an Indonesian title, which often holds names of its own."""
    for place in range(cut, len(tokens)):
        word = frame.words[tokens[place]].text
        if _HONORIFIC.match(word) or (
            _RANK.fullmatch(word)
            and cut <= place < len(tokens) - 1
            and frame.low(tokens[place - 1]) not in _OF_GENERALS
        ):
            return place
    acronym = next(
        (n for n in range(len(tokens) - 3, cut - 1, -1) if _ACRONYM.fullmatch(frame.words[tokens[n]].text)), None
    )
    if (
        acronym is not None
        and len(tokens) - acronym <= 4
        and not any(frame.low(at) in PARTS | _ORGANISATION_ENDS for at in tokens[acronym + 1 :])
    ):
        return acronym + 1  # "Kepala BPS Amalia Adininggar Widyasanti": an acronym is a name by itself
    kinds = tag_names([[frame.low(at) for at in tokens]])[0]
    people = [place for place in range(cut, len(tokens)) if kinds[place] == "PERSON"]
    if people:
        start = people[0]
        while (
            start > cut
            and frame.low(tokens[start - 1]) in _NAMES_OPEN | _GIVEN
            and frame.words[tokens[start - 1]].tag == "NAME"
        ):
            start -= 1  # "Rektor La Ode Sarmuddin"
        if (
            start - 1 > cut
            and kinds[start - 1] == "O"
            and frame.words[tokens[start - 1]].tag == "NAME"
            and frame.low(tokens[start - 1]) not in _PORTFOLIOS | _OFFICE_ENDS
            and frame.low(tokens[start - 2]) in _PORTFOLIOS
        ):
            return start - 1  # "Menteri Keuangan Purbaya Yudhi Sadewa": an office ends with what it is for
        # "Gubernur Bank Indonesia Perry Warjiyo": what stands between the organisation and the known part belongs to the name.
        if (
            start - 1 > cut
            and frame.words[tokens[start - 1]].tag == "NAME"
            and kinds[start - 1] == "O"
            and kinds[start - 2] in ("ORG", "PLACE")
        ):
            start -= 1
        return start
    # No person that is known: what follows the last place or organisation, or an office in small letters.
    names = [place for place in range(cut, len(tokens)) if frame.words[tokens[place]].tag == "NAME"]
    if not names or names[-1] != len(tokens) - 1:
        return None
    others = [
        place
        for place in names
        if kinds[place] in ("ORG", "PLACE")
        or frame.words[tokens[place]].text.isupper()
        or frame.low(tokens[place]) in PARTS
        or frame.low(tokens[place - 1]) in PARTS
        or frame.low(tokens[place]) in _ORGANISATION_ENDS
    ]
    after = [place for place in names if place > others[-1]] if others else names
    if (
        len(after) == 1
        and len(others) > 1
        and others[-1] == others[-2] + 1 == after[0] - 1
        and kinds[others[-1]] == "PLACE"
        and frame.low(tokens[others[-1]]) not in _PLACE_ENDS | PARTS
    ):
        after = [others[-1], *after]  # "Wali Kota Semarang Agustina Wilujeng": a first name that is a village's too
    if after and frame.low(tokens[after[0]]) in _SITES:
        return None  # "pedagang Pasar Wage Purwodadi"
    office = frame.words[tokens[names[0] - 1]]
    opens = office.tag == "NOUN" and office.start == 0  # "Pelatih Gerald Vanenburg memuji ..."
    if opens and (len(after) != 2 or frame.low(tokens[after[0]]) in _OFFICE_ENDS):
        return None
    if 2 <= len(after) <= 3 and (others or opens or office.text.islower()):
        return after[0]
    return None


_ACRONYM = re.compile(
    r"(?!(?:PT|CV|UD|PD|KM|TPA|RS[A-Z]*|SM[AKP]N?|SDN?|AKBP|AKP|IPTU|IPDA|AIPTU|AIPDA|BRIP\w+|KOMPOL|KOMBES)$)[A-Z]{2,}"
)
"""A short name of an organisation that nothing belongs to behind it: no firm's, ship's, hospital's or school's, and no rank."""

_BEFORE_FIRMS = frozenset("pt cv perum pd".split())

_PLACE_ENDS = frozenset(
    "timur barat utara selatan tengah tenggara jaya raya baru besar agung kulon lor kidul wetan ilir ulu hilir hulu".split()
)
"""Second words of places."""

_NAMES_OPEN = frozenset(
    "la wa ni i lalu andi daeng haji hajjah cut teuku tengku raden gusti ida anak agung kiai nyai ustaz sri".split()
)
"""Words that a name begins with in some places and that are none by themselves."""

_GIVEN = frozenset(
    """bambang agus budi joko slamet eko dwi tri hendra rudi ahmad achmad muhammad mohammad nur dewi rina yuli siti hadi heri hery iwan indra yudi
    wahyu arif arief dedi dedy asep ujang made wayan ketut nyoman putu gede yohanes maria kristina antonius petrus""".split()
)
"""First names, which a last name that is better known follows: "Wali Kota Bambang Ariwibowo"."""

_PORTFOLIOS = frozenset(
    """keuangan kesehatan pendidikan pertanian perdagangan perindustrian hukum agama sosial pertahanan pariwisata kebudayaan kehutanan perikanan
    ketenagakerjaan perhubungan mineral investasi digital hidup transmigrasi negeri negara ekonomi perekonomian pajak umum utama pertambangan
    lingkungan perumahan keamanan informatika""".split()
)
"""Last words of what a ministry or a directorate is for."""

_OFFICE_ENDS = frozenset(
    """utama keuangan operasi operasional umum jaringan panitia parlemen senat hewan anestesi tanpa teknik pemasaran produksi komersial pelaksana
    eksekutif kebijakan riset bisnis perencanaan pengembangan hukum humas muda senior madya tim dewan komisi fraksi partai regu gigi anak bedah
    jiwa spesialis forensik gizi""".split()
)
"""Second words of offices, which no name begins with."""

_SITES = frozenset(
    """pasar jalan gedung stadion pantai pulau gunung sungai danau bukit masjid gereja pura vihara sekolah terminal stasiun pelabuhan bandara hotel
    taman kampung dusun blok perumahan lapas rutan museum pesantren pondok""".split()
)
"""Words that open the name of a place that people belong to."""

_ORGANISATION_ENDS = frozenset(
    "sekuritas institute center indonesia group grup tbk university research capital nusantara management fc united securities sarana persada".split()
)


def is_person(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether a proper name is likely a person's: one that is known, or in English two words and no organisation."""
    if not tokens or not all(frame.words[at].tag == "NAME" for at in tokens):
        return False
    if frame.language == "id":
        kinds = tag_names([[frame.low(at) for at in tokens]])[0]
        return "PERSON" in kinds and "ORG" not in kinds
    return len(tokens) in (2, 3) and not _ORGANISATION.search(frame.said(tokens))


_ORGANISATION = re.compile(
    r"\b(?:Inc|Corp|Ltd|LLC|PLC|plc|Co|Company|Group|Bank|University|Ministry|Agency|Air\w*|Holdings|Motors|Energy|Institute|Foundation|Union"
    r"|Association|Commission|Council|Party|Department|Office|Bureau|Court|Club|FC|United|City|Systems|Technologies|Labs|Hospital|School|Police"
    r"|Federation|Organi[sz]ation|Nations|States|House|Center|Centre|Times|News|Journal|Reuters|Survey|Service|Authority|Board|County|Kingdom)\b"
)


def is_name(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether a phrase is a proper name, with an age in brackets or not."""
    kept = [at for at in tokens if not frame.inside[at]]
    return (
        bool(kept)
        and frame.words[kept[-1]].tag == "NAME"
        and all(
            frame.words[at].tag in ("NAME", "X")
            or frame.words[at].text in ".&"
            or frame.low(at) in ("bin", "binti", "of", "dan", "and")
            for at in kept
        )
    )


def titles_in(frame: Frame, tokens: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Gives each name that follows right behind an office or calling, as (name, title)."""
    found = []
    words = frame.words
    start = 0
    while start < len(tokens):
        if (
            words[tokens[start]].tag not in NOMINAL
            or frame.inside[tokens[start]]
            or words[tokens[start]].low in REPORTING
        ):
            start += 1
            continue
        end = start
        behind = 0
        while end < len(tokens) and words[tokens[end]].text not in ",;:":
            if end > start and (closing := _acronym_in_brackets(frame, tokens, end)):
                end = behind = closing
                continue
            if frame.inside[tokens[end]]:
                break
            joins = (
                words[tokens[end]].low == "dan"
                and words[tokens[end - 1]].tag == "NAME"
                and end + 1 < len(tokens)
                and words[tokens[end + 1]].tag == "NAME"
            )
            if not (words[tokens[end]].tag in NOMINAL or joins):
                break
            end += 1
        run = [at for at in tokens[start:end] if not frame.inside[at]]
        before = (
            start - 1 if start and words[tokens[start - 1]].tag != "ADV" else start - 2
        )  # "Ann, kini direktur X, ..."
        appended = (
            before >= 0 and words[tokens[before]].text == "," and (end >= len(tokens) or words[tokens[end]].text == ",")
        )
        names_follow = appended or (
            end + 1 < len(tokens) and words[tokens[end]].text == "," and words[tokens[end + 1]].tag == "NAME"
        )
        holder = [at for at in tokens[behind:end] if behind]
        office = run[: len(run) - len(holder)]
        if (
            1 < len(holder) < 5
            and not names_follow
            and all(words[at].tag == "NAME" for at in holder)
            and names_role(frame, office)
        ):
            found.append((holder, office))  # "Ketua Umum Persatuan Padi dan Beras (Perpadi) Sutarto Alimoeso"
            start = end + 1
            continue
        held = run
        while held and words[held[-1]].tag != "NAME":
            held = held[:-1]
        parted = None if names_follow and frame.language == "id" else title_of(frame, held) or _title_behind(frame, run)
        if parted is not None and not _FATHERS.fullmatch(frame.said(parted[1])):
            if start and words[tokens[start - 1]].low in _HELD and parted[1][0] == run[0]:
                parted = (parted[0], [tokens[start - 1], *parted[1]])
            found.append(parted)
        start = end + 1
    return found


_HELD = frozenset("managing acting founding outgoing incoming retired interim".split())
"""Words before an English office that tell how it is held."""

_FATHERS = re.compile("Father|Mother|Brother|Sister")
"""Titles of address, with their capital: "Father Cathal Mulroy"."""


def _acronym_in_brackets(frame: Frame, tokens: Sequence[int], place: int) -> int:
    """Gives where "(Perpadi)" ends that begins at this place of `tokens`; 0 where none does."""
    if place + 2 >= len(tokens) or frame.words[tokens[place]].text != "(":
        return 0
    short = frame.words[tokens[place + 1]]
    return place + 3 if short.tag == "NAME" and frame.words[tokens[place + 2]].text == ")" else 0


def _title_behind(frame: Frame, run: list[int]) -> tuple[list[int], list[int]] | None:
    """Parts "Pavel Durov pendiri Telegram" into the name and the office behind it."""
    if frame.language != "id":
        return None
    for place in range(2, len(run) - 1):
        word = frame.words[run[place]]
        if (
            word.text.islower()
            and frame.grammar.roles.fullmatch(word.low)
            and all(frame.words[at].tag == "NAME" for at in run[:place])
        ):
            return run[:place], run[place:]
    return None
