"""Prove that the contract suite can fail: run it on broken servers and on mutants of the client.

    tox run -e faults                        all of them, a table, exit 1 if one survives
    tox run -e faults -- --only client       only one kind: client or server
    tox run -e faults -- --name "wrong path" only those whose name contains the text

Each runs in a process of its own, one on each core. The table names the test that killed it.
"""

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from shared import ROOT, Refusal, new_parser

sys.path.insert(0, str(ROOT / "contract_tests"))

from support import forked
from support.faults.client_mutants import MUTANTS, Mutant
from support.faults.server_faults import FAULTS

CLIENT = ROOT / "generated/convirza_client"
SECONDS = 180  # for one run of the suite; a fault that hangs it is killed by that
JOBS = os.cpu_count() or 1
SLOW = ("/test_answers.py", "/test_generated_answers.py", "/test_schemathesis.py")  # only if others pass


class Run(NamedTuple):
    """The result for one fault."""

    kind: str
    name: str
    killer: str | None
    seconds: float


def suite(folder: str, first_on_path: str = "", **environment: str) -> str | None:
    """The first test of `contract_tests/<folder>` that fails, None if all pass."""
    modules = sorted(path.as_posix() for path in (ROOT / "contract_tests" / folder).glob("test_*.py"))
    fast = [module for module in modules if not module.endswith(SLOW)]
    slow_first = sorted(modules, key=lambda module: not module.endswith(SLOW))
    path = os.pathsep.join(filter(None, [first_on_path, os.environ.get("PYTHONPATH")]))
    settings = {**os.environ, **environment, "PYTHONPATH": path}
    for chosen in (fast, slow_first):
        arguments = ["-x", "-q", "-p", "no:cacheprovider", "--tb=no", "-rfE", *chosen]
        run = forked.run(*forked.PYTEST, *arguments, folder=ROOT, environment=settings, seconds=SECONDS)
        if run.returncode != 0:
            failed = re.search(r"^(?:FAILED|ERROR) (\S+?::)?(\S+)", run.stdout, re.MULTILINE)
            if run.returncode is None:
                return f"no end within {SECONDS} s"
            return failed[2] if failed else f"exit code {run.returncode}"
    return None


def mutate(mutant: Mutant) -> str:
    """The text of the mutant's file with its replacement."""
    parts = (CLIENT / mutant.file).read_text("utf-8").split(mutant.old)
    if len(parts) <= mutant.nth:
        raise Refusal(f"mutant {mutant.name!r}: its text is not in {mutant.file}: update the mutant")
    before, after = mutant.old.join(parts[: mutant.nth]), mutant.old.join(parts[mutant.nth :])
    return before + mutant.new + after


def run_client(mutant: Mutant) -> Run:
    """Run the client's suite on a mutant."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / CLIENT.name
        shutil.copytree(CLIENT, package, ignore=shutil.ignore_patterns("__pycache__"))
        (package / mutant.file).write_text(mutate(mutant), "utf-8")
        killer = suite("client", folder)
    return Run("client", mutant.name, killer, time.monotonic() - start)


def run_server(name: str) -> Run:
    """Run the server's suite on a faulty server."""
    start = time.monotonic()
    killer = suite(
        "server",
        str(ROOT / "contract_tests"),
        CONVIRZA_CONTRACT_APP="support.faults.server_faults:app",
        CONVIRZA_FAULT=name,
        **facts(),
    )
    return Run("server", name, killer, time.monotonic() - start)


@contextmanager
def bytecode_apart() -> Iterator[None]:
    """Keep the bytecode of all runs in one folder: to compile the tests anew took half of a run's time."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


def facts() -> dict[str, str]:
    """The facts of the fake that the suite needs."""
    from convirza import fake
    from convirza.fake.records import MODULES, calls

    full = [each for each in fake.ids_in_scope() if all(calls()[each][key] for key in MODULES.values())]
    ids = [fake.DOCUMENTED_CALL_ID, *fake.ids_in_scope()[:2], max(fake.ids_in_scope())]
    return {
        "CONVIRZA_TOKEN": fake.DEFAULT_TOKEN,
        "CONVIRZA_CONTRACT_CALL_IDS": ",".join(map(str, ids)),
        "CONVIRZA_CONTRACT_FORBIDDEN_ID": str(fake.FORBIDDEN_CALL_ID),
        "CONVIRZA_CONTRACT_MISSING_ID": str(fake.UNKNOWN_CALL_ID),
        "CONVIRZA_CONTRACT_FULL_CALL_ID": str(full[0]),
        "CONVIRZA_CONTRACT_EMAIL": fake.DEFAULT_EMAIL,
        "CONVIRZA_CONTRACT_PASSWORD": fake.DEFAULT_PASSWORD,
    }


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = new_parser(__doc__)
    parser.add_argument("--only", choices=["client", "server"], help="only one kind of fault")
    parser.add_argument("--name", default="", help="only faults whose name contains this text")
    options = parser.parse_args()
    importlib.metadata.version("convirza")  # the suite needs the package installed

    jobs: list[tuple[Callable[..., Run], Mutant | str]] = []
    if options.only != "server":
        mutants = [mutant for mutant in MUTANTS if options.name in mutant.name]
        for mutant in mutants:
            mutate(mutant)  # one that no longer applies is reported before the first run
        jobs += [(run_client, mutant) for mutant in mutants]
    if options.only != "client":
        jobs += [(run_server, name) for name in FAULTS if options.name in name]
    with bytecode_apart():
        if options.only != "server" and (killer := suite("client")):
            raise Refusal(f"the suite fails on the sound client: {killer}")
        if options.only != "client" and (killer := run_server("").killer):
            raise Refusal(f"the suite fails on the sound server: {killer}")
        runs = []
        with ThreadPoolExecutor(JOBS) as pool:
            for run in pool.map(lambda job: job[0](job[1]), jobs):
                killer = run.killer or "SURVIVED"
                print(f"{run.kind:7} {run.name:45} {killer}  {run.seconds:.0f} s", flush=True)
                runs.append(run)
    survivors = [f"{run.kind}: {run.name}" for run in runs if run.killer is None]
    for name in survivors:
        print(f"survived: {name}")
    killed = len(runs) - len(survivors)
    print(f"{killed} of {len(runs)} killed: {100 * killed // max(len(runs), 1)} %")
    return 1 if survivors or not runs else 0
