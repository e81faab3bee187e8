"""Where settings come from, which source wins, and what is said when they are wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fingood.errors import ConfigError
from fingood.model.severity import SafetyLevel, Severity
from fingood.settings import Settings, load, require_database_url

INI = "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n"


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Lays an Alembic project down: ``project(url=..., pyproject=..., **files)``."""

    def lay(url: str = "driver://user:pass@localhost/dbname", pyproject: str = "", **files: str) -> Path:
        (tmp_path / "migrations" / "versions").mkdir(parents=True)
        (tmp_path / "alembic.ini").write_text(INI.format(url=url))
        (tmp_path / "pyproject.toml").write_text(pyproject)
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return tmp_path

    return lay


def read(start: Path, environ: dict[str, str] | None = None, **options: object) -> Settings:
    return load(start=start, environ=environ or {}, options=options)


def test_the_project_is_found_from_a_folder_below(project):
    root = project()
    settings = read(root / "migrations" / "versions")
    assert settings.project.root == root
    assert settings.project.script_location == root / "migrations"
    assert settings.project.version_locations == (root / "migrations" / "versions",)


def test_a_script_finds_its_own_project_from_any_working_directory(project, tmp_path_factory, monkeypatch):
    root = project()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load(environ={"FINGOOD_HOME": str(root / "migrations")}).project.root == root


def test_without_a_project_the_error_lists_where_it_looked(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "fingood init" in caught.value.hint


def test_the_option_names_another_configuration_file(project, tmp_path):
    root = project()
    other = root / "other.ini"
    other.write_text(INI.format(url="postgresql://h/other"))
    assert read(root, config=str(other)).database_url == "postgresql://h/other"
    with pytest.raises(ConfigError, match=r"no file .*missing\.ini"):
        read(root, config=str(root / "missing.ini"))


def test_the_url_of_alembics_template_counts_as_not_configured(project):
    settings = read(project())
    assert settings.database_url == ""
    with pytest.raises(ConfigError, match="no database is configured"):
        require_database_url(settings)


def test_none_stands_for_no_database_though_one_is_configured(project):
    settings = read(project("postgresql://h/bank"), database_url="none")
    assert (settings.database_url, settings.target) == ("", "")


@pytest.mark.parametrize("filler", ['""', "set-in-env-py", "None"])
def test_a_filler_in_alembics_url_is_not_an_error(project, filler):
    assert read(project(filler)).database_url == ""


def test_each_source_gives_way_to_the_one_above_it(project):
    root = project(
        "postgresql://h/ini",
        '[tool.fingood]\ndatabase_url = "postgresql://h/settings"\n'
        '[tool.fingood.environments.staging]\ndatabase_url = "postgresql://h/staging"\n',
    )
    environ = {"DATABASE_URL": "postgresql://h/variable"}
    own = {**environ, "FINGOOD_DATABASE_URL": "postgresql://h/own"}
    assert read(root).database_url.endswith("/settings")
    assert read(root, environment="staging").database_url.endswith("/staging")
    assert read(root, environ, environment="staging").database_url.endswith("/variable")
    assert read(root, {**own, "FINGOOD_ENVIRONMENT": "staging"}).database_url.endswith("/own")
    assert read(root, own, database_url="postgresql://h/option").database_url.endswith("/option")


def test_database_url_beats_alembics_own_url(project):
    root = project("postgresql://h/ini")
    assert read(root).database_url.endswith("/ini")
    assert read(root, {"DATABASE_URL": "postgres://h/variable"}).database_url == "postgresql://h/variable"


def test_a_variable_that_overrides_a_named_environments_database_is_remarked(project):
    root = project("", '[tool.fingood.environments.staging]\ndatabase_url = "postgresql://h/staging"\n')
    settings = read(root, {"DATABASE_URL": "postgresql://h/dev"}, environment="staging")
    assert settings.remarks == (
        "environment variable DATABASE_URL takes the place of database_url in pyproject.toml line 2",
    )


def test_origins_name_file_and_line(project):
    root = project(
        "", '[project]\nname = "x"\n\n[tool.fingood]\nlevel = "high"\n[tool.fingood.guard]\nlock_timeout="9s"\n'
    )
    origins = read(root, {"FINGOOD_SANDBOX_SAMPLE_ROWS": "7"}, fail_on="warning").origins
    assert origins["level"].source == "pyproject.toml line 5"
    assert origins["guard.lock_timeout"].source == "pyproject.toml line 7"
    assert origins["sandbox.sample_rows"].source == "environment variable FINGOOD_SANDBOX_SAMPLE_ROWS"
    assert origins["fail_on"].source == "option --fail-on"
    assert origins["money"].source == "default"


def test_values_have_their_types(project):
    root = project(
        "",
        '[tool.fingood]\nlevel = "critical"\nprotected = ["ledger.*"]\naudit_log = "logs/audit.jsonl"\n'
        '[tool.fingood.guard]\nlock_timeout = "500ms"\nstatement_timeout = "10 min"\nadvisory_wait = 3\n',
    )
    settings = read(root, {"FINGOOD_GUARD_ENABLED": "no", "FINGOOD_MONEY": "*_amount, balance"})
    assert settings.level is SafetyLevel.CRITICAL
    assert settings.fail_on is Severity.WARNING, "what blocks follows from the level"
    assert settings.protected == ("ledger.*",)
    assert settings.money == ("*_amount", "balance")
    assert settings.audit_log == root / "logs" / "audit.jsonl"
    assert settings.guard.lock_timeout == 0.5
    assert settings.guard.statement_timeout == 600
    assert settings.guard.advisory_wait == 3
    assert not settings.guard.enabled


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[tool.fingood]\nlevl = 'high'", "pyproject.toml line 2: unknown key 'levl'", "did you mean 'level'?"),
        ("[tool.fingood.guard]\nlock_timout = 5", "line 2: unknown key 'guard.lock_timout'", "'guard.lock_timeout'"),
        ("[tool.fingood]\nlock_timeout = 5", "unknown key 'lock_timeout'", "did you mean 'guard.lock_timeout'?"),
        ("[tool.fingood]\nlevel = 'hihg'", "line 2: level must be one of low, medium, high, critical, not 'hihg'", ""),
        ("[tool.fingood]\nlevel = 3", "level must be a text in quotes, not a number", ""),
        ("[tool.fingood]\nselect = 'a'\n[tool.fingood.sandbox]\nsample_rows = '-1'", "line 4: sandbox.sample_rows", ""),
        ("[tool.fingood.guard]\nlock_timeout = '5 weeks'", "a duration such as 5s", ""),
        ("[tool.fingood]\nguard = 1", "line 2: guard is a table", "[tool.fingood.guard]"),
        ("[tool.fingood.environments.prod]\nurl = 'x'", "line 2: unknown key 'url'", ""),
        ("[[tool.fingood.ledger]]\namount = 'a'", "line 1: this ledger names no table", ""),
        (
            "[[tool.fingood.ledger]]\ntable = 'a'\n[[tool.fingood.ledger]]\ntabel = 'b'",
            "line 4: unknown key",
            "'table'",
        ),
        ("[tool.fingood]\ndatabase_url = 'localhost'", "database_url is not a database URL", "postgresql+psycopg://"),
        ("[tool.fingood\n", "is not valid TOML", ""),
    ],
)
def test_a_wrong_setting_is_named_with_its_place_and_remedy(project, text, message, hint):
    root = project(pyproject=text) if "[tool.fingood\n" not in text else project(fingood_toml=text)
    with pytest.raises(ConfigError) as caught:
        read(root)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_misspelt_environment_is_an_error_and_an_unknown_one_a_remark(project):
    root = project("", '[tool.fingood.environments.production]\nlevel = "critical"\n')
    with pytest.raises(ConfigError, match="no environment 'prodution'") as caught:
        read(root, environment="prodution")
    assert "did you mean 'production'?" in caught.value.hint
    settings = read(root, environment="staging")
    assert settings.environment == "staging"
    assert "nothing for environment 'staging'" in settings.remarks[0]


