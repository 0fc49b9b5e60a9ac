from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bukti.eval.embedded import OVERLAP, EmbeddedVerifier, calibrated, windows_of
from bukti.eval.verifier import Pair, Verifier

FILLER = "Rapat itu dihadiri pejabat dari beberapa kementerian dan berlangsung tertutup di gedung utama. "


def pair(premise: str, hypothesis: str, languages: str = "id-id") -> Pair:
    a, _, b = languages.partition("-")
    return Pair(premise=premise, hypothesis=hypothesis, premise_language=a, hypothesis_language=b)


@given(st.integers(0, 3000), st.integers(OVERLAP + 1, 253))
def test_windows_cover_everything_and_share_their_edges(length: int, room: int) -> None:
    windows = windows_of(length, room)
    assert (windows[0][0], windows[-1][1]) == (0, length)
    assert all(stop - start <= room for start, stop in windows)
    assert all(b[0] == a[1] - OVERLAP for a, b in pairwise(windows))


def test_calibration_is_the_softmax_of_scaled_logits() -> None:
    logits = np.array([[2.0, 0.0, 0.0], [1000.0, 0.0, -1000.0]], dtype=np.float32)
    found = np.vstack([calibrated(logits[:1], 2.0), calibrated(logits[1:], 1.0)])
    e = np.e
    assert np.allclose(found, [[e / (e + 2), 1 / (e + 2), 1 / (e + 2)], [1, 0, 0]])


@pytest.mark.model
class TestEmbeddedVerifier:
    def test_it_is_a_verifier_that_answers_nothing_with_nothing(self) -> None:
        assert isinstance(EmbeddedVerifier(), Verifier)
        assert EmbeddedVerifier().verify([]) == []

    @pytest.mark.parametrize(
        ("languages", "premise", "true", "false"),
        [
            ("id-id", "Harga emas naik 2 persen pada Selasa.", "Harga emas naik.", "Harga emas turun."),
            ("id-id", "PT Sinar membuka pabrik di Tegal dan merekrut 350 pekerja.", "PT Sinar merekrut 350 pekerja.", "PT Sinar merekrut 900 pekerja."),
            ("en-en", "The company sold 300 cars in May.", "The company sold cars.", "The company sold 900 cars in May."),
            ("en-id", "The governor opened the new bridge.", "Gubernur membuka jembatan baru.", "Gubernur menutup jembatan baru."),
            ("id-en", "Menteri itu menolak usulan tersebut.", "The minister rejected the proposal.", "The minister accepted the proposal."),
        ],
    )  # fmt: skip
    def test_it_tells_true_from_false_in_each_pair_of_languages(
        self, languages: str, premise: str, true: str, false: str
    ) -> None:
        said, denied = EmbeddedVerifier().verify([pair(premise, true, languages), pair(premise, false, languages)])
        assert said.supported > 0.5 > said.refuted
        assert denied.refuted > 0.5 > denied.supported

    def test_an_answer_does_not_hang_on_the_other_pairs(self) -> None:
        asked = [pair(FILLER * (number + 1), "Rapat itu tertutup.") for number in range(6)]
        together = EmbeddedVerifier().verify(asked)
        alone = [EmbeddedVerifier().verify([each])[0] for each in asked]
        assert [round(item.supported, 2) for item in together] == [round(item.supported, 2) for item in alone]

    @pytest.mark.parametrize(
        "asked",
        [
            pair("", "Harga emas naik."),
            pair("Harga emas naik.", "..."),
            pair("L'or a augmenté.", "Gold rose.", "fr-en"),
            pair("Gold rose.", "Gold stieg.", "en-de"),
        ],
        ids=["no premise", "no claim", "French premise", "German claim"],
    )
    def test_what_it_was_not_taught_is_not_enough_evidence(self, asked: Pair) -> None:
        answer = EmbeddedVerifier().verify([asked])[0]
        assert (answer.supported, answer.refuted, answer.not_enough_evidence) == (0.0, 0.0, 1.0)

    def test_the_end_of_a_long_premise_is_read(self) -> None:
        fact = "Gubernur menandatangani perjanjian dengan 12 perusahaan."
        without, with_it = EmbeddedVerifier().verify([pair(FILLER * 30, fact), pair(FILLER * 30 + fact, fact)])
        assert without.supported < 0.5 < with_it.supported

    def test_one_false_part_of_a_long_claim_is_not_supported(self) -> None:
        long = FILLER * 12
        true, false = EmbeddedVerifier().verify(
            [pair(long, long), pair(long, long + "Rapat itu dibatalkan karena gempa bumi di Jakarta.")]
        )
        assert false.supported < true.supported
