"""The check of the wheel and the sdist: what it takes, and what it names."""

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "scripts/check_dist.py"
WHEEL, SDIST = "convirza-9.8.7-py3-none-any.whl", "convirza-9.8.7.tar.gz"
INFO, FOLDER = "convirza-9.8.7.dist-info", "convirza-9.8.7"
TREE = {
    "pyproject.toml": '[project]\nversion = "9.8.7"\n',
    "openapi/openapi.yaml": "openapi: 3.1.0\n",
    "src/convirza/__init__.py": "a = 1\n",
    "src/convirza/fake/__init__.py": "",
    "src/convirza/py.typed": "",
    "generated/convirza_client/__init__.py": "b = 2\n",
    "generated/convirza_client/openapi.json": "{}\n",
    "generated/convirza_client/py.typed": "",
    "contract_tests/conftest.py": "",
    "scripts/generate.py": "",
    "CHANGELOG.md": "# Changelog\n",
    "LICENSE": "MIT\n",
    "README.md": "# Convirza\n",
    "tox.ini": "[tox]\n",
}
IN_WHEEL = {"src/": "", "generated/": "", "openapi/": "convirza/"}


class Dist:
    """A small project with its wheel and its sdist; a test spoils one of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, content in TREE.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, "utf-8")
        shutil.copy(ROOT / SCRIPT, root / SCRIPT)
        self.wheel = {
            place + name.removeprefix(prefix): content
            for name, content in TREE.items()
            for prefix, place in IN_WHEEL.items()
            if name.startswith(prefix)
        }
        self.wheel |= {f"{INFO}/{name}": "x\n" for name in ("METADATA", "WHEEL", "entry_points.txt")}
        self.wheel[f"{INFO}/licenses/LICENSE"] = TREE["LICENSE"]
        self.record: dict[str, str | None] = {}  # in the place of the right hash
        self.sdist = {name: TREE[name] for name in TREE if name != SCRIPT} | {"PKG-INFO": "x\n"}

    def write(self) -> None:
        """Write both into dist/."""
        (self.root / "dist").mkdir()
        hashes: dict[str, str | None] = {}
        for name, content in self.wheel.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())
            hashes[name] = f"sha256={digest.decode().rstrip('=')}"
        hashes |= {f"{INFO}/RECORD": "", **self.record}
        record = "".join(f"{name},{said},1\n" for name, said in hashes.items() if said is not None)
        with zipfile.ZipFile(self.root / "dist" / WHEEL, "w") as wheel:
            for name, content in {f"{INFO}/RECORD": record, **self.wheel}.items():
                wheel.writestr(name, content)
        with tarfile.open(self.root / "dist" / SDIST, "w:gz") as sdist:
            for name, content in self.sdist.items():
                member = tarfile.TarInfo(f"{FOLDER}/{name}")
                member.size = len(content.encode())
                sdist.addfile(member, io.BytesIO(content.encode()))

    def problems(self) -> list[str]:
        """What the script says of dist/, without its name."""
        run = subprocess.run(
            [sys.executable, self.root / SCRIPT], capture_output=True, text=True, check=False
        )
        assert run.returncode == (1 if run.stderr else 0), run.stderr
        assert "Traceback" not in run.stderr, run.stderr
        return [line.removeprefix("check_dist.py: ") for line in run.stderr.splitlines()]


@pytest.fixture
def dist(tmp_path: Path) -> Dist:
    return Dist(tmp_path)


def test_a_whole_wheel_and_sdist_pass(dist: Dist) -> None:
    """Nothing is said of a wheel and an sdist that have all and no more; litter in the tree is none of it."""
    (dist.root / "src/convirza/__pycache__").mkdir()
    (dist.root / "src/convirza/__pycache__/a.pyc").write_bytes(b"")
    (dist.root / "src/convirza/.a.py.swp").write_bytes(b"")
    dist.write()
    assert dist.problems() == []


@pytest.mark.parametrize(
    "name",
    [
        "convirza/py.typed",
        "convirza_client/py.typed",
        "convirza/openapi.yaml",
        "convirza_client/openapi.json",
        "convirza/fake/__init__.py",
        f"{INFO}/licenses/LICENSE",
        f"{INFO}/entry_points.txt",
    ],
)
def test_a_file_that_the_wheel_lacks_is_named(dist: Dist, name: str) -> None:
    """Every file of both packages, the document and the licence are in the wheel."""
    del dist.wheel[name]
    dist.write()
    assert dist.problems() == [f"{WHEEL}: {name} is missing"]


@pytest.mark.parametrize(
    "name",
    [
        "convirza/__pycache__/a.cpython-311.pyc",
        "convirza/.a.py.swp",
        "convirza/a.py~",
        "convirza/notes.txt",
        "contract_tests/conftest.py",
        f"{INFO}/top_level.txt",
    ],
)
def test_a_stray_file_of_the_wheel_is_named(dist: Dist, name: str) -> None:
    """A file that is not of the packages does not belong into the wheel: no test, no byte code, no litter."""
    dist.wheel[name] = ""
    dist.write()
    assert dist.problems() == [f"{WHEEL}: {name} does not belong there"]


def test_the_wheel_has_the_bytes_of_the_tree(dist: Dist) -> None:
    """A file of the wheel that is not as in the tree is named."""
    dist.wheel["convirza/__init__.py"] = "a = 2\n"
    dist.write()
    assert dist.problems() == [f"{WHEEL}: convirza/__init__.py differs from the tree"]


def test_record_lists_every_file(dist: Dist) -> None:
    """A file that RECORD does not list, lists with another hash, or lists without need is named."""
    dist.record["convirza/py.typed"] = None
    dist.record["convirza/__init__.py"] = "other"
    dist.record["convirza/gone.py"] = "gone"
    dist.write()
    assert dist.problems() == [
        f"{WHEEL}: RECORD: convirza/py.typed is missing",
        f"{WHEEL}: RECORD: convirza/gone.py does not belong there",
        f"{WHEEL}: RECORD: convirza/__init__.py has another hash",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "contract_tests/conftest.py",
        "openapi/openapi.yaml",
        "src/convirza/py.typed",
        "pyproject.toml",
    ],
)
def test_a_file_that_the_sdist_lacks_is_named(dist: Dist, name: str) -> None:
    """Without these nobody can build or test the sdist."""
    del dist.sdist[name]
    dist.write()
    assert dist.problems() == [f"{SDIST}: {name} is missing"]


@pytest.mark.parametrize("name", ["src/convirza/a.pyc", "scripts/node_modules/a.js", ".ci/run", "src/a.py~"])
def test_a_stray_file_of_the_sdist_is_named(dist: Dist, name: str) -> None:
    """Litter and CI do not belong into the sdist, even if the tree has them."""
    dist.sdist[name] = ""
    (dist.root / name).parent.mkdir(parents=True, exist_ok=True)
    (dist.root / name).write_text("", "utf-8")
    dist.write()
    assert dist.problems() == [f"{SDIST}: {name} does not belong there"]


def test_the_sdist_has_the_bytes_of_the_tree(dist: Dist) -> None:
    """A file of the sdist that is not as in the tree, or not in it, is named."""
    dist.sdist |= {"README.md": "# Other\n", "src/convirza/extra.py": ""}
    dist.write()
    assert dist.problems() == [
        f"{SDIST}: README.md differs from the tree",
        f"{SDIST}: src/convirza/extra.py differs from the tree",
    ]


def test_files_of_another_version_are_refused(dist: Dist) -> None:
    """What an older build has left in dist/ is named; without dist/ the answer says how to build."""
    assert dist.problems() == [f"dist: {WHEEL} is missing: run tox run -e dist"]
    dist.write()
    (dist.root / "dist/convirza-9.8.6.tar.gz").write_bytes(b"")
    assert dist.problems() == ["dist: convirza-9.8.6.tar.gz does not belong there: run tox run -e dist"]


@pytest.mark.parametrize("name", [WHEEL, SDIST])
def test_a_file_that_is_no_archive_is_told_in_one_line(dist: Dist, name: str) -> None:
    """A damaged archive gives one line."""
    dist.write()
    (dist.root / "dist" / name).write_bytes(b"x")
    assert len(dist.problems()) == 1
