from __future__ import annotations

import random
import re

import pytest

ID = "Gubernur Jawa Barat membuka 1.250 sekolah baru di Bandung pada 3 Mei 2019, naik 4,5 persen, kata Ridwan Kamil kepada Budi Santoso."
EN = "The governor of West Java opened 1,250 new schools on 3 May 2019, a rise of 4.5 percent, Ridwan Kamil told Budi Santoso."


@pytest.mark.parametrize(("text", "language"), [(ID, "id"), (EN, "en")])
def test_every_edit_changes_the_sentence_and_says_what_becomes_of_it(text: str, language: str) -> None:
    from training.edits import EDITS, other_name, word_in_class, word_of_same_meaning

    chance = random.Random(1)
    labels = set()
    for edit in (*EDITS, word_in_class, word_of_same_meaning, other_name(["Sari", "Joko Susilo"] * 6)):
        for _ in range(30):
            found = edit(text, language, chance)
            if found is not None:
                assert found[0] != text
                labels.add(found[1])
    assert labels <= {"entailment", "contradiction", "neutral", "not_entailment"}
    assert {"entailment", "contradiction"} <= labels


@pytest.mark.parametrize(("text", "language"), [(ID, "id"), (EN, "en")])
def test_another_number_is_written_as_its_language_writes_it(text: str, language: str) -> None:
    from training.edits import another_number

    thousands = r"\d{1,3}(?:\.\d{3})+" if language == "id" else r"\d{1,3}(?:,\d{3})+"
    chance = random.Random(2)
    for _ in range(200):
        found = another_number(text, language, chance)
        assert found is not None
        before, after = (re.findall(r"\d[\d.,]*\d|\d", each) for each in (text, found[0]))
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
        large = [number for number in after if len(re.sub(r"\D", "", number)) >= 5]
        assert all(re.match(thousands, number) for number in large)


@pytest.mark.parametrize(
    ("question", "answer", "statement"),
    [
        ("Kapan PBB mulai terbentuk ?", "24 Oktober 1945", "PBB mulai terbentuk pada 24 Oktober 1945."),
        ("Dimanakah James Hepburn lahir?", "Skotlandia", "James Hepburn lahir di Skotlandia."),
        ("Siapakah pendiri Telegram?", "Pavel Durov", "Pavel Durov adalah pendiri Telegram."),
        ("Berapa luas Aceh?", "5.677.081 ha", "Luas Aceh adalah 5.677.081 ha."),
        ("Mengapa langit biru?", "hamburan", None),
    ],
)
def test_a_question_and_its_answer_become_a_statement(question: str, answer: str, statement: str | None) -> None:
    from training.pairs import statement as made

    assert made(question, answer) == statement


def test_what_stands_in_an_evaluation_set_is_known_again() -> None:
    from training.corpora import Seen

    seen = Seen(["Harga emas naik dua persen pada hari Selasa di Jakarta."])
    assert seen.has("harga emas naik dua persen, pada hari selasa di jakarta")
    assert seen.has("Harga emas naik dua persen pada hari Selasa di Bandung.")
    assert not seen.has("Harga perak turun tiga persen pada hari Rabu di Jakarta.")


def test_no_word_excludes_itself() -> None:
    from training.wordclasses import EXCLUSIVE

    for lines in EXCLUSIVE.values():
        for line in lines:
            words = line.split()
            assert len(words) == len(set(words)) > 2
