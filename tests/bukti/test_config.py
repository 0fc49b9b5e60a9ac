from __future__ import annotations

from pathlib import Path

import pytest

from bukti.api import gate_settings
from bukti.claims.errors import ConfigError
from bukti.config import Config, read_config
from bukti.eval.decision import Rules
from bukti.eval.gate import DEFAULT_MEASURES


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "bukti.toml").write_text('k = 3\nembedder = "file"\nmax_mb = 5\n')
    config, settings = read_config({"k": 5}, environment={"BUKTI_K": "4", "BUKTI_EMBEDDER": "env"}, folder=tmp_path)
    assert (config.k, config.embedder, config.max_mb, config.verifier) == (5, "env", 5.0, "embedded")
    origins = {setting.name: setting.origin for setting in settings}
    assert (origins["k"], origins["embedder"], origins["max_mb"], origins["verifier"]) == (
        "flag",
        "BUKTI_EMBEDDER",
        str(tmp_path / "bukti.toml"),
        "default",
    )


def test_pyproject_is_read_from_a_folder_above(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.bukti]\nk = 9\n")
    (tmp_path / "below").mkdir()
    assert read_config(environment={}, folder=tmp_path / "below")[0] == Config(k=9)


def test_the_gate_goes_by_its_own_rules_where_none_are_set() -> None:
    assert gate_settings(Config()) == (DEFAULT_MEASURES, Rules())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("k = ", "cannot be read as TOML"),
        ("kk = 3", "unknown setting 'kk'"),
        ('k = "many"', "must be a number"),
        ("k = 0", "must lie in"),
        ("support_threshold = 0.3", "must lie in"),
        ("judge_votes = 0", "must lie in"),
        ("gate_alpha = 0.5", "must lie between 0 and 0.5"),
        ("gate_max_errors = -0.1", "must lie in"),
        ("gate_max_flaky = 1.1", "must lie in"),
        ('gate_min_cases = "few"', "must be a number"),
        ("judge_temperature = -1", "must lie in"),
        ('lang = "fr"', "speaks id or en"),
        ('publisher_url = "https://cek.example/"', "a publisher that is named"),
        ('publisher = "Cek"\npublisher_url = "cek.example"', "http or https address"),
        ("judge_replay = true", "name the file of recorded answers"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "bukti.toml").write_text(text)
    with pytest.raises(ConfigError, match=says):
        read_config(environment={}, folder=tmp_path)
