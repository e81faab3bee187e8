"""`validate-docs`: the project's migration documents exist, their links lead somewhere, their commands are right."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from fingood.errors import ConfigError
from fingood.model.finding import Finding, Location
from fingood.model.report import CheckRun, Outcome, Report
from fingood.model.severity import Confidence, Severity
from fingood.scaffold import FILES
from fingood.scaffold.documents import CommandLine, Document, Link, read_document

Commands = Mapping[str, frozenset[str]]
"""Every command of the command line (``audit verify``) with the options and sub-commands it takes."""

_FOLDER = "migrations/docs"
_VERBS_OF_STUB = re.compile(r'run_(?:script|group)\((\(?"[^)]*?)(?:\)|, home=)')
_ALEMBIC = re.compile(
    r"(branches|check|current|downgrade|edit|ensure_version|heads|history|init|list_templates|merge|revision|show|stamp"
    r"|upgrade)\Z"
)


def validate_docs(root: Path, commands: Commands) -> Report:
    """Checks the documents of the project in ``root``.

    Raises ConfigError when the project has no documents at all.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    folder = root / _FOLDER
    if not folder.is_dir():
        raise ConfigError(f"no folder {folder}", hint="fingood init lays the documents down")
    documents = tuple(read_document(path) for path in sorted(folder.rglob("*.md")))
    runs = (_run("docs-exist", tuple(_missing(root))), *judge_documents(root, documents, commands))
    problems = sum(len(run.findings) for run in runs)
    return Report(
        command="validate-docs",
        subject=str(folder),
        started=started,
        duration=time.monotonic() - clock,
        headline=f"{len(documents)} documents, {problems} problems" if problems else f"{len(documents)} documents hold",
        runs=(*runs, *_outside(documents)),
        data={"documents": [str(document.path.relative_to(root)) for document in documents]},
    )


def judge_documents(root: Path, documents: tuple[Document, ...], commands: Commands) -> tuple[CheckRun, ...]:
    """One run for links, Python, data (TOML and JSON) and commands. ``root`` holds the documents and the scripts that
    they name."""
    checks: tuple[tuple[str, Callable[[Path, Document], Iterator[tuple[str, int, str]]]], ...] = (
        ("docs-links", _bad_links),
        ("docs-python", _bad_python),
        ("docs-data", _bad_data),
        ("docs-commands", lambda r, d: _bad_commands(r, d, commands)),
    )
    return tuple(_run(name, tuple(_each(root, documents, find))) for name, find in checks)


def _run(name: str, findings: tuple[Finding, ...]) -> CheckRun:
    return CheckRun(check=name, outcome=Outcome.FAILED if findings else Outcome.PASSED, findings=findings)


def _outside(documents: tuple[Document, ...]) -> Iterator[CheckRun]:
    links = sum("://" in link.target for document in documents for link in document.links)
    if links:
        reason = f"{links} links to other hosts: this command does not go out to the network"
        yield CheckRun(check="docs-links-outside", outcome=Outcome.SKIPPED, reason=reason)


def _finding(check: str, path: str, line: int | None, message: str, remedy: str = "") -> Finding:
    return Finding(
        check=check,
        severity=Severity.ERROR,
        confidence=Confidence.OBSERVED,
        message=message,
        remedy=remedy,
        subject=path,
        location=Location(path=path, line=line),
    )


def _missing(root: Path) -> Iterator[Finding]:
    for file in FILES:
        if file.path.startswith(_FOLDER) and not (root / file.path).is_file():
            yield _finding("docs-exist", file.path, None, f"no {file.path}", "fingood init")


def _each(
    root: Path, documents: tuple[Document, ...], find: Callable[[Path, Document], Iterator[tuple[str, int, str]]]
) -> Iterator[Finding]:
    for document in documents:
        path = document.path.relative_to(root).as_posix()
        for check, line, message in find(root, document):
            yield _finding(check, path, line, message)


def _bad_links(root: Path, document: Document) -> Iterator[tuple[str, int, str]]:
    for link in document.links:
        if re.match(r"[a-z][a-z0-9+.-]*:", link.target, re.IGNORECASE) is None and (reason := _leads(document, link)):
            yield "docs-links", link.line, reason


