from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bukti.api import load_verifier, verify
from bukti.claims.documents import read_text
from bukti.claims.errors import UsageError
from bukti.claims.segments import segment
from bukti.config import Config
from bukti.eval.judge import ChatJudge
from bukti.eval.lexical import LexicalVerifier

ARTICLE = segment(read_text("Pabrik itu dibuka pada 2013 di Tegal."), language="id")


def test_a_verifiers_name_leads_to_one_kind_of_verifier(
    chat_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    config = Config(judge_votes=3, judge_temperature=0.5, judge_record=str(tmp_path / "answers.jsonl"))
    judge = load_verifier("openai:m", ARTICLE, config=config)
    assert isinstance(judge, ChatJudge)
    assert judge.name.endswith("openai:m@0.5 votes=3")
    assert (tmp_path / "answers.jsonl").exists()
    assert isinstance(load_verifier("lexical", ARTICLE), LexicalVerifier)
    assert isinstance(load_verifier("bukti.eval.lexical:LexicalVerifier", ARTICLE), LexicalVerifier)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("oracle", "no verifier of this name; give embedded, lexical"),
        ("", "no verifier of this name"),
        ("nobody:m", "provider:model with its package installed"),
        ("bukti.eval.lexical:Nothing", "cannot be loaded"),
        ("bukti.claims.rules:RuleSplitter", "does not keep bukti.eval.verifier.Verifier"),
    ],
)
def test_a_name_that_leads_nowhere_is_one_line(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        load_verifier(name, ARTICLE)
    assert "\n" not in str(caught.value)


@pytest.mark.model
@pytest.mark.parametrize("name", ["./none", "/none/model:v2", "~/none/at/all", "no-one/no-model-of-this-name", "empty"])
def test_a_path_or_a_name_with_a_slash_is_a_cross_encoder_of_this_machine(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_network: None
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="is not a model on this machine"):
        load_verifier(name, ARTICLE)


@pytest.mark.model
def test_a_judged_report_can_be_made_again_without_the_model(
    chat_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{chat_server.http.server_port}/v1")
    source = "Pabrik itu dibuka pada tahun 2013 di Tegal oleh bupati."
    (tmp_path / "source.txt").write_text(f"{source}\n")
    chat_server.reply = lambda body, count: json.dumps({"verdict": "supports", "quote": source, "reason": None})

    def report(*, replay: bool) -> dict[str, Any]:
        config = Config(
            verifier="openai:m",
            judge_record=str(tmp_path / "answers.jsonl"),
            judge_replay=replay,
            cache_dir=str(tmp_path),
        )
        made = verify(read_text(ARTICLE.text), sources=tmp_path / "source.txt", language="id", config=config).to_dict()
        return {key: value for key, value in made.items() if key != "timing"}

    first = report(replay=False)
    assert first["claims"][0]["verdict"] == "supported"
    asked = len(chat_server.asked)
    monkeypatch.delenv("OPENAI_API_KEY")
    assert report(replay=True) == first
    assert len(chat_server.asked) == asked > 0
