"""What `validate-docs` sees in a project's documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingood.commands.init import init
from fingood.commands.validate_docs import validate_docs
from fingood.errors import ConfigError
from fingood.scaffold.documents import read_document

COMMANDS = {
    "check": frozenset({"--help", "--level"}),
    "test-rollback": frozenset({"--help"}),
    "validate-all": frozenset({"--help"}),
    "audit": frozenset({"--help"}),
    "audit verify": frozenset({"--help"}),
    "health-check": frozenset({"--help", "--comprehensive"}),
}


def problems(root: Path, text: str) -> list[str]:
    """What is found in one document of this text, each with its line."""
    init(root)
    for page in (root / "migrations/docs").rglob("*.md"):
        page.write_text("# Empty\n")
    (root / "migrations/docs/README.md").write_text(text)
    found = validate_docs(root, COMMANDS).findings
    return [f"{finding.location.line if finding.location else 0} {finding.message}" for finding in found]


@pytest.mark.parametrize(
    "text",
    [
        "[there](COMPLIANCE.md) and [here](#what-we-do)\n\n## What we do\n",
        "[out](https://example.com/gone) `[no](link.md)`\n",
        "```python\nx = 1\n```\n```\nthis is ( no Python\n```\n",
        "```python\nfrom migrations.safety.audit_logger import get_audit_logger\nimport nowhere_to_be_found\n```\n",
        "`fingood check ID --level high`, `fingood audit verify`, `alembic upgrade head`, `alembic downgrade -1`\n",
        "`python migrations/health_check.py --comprehensive`, `python -m pytest migrations/tests/ -v`\n",
        "```sh\n$ python migrations/safety/safety_cli.py check ID   # a remark\n```\n",
    ],
)
def test_a_document_that_is_right_is_left_in_peace(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n[gone](GONE.md)\n", "2 the link GONE.md leads to no file"),
        ("[gone](COMPLIANCE.md#nothing)\n", "1 the link COMPLIANCE.md#nothing names a heading that is not there"),
        ("```python\nx = 1\ny = (\n```\n", "3 this is not Python: '(' was never closed"),
        ("```python\nfrom migrations.safety.nothing import x\n```\n", "2 no module migrations.safety.nothing"),
        ("```python\nfrom fingood.errors import Nothing\n```\n", "2 fingood.errors has no Nothing"),
        ("```toml\na = b\n```\n", "2 this is not TOML: Invalid value (at line 1, column 5)"),
        (
            "```json\n{\n```\n",
            "2 this is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ("`fingood chek ID`\n", "1 fingood has no command chek"),
        ("`fingood check --lvel high`\n", "1 check has no option --lvel"),
        ("`alembic upgrad head`\n", "1 alembic has no command upgrad"),
        ("`python migrations/health_chek.py`\n", "1 no script migrations/health_chek.py"),
        ("`python migrations/health_check.py --all`\n", "1 health-check has no option --all"),
        (
            "`python migrations/safety/safety_cli.py chek ID`\n",
            "1 migrations/safety/safety_cli.py has no command chek; it has check, test-rollback, validate-all",
        ),
    ],
)
def test_a_document_that_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


def test_a_document_that_was_deleted_is_missed(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "migrations/docs/COMPLIANCE.md").unlink()
    messages = [finding.message for finding in validate_docs(tmp_path, COMMANDS).findings]
    assert "no migrations/docs/COMPLIANCE.md" in messages
    assert "the link COMPLIANCE.md leads to no file" in messages


def test_a_project_without_documents_is_told_what_lays_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder") as caught:
        validate_docs(tmp_path, COMMANDS)
    assert "fingood init" in caught.value.hint


def test_a_snippet_says_why_it_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("<!-- not run: it needs a server -->\n```python\nx\n```\n\n```python\ny\n```\n")
    assert [fence.not_run for fence in read_document(path).fences] == ["it needs a server", ""]


def test_code_is_no_prose(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("~~~sh\n# not a heading\n[not](a-link)\n~~~\n# A `heading` (here)\n")
    document = read_document(path)
    assert document.links == ()
    assert document.anchors == {"a-heading-here"}
