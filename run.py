#!/usr/bin/env python3
"""Set up this checkout's environment, and run Puhui or its tools in it.

    python3 run.py [--port N] [--data DIR] [--empty]    everything, on this machine
    python3 run.py test [anything for pytest]           the tests, on real servers
    python3 run.py check                                style, types, layers
    python3 run.py bench                                the measurements
    python3 run.py puhui ...                            the command line
    python3 run.py python ...                           the environment's Python

Needs Python 3.11 or newer, Linux or macOS, and nothing else: the standard library only.
"""

import sys

# Older versions must be able to read this file down to its end in order to say this.
if sys.version_info < (3, 11):
    sys.exit(
        "Puhui 需要 Python 3.11 或更新版本，现在是 {0}.{1} / "
        "Puhui needs Python 3.11 or newer; this is {0}.{1}".format(*sys.version_info)
    )
if sys.platform == "win32":
    sys.exit("请在 WSL 中运行 Puhui / On Windows, run Puhui inside WSL")

import configparser
import contextlib
import errno
import fcntl
import hashlib
import html
import os
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "puhui-stamp"
SPACE_NEEDED = 1_700_000_000  # bytes: the packages, and pip's copies while it unpacks them

PIP = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

DISK_FULL = (
    "磁盘空间不足，请腾出约 1.2 GB 后重试 / The disk is full: free about 1.2 GB and try again"
)
BROKEN_DOWNLOAD = (
    "下载的文件与 requirements.lock 中的校验值不符，已丢弃；请重试，仍不行请更换软件源 / "
    "A downloaded file does not match its hash in requirements.lock and was discarded: try "
    "again, or use another package index"
)
NO_NETWORK = (
    "无法下载软件包，请检查网络，或用 PIP_INDEX_URL 指定可用的软件源 / Packages cannot be "
    "downloaded: check the network, or name a package index that answers in PIP_INDEX_URL"
)
NO_WHEEL = "软件源中没有适合本机的安装包 / The package index has no wheel that fits this machine"
FOREIGN_VENV = (
    f"{VENV} 不是由 run.py 建立的，请先移走 / {VENV} was not made by run.py: move it away first"
)

# What pip says, and what that means.
PIP_SAYS = (
    ("No space left on device", DISK_FULL),
    ("Errno 28", DISK_FULL),
    ("DO NOT MATCH THE HASHES", BROKEN_DOWNLOAD),
    ("BadZipFile", BROKEN_DOWNLOAD),
    ("is invalid", BROKEN_DOWNLOAD),
    ("NewConnectionError", NO_NETWORK),
    ("ConnectTimeout", NO_NETWORK),
    ("ReadTimeout", NO_NETWORK),
    ("Connection broken", NO_NETWORK),
    ("Connection reset", NO_NETWORK),
    ("ProxyError", NO_NETWORK),
    ("SSLError", NO_NETWORK),
    ("No matching distribution", NO_WHEEL),
)


def main(arguments):
    make_environment()
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name == "check":
        return check()
    if name == "test":
        # All of them, each process with servers of its own. Two more than there are cores: much of
        # a test's time it waits for a browser, a server or a process that it has started.
        everything = ["-n", str((os.cpu_count() or 1) + 2), "--dist", "worksteal"]
        return run(["-m", "pytest", *(rest or everything)], ROOT)
    if name == "bench":
        return run(["-m", "tests.bench", *rest], ROOT)
    if name == "puhui":
        return run(["-m", "puhui.local", "exec", *rest])
    if name == "python":
        return run(rest)
    return run(["-m", "puhui.local", *arguments])


def run(arguments, folder=None):
    """Become the environment's Python: signals and exit code are its own."""
    if folder:
        os.chdir(folder)
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *arguments], environment())


