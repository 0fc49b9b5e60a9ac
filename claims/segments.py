"""Segments a document: paragraphs, sentences, the role of each, and which of them repeat an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bukti.claims.article import Article, Document, Role, Sentence, Span
from bukti.claims.errors import InputError
from bukti.claims.language import detect_language

__all__ = ["cut_sentences", "paragraphs", "publication_day", "segment", "sentence_spans"]

MAX_ARTICLE_CHARACTERS = 300_000
"""Longest text that is one article: some 50,000 words, a thin book. Each of its claims is held against all sources; a longer one is verified in parts."""

ABBREVIATION_REACH = 40
"""Characters before a cut that are looked at for an abbreviation: what a sentence has grown to by being put together is not read again."""

MAX_PARAGRAPH_CHARACTERS = 5_000
"""A longer paragraph goes to the segmenter in parts."""

MAX_BESIDE_STAMP = 4
"""Words beside the date in a line that says when a text was published."""

MAX_STAMP_CHARACTERS = 500
"""A longer line is no stamp."""

MAX_SUBHEADING_WORDS = 12
"""A longer line without a full stop is prose with a typing error, and its claims must not be lost."""

MIN_HEADLINE_WORDS = 4
"""Above the prose, what follows the headline with fewer words is navigation, not a second deck."""

MIN_REPEAT_WORDS = 4
"""A shorter sentence may well stand twice for a reason."""

QUOTED_SHARE = 0.385
"""A sentence with a larger part between quotation marks, and beginning with one, is a quote."""

_TERMINAL = re.compile(r"[.!?…][\"”’»')\]]*$")

_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|agu(?:stus)?|agt|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|des(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = (
    r"(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|mon|tue|wed|thu|fri|sat|sun)\.?"
)
_STAMP_WORDS = (
    r"(?:pukul|jam|at|on|pada|diperbarui|diterbitkan|diunggah|dipublikasikan|terbit|published|updated|posted|last"
    r"|tayang|rilis|wib|wita|wit|gmt|utc|est|edt|et|pst|pdt|bst|cet|am|pm|a\.m\.|p\.m\.|yang|lalu|ago|menit|hari|hours?|minutes?)"
)
_DATELINE = re.compile(
    # Every text can be taken apart in one way only: with two, a long number before a word would take for ever.
    rf"^[\s,]*(?:(?:(?:{_DAY}|{_MONTH})(?!\.)|{_STAMP_WORDS}|[\d:./+-]+(?:st|nd|rd|th)?(?![\d:./+-])|(?<=\d)T(?=\d)|[|()•·–—])[\s,]*)+$",
    re.IGNORECASE,
)

# A clock time with its zone, as it stands over an article and seldom within one.
_TIMESTAMP = re.compile(r"\b\d{1,2}[:.]\d{2}\s*(?:WIB|WITA|WIT|GMT|UTC|EST|EDT|ET|BST|CET|[AaPp]\.?[Mm]\b)")

# "Jakarta (ANTARA) - ", "JAKARTA, KOMPAS.com - ", "LONDON, Oct 5 (Reuters) - ", "Jakarta, CNN Indonesia -- ", "Jakarta - "
_PLACE = r"[A-Z][\w.'’-]*(?:[ /][A-Z][\w.'’-]*){0,3}"
_LEAD = re.compile(
    rf"^(?:{_PLACE}(?:\s?\([^()\n]{{2,40}}\))?,\s(?i:{_DAY},?\s)?(?:\d{{1,2}}\s(?i:{_MONTH})|(?i:{_MONTH})\s\d{{1,2}},?)\s\d{{4}}(?:\s\([^()\n]{{2,40}}\))?"
    rf"|{_PLACE}(?:,\s[^()\n]{{1,30}}?)?\s?\([^()\n]{{2,40}}\)|{_PLACE},\s(?:[A-Z]|[a-z0-9]+(?=[A-Z.]))[\w.]*(?:\s[\w.]+){{0,3}}|[A-Z]{{4,}}(?:\s[A-Z]+)*)"
    r"\s?(?:--|[-–—])\s+(?=\S)"
    rf"|^(?i:{_MONTH})\s\d{{1,2}}\s\([^()\n]{{2,40}}\)\s?(?:--|[-–—])\s+(?=\S)"
)
# "Kupang - ": a place alone, over the first line of the prose.
_PLACE_LEAD = re.compile(rf"^{_PLACE}\s(?:--|[-–—])\s+(?=[A-Z\"“])")

_RELATED = re.compile(
    r"^\W{0,3}(?:baca(?:\s+(?:juga|pula|selengkapnya))?\s*[:|\-–—]|baca\s+(?:juga|pula|selengkapnya)\b|(?:lihat|simak|tonton|cek)\s+(?:juga|pula|video)\b"
    r"|(?:artikel|berita)\s+(?:terkait|lainnya|sebelumnya)\b|(?:also\s+read|read\s+(?:also|more|next)|see\s+also|more\s+on\s+this\s+story|most\s+read)\b"
    r"|related(?:\s+(?:articles?|stories|coverage|news))?\s*[:|]|related\s+(?:articles?|stories|coverage|news)$"
    r"|(?:recommended|more\s+on\s+this\s+story|most\s+read|terpopuler|pilihan\s+editor|watch)\s*(?::|$))",
    re.IGNORECASE,
)
_RELATED_HEAD = re.compile(
    r"^\W*(?:baca\s+(?:juga|pula)|(?:artikel|berita)\s+(?:terkait|lainnya)|also\s+read|read\s+(?:also|more)|see\s+also"
    r"|related(?:\s+\w+)?|recommended|most\s+read|terpopuler|pilihan\s+editor|more\s+on\s+this\s+story)\W*$",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^(?:(?:penulis|pewarta|editor|penerjemah|reporter|redaktur(?:\s+pelaksana)?|fotografer|kontributor|penyunting|wartawan"
    r"|uploader|sumber|laporan|author|photographer|translator|source|writer|correspondent)s?(?:\s*/\s*\w+)?\s*[:|]"
    r"|(?:written|reporting|reported|editing|edited|translated|compiled|additional\s+reporting|story|photos?)(?:\s+and\s+\w+)?\s+by\b"
    r"|\(\s*[a-z]{2,6}(?:\s*/\s*[a-z]{2,6})+\s*\)$)",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w.'’-]*"
# Names are parted by what must stand there: where it may be missing, a long word in capitals is tried in every way it can be cut.
_NAME_AND_JOB = re.compile(
    rf"^{_NAME}(?:\s{_NAME}){{1,3}}(?:,\s(?:[A-Z]?[a-z]+\s){{0,3}}(?:correspondent|reporter|editor|writer|wartawan|koresponden)|\s(?:at|in|di)(?:\s{_NAME}){{1,4}})$"
)
_BY_NAME = re.compile(rf"^(?:By|Oleh|Reporting by|Laporan)\s+{_NAME}(?:(?:,\s|\s(?:and|dan|&)\s|\s){_NAME}){{0,7}}$")
_JOB_AND_NAME = re.compile(
    rf"^(?:Penulis|Pewarta|Editor|Penerjemah|Reporter|Redaktur|Fotografer|Kontributor|Wartawan|Author)\s+{_NAME}(?:\s{_NAME}){{0,4}}\s?(?:[|,/&].*)?$"
)
_CAPTION_HEAD = re.compile(
    r"^(?:image|photo|media|picture)\s+(?:source|caption|credit)\b|^(?:caption|keterangan\s+foto)\s*:?$", re.IGNORECASE
)
_CAPTION = re.compile(
    r"^(?:ilustrasi|illustration|foto|photograph|photo|image|gambar|caption|arsip(?:\s+foto)?|file(?:\s+(?:photo|picture|image))|tangkapan\s+layar"
    r"|screenshot|dokumentasi|infografis|grafis|graphic)\b(?:\s+[\w/.]+){0,3}?\s*(?::|\s-{1,2}\s|\s[–—]\s|/|\.\s)",
    re.IGNORECASE,
)
_AGENCY = (
    r"(?:ANTARA(?:\s+FOTO)?|REUTERS|Reuters|AFP|AP(?:\s+Photo)?|EPA|Xinhua|Getty(?:\s+Images)?|Shutterstock|iStock"
    r"|Unsplash|Pexels|Pixabay|NurPhoto|Bloomberg|Anadolu|dpa|PA)"
)
_CREDIT = re.compile(
    rf"(?:\(\s*(?i:foto|photo|image|dok)\b[^()]*\)|(?i:foto|photo|image|kredit|credit)\s*(?:by|oleh|:)\s*[^.]{{2,60}}"
    rf"|[(\s]{_AGENCY}\s*/\s*[\w ./-]+|\((?:{_AGENCY})\)|[(\s](?:via\s+)?{_AGENCY}\s*(?:via|/)\s*{_AGENCY})[\s.)]*$"
)
_BOILERPLATE = re.compile(
    r"^\W*(?:copyright|©|\(c\)\s|hak\s+cipta|all\s+rights\s+reserved|seluruh\s+hak|dilarang\s+(?:keras\s+)?(?:mengutip|menyalin|mengambil)"
    r"|tags?\s*(?::|$)|topik\s*:|kata\s+kunci\s*:|keywords\s*:|(?:bagikan|share)(?:\s+(?:this|artikel|berita|on|ke|di)\b|\s*:|\W*$)"
    r"|iklan\W*$|advert(?:isement|orial)\b|scroll\s+(?:to|untuk)\s+|lanjutkan\s+membaca|gulir\s+untuk"
    r"|(?:ikuti|follow)\s+(?:kami|us|berita)\b|subscribe\b|berlangganan\b|sign\s+up\s+(?:for|to|here)\b|newsletter\b"
    r"|dapatkan\s+(?:update|berita|kabar|informasi)\s|(?:komentar|comments?|home|beranda|menu|login|masuk|search|cari)\W*$"
    r"|\(\s*(?:us)?\$1\s*=|this\s+(?:article|story|headline)\s+(?:was|has\s+been)\s+(?:amended|updated|corrected|first)|artikel\s+ini\s+(?:telah\s+)?(?:tayang|diperbarui|terbit)"
    r"|(?:.{2,80}\s)?contributed\s+to\s+this\s+(?:report|story)|how\s+do\s+i\s+sign\s+up|quick\s+guide\W*$|show\W*$|explore\s+more\s+on|your\s+opinion\s+matters|premium\W*$"
    r"|we\s+use\s+cookies|this\s+(?:site|website)\s+uses\s+cookies|situs\s+ini\s+menggunakan\s+cookie"
    r"|(?:our\s+standards|terms\s+of\s+(?:use|service)|privacy\s+policy|kebijakan\s+privasi)\b|lihat\s+foto\W*$"
    r"|halaman\s+(?:selanjutnya|berikutnya)|next\s+page|show\s+more|selengkapnya\W*$|loading\b|\d+\s+(?:komentar|comments?|shares?)\W*$)",
    re.IGNORECASE,
)
_NO_LETTER = re.compile(r"^[\W\d_]*$")

_OPENING, _CLOSING = '"“«', '"”»'

_SENTENCE_END = re.compile(r"[.!?][\"”')\]]?\s+(?=[A-Z\"“])")
_BETWEEN = re.compile(r"(?:(?<=[^\W\d_A-Z][.!?])|(?<=[`<>{}|\[\]]{2})|(?<=[}》])|(?<=\S>))(?=\s+[\"“]?[A-Z])")
"""Between two sentences that a segmenter left together, or after marks that are no prose (of code, of a template)."""

# A full stop after these does not end a sentence: titles, units before a number, initials.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:Rp|Jl|PT|CV|Dr|dr|Drs|Dra|Prof|Ir|H|Hj|KH|St|Mr|Mrs|Ms|Sdr|Bpk|Kol|Jend|Letjend|Mayjend|Brigjend|Kombes"
    r"|AKBP|Kompol|Irjen|Gen|Lt|Gov|Rev|Moh|Muh|Abd|Hi|Ust|drg|drh|Sp|Tbk|Bp|Sen|Rep|Sgt|Capt|Col|Maj|[A-Z])\.\s*$"
)
_NUMBER_SIGN = re.compile(r"(?:^|[\s(])(?:No|no|Nos|hlm|pp?|Art|Vol|vol)\.\s*$")
_REPORTED = re.compile(
    r"^(?:kata|ujar|tulis|tutur|ucap|jelas|ungkap|imbuh|tambah|terang|tegas|papar|sebut|demikian|said|says|wrote|added)(?:nya)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    span: Span
    text: str
    words: int
    ends: bool
    """Whether it closes as a sentence does."""


def paragraphs(text: str) -> list[Span]:
    """Gives the span of each line of `text` that holds anything but white space."""
    found = []
    start = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            offset = start + line.index(stripped[0])
            found.append(Span(offset, offset + len(stripped)))
        start += len(line) + 1
    return found


def cut_sentences(text: str, language: str) -> list[Span]:
    """Cuts one paragraph into sentences.

    Args:
        text: One paragraph.
        language: ISO 639-1 code; a language the segmenter does not know is cut as English.

    Returns:
        Spans in `text`, in order, without the white space around them. Together they cover every other character.
    """
    from sentencex import segment as split_sentences

    pieces: list[Span] = []
    position = 0
    for stripped in (piece.strip() for part in _stretches(text) for piece in split_sentences(language, part)):
        if not stripped:
            continue
        # The segmenter is trusted for where to cut, never for offsets: those are looked up.
        start = text.index(stripped, position)
        position = start + len(stripped)
        # The segmenter keeps a quotation whole, however many sentences it holds.
        for cut in [*(match.end() for match in _BETWEEN.finditer(stripped)), len(stripped)]:
            end = start + len(stripped[:cut].rstrip()) if cut == len(stripped) else start + cut
            first = pieces[-1].end if pieces and pieces[-1].end > start else start
            while first < end and text[first].isspace():
                first += 1
            if first < end:
                pieces.append(Span(first, end))
    merged: list[Span] = []
    for piece in pieces:
        # Where no white space parts them ("No. 21/Pid.Sus-TPK/2024") there are no two sentences.
        if merged and (
            piece.start == merged[-1].end
            or _belongs_together(
                text[max(merged[-1].start, piece.start - ABBREVIATION_REACH) : merged[-1].end], piece.of(text)
            )
        ):
            merged[-1] = Span(merged[-1].start, piece.end)
        else:
            merged.append(piece)
    return merged


def _stretches(text: str) -> Iterator[str]:
    """Parts a paragraph that is far too long to be one: the segmenter's time grows with the square of the quotation marks in it."""
    start = 0
    while len(text) - start > MAX_PARAGRAPH_CHARACTERS:
        end = start + MAX_PARAGRAPH_CHARACTERS
        half = start + MAX_PARAGRAPH_CHARACTERS // 2
        ends = [match.end() for match in _SENTENCE_END.finditer(text, half, end)]
        space = text.rfind(" ", half, end)
        cut = ends[-1] if ends else space + 1 if space >= 0 else end
        yield text[start:cut]
        start = cut
    yield text[start:]


