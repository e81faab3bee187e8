"""Every page of this repository: links lead somewhere, commands exist, snippets run or say why they do not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fingood.cli.verbs.validate_docs import known_commands
from fingood.commands.init import init
from fingood.commands.validate_docs import judge_documents
from fingood.scaffold.documents import Fence, read_document

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "migrations" / "docs").rglob("*.md")))
)
LANGUAGES = ("", "python", "sh", "sql", "toml", "json", "yaml")
MOST_NOT_RUN = 4


def fences(*languages: str) -> list[pytest.ParameterSet]:
    """The fenced blocks in these languages, named by page and line."""
    return [
        pytest.param(page, fence, id=f"{page.name}:{fence.line}")
        for page in PAGES
        for fence in read_document(page).fences
        if fence.language in languages and "api" not in page.parts
    ]


def test_links_lead_somewhere_and_commands_and_data_are_right() -> None:
    documents = tuple(read_document(page) for page in PAGES)
    findings = [finding for run in judge_documents(ROOT, documents, known_commands()) for finding in run.findings]
    assert [f"{finding.location}: {finding.message}" for finding in findings] == []
    assert sum(len(document.links) for document in documents) > 50
    assert sum(len(document.commands) for document in documents) > 100


def test_no_snippet_is_in_a_language_that_nobody_looks_at() -> None:
    found = {fence.language for page in PAGES for fence in read_document(page).fences}
    assert found <= set(LANGUAGES)


def test_few_snippets_are_not_run() -> None:
    """The pages of the api are run by the tests of the scaffold, the SQL of the invariants by those of validation."""
    reasons = [parameter.values[1].not_run for parameter in fences("python") if parameter.values[1].not_run]
    assert len(reasons) <= MOST_NOT_RUN, reasons


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("a project")
    init(root)
    return root


@pytest.mark.parametrize(("page", "fence"), [p for p in fences("python") if not p.values[1].not_run])
def test_a_python_snippet_runs_in_a_fresh_project(project: Path, page: Path, fence: Fence) -> None:
    done = subprocess.run(
        [sys.executable, "-c", fence.code],
        cwd=project,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{project}/app.db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_pages_of_the_api_are_the_codes_own_docstrings() -> None:
    command = [sys.executable, str(ROOT / "tools" / "write_api_pages.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
