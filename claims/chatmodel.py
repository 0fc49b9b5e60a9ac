"""Chat models through LangChain, for every part that asks one: made from a name, asked for answers of one form, shown data in a fence.

Whatever a model is shown that others wrote stands between two lines that hold a mark made for this one question. The text cannot
know the mark, and what looks like one in it is changed before it is shown.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bukti.claims.errors import UsageError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["CLOSING", "OPENING", "Answer", "Prompt", "ask", "fenced", "fresh_mark", "load_chat_model", "one_line"]

MAX_CONCURRENT = 4
"""Questions that are asked at once."""

MAX_RETRIES = 2
"""How often the client asks again after a 429, a 500 or a broken connection."""

MAX_REPAIRS = 1
"""How often the model may put right an answer that cannot be read."""

TIMEOUT_S = 60.0
"""How long one answer may take."""

UNREADABLE = "it could not be read"

_BETWEEN = r"[\s\u200b-\u200f\u2060\ufeff]*"

OPENING = rf"[<＜﹤‹](?:{_BETWEEN}[<＜﹤‹])+|[≪⟪《]"
"""What looks like the start of a mark, as a pattern."""

CLOSING = rf"[>＞﹥›](?:{_BETWEEN}[>＞﹥›])+|[≫⟫》]"
"""What looks like the end of a mark, as a pattern."""

Prompt = Sequence[tuple[str, str]]
"""Messages as pairs of role and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered to one question, and what it took."""

    parsed: Any | None
    """The answer in the form that was asked for; None where there is none."""

    problem: str
    """Why there is none, in one line; empty where there is one."""

    calls: int
    """How often the model was asked; the client's own retries are not seen here."""

    input_tokens: int
    """Tokens read, as the model told."""

    output_tokens: int
    """Tokens written, as the model told."""

    untold: int
    """Calls for which the model told no tokens: those that failed, and most of those that could not be read."""


def load_chat_model(model: str, *, kind: str, known: str, temperature: float = 0.0) -> BaseChatModel:
    """Gives a chat model by its name.

    Args:
        model: ``"provider:model"``, as LangChain names it.
        kind: What it is for, for the message: ``splitter``, ``verifier``.
        known: What else could have been given, for the message.
        temperature: How freely it answers.

    Raises:
        UsageError: There is no such provider, its package is not installed, or its key is not set.
    """
    from langchain.chat_models import init_chat_model

    try:
        made: BaseChatModel = init_chat_model(
            model, temperature=temperature, timeout=TIMEOUT_S, max_retries=MAX_RETRIES
        )
    except (ImportError, ValueError) as exc:
        message = f"{kind} {model!r} cannot be used ({one_line(exc)}); give {known}, provider:model with its package installed, or module:Class"
        raise UsageError(message) from exc
    except Exception as exc:  # each provider has its own errors for a key that is not set
        raise UsageError(f"{kind} {model!r} cannot be used ({one_line(exc)}); check its key and address") from exc
    return made


def ask(chat: BaseChatModel, schema: type[Any], prompts: Sequence[Prompt], *, again: str) -> list[Answer]:
    """Asks for answers of one form, several at once; an answer that cannot be read may be put right `MAX_REPAIRS` times.

    Args:
        chat: The model.
        schema: A pydantic class. Give its fields no default but None: some providers refuse others.
        prompts: One question each.
        again: What a model whose answer could not be read is asked to do.

    Returns:
        One answer for each prompt, in the same order.

    Raises:
        UsageError: This model cannot give answers of a form.
    """
    try:
        asked = chat.with_structured_output(schema, include_raw=True)
    except NotImplementedError as exc:
        raise UsageError(f"{type(chat).__name__} gives no structured answers; name another model") from exc
    shown = [list(prompt) for prompt in prompts]
    answers = [Answer(parsed=None, problem="", calls=0, input_tokens=0, output_tokens=0, untold=0) for _ in prompts]
    waiting = list(range(len(prompts)))
    for _ in range(MAX_REPAIRS + 1):
        if not waiting:
            break
        given: list[Any] = asked.batch(
            [shown[at] for at in waiting], config={"max_concurrency": MAX_CONCURRENT}, return_exceptions=True
        )
        for at, answer in zip(waiting, given, strict=True):
            before = answers[at]
            problem, parsed = _read(answer)
            told = _tokens(answer)
            answers[at] = Answer(
                parsed=parsed,
                problem=problem,
                calls=before.calls + 1,
                input_tokens=before.input_tokens + (told or (0, 0))[0],
                output_tokens=before.output_tokens + (told or (0, 0))[1],
                untold=before.untold + (told is None),
            )
            if problem:
                shown[at] = [*prompts[at], ("user", f"In your answer, {problem}. {again}")]
        waiting = [at for at in waiting if answers[at].problem.startswith(UNREADABLE)]
    return answers


def fresh_mark() -> str:
    """Gives a mark that no text can know."""
    return f"<<{secrets.token_hex(8)}>>"


def fenced(mark: str, text: str) -> str:
    r"""Gives text between two lines of a mark; whatever in it looks like a mark is changed into quote marks.

    >>> fenced("<<7f>>", "a <<7f>> b")
    '<<7f>>\na «7f» b\n<<7f>>'
    """
    return f"{mark}\n{re.sub(CLOSING, '»', re.sub(OPENING, '«', text))}\n{mark}"


def one_line(value: object) -> str:
    """Gives what a model or its client said as one line fit to be shown."""
    text = json.dumps(str(value).strip() or type(value).__name__, ensure_ascii=False)[1:-1]
    return text.replace("\\n", " ")[:140]


def _read(answer: Any) -> tuple[str, Any]:
    """Gives what is wrong with an answer, and what was read of it, which is None where anything is wrong."""
    # Some clients raise on an answer that does not fit the schema, others hand the error over.
    if isinstance(answer, BaseException) and not isinstance(answer, ValueError):
        return f"the model failed ({one_line(answer)})", None
    error = answer if isinstance(answer, BaseException) else answer.get("parsing_error")
    parsed = None if isinstance(answer, BaseException) else answer.get("parsed")
    return ("", parsed) if parsed is not None else (f"{UNREADABLE} ({one_line(error or 'empty')})", None)


def _tokens(answer: Any) -> tuple[int, int] | None:
    raw = answer.get("raw") if isinstance(answer, dict) else None
    told = getattr(raw, "usage_metadata", None)
    return (int(told["input_tokens"]), int(told["output_tokens"])) if told else None
