"""Questions and answers inside an article. They are parts of it; a page of questions alone (FAQPage) it is not."""

from collections.abc import Iterable
from typing import Any

from blog.sanitiser import plain_text


def describe_questions(blocks: Iterable[Any]) -> list[dict[str, Any]]:
    """A Question with its Answer for every pair in the blocks of a body."""
    pairs = [pair for block in blocks if block.block_type == "questions" for pair in block.value["pairs"]]
    return [_question(pair["question"], pair["answer"]) for pair in pairs if pair["question"] and pair["answer"]]


def _question(question: str, answer: Any) -> dict[str, Any]:
    answered = {"@type": "Answer", "text": plain_text(answer.source)}
    return {"@type": "Question", "name": question, "acceptedAnswer": answered}
