"""What `fingood init` does to a folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fingood
from fingood.cli.main import run
from fingood.commands.init import Mode, init
from fingood.model.report import Report
from fingood.scaffold import FILES, Care, State, lines_for, plan_layout
from fingood.scaffold.marker import read_marker, with_marker

PACKAGE = Path(fingood.__file__).parent
REPOSITORY = PACKAGE.parents[1]
ALEMBIC = (sys.executable, "-m", "alembic")


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def alembic(folder: Path, *words: str) -> None:
    subprocess.run([*ALEMBIC, *words], cwd=folder, check=True, capture_output=True)


def text_of(report: Report) -> str:
    from fingood.render import render

    return render(report, "text")


def test_a_fresh_folder_gets_the_whole_tree(tmp_path: Path) -> None:
    init(tmp_path / "new project")
    assert sorted(files_below(tmp_path / "new project")) == sorted(file.path for file in FILES)


def test_init_a_second_time_changes_nothing(tmp_path: Path) -> None:
    init(tmp_path)
    before = files_below(tmp_path)
    assert init(tmp_path).headline == "nothing to do: everything is there"
    assert files_below(tmp_path) == before


def test_every_file_of_the_scaffold_in_the_package_is_in_the_table() -> None:
    lying = {
        path.relative_to(PACKAGE).as_posix()
        for path in (PACKAGE / "migrations").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert lying == {file.path for file in FILES if file.path != "alembic.ini"}


def test_every_stub_of_the_package_carries_a_fresh_marker() -> None:
    stale = [
        file.path
        for file in FILES
        if file.care is Care.STUB and not ((marker := read_marker(file.text)) and marker.intact)
    ]
    assert stale == [], "run: python -m fingood.scaffold.mark"


def test_stubs_are_a_few_lines() -> None:
    assert [file.path for file in FILES if file.care is Care.STUB and len(file.text.splitlines()) > 12] == []


def test_this_repositorys_own_tree_is_what_init_lays() -> None:
    if not (REPOSITORY / "pyproject.toml").is_file():
        pytest.skip("not a checkout")
    differing = [
        file.path
        for file in FILES
        if file.care is not Care.ONCE and (REPOSITORY / file.path).read_text(encoding="utf-8") != file.text
    ]
    assert differing == [], "copy them from src/fingood/, or delete them and run: fingood init ."


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    report = init(tmp_path / "new", Mode.DRY_RUN)
    assert report.headline == f"{len(FILES)} files would be created"
    assert not (tmp_path / "new").exists()


def test_check_is_clean_right_after_init(tmp_path: Path) -> None:
    init(tmp_path)
    assert init(tmp_path, Mode.CHECK).exit_code == 0


def test_check_names_what_is_missing_older_and_changed(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "migrations/health_check.py").unlink()
    changed = tmp_path / "migrations/create_backup.py"
    changed.write_text(changed.read_text() + "print('mine')\n")
    (tmp_path / "migrations/validate_docs.py").write_text(with_marker('"""An older stub."""\n', "0.0.1"))
    report = init(tmp_path, Mode.CHECK)
    assert report.exit_code == 1
    assert [finding.message for finding in report.findings] == [
        "missing: migrations/health_check.py",
        "outdated: migrations/validate_docs.py",
        "changed: migrations/create_backup.py",
    ]


def test_check_does_not_count_what_belongs_to_the_user(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "migrations/env.py").write_text("# my own\n")
    (tmp_path / "migrations/docs/README.md").write_text("# my own\n")
    (tmp_path / "migrations/tests/test_migrations.py").unlink()
    assert init(tmp_path, Mode.CHECK).exit_code == 0


def test_an_example_that_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "migrations/tests/test_migrations.py").unlink()
    init(tmp_path)
    assert not (tmp_path / "migrations/tests/test_migrations.py").exists()


def test_upgrade_rewrites_an_older_stub_that_nobody_changed(tmp_path: Path) -> None:
    init(tmp_path)
    stub = tmp_path / "migrations/health_check.py"
    stub.write_text(with_marker('"""An older stub."""\n', "0.0.1"))
    init(tmp_path)
    assert "older" in stub.read_text(), "without --upgrade it stays"
    init(tmp_path, Mode.UPGRADE)
    assert stub.read_text() == (PACKAGE / "migrations/health_check.py").read_text()


def test_upgrade_shows_the_difference_of_a_changed_stub_and_keeps_it(tmp_path: Path) -> None:
    init(tmp_path)
    stub = tmp_path / "migrations/health_check.py"
    mine = stub.read_text().replace("health-check", "doctor")
    stub.write_text(mine)
    shown = text_of(init(tmp_path, Mode.UPGRADE))
    assert stub.read_text() == mine
    assert "--- yours/migrations/health_check.py" in shown
    assert '-    run_script("doctor", home=__file__)' in shown


def test_windows_line_ends_are_no_change(tmp_path: Path) -> None:
    init(tmp_path)
    stub = tmp_path / "migrations/health_check.py"
    stub.write_bytes(stub.read_bytes().replace(b"\n", b"\r\n"))
    assert init(tmp_path, Mode.CHECK).exit_code == 0


def test_a_file_where_the_folder_belongs_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "migrations").write_text("")
    assert run(["init", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_folder_of_migrations_is_not_taken_for_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(tmp_path)
    assert run(["init", str(tmp_path / "migrations")]) == 2
    assert f"fingood init {tmp_path}" in capsys.readouterr().err


def test_the_package_folder_copied_by_hand_is_recognised(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE / "migrations", tmp_path / "migrations")
    layout = plan_layout(tmp_path)
    assert [step.file.path for step in layout.in_state(State.MISSING)] == ["alembic.ini"]
    assert not layout.in_state(State.CHANGED)


@pytest.mark.parametrize(
    ("template", "location"),
    [
        ("generic", "migrations"),
        ("generic", "alembic"),
        ("async", "db/migrations"),
        ("pyproject", "migrations"),
        ("pyproject_async", "alembic"),
        ("multidb", "migrations"),
    ],
)
def test_a_project_with_alembic_keeps_its_own_files(tmp_path: Path, template: str, location: str) -> None:
    from alembic import config

    if not (Path(config.__file__).parent / "templates" / template).is_dir():
        pytest.skip(f"this Alembic has no template {template}")
    alembic(tmp_path, "init", "-t", template, location)
    before = files_below(tmp_path)
    report = init(tmp_path)
    after = files_below(tmp_path)
    assert {path: after[path] for path in before} == before
    assert (tmp_path / "migrations/safety/safety_cli.py").is_file()
    assert [path for path in after if path.endswith(("env.py", "alembic.ini"))] == [
        path for path in before if path.endswith(("env.py", "alembic.ini"))
    ]
    shown = text_of(report)
    assert f"Add to {tmp_path / location / 'env.py'}" in shown
    assert "guard.watch(" in shown
    assert init(tmp_path, Mode.CHECK).exit_code == 0


def test_a_project_with_several_version_locations_gets_no_second_one(tmp_path: Path) -> None:
    alembic(tmp_path, "init", "migrations")
    ini = tmp_path / "alembic.ini"
    both = "version_locations = %(here)s/app/versions:%(here)s/billing/versions\n"
    ini.write_text(ini.read_text().replace("prepend_sys_path = .\n", "prepend_sys_path = .\n" + both))
    (tmp_path / "migrations/versions").rmdir()
    init(tmp_path)
    assert not (tmp_path / "migrations/versions").exists()
    assert ini.read_text().count(both) == 1


def test_an_env_file_with_the_guard_in_it_is_left_in_peace(tmp_path: Path) -> None:
    alembic(tmp_path, "init", "alembic")
    env = tmp_path / "alembic/env.py"
    env.write_text(env.read_text() + "\n# guard.watch(connection) is called elsewhere\n")
    assert "Add to" not in text_of(init(tmp_path))


@pytest.mark.parametrize(
    ("template", "before", "driver"),
    [
        ("generic", "    with connectable.connect() as connection:", "sqlite"),
        (
            "async",
            "    context.configure(connection=connection, target_metadata=target_metadata)\n",
            "sqlite+aiosqlite",
        ),
    ],
)
def test_the_lines_that_init_prints_put_the_guard_into_alembics_own_env(
    tmp_path: Path, template: str, before: str, driver: str
) -> None:
    alembic(tmp_path, "init", "-t", template, "alembic")
    ini, env = tmp_path / "alembic.ini", tmp_path / "alembic/env.py"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", f"{driver}:///{tmp_path}/app.db"))
    layout = plan_layout(tmp_path)
    assert layout.alembic is not None
    first, *_, last = lines_for(layout.alembic.env_file)
    text = env.read_text()
    assert before in text
    if template == "generic":
        text = text.replace(before, f"    {last}")
    else:
        text = text.replace(before, f"    {last}\n    {before}")
        text = text.replace(
            "    with context.begin_transaction():\n        context.run_migrations()\n\n\nasync",
            "        with context.begin_transaction():\n            context.run_migrations()\n\n\nasync",
        )
    env.write_text(f"{first}\n{text}")
    alembic(tmp_path, "revision", "-m", "first")
    alembic(tmp_path, "upgrade", "head")
    log = (tmp_path / ".fingood/audit.jsonl").read_text()
    assert "migration_complete" in log