def check():
    """Run every style check, even after one has failed; return 1 if any has."""
    os.chdir(ROOT)
    failed = []
    for name, arguments in (
        ("ruff", ["-m", "ruff", "check", "."]),
        ("format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("layers", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    ):
        print(f"== {name}", flush=True)
        if subprocess.run([PYTHON, *arguments], env=environment()).returncode != 0:
            failed.append(name)
    print("== failed: " + ", ".join(failed) if failed else "== all checks passed", flush=True)
    return 1 if failed else 0


def environment():
    """What the environment's Python is started with."""
    variables = dict(os.environ)
    known = variables.get("PYTHONPATH")
    variables["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([known] if known else [])])
    variables["PYTHONUTF8"] = "1"
    # A thread for every core, in each of several processes, waits by spinning for the next sum.
    variables.setdefault("OPENBLAS_NUM_THREADS", "1")
    variables["PATH"] = os.pathsep.join([str(VENV / "bin"), variables.get("PATH", os.defpath)])
    variables.pop("PYTHONHOME", None)
    # Compiled once, not by every process anew: each start is two seconds shorter. Whoever asked
    # Python to write no bytecode meant their source folders, and those stay clean.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables["PYTHONPYCACHEPREFIX"] = str(VENV / "pycache")
    return variables


def make_environment():
    """Make `.venv` hold exactly what `requirements.lock` says; return at once if it does.

    The stamp is written last, so that an interrupted installation is begun anew.
    """
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if is_made(wanted):
        return
    # One installation at a time: the checkout itself is the lock.
    with_lock = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(with_lock, fcntl.LOCK_EX)
    try:
        if is_made(wanted):
            return
        if VENV.exists() and not STAMP.exists():
            raise SystemExit(FOREIGN_VENV)
        if shutil.disk_usage(ROOT).free < SPACE_NEEDED:
            raise SystemExit(DISK_FULL)
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir()
        STAMP.write_text("unfinished")
        print("第一次启动：正在安装软件包 / First start: installing packages …", flush=True)
        make_python()
        install()
        STAMP.write_text(f"{wanted} {os.path.realpath(PYTHON)}")
    except OSError as error:
        raise SystemExit(DISK_FULL if error.errno == errno.ENOSPC else str(error)) from error
    finally:
        os.close(with_lock)


def is_made(wanted):
    """Whether the environment was made from this lock, by a Python that is still there."""
    return (
        STAMP.exists()
        and PYTHON.exists()
        and STAMP.read_text() == f"{wanted} {os.path.realpath(PYTHON)}"
    )


def make_python():
    """Make an isolated Python without pip, also where the module `venv` is missing."""
    try:
        import venv
    except ImportError:
        base = Path(getattr(sys, "_base_executable", sys.executable))
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (VENV / "lib" / version / "site-packages").mkdir(parents=True)
        (VENV / "bin").mkdir()
        PYTHON.symlink_to(base)
        (VENV / "pyvenv.cfg").write_text(
            f"home = {base.parent}\ninclude-system-site-packages = false\n"
        )
    else:
        venv.create(VENV, symlinks=True, with_pip=False)


def install():
    """Install the lock's wheels with a pip that needs no installation itself."""
    wheel = VENV / PIP
    wheel.write_bytes(find_pip())
    command = [PYTHON, wheel / "pip", "--disable-pip-version-check", "--no-input", "install"]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    command += ["--progress-bar", "off", "--no-warn-script-location", "-r", LOCK]
    variables = dict(os.environ, PIP_USER="0", PIP_ROOT_USER_ACTION="ignore", PYTHONUTF8="1")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME"):
        variables.pop(name, None)
    pip = subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    said = []
    terminal = sys.stdout.isatty()
    for line in pip.stdout:
        said.append(line)
        if terminal and line.startswith("Collecting "):
            print(f"\r\033[K  {line.split()[1]}", end="", flush=True)
    if terminal:
        print("\r\033[K", end="", flush=True)
    if pip.wait() != 0:
        raise SystemExit(explain("".join(said)))


def explain(said):
    """Turn pip's output into one sentence."""
    for words, meaning in PIP_SAYS:
        if words in said:
            return meaning
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"安装软件包失败 / Installing packages failed: {lines[-1] if lines else '?'}"


def find_pip():
    """Return pip's own wheel, from wherever pip itself would look for packages."""
    broken = False
    for place in pip_places():
        try:
            found = read(place)
        except (OSError, ValueError):
            continue
        if hashlib.sha256(found).hexdigest() == PIP_SHA256:
            return found
        broken = True
    raise SystemExit(BROKEN_DOWNLOAD if broken else NO_NETWORK)


def pip_places():
    """Yield the addresses at which pip's wheel may be, found as pip finds any wheel."""
    for folder in setting("find-links", ""):
        yield folder.rstrip("/") + "/" + PIP
    indexes = setting("index-url", "https://pypi.org/simple") + setting("extra-index-url", "")
    for index in [] if setting("no-index", "") else indexes:
        page_url = index.rstrip("/") + "/pip/"
        if page_url.startswith("file:"):
            page_url += "index.html"
        try:
            page = read(page_url).decode("utf-8", "replace")
        except (OSError, ValueError):
            continue
        for link in re.findall(r'href="([^"]+)"', page):
            address = urllib.parse.urljoin(page_url, html.unescape(link))
            if urllib.parse.urlsplit(address).path.endswith("/" + PIP):
                yield address.partition("#")[0]


def setting(name, default):
    """Return pip's setting of this name, a list: from PIP_… or from pip's configuration files."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value is None:
        config = configparser.RawConfigParser(strict=False)
        named = os.environ.get("PIP_CONFIG_FILE")
        home = Path.home()
        configured = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
        files = ["/etc/pip.conf", "/etc/xdg/pip/pip.conf", home / ".pip/pip.conf"]
        files += [home / "Library/Application Support/pip/pip.conf"]
        files += [Path(configured, "pip/pip.conf")]
        with contextlib.suppress(configparser.Error):
            config.read([*files, named] if named else files, encoding="utf-8")
        for section in ("install", "global"):
            value = config.get(section, name, fallback=value)
    return (default if value is None else value).split()


def read(address):
    """Return what is at a URL or in a file; broken files and hosts that hang give up."""
    if "://" not in address:
        return Path(address).expanduser().read_bytes()
    certificates = (setting("cert", "") or [None])[0]
    context = ssl.create_default_context(cafile=certificates)
    request = urllib.request.Request(address, headers={"Accept": "text/html, */*;q=0.1"})
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        return answer.read()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