@lru_cache(maxsize=50_000)
def sentence_spans(text: str, language: str) -> tuple[Span, ...]:
    """Gives the sentences of a text of one or more paragraphs; no sentence reaches over a line's end."""
    return tuple(
        Span(line.start + cut.start, line.start + cut.end)
        for line in paragraphs(text)
        for cut in cut_sentences(line.of(text), language)
    )


def _belongs_together(before: str, after: str) -> bool:
    """Says whether a segmenter's cut between these two is no sentence boundary; what is `before` may be cut off at its start."""
    if _ABBREVIATION.search(before) and not after.startswith(tuple(_OPENING)):
        return True
    if _NUMBER_SIGN.search(before) and after[0].isdigit():
        return True
    if _NO_LETTER.match(after) or after[0].islower() or _REPORTED.match(after):
        return True
    return after[0] in _CLOSING and not before.rstrip().endswith(("”", "»")) and len(after) < 3


def segment(
    document: Document,
    *,
    language: str | None = None,
    published: date | None = None,
) -> Article:
    """Segments a document into sentences with roles.

    Args:
        document: The document as read.
        language: ISO 639-1 code; recognised from the text if None.
        published: Day of publication that overrides the document's own.

    Returns:
        The article; its sentences cover all of its text but white space.

    Raises:
        InputError: The document holds no sentence, or is longer than an article.
    """
    text = document.text
    if len(text) > MAX_ARTICLE_CHARACTERS:
        message = f"{document.path}: has {len(text):,} characters, at most {MAX_ARTICLE_CHARACTERS:,} are verified as one article; split it"
        raise InputError(message, path=document.path)
    lines = _lines(text)
    if all(_NO_LETTER.match(line.text) for line in lines):
        message = f"{document.path}: no sentence found in it; give a file with the article's text"
        raise InputError(message, path=document.path)
    roles = _line_roles(lines, document.title)
    prose = "\n".join(line.text for line, role in zip(lines, roles, strict=True) if role == "body") or text
    code = language or detect_language(prose)
    sentences = list(_sentences(lines, roles, code))
    headline = next((line.text for line, role in zip(lines, roles, strict=True) if role == "headline"), None)
    return Article(
        text=text,
        sentences=tuple(sentences),
        language=code,
        path=document.path,
        sha256=document.sha256,
        title=document.title or headline,
        published=published or document.published or _stamped(lines, roles, code),
    )


