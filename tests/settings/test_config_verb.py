"""``fingood config`` and ``fingood completion``."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fingood.cli.main import run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.fingood]\ndatabase_url = "postgresql://bank:s3cret@db1/ledger?sslpassword=t0p"\nlevel = "high"\n'
    )
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "FINGOOD_HOME", "FINGOOD_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_every_value_is_shown_with_its_source_and_without_secrets(project, capsys):
    assert run(["config", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "postgresql://bank:***@db1/ledger?sslpassword=***" in out
    assert "pyproject.toml line 3" in out
    assert "s3cret" not in out
    assert "t0p" not in out


def test_json_holds_values_and_origins(project, capsys):
    assert run(["config", "--explain", "--format", "json", "--level", "low"]) == 0
    out = capsys.readouterr().out
    data = json.loads(out)["data"]
    assert data["settings"]["level"] == "low"
    assert data["origins"]["level"] == "option --level"
    assert "s3cret" not in out


def test_a_wrong_setting_ends_with_one_line_and_exit_code_2(project, capsys):
    (project / "pyproject.toml").write_text('[tool.fingood]\nlevle = "high"\n')
    assert run(["config"]) == 2
    assert capsys.readouterr().err == (
        "fingood: pyproject.toml line 2: unknown key 'levle'\n         did you mean 'level'?\n"
    )


def test_an_environment_without_settings_is_noted_on_stderr(project, capsys):
    assert run(["config", "--environment", "staging", "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert "note: the settings hold nothing for environment 'staging'" in captured.err
    json.loads(captured.out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_command(shell, capsys):
    assert run(["completion", shell]) == 0
    assert f"_FINGOOD_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_accepts_the_completion_script(capsys):
    run(["completion", "bash"])
    subprocess.run(["bash", "-n"], input=capsys.readouterr().out, text=True, check=True)
