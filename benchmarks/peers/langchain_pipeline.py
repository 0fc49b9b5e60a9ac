"""What a good engineer writes in an afternoon: LangChain's loader, splitter and Chroma, and a sentence-transformers cross-encoder.

It runs the weights that bukti ships, restored to float32 on torch: `write_models` makes folders of them. It is not tuned, nor held
back: batches and threads are the libraries' own, and the verdict is that of the most decided passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import CrossEncoder

VERDICTS = ("supported", "refuted", "not_enough_evidence")
SPECIAL = {name: f"[{name[:3].upper()}]" for name in ("pad_token", "cls_token", "sep_token", "unk_token")} | {
    "mask_token": "[MASK]"
}


class FolderLoader(BaseLoader):
    """Reads the text files of a folder: langchain-community's `DirectoryLoader`, which is not among bukti's dependencies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lazy_load(self) -> Iterator[Document]:
        for path in sorted(self.folder.iterdir()):
            yield Document(page_content=path.read_text(encoding="utf-8"), metadata={"source": str(path)})


class Peer:
    """The afternoon's pipeline."""

    def __init__(self, models: Path, *, k: int = 8) -> None:
        self.k = k
        self.splitter = RecursiveCharacterTextSplitter(chunk_size=600, chunk_overlap=60)
        self.embeddings = HuggingFaceEmbeddings(
            model_name=str(models / "encoder"),
            model_kwargs={"device": "cpu"},
            encode_kwargs={"normalize_embeddings": True},
        )
        self.verifier = CrossEncoder(str(models / "verifier"), device="cpu", max_length=256)

    def index(self, sources: Path, folder: Path) -> Chroma:
        chunks = self.splitter.split_documents(FolderLoader(sources).load())
        return Chroma.from_documents(chunks, self.embeddings, persist_directory=str(folder))

    def verdicts(self, store: Chroma, claims: Sequence[str]) -> list[str]:
        found = [store.similarity_search(claim, k=self.k) for claim in claims]
        pairs = [(claim, each.page_content) for claim, row in zip(claims, found, strict=True) for each in row]
        answers = self.verifier.predict(pairs, apply_softmax=True, show_progress_bar=False)
        given, at = [], 0
        for row in found:
            own = answers[at : at + len(row)]
            at += len(row)
            decided = max(own, key=lambda each: max(each[0], each[1]), default=None)
            given.append(VERDICTS[int(decided.argmax())] if decided is not None else VERDICTS[2])
        return given


def write_models(folder: Path) -> None:
    """Writes the shipped weights as folders that transformers and sentence-transformers load: `encoder` and `verifier`."""
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    from bukti.retrieval.embedded import tokenizer
    from training.shipped import unpack

    logging.disable_progress_bar()
    unpack(Path(__file__).resolve().parent.parent.parent / "bukti" / "models", folder)
    fast: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer(), model_max_length=256, **SPECIAL)
    for name in ("encoder", "verifier"):
        fast.save_pretrained(folder / name)
