"""The command `convirza`, whose commands are in `convirza._cli.app` and need the extra `convirza[cli]`."""

import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command with `args`, or else the arguments of the process; returns the exit code."""
    try:
        # Imported here, because this takes most of the time of a short command: Ctrl-C works meanwhile.
        from convirza._cli.failures import run

        return run(sys.argv[1:] if args is None else args)
    except KeyboardInterrupt:
        return 130  # ExitCode.INTERRUPTED
