"""A real check in every format, and the integrations that build on it, on a small SQLite project in a repository."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
import yaml
from tests.render.odd import odd_report
from tests.render.test_formats import sarif_schema

from fingood.cli.main import run
from fingood.render import FORMATS

ROOT = Path(__file__).resolve().parents[2]
ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

if context.is_offline_mode():
    context.configure(dialect_name="sqlite", as_sql=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
FIRST = """'''accounts'''
import sqlalchemy as sa
from alembic import op
revision = "a1"
down_revision = None
def upgrade(): op.create_table("accounts", sa.Column("id", sa.BigInteger(), primary_key=True))
def downgrade(): op.drop_table("accounts")
"""
SECOND = """'''100% of the "fees" | `all`'''
import sqlalchemy as sa
from alembic import op
revision = "b2"
down_revision = "a1"
def upgrade():
    op.add_column("accounts", sa.Column("fee", sa.Float()))
def downgrade():
    pass
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project lies two folders below the top of its repository; the working directory is in it."""
    (tmp_path / ".git").mkdir()
    root = tmp_path / "services" / "the bank"
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text(
        f"[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = sqlite:///{root / 'bank.db'}\n"
    )
    (root / "migrations" / "env.py").write_text(ENV)
    (versions / "a1_accounts.py").write_text(FIRST)
    (versions / "b2_fees.py").write_text(SECOND)
    (root / "bank.db").touch()
    monkeypatch.chdir(root)
    return root


FILE = "services/the bank/migrations/versions/b2_fees.py"


def test_one_check_is_written_in_every_format(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name: project / f"report.{name}" for name in FORMATS}
    wanted = [word for name, path in files.items() for word in ("--output", f"{name}={path}")]
    assert run(["check", "a1:b2", "--format", "github", "--quiet", *wanted]) == 1
    stdout = capsys.readouterr().out
    texts = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    assert stdout == texts["github"]
    assert f"::error file={FILE},line=7,title=money-float (error)::" in stdout
    _judge_sarif(json.loads(texts["sarif"]))
    report = json.loads(texts["json"])
    jsonschema.validate(report, report_schema())
    assert report["exit_code"] == 1
    floats = [issue for issue in json.loads(texts["gitlab"]) if issue["check_name"] == "money-float"]
    assert [issue["location"] for issue in floats] == [{"path": FILE, "lines": {"begin": 7}}]
    assert Xml.fromstring(texts["junit"]).get("failures") == "2"
    assert f"`{FILE}:7`" in texts["markdown"]
    assert "<!DOCTYPE html>" in texts["html"]
    assert "money-float" in texts["text"]


def _judge_sarif(log: dict[str, Any]) -> None:
    jsonschema.validate(log, sarif_schema("sarif-2.1.0"))
    (one,) = log["runs"]
    assert one["invocations"][0]["exitCode"] == 1
    (found,) = [result for result in one["results"] if result["ruleId"] == "money-float"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "services/the%20bank/migrations/versions/b2_fees.py"
    rules = one["tool"]["driver"]["rules"]
    assert len(rules) > 20
    assert all("## Instead" in rule["help"]["markdown"] for rule in rules)


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_format_changes_the_exit_code(project: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate-migrations", "--format", name]) == 0
    assert run(["validate-migrations", "--format", name, "--fail-on", "warning"]) == 1
    assert capsys.readouterr().out


def report_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    return schema


@pytest.mark.parametrize("words", [["validate-migrations"], ["config"], ["plan", "b2", "--static"]], ids=" ".join)
def test_json_fits_the_published_schema(project: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run([*words, "--format", "json", "--quiet"])
    jsonschema.validate(json.loads(capsys.readouterr().out), report_schema())


def test_the_published_schema_refuses_what_is_no_report() -> None:
    from fingood.render.json import report_object

    sound = report_object(odd_report())
    jsonschema.validate(sound, report_schema())
    sound["children"][0]["checks"][0]["findings"][0]["severity"] = "bad"
    with pytest.raises(jsonschema.ValidationError, match="bad"):
        jsonschema.validate(sound, report_schema())
    with pytest.raises(jsonschema.ValidationError, match="another"):
        jsonschema.validate({**report_object(odd_report()), "another": 1}, report_schema())


def test_the_published_schema_is_the_codes_own() -> None:
    command = [sys.executable, str(ROOT / "tools" / "write_report_schema.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["one.json", "two.json"], "one FILE, and FORMAT=FILE"),
        (["sarif=no/such/folder/x"], "no folder"),
        (["."], "cannot write"),
    ],
)
def test_an_output_that_cannot_be_is_refused_in_one_line(
    project: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", *(part for word in words for part in ("--output", word))]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_a_name_with_an_equals_sign_is_a_name_where_no_format_stands_before_it(project: Path) -> None:
    assert run(["config", "--quiet", "--output", "a=b.txt"]) == 0
    assert (project / "a=b.txt").read_text(encoding="utf-8")


class Runner:
    """A job's shell with GitHub's files: runs the check step of action.yml with inputs in the environment."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.output, self.summary = folder / "output", folder / "summary"
        self.action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    def check(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        step = self.action["runs"]["steps"][1]
        given = {name: one["default"] for name, one in self.action["inputs"].items()} | {"python": sys.executable}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        variables = {
            name: given[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", expression)[1]]  # type: ignore[index]
            for name, expression in step["env"].items()
        }
        runner = {"RUNNER_TEMP": self.folder, "GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.root,
            env={**os.environ, **variables, **{name: str(path) for name, path in runner.items()}},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def test_the_github_action_annotates_and_hands_on_its_files(project: Path, tmp_path: Path) -> None:
    runner = Runner(project, tmp_path)
    result = runner.check(revisions="a1 b2", level="high", static="true")
    assert result.returncode == 1, result.stderr
    assert f"::error file={FILE},line=7," in result.stdout
    assert runner.outputs["exit-code"] == "1"
    assert json.loads(Path(runner.outputs["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path(runner.outputs["markdown"]).read_text(encoding="utf-8") == runner.summary.read_text(encoding="utf-8")


def test_no_input_of_the_github_action_reaches_the_shell_as_code(project: Path, tmp_path: Path) -> None:
    runner = Runner(project, tmp_path)
    result = runner.check(revisions="$(touch pwned) `touch pwned`; touch pwned", level="low; touch pwned")
    assert result.returncode == 2
    assert runner.outputs == {"exit-code": "2"}
    assert "::error title=fingood check::nothing was checked, exit code 2" in result.stdout
    assert not list(tmp_path.rglob("pwned"))
    for step in runner.action["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_gitlab_job_writes_the_reports_that_it_declares(project: Path) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))["fingood-check"]
    variables = {**job["variables"], "MIGRATIONS_CHECK_OPTIONS": "--static --level high"}
    bin_folder = Path(sys.executable).parent
    result = subprocess.run(
        ["sh", "-ec", "\n".join(job["script"])],
        cwd=project,
        env={**os.environ, **variables, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    declared = job["artifacts"]["reports"]
    assert json.loads((project / declared["codequality"]).read_text(encoding="utf-8"))[0]["location"]["path"] == FILE
    assert Xml.parse(project / declared["junit"]).getroot().tag == "testsuites"
    assert all((project / path).is_file() for path in job["artifacts"]["paths"])


def test_the_pre_commit_hooks_take_the_files_that_they_match(project: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in hooks} == {"validate-migrations", "check-migrations"}
    codes = {}
    for hook in hooks:
        program, *words = shlex.split(hook["entry"])
        assert program == "fingood"
        files = [path for path in ("migrations/versions/b2_fees.py", "README.md") if re.search(hook["files"], path)]
        codes[hook["id"]] = run([*words, *(files if hook.get("pass_filenames", True) else ())])
    assert codes == {"validate-migrations": 0, "check-migrations": 1}
