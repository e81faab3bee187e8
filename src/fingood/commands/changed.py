"""The files that git says are new or changed: committed on this branch, staged, edited and untracked."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from fingood.errors import ConfigError, CouldNotLook

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's id of a tree without files


def changed_files(root: Path, base: str) -> tuple[frozenset[Path], str]:
    """Absolute paths of files in the repository of ``root`` that differ from ``base``, and how that base is called.

    ``base`` '' is where this branch left the default branch. Deleted files are left out. Raises ConfigError outside of
    a repository and for a base that git does not know, CouldNotLook where there is no git.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").rstrip("\n")).resolve()
    start, named = _start(root, base)
    listed = _git(top, "diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", start, "--")
    untracked = _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    names = filter(None, (*listed.split("\0"), *untracked.split("\0")))
    return frozenset((top / name).resolve() for name in names), named


def _start(root: Path, base: str) -> tuple[str, str]:
    """The commit to compare with, and its name for people."""
    if not _knows(root, "HEAD"):
        return _EMPTY_TREE, "an empty repository"
    named = base or _default_branch(root)
    if not _knows(root, named):
        raise ConfigError(f"git knows no '{named}' here", hint="fetch it, or name another base: --changed=BASE")
    try:
        start = _git(root, "merge-base", "HEAD", named).strip()
    except ConfigError:
        raise ConfigError(
            f"HEAD and {named} have no commit in common here",
            hint="a shallow clone holds too little history: fetch-depth: 0, or git fetch --unshallow",
        ) from None
    return start, f"{named} ({start[:8]})"


def _default_branch(root: Path) -> str:
    for name in _candidates(root, os.environ):
        if _knows(root, name):
            return name
    raise ConfigError("git does not say which branch is the default one", hint="name the base: --changed=BASE")


def _candidates(root: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """The target branch of a pull or merge request, the remote's own default, the usual names."""
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
        if environ.get(variable):
            yield f"origin/{environ[variable]}"
    remote = _run(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if remote.returncode == 0:
        yield remote.stdout.strip()
    yield from ("origin/main", "origin/master", "main", "master")


def _knows(root: Path, name: str) -> bool:
    return _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").returncode == 0


def _git(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode == 0:
        return done.stdout
    if "not a git repository" in done.stderr:
        raise ConfigError(f"{folder} is in no git repository", hint="--changed asks git; --since REV does without")
    reason = next(iter(done.stderr.strip().splitlines()), f"exit code {done.returncode}")
    raise ConfigError(f"git {arguments[0]} fails: {reason}")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise CouldNotLook("git is not installed", hint="--changed asks git; --since REV does without") from None
