"""Whatever is named where a file is wanted, what is none is one clear error: a pipe is not waited for, a circle of links is no crash."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bukti.claims.errors import BuktiError, printable
from bukti.config import Config, read_config
from bukti.engine import Engine
from bukti.eval.baseline import read_baseline
from bukti.eval.formats import read_cases
from bukti.eval.judge import ChatJudge
from bukti.eval.runs import bless_run, read_run
from bukti.eval.suites import read_suite
from bukti.retrieval.index import sources_in

ODD = {
    "pipe": os.mkfifo,
    "circle": lambda path: path.symlink_to(path.name),
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "nowhere": lambda path: path.symlink_to("nowhere"),
    "folder": Path.mkdir,
}


def _suite_of(field: str) -> Callable[[Path], object]:
    def read(odd: Path) -> object:
        suite = odd.with_name("suite.jsonl")
        suite.write_text(
            f'{{"id": "a", "claim": "Kota itu besar.", "label": "supported", {field.replace("ODD", odd.name)}}}\n'
        )
        return read_suite(suite)

    return read


def _checked(odd: Path) -> object:
    with closing(Engine(Config(), odd.parent)) as engine:
        return engine.check("Kota itu besar.", odd, language="id")


def _settings(odd: Path) -> object:
    os.rename(odd, odd.with_name("bukti.toml"))  # noqa: PTH104 (Path.rename follows nothing either, but says less)
    return read_config(folder=odd.parent)


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "suite": ("a.jsonl", read_suite),
    "suite in YAML": ("a.yaml", read_suite),
    "set": ("a.jsonl", lambda odd: read_cases(odd, format="fever")),
    "source of a suite": ("a.txt", _suite_of('"sources": ["ODD"]')),
    "article of a suite": ("a.txt", _suite_of('"sources": [{"text": "Kota."}], "article": "ODD"')),
    "index of a suite": ("a", _suite_of('"index": "ODD"')),
    "source of pytest": ("a.txt", _checked),
    "baseline": ("a.json", read_baseline),
    "run": ("a.json", read_run),
    "run to bless": ("a.json", lambda odd: bless_run(odd, odd.with_name("b.json"))),
    "manifest of an index": ("manifest.json", lambda odd: sources_in(odd.parent)),
    "recorded answers": ("a.jsonl", lambda odd: ChatJudge("openai:m", chat=None, record=odd, replay=True)),
    "settings": ("settings", _settings),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_one_clear_error(reader: str, odd: str, tmp_path: Path) -> None:
    name, read = READERS[reader]
    if (reader, odd) == ("settings", "folder"):
        return  # a folder of this name says nothing about settings
    ODD[odd](tmp_path / name)
    with pytest.raises(BuktiError) as caught:
        read(tmp_path / name)
    assert printable(str(caught.value)) == str(caught.value)
    assert caught.value.exit_code in (2, 3)
