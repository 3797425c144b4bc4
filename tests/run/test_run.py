"""The launcher needs Python and nothing else, and says in one sentence what is wrong."""

import ast
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "run.py"

BARE = {"PATH": "/usr/bin:/bin"}


def launch(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher of a checkout with nothing in the environment but this."""
    return subprocess.run(
        [sys.executable, "-S", "-E", str(checkout / "run.py"), *arguments],
        env={**BARE, "HOME": str(checkout), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def wheel(folder: Path, name: str, content: str) -> Path:
    """Make a wheel with one module."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def lock(checkout: Path, package: Path) -> None:
    name = package.name.split("-", 1)[0]
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    (checkout / "requirements.lock").write_text(f"{name}==1.0 --hash=sha256:{digest}\n")


@pytest.fixture(scope="module")
def launcher():
    """The launcher as a module."""
    spec = importlib.util.spec_from_file_location("run", RUN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pip(launcher) -> bytes:
    """The wheel of pip: the one that made this environment, or else a new one."""
    kept = Path(sys.prefix) / launcher.PIP
    return kept.read_bytes() if kept.exists() else launcher.find_pip()


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose lock names one small package, `hello`, in the folder `wheels`."""
    (tmp_path / "run.py").write_bytes(RUN.read_bytes())
    (tmp_path / "wheels").mkdir()
    lock(tmp_path, wheel(tmp_path / "wheels", "hello", "says = 'hello'"))
    return tmp_path


@pytest.fixture
def offline(checkout, launcher, pip) -> dict[str, str]:
    """An environment in which the folder `wheels` is all that can be installed from."""
    (checkout / "wheels" / launcher.PIP).write_bytes(pip)
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "wheels")}


SAY = ("python", "-c", "import hello; print(hello.says)")


def test_every_python_that_is_too_old_can_read_it_and_is_told():
    ast.parse(RUN.read_text("utf-8"), feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 6, 15); exec(open({str(RUN)!r}).read())"
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", pretend],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer; this is 3.6" in told.stderr


def test_without_a_network_it_says_so(checkout):
    told = launch(
        checkout,
        "python",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_EXTRA_INDEX_URL="",
        PIP_FIND_LINKS="",
    )
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "check the network" in told.stderr


def test_a_pip_that_was_tampered_with_is_not_run(checkout):
    (checkout / "wheels" / "pip-26.3-py3-none-any.whl").write_bytes(b"not pip")
    told = launch(
        checkout,
        "python",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_EXTRA_INDEX_URL="",
        PIP_FIND_LINKS=str(checkout / "wheels"),
    )
    assert told.returncode == 1
    assert "does not match its hash" in told.stderr


def test_a_folder_that_somebody_else_made_is_left_alone(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    told = launch(checkout, "python")
    assert told.returncode == 1
    assert "was not made by run.py" in told.stderr
    assert (checkout / ".venv" / "mine").exists()


def test_it_needs_no_venv_module_and_the_second_start_needs_no_wheels(checkout, offline):
    for name in ("venv", "ensurepip"):
        (checkout / f"{name}.py").write_text("raise ImportError")
    assert launch(checkout, *SAY, **offline).stdout.endswith("hello\n")
    shutil.rmtree(checkout / "wheels")
    again = launch(checkout, *SAY)
    assert (again.stdout, again.returncode) == ("hello\n", 0)


def test_what_is_compiled_is_kept_beside_the_packages_and_litters_no_source(checkout, offline):
    asked = {"PYTHONDONTWRITEBYTECODE": "1", **offline}
    assert launch(checkout, *SAY, **asked).stdout.endswith("hello\n")
    compiled = list(checkout.rglob("hello*.pyc"))
    assert [path.is_relative_to(checkout / ".venv" / "pycache") for path in compiled] == [True]


@pytest.mark.parametrize("stamp", ["unfinished", f"{'0' * 64} {sys.executable}"])
def test_what_was_interrupted_or_made_from_another_lock_is_made_anew(checkout, offline, stamp):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / ".venv" / "puhui-stamp").write_text(stamp)
    assert launch(checkout, *SAY, **offline).stdout.endswith("hello\n")


def test_a_package_that_was_tampered_with_is_not_installed(checkout, offline):
    wheel(checkout / "wheels", "hello", "says = 'owned'")
    told = launch(checkout, *SAY, **offline)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "does not match its hash" in told.stderr


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "does not match its hash"),
        ("WARNING: … NewConnectionError … \nERROR: No matching distribution", "the network"),
        ("ERROR: No matching distribution found for typst", "no wheel that fits this machine"),
        ("ERROR: something else", "something else"),
    ],
)
def test_what_pip_says_becomes_one_sentence(launcher, said, sentence):
    explained = launcher.explain(said)
    assert sentence in explained
    assert "\n" not in explained