def publication_day(document: Document, language: str) -> date | None:
    """Gives the day of publication that a document states: in its metadata, in a dateline, or before its first sentence."""
    if document.published:
        return document.published
    lines = _lines(document.text)
    return _stamped(lines, _line_roles(lines, document.title), language)


def _lines(text: str) -> list[_Paragraph]:
    return [
        _Paragraph(span=span, text=line, words=len(line.split()), ends=bool(_TERMINAL.search(line)))
        for span in paragraphs(text)
        for line in [span.of(text)]
    ]


def _line_roles(lines: list[_Paragraph], title: str | None) -> list[Role]:
    """Gives the role of each paragraph, before it is cut into sentences."""
    own = [_own_role(line) for line in lines]
    if own[:1] == ["byline"] and _NAME_AND_JOB.match(lines[0].text):
        own[0] = "body"  # "Orangutan Kalimantan Lahir di Kebun Binatang Dublin": nobody signs before the headline
    prose = [number for number, line in enumerate(lines) if line.ends and own[number] == "body"]
    first, last = (prose[0], prose[-1]) if prose else (0, len(lines))
    roles: list[Role] = []
    related_list = caption_next = False
    for number, (line, role) in enumerate(zip(lines, own, strict=True)):
        heads_list = bool(_RELATED_HEAD.match(line.text))
        related_list = heads_list or (related_list and role in ("body", "related-link") and not line.ends)
        if role != "body":
            roles.append(role)
        elif related_list:
            roles.append("related-link")
        elif title is not None and number <= first and _key(line.text) == _key(title):
            roles.append("headline")
        elif line.ends or not prose:
            roles.append("body")
        elif caption_next:
            roles.append("caption")
        elif first < number < last and not lines[number + 1].ends:
            roles.append("body")
        else:
            roles.append(_unfinished_role(line, before=number < first, after=number > last, headed="headline" in roles))
        caption_next = bool(_CAPTION_HEAD.match(line.text))
    return roles


