"""``fingood completion``."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the shell completion script.

    For bash (4.4 or newer), zsh or fish:

    \b
    bash:  echo 'eval "$(fingood completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(fingood completion zsh)"' >> ~/.zshrc
    fish:  fingood completion fish > ~/.config/fish/completions/fingood.fish
    """
    from click.shell_completion import get_completion_class

    from fingood.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None, shell
    completer = kind(cli, {}, "fingood", "_FINGOOD_COMPLETE")
    # Not source(): for bash that starts a shell to ask its version, and warns on standard output's neighbour.
    click.echo(completer.source_template % completer.source_vars())
