"""`hivesync completion`: what a shell needs to complete our commands, made by click. Changes no file."""

from __future__ import annotations

import click

from hivesync_agent.cli.console import Console, console_options


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@console_options
def command(console: Console, shell: str) -> None:
    """Print the completion script of a shell; it asks `hivesync` at every Tab.

    \b
    bash (4.4 or newer), in ~/.bashrc:
        eval "$(hivesync completion bash)"
    zsh, in ~/.zshrc, after compinit:
        eval "$(hivesync completion zsh)"
    fish, once:
        hivesync completion fish > ~/.config/fish/completions/hivesync.fish

    There is none for PowerShell: click, which this command is made with, has no completion for it.
    """
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click has no completion for {shell}.")
    root = click.get_current_context().find_root().command
    script = maker(root, {}, "hivesync", "_HIVESYNC_COMPLETE").source()
    console.result({"shell": shell, "script": script}, [script])