def _unfinished_role(line: _Paragraph, *, before: bool, after: bool, headed: bool) -> Role:
    """Gives the role of a line that does not close as a sentence does, in a text that has such sentences.

    Args:
        line: The line.
        before: Whether it stands before the first line of prose: the page's head.
        after: Whether it stands after the last: the page's foot.
        headed: Whether a headline was found before it.
    """
    if before:
        return "headline" if not headed or line.words >= MIN_HEADLINE_WORDS else "boilerplate"
    if line.words > MAX_SUBHEADING_WORDS:
        return "body"
    return "boilerplate" if after else "headline"


def _own_role(line: _Paragraph) -> Role:
    """Gives the role that a paragraph's own form tells."""
    text = line.text
    if _BOILERPLATE.match(text) or (_NO_LETTER.match(text) and not _DATELINE.match(text)):
        return "boilerplate"
    if _RELATED.match(text):
        return "related-link"
    if not line.ends and len(text) <= 100 and _TIMESTAMP.search(text):
        return "dateline"
    if len(text) <= 120 and _DATELINE.match(text):
        return "dateline"
    if _BYLINE.match(text) or (
        not line.ends and (_BY_NAME.match(text) or _JOB_AND_NAME.match(text) or _NAME_AND_JOB.match(text))
    ):
        return "byline"
    if _CAPTION.match(text) or _CAPTION_HEAD.match(text) or (_CREDIT.search(text) and not _LEAD.match(text)):
        return "caption"
    return "body"