def _leads(document: Document, link: Link) -> str:
    """Why a relative link leads nowhere; empty when it does lead somewhere."""
    target, _, anchor = unquote(link.target).partition("#")
    path = (document.path.parent / target) if target else document.path
    if not path.exists():
        return f"the link {link.target} leads to no file"
    if anchor and path.suffix == ".md" and anchor not in read_document(path).anchors:
        return f"the link {link.target} names a heading that is not there"
    return ""


def _bad_python(root: Path, document: Document) -> Iterator[tuple[str, int, str]]:
    for fence in document.fences:
        if fence.language not in ("python", "py") or fence.not_run:
            continue
        try:
            tree = ast.parse(fence.code)
        except SyntaxError as error:
            yield "docs-python", fence.line + (error.lineno or 1) - 1, f"this is not Python: {error.msg}"
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (reason := _cannot_import(root, node)):
                yield "docs-python", fence.line + node.lineno - 1, reason


def _bad_data(root: Path, document: Document) -> Iterator[tuple[str, int, str]]:
    for fence in document.fences:
        try:
            if fence.language == "toml":
                tomllib.loads(fence.code)
            elif fence.language == "json":
                json.loads(fence.code)
        except ValueError as error:
            yield "docs-data", fence.line, f"this is not {fence.language.upper()}: {error}"


def _cannot_import(root: Path, node: ast.ImportFrom) -> str:
    """Why an import from the project or the library would fail; empty for other packages, which are not looked at."""
    module = node.module or ""
    if module.split(".")[0] not in ("migrations", "fingood"):
        return ""
    source = _source_of(root, module)
    if source is None:
        return f"no module {module}"
    known = _names_in(ast.parse(source.read_text(encoding="utf-8")))
    wanted = (alias.name for alias in node.names if alias.name != "*")
    absent = [name for name in wanted if name not in known and not _source_of(root, f"{module}.{name}")]
    return f"{module} has no {', '.join(absent)}" if absent else ""


def _names_in(tree: ast.Module) -> frozenset[str]:
    """The names that a module defines or imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
    return frozenset(names)


def _source_of(root: Path, module: str) -> Path | None:
    if module.startswith("migrations"):
        base = root.joinpath(*module.split("."))
        return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin else None


def _bad_commands(root: Path, document: Document, commands: Commands) -> Iterator[tuple[str, int, str]]:
    for line in document.commands:
        if reason := _no_such_command(root, line, commands):
            yield "docs-commands", line.line, reason


def _no_such_command(root: Path, line: CommandLine, commands: Commands) -> str:
    program, *rest = line.words
    if program == "alembic":
        verb = next((word for word in rest if not word.startswith("-")), "")
        return f"alembic has no command {verb}" if verb and not _ALEMBIC.match(verb) else ""
    if program == "fingood":
        return _unknown_words(rest, commands) if rest and not rest[0].startswith("-") else ""
    script = rest[0]
    if not script.startswith("migrations/"):
        return ""
    if not (root / script).is_file():
        return f"no script {script}"
    found = _VERBS_OF_STUB.search((root / script).read_text(encoding="utf-8"))
    if found is None:
        return ""
    verbs = re.findall(r'"([^"]+)"', found[1])
    if len(verbs) == 1 and not found[1].startswith("("):
        return _unknown_words([verbs[0], *rest[1:]], commands)
    if len(rest) > 1 and rest[1] not in verbs:
        return f"{script} has no command {rest[1]}; it has {', '.join(verbs)}"
    return _unknown_words(rest[1:], commands)


def _unknown_words(words: list[str], commands: Commands) -> str:
    """What in ``verb [sub-command] --options`` the command line does not know."""
    if not words:
        return ""
    name = words[0]
    if name not in commands:
        return f"fingood has no command {name}"
    if len(words) > 1 and f"{name} {words[1]}" in commands:
        name = f"{name} {words[1]}"
    options = [word.partition("=")[0] for word in words[1:] if word.startswith("--")]
    unknown = [option for option in options if option not in commands[name]]
    return f"{name} has no option {', '.join(unknown)}" if unknown else ""
