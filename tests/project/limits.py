"""`python -m tests.project.limits`: refuse files and functions that have grown too long. Part of `make lint`."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, TEST_LINES, FUNCTION_LINES = 300, 400, 50


def tracked_files(*patterns: str) -> list[Path]:
    """The files that git tracks or would track, by pattern."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


def too_long(path: Path) -> Iterator[str]:
    """What is wrong with one Python file, a line each."""
    text = path.read_text()
    name = path.relative_to(ROOT)
    limit = TEST_LINES if name.parts[0] == "tests" else FILE_LINES
    if (lines := text.count("\n")) > limit:
        yield f"{name}: {lines} lines, at most {limit}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{name}:{node.lineno} {node.name}: {length} lines, at most {FUNCTION_LINES}"


def main() -> int:
    """Print what is too long; 1 if anything is."""
    paths = [path for path in tracked_files("*.py") if "migrations" not in path.parts]
    faults = [fault for path in paths for fault in too_long(path)]
    print("\n".join(faults) or f"{len(paths)} files, none too long.")  # noqa: T201 - a command
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