def _key(text: str) -> str:
    """Gives the form in which two sentences are the same sentence."""
    return re.sub(r"\W+", " ", text).strip().casefold()


_TRIVIAL = frozenset("the a an that also yang itu ini tersebut juga pun telah sudah".split())
"""Words whose coming and going makes no other sentence."""


def _near_key(text: str) -> str:
    """Gives the form in which two sentences say the same: without marks, articles and demonstratives. No number, name or denial goes."""
    words = _key(text).split()
    return " ".join(word for word in words if word not in _TRIVIAL) or " ".join(words)


def _sentences(lines: list[_Paragraph], roles: list[Role], language: str) -> Iterator[Sentence]:
    seen: dict[str, Span] = {}
    for number, (line, role) in enumerate(zip(lines, roles, strict=True)):
        offset = line.span.start
        if role not in ("body", "caption"):
            cuts = [Span(0, len(line.text))]
            lead = None
        else:
            lead = _LEAD.match(line.text) if role == "body" else None
            if role == "body" and lead is None and "body" not in roles[:number]:
                lead = _PLACE_LEAD.match(line.text)
            begin = lead.end() if lead else 0
            cuts = [Span(cut.start + begin, cut.end + begin) for cut in cut_sentences(line.text[begin:], language)]
        if lead:
            yield Sentence(span=Span(offset, offset + len(lead.group().rstrip())), paragraph=number, role="dateline")
        open_quote = False
        for cut in cuts:
            sentence = cut.of(line.text)
            span = Span(cut.start + offset, cut.end + offset)
            key = _near_key(sentence)
            first = seen.setdefault(key, span) if len(key.split()) >= MIN_REPEAT_WORDS else span
            yield Sentence(
                span=span,
                paragraph=number,
                role="quote" if role == "body" and _is_quote(sentence, goes_on=open_quote) else role,
                repeat_of=first if first != span else None,
            )
            open_quote = _open_quote(sentence, open_quote)