def test_a_url_can_refer_to_a_variable(project):
    root = project("", '[tool.fingood]\ndatabase_url = "postgresql://app:${DB_PASSWORD}@h/${DB_NAME:-bank}"\n')
    assert read(root, {"DB_PASSWORD": "s3cret"}).database_url == "postgresql://app:s3cret@h/bank"
    missing = read(root)
    assert missing.database_url == ""
    with pytest.raises(ConfigError) as caught:
        require_database_url(missing)
    assert "needs DB_PASSWORD" in caught.value.hint


def test_a_password_shows_neither_in_origins_nor_in_repr(project):
    settings = read(
        project("postgresql://u:s3cret@h/d?sslpassword=t0p"), {"FINGOOD_SANDBOX_SERVER": "postgresql://x:s3cret@y/z"}
    )
    assert settings.database_url == "postgresql://u:s3cret@h/d?sslpassword=t0p"
    shown = repr(settings.origins) + settings.target + repr(settings)
    assert "s3cret" not in shown
    assert "t0p" not in shown


def test_an_ini_only_project_holds_its_settings_in_alembic_ini(project):
    root = project()
    with (root / "alembic.ini").open("a") as ini:
        ini.write("[fingood]\nlevel = high\nprotected = ledger.*, audit.*\nguard.lock_timeout = 2s\n")
        ini.write("[fingood.environments.production]\nlevel = critical\n")
        ini.write("[fingood.ledger.main]\ntable = postings\ndouble_entry = false\n")
    settings = read(root)
    assert settings.level is SafetyLevel.HIGH
    assert settings.protected == ("ledger.*", "audit.*")
    assert settings.origins["level"].source == "alembic.ini line 5"
    assert settings.guard.lock_timeout == 2
    assert [(m.table, m.double_entry) for m in settings.ledger] == [("postings", False)]
    assert read(root, environment="production").level is SafetyLevel.CRITICAL


