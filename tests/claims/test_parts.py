from __future__ import annotations

import pytest

from bukti.claims.claim import Splitter
from bukti.claims.errors import UsageError
from bukti.claims.parts import load_part
from bukti.claims.rules import RuleSplitter


def test_a_part_is_loaded_by_module_and_class() -> None:
    assert isinstance(
        load_part("bukti.claims.rules:RuleSplitter", Splitter, kind="splitter", known="rules"), RuleSplitter
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("magic", "cannot be loaded"),
        ("no.such.module:Thing", "cannot be loaded"),
        ("bukti.claims.rules:Nothing", "cannot be loaded"),
        (":Thing", "cannot be loaded"),
        ("collections:OrderedDict", "does not keep bukti.claims.claim.Splitter"),
    ],
)
def test_what_cannot_be_loaded_is_a_usage_error(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_part(name, Splitter, kind="splitter", known="rules")
