"""Where `az` lines stand: shell blocks and code in pages, comments in infra/, and the texts that the programs print."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.az_lines import played
from tests.docs.az_lines.line import Line

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
INFRA = sorted([*(ROOT / "infra").rglob("*.bicep"), ROOT / "azure.yaml"])
PROGRAMS = sorted(
    path
    for folder in ("peering", "localazure", "infra", "release")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
SHELL = re.compile(r"^```(?:sh|bash|console)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:^|[\s(])az +[a-z]", re.MULTILINE)
_MENTION = re.compile(r"`az ([a-z][^`\n]*)`")
_COMMENT = re.compile(r"^(?://|#) *(az [a-z].*)$", re.MULTILINE)
_TEXT = re.compile(r"(?<![\w.-])az ((?!an?\b|lines?\b)[a-z][\w.-]*(?: [\w./<{=-]+)*)")


def every() -> list[Line]:
    """All of them, in the order of the files."""
    found = [line for page in PAGES for line in in_page(_name(page), page.read_text("utf-8"))]
    found += [line for file in INFRA for line in in_comments(_name(file), file.read_text("utf-8"))]
    return found + [line for file in PROGRAMS for line in in_program(_name(file), file.read_text("utf-8"))]


def in_page(name: str, text: str) -> Iterator[Line]:
    for block in SHELL.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        for row, words in played.calls(typed(block[1])):
            yield Line(f"{name}:{first + row}", words, complete=True)
    yield from _mentions(name, SHELL.sub(lambda block: "\n" * block[0].count("\n"), text))


def typed(block: str) -> str:
    """What somebody types: all of it, or where there are prompts what stands behind one, up to its end."""
    if not re.search(r"^\$ ", block, re.MULTILINE):
        return block
    lines, goes_on = [], False
    for line in block.splitlines():
        ours = goes_on or line.startswith("$ ")
        lines.append(line.removeprefix("$ ") if ours else "#")
        goes_on = ours and line.endswith("\\")
    return "\n".join(lines)


def calls_in(block: str) -> int:
    """How often `az` is called, by the look of it."""
    return len(_CALL.findall(re.sub(r"^ *#.*$", "", typed(block), flags=re.MULTILINE)))


def in_comments(name: str, text: str) -> Iterator[Line]:
    """A comment that is a line to be typed; `…` at its end stands for more parameters."""
    for comment in _COMMENT.finditer(text):
        for _, words in played.calls(re.sub(r" …$", "", comment[1])):
            yield Line(f"{name}:{text.count('\n', 0, comment.start()) + 1}", words, complete=True)
    yield from _mentions(name, text)


def in_program(name: str, text: str) -> Iterator[Line]:
    """What a program's texts mention; docstrings too, as people read them."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in _TEXT.finditer(node.value.replace("\n", " \0")):
                yield Line(f"{name}:{node.lineno}", tuple(found[1].rstrip(".").split()), complete=False)


def _mentions(name: str, text: str) -> Iterator[Line]:
    for found in _MENTION.finditer(text):
        words = tuple(found[1].replace("…", "value").split())
        yield Line(f"{name}:{text.count('\n', 0, found.start()) + 1}", words, complete=False)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