def _is_quote(sentence: str, *, goes_on: bool) -> bool:
    """Says whether a sentence is mainly somebody's words between quotation marks, which may have opened before it."""
    inside, quoted = goes_on, 0
    for mark in sentence:
        if mark in '"“”«»':
            inside = mark in "“«" or (mark == '"' and not inside)
        else:
            quoted += inside
    return (goes_on or sentence[0] in _OPENING) and QUOTED_SHARE * len(sentence) < quoted


def _open_quote(sentence: str, was_open: bool) -> bool:
    """Says whether a quotation is still open at the end of a sentence."""
    if sentence.count('"') % 2 == 1:
        return not was_open
    balance = sum(sentence.count(mark) for mark in "“«") - sum(sentence.count(mark) for mark in "”»")
    return balance > 0 or (was_open and balance == 0)


def _stamped(lines: list[_Paragraph], roles: list[Role], language: str) -> date | None:
    """Gives the full date that the head of a text carries: a dateline, a lead ("SEMARANG, 14 Maret 2025 - "), a line before its prose."""
    from bukti.claims.dates import find_dates

    head = next((number for number, line in enumerate(lines) if line.ends), len(lines))
    for number, (line, role) in enumerate(zip(lines, roles, strict=True)):
        lead = _LEAD.match(line.text)
        if lead or (len(line.text) <= MAX_STAMP_CHARACTERS and (role == "dateline" or number < head)):
            text = lead.group() if lead else line.text
            for mention in find_dates(text, language, anchor=None):
                beside = len(text[: mention.span.start].split()) + len(text[mention.span.end :].split())
                # A headline may name another day than its own; a stamp stands below it, set off from a place or a paper's name.
                set_off = number > 0 and re.search(r"(?:^|[,:|(/–-])\s*$", text[: mention.span.start])
                if mention.precision == "day" and (
                    role == "dateline" or lead or (set_off and beside <= MAX_BESIDE_STAMP)
                ):
                    return mention.start
    return None