def test_alembics_pyproject_only_configuration_is_read(tmp_path):
    (tmp_path / "db" / "versions").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.alembic]\nscript_location = "%(here)s/db"\nrecursive_version_locations = true\n'
        'version_locations = ["%(here)s/db/versions", "%(here)s/other"]\n'
    )
    project = read(tmp_path).project
    assert project.config_file is None
    assert project.script_location == tmp_path / "db"
    assert project.version_locations == (tmp_path / "db" / "versions", tmp_path / "other")
    assert project.recursive


@pytest.mark.parametrize(
    "lines",
    [
        "version_locations = %(here)s/one:%(here)s/t w o\npath_separator = :",
        "version_locations = %(here)s/one;%(here)s/t w o\nversion_path_separator = ;",
        "version_locations =\n  %(here)s/one\n  %(here)s/t w o\npath_separator = newline",
    ],
)
def test_version_locations_are_split_as_the_separator_says(tmp_path, lines):
    (tmp_path / "m").mkdir()
    (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = m\n{lines}\n")
    assert read(tmp_path).project.version_locations == (tmp_path / "one", tmp_path / "t w o")


def test_version_locations_without_a_separator_are_split_on_spaces_and_commas(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = m\nversion_locations = one, two three\n")
    assert [path.name for path in read(tmp_path).project.version_locations] == ["one", "two", "three"]


def test_a_script_location_inside_a_package_is_found(tmp_path):
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic:templates/generic\n")
    assert (read(tmp_path).project.script_location / "env.py").name == "env.py"
    assert (read(tmp_path).project.script_location / "alembic.ini.mako").is_file()


def test_a_named_section_is_read_and_a_missing_one_refused(project):
    root = project()
    with (root / "alembic.ini").open("a") as ini:
        ini.write("[reporting]\nscript_location = migrations\nsqlalchemy.url = postgresql://h/reporting\n")
    assert read(root, name="reporting").database_url.endswith("/reporting")
    with pytest.raises(ConfigError, match=r"has no section \[reportin\]") as caught:
        read(root, name="reportin")
    assert "did you mean 'reporting'?" in caught.value.hint


def test_a_raw_percent_sign_in_the_ini_url_is_explained(project):
    root = project("postgresql://u:p%40ss@h/d")
    with pytest.raises(ConfigError) as caught:
        read(root)
    assert caught.value.message.startswith("alembic.ini line 3: sqlalchemy.url has a percent sign")
    assert "%%" in caught.value.hint


def test_a_relative_sqlite_file_of_the_project_does_not_depend_on_the_working_directory(project):
    root = project("sqlite:///ledger.db")
    assert read(root).database_url == f"sqlite:///{root}/ledger.db"


def test_settings_load_without_sqlalchemy_or_alembic(project):
    code = "import sys; from fingood.settings import load; load(); print({'sqlalchemy', 'alembic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=project(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_ini_file_below_the_project_is_run_where_its_folder_counts_from(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "app/migrations/versions").mkdir(parents=True)
    ini = tmp_path / "conf/alembic.ini"
    ini.write_text("[alembic]\nscript_location = app/migrations\nprepend_sys_path = .\n")
    monkeypatch.chdir(tmp_path)
    settings = load(options={"config": "conf/alembic.ini"}, environ={})
    assert settings.project.root == tmp_path
    assert settings.project.script_location == tmp_path / "app/migrations"
    assert settings.project.prepend_sys_path == (str(tmp_path),)
    assert settings.audit_log == tmp_path / ".fingood/audit.jsonl"


def test_an_ini_file_beside_env_py_needs_no_script_location(tmp_path):
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "migrations/env.py").touch()
    (tmp_path / "migrations/alembic.ini").write_text("[alembic]\n")
    project = read(tmp_path, config=str(tmp_path / "migrations/alembic.ini")).project
    assert (project.root, project.script_location) == (tmp_path, tmp_path / "migrations")


def test_a_configuration_in_a_folder_below_is_offered(tmp_path):
    for name in ("conf", "node_modules/x"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "alembic.ini").touch()
    with pytest.raises(ConfigError) as caught:
        read(tmp_path)
    assert caught.value.hint == "-c conf/alembic.ini names one that lies below"


def test_sections_with_scripts_are_offered_where_the_main_one_has_none(tmp_path):
    (tmp_path / "alembic.ini").write_text("[alembic]\n[core]\nscript_location = a\n[tenant]\nscript_location = b\n")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path)
    assert "-n core or -n tenant" in caught.value.hint


def test_a_folder_with_a_percent_sign_is_said_to_be_it(tmp_path):
    root = tmp_path / "100% bank"
    (root / "migrations").mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    with pytest.raises(ConfigError, match="has a percent sign") as caught:
        load(start=root, environ={})
    assert str(root) in caught.value.message
    assert caught.value.hint == "rename the folder"
