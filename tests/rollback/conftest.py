"""The matrix of ways back, each group proven once for all the files that look at it."""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from fingood.catalog import connect
from fingood.revisions import History
from fingood.rollback import Proof, findings_of, prove
from fingood.sandbox import SandboxDatabase, open_sandbox
from fingood.settings import load
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder

_SPEC = importlib.util.spec_from_file_location("matrix_cases", Path(__file__).parent / "matrix" / "cases.py")
cases = importlib.util.module_from_spec(_SPEC)
sys.modules["matrix_cases"] = cases
_SPEC.loader.exec_module(cases)

GROUPS: dict[str, list[cases.Case]] = {}
for _case in (*cases.load_cases("bad.toml"), *cases.load_cases("good.toml")):
    GROUPS.setdefault(_case.group, []).append(_case)


@pytest.fixture(scope="session")
def matrix_states(postgres_server) -> Iterator[Callable[[str], SandboxDatabase]]:
    """What the cases of a group start from, all in one database."""
    server = SandboxSettings(server=postgres_server.url("postgres"))
    with open_sandbox("postgresql", settings=server) as sandbox:

        @cache
        def state(group: str) -> SandboxDatabase:
            below = sandbox.empty()
            with connect(below.url, read_only=False) as connection:
                for case in GROUPS[group]:
                    connection.exec_driver_sql(case.statements, execution_options={"no_parameters": True})
                connection.commit()
            return below

        yield state


@pytest.fixture(scope="session")
def proof_of(tmp_path_factory: pytest.TempPathFactory, matrix_states) -> Iterator[Callable[[str], Proof]]:
    """Proves the cases of a group as one revision."""
    root = tmp_path_factory.mktemp("matrix")
    cases.lay_project(root, ((group, None, *cases.together(found)) for group, found in GROUPS.items()))
    settings = load(start=root)
    with Recorder(settings.project) as recorder:
        history = History.load(settings.project)
        yield cache(lambda group: prove(recorder, matrix_states(group), history.get(group)))


@pytest.fixture(scope="session")
def cured_proof_of(tmp_path_factory: pytest.TempPathFactory, matrix_states, proof_of) -> Callable[[str], Proof]:
    """Proves a group again with the remedies of its schema findings pasted at the end of downgrade()."""

    @cache
    def cured(group: str) -> Proof:
        up, back = cases.together(GROUPS[group])
        code = "\n".join(remedies_of(proof_of(group)))
        root = tmp_path_factory.mktemp("cured")
        cases.lay_project(root, [(group, None, up, f"{back}\n{textwrap.indent(code, '    ')}")])
        settings = load(start=root)
        with Recorder(settings.project) as recorder:
            return prove(recorder, matrix_states(group), History.load(settings.project).get(group), show_examples=False)

    return cured


def remedies_of(proof: Proof) -> tuple[str, ...]:
    """The code that the schema findings give, in their order, each piece once."""
    named = [f for f in findings_of(proof) if f.check in ("rollback-lossy", "rollback-residue")]
    return tuple(dict.fromkeys(f.remedy for f in named if f.remedy and f.evidence["data"] == "no"))
