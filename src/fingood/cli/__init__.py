"""The command line: parses, calls one function of `commands`, renders its Report, exits.

In: words typed in a shell. Out: the payload on stdout, everything else on stderr, and an exit code of `ExitCode`.
Only this room and `pytest_plugin` print, ask and exit. Nothing heavy is imported before a verb is known.
"""
