"""The house: requirement files, set-up, make, workflows, what no tracked file may contain."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from two_passes import prepare

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PROJECTS = [  # ours, those first that the others depend on
    tomllib.loads((ROOT / folder / "pyproject.toml").read_text()) for folder in prepare.PACKAGES
]
BOOK = PROJECTS[-1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAC = ((3, 12, 4), "Darwin", "arm64", ("", ""), "14.0")
LINUX = ((3, 12, 4), "Linux", "x86_64", ("glibc", "2.35"), "")


def run(*command, **options):
    return subprocess.run(command, **{"cwd": ROOT} | options, capture_output=True, text=True)


# Requirement files


def entries(name):
    """The logical lines of a requirement file."""
    return (ROOT / name).read_text().replace("\\\n", " ").splitlines()


def locked(name):
    return [Requirement(entry.split("--hash")[0]) for entry in entries(name)]


@pytest.mark.parametrize("name", prepare.LOCKS)
def test_every_requirement_is_pinned_by_hash_and_no_index_is_named(name):
    form = r"[a-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^:]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*"
    assert entries(name)
    assert [entry for entry in entries(name) if not re.fullmatch(form, entry)] == []
    assert "://" not in (ROOT / name).read_text()


def asked_for():
    """What our projects ask of others, and the book of our packages' extras."""
    ours = {canonicalize_name(one["project"]["name"]): one["project"] for one in PROJECTS}
    asked = [word for project in ours.values() for word in project["dependencies"]]
    for want in map(Requirement, [*asked, *BOOK["dependency-groups"]["test"]]):
        extras = ours.get(canonicalize_name(want.name), {}).get("optional-dependencies", {})
        yield from (Requirement(word) for extra in want.extras for word in extras.get(extra, ()))
        if canonicalize_name(want.name) not in ours:
            yield want


MLX = ["mlx-cpu; sys_platform == 'linux'", "mlx-metal; sys_platform == 'darwin'"]  # that of each
BUILD = [*BOOK["build-system"]["requires"], "setuptools"]


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("requirements.txt", [*asked_for(), *map(Requirement, MLX)]),
        ("requirements-build.txt", [*map(Requirement, BUILD)]),
    ],
)
def test_the_lock_holds_what_the_projects_ask_for(name, wanted):
    def holds(want, here):
        return any(
            canonicalize_name(pin.name) == canonicalize_name(want.name)
            and (pin.marker is None or pin.marker.evaluate(here))
            and all(want.specifier.contains(exact.version) for exact in pin.specifier)
            for pin in locked(name)
        )

    missing = [
        f"{want} on {platform}"
        for want in wanted
        for platform in ("linux", "darwin")
        if want.marker is None or want.marker.evaluate({"sys_platform": platform})
        if not holds(want, {"sys_platform": platform})
    ]
    assert missing == [], f"{name} lacks {missing}: run make lock"


def test_each_package_depends_on_none_that_is_installed_after_it():
    names = [canonicalize_name(one["project"]["name"]) for one in PROJECTS]
    for place, one in enumerate(PROJECTS):
        wanted = {
            canonicalize_name(Requirement(word).name) for word in one["project"]["dependencies"]
        }
        assert not wanted & set(names[place:]), names[place]
    assert all(
        one["project"]["requires-python"] == BOOK["project"]["requires-python"] for one in PROJECTS
    )


# Set-up


@pytest.mark.parametrize(
    "machine",
    [
        MAC,
        LINUX,
        (*LINUX[:2], "aarch64", ("glibc", "2.41"), ""),
        ((3, 11, 5), *MAC[1:]),
        ((3, 14, 9), *LINUX[1:]),
        (*MAC[:4], "26.1"),
    ],
)
def test_a_supported_machine_has_no_problem(machine):
    assert prepare.problem(*machine) is None


@pytest.mark.parametrize(
    "machine, word",
    [
        ((*MAC[:2], "x86_64", *MAC[3:]), "Apple silicon"),
        ((*MAC[:4], "13.6.1"), "macOS 14"),
        ((*LINUX[:3], ("glibc", "2.31"), ""), "glibc 2.35"),
        ((*LINUX[:3], ("", ""), ""), "another C library"),
        ((*LINUX[:2], "riscv64", *LINUX[3:]), "riscv64"),
        ((LINUX[0], "Windows", "AMD64", ("", ""), ""), "WSL"),
        ((LINUX[0], "MSYS_NT-10.0", "x86_64", ("", ""), ""), "WSL"),
        (((3, 6, 15), *LINUX[1:]), "Python 3.11.5 to 3.14 and found 3.6.15"),
        (((3, 11, 4), *LINUX[1:]), "found 3.11.4"),
        (((3, 15, 0), *MAC[1:]), "found 3.15.0"),
    ],
)
def test_an_unsupported_machine_gets_one_line_and_2(machine, word, monkeypatch, capsys):
    monkeypatch.setattr(prepare, "here", lambda: machine)
    assert prepare.main(["never-made"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and word in told.err
    assert not Path("never-made").exists()


def test_python_s_range_is_told_the_same_everywhere():
    oldest, beyond = prepare.OLDEST, prepare.BEYOND
    assert BOOK["project"]["requires-python"].split(",")[0] == ">=" + ".".join(map(str, oldest))
    assert f"{oldest} <= sys.version_info < {beyond}" in (ROOT / "Makefile").read_text()
    told = f"Python {'.'.join(map(str, oldest))} to {beyond[0]}.{beyond[1] - 1}"
    for name in ("Makefile", "README.md", "two_passes/prepare.py"):
        assert told in (ROOT / name).read_text(), name


def test_an_old_python_can_read_prepare():
    ast.parse((ROOT / "two_passes/prepare.py").read_text(), feature_version=(3, 6))


def test_missing_parts_get_one_line(monkeypatch, capsys, tmp_path):
    with monkeypatch.context() as lacking:
        lacking.setattr(
            prepare.importlib.util,
            "find_spec",
            lambda name: None if name == "ensurepip" else object(),
        )
        assert prepare.main([str(tmp_path / "v")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "ensurepip" in told and "-venv" in told

    gitless = run(
        sys.executable,
        "-I",
        "two_passes/prepare.py",
        str(tmp_path / "v"),
        env={"PATH": str(tmp_path)},
    )
    assert (gitless.returncode, gitless.stderr) == (
        2,
        "git is missing: install it, then run make again.\n",
    )


@pytest.fixture
def installs(monkeypatch):
    """What `prepare` would have installed, in place of installing."""
    calls = []

    def install(venv):
        calls.append(sorted(os.listdir(venv)))
        (Path(venv) / "bin").mkdir()
        (Path(venv) / "bin/python").touch()
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "install", install)
    return calls


def test_an_interrupted_setup_is_done_anew_and_a_whole_one_is_kept(
    installs, tmp_path, monkeypatch, capsys
):
    venv = str(tmp_path / "v")
    assert prepare.main([venv]) == 130 and "interrupted" in capsys.readouterr().err
    assert prepare.main([venv]) == 0 and len(installs) == 2
    assert prepare.main([venv]) == 0 and len(installs) == 2
    os.unlink(venv + "/bin/python")  # its Python was removed
    assert prepare.main([venv]) == 0 and len(installs) == 3
    monkeypatch.setattr(prepare, "fingerprint", lambda: "another lock file")
    assert prepare.main([venv]) == 0 and len(installs) == 4
    assert all(found == ["two-passes.stamp"] for found in installs), (
        "each begins with an empty folder"
    )


def test_setup_never_touches_what_it_did_not_make(installs, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("keep me")
    assert prepare.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert prepare.main([str(tmp_path / "mine.txt" / "v")]) == 1  # cannot be made there
    assert capsys.readouterr().err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"] and not installs


# Make


def make(*arguments, cwd=ROOT, **environment):
    """Run make as a person would: nothing handed down from the make that runs these tests."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "VENV", "PYTHON"))
    }
    return run("make", *arguments, cwd=cwd, env=mine | {"LC_ALL": "C"} | environment)


@pytest.mark.parametrize(
    "target, command",
    [
        ("serve", "literate serve"),
        ("build", "literate build"),
        ("check", "literate check"),
        ("bench", "two_passes bench"),
    ],
)
def test_make_sets_up_and_then_runs_in_the_environment(target, command):
    for told, venv in [
        (make("-n", target), ".venv"),
        (make("-n", target, "VENV=/x"), "/x"),
        (make("-n", target, VENV="/y"), "/y"),
    ]:
        assert told.returncode == 0, told.stderr
        assert f'two_passes/prepare.py "{venv}"' in told.stdout
        assert told.stdout.endswith(f'"{venv}/bin/python" -m {command}\n')


def test_make_serve_takes_a_port():
    assert make("-n", "serve", "PORT=8001").stdout.endswith(" literate serve --port 8001\n")


def commands() -> list[str]:
    """Every command that `make` lists."""
    return re.findall(r"^  make (\S+)", make().stdout, re.M)


def test_make_works_from_another_folder(tmp_path):
    """With `-f PATH/Makefile`, for every command, in a folder with any name."""
    book = tmp_path / "two  passes (mine)"
    book.mkdir()
    shutil.copy(ROOT / "Makefile", book)
    assert make("-f", book / "Makefile", cwd=tmp_path).stdout == make().stdout
    assert {"serve", "test", "lock", "clean"} < set(commands())
    for command in commands():
        there, _, does = make(
            "-n", "-f", book / "Makefile", command, cwd=tmp_path
        ).stdout.partition("\n")
        assert f'-C "{book}" {command}' in there
        assert does == make("-n", command, cwd=book).stdout == make("-n", command).stdout


def test_make_test_runs_the_tests_of_the_book_and_of_each_package():
    told = make("-n", "test", "VENV=/x").stdout
    book, packages = told[told.index('"/x/bin/python" -m pytest') :].split(";", 1)
    assert book == '"/x/bin/python" -m pytest' and "for tests in packages/*/tests" in packages
    assert "exit $failed" in packages and '-m ""' not in packages
    assert '-m ""' in make("-n", "test", "ALL=1").stdout
    packages = [ROOT / folder for folder in prepare.PACKAGES if folder != "."]
    assert [one.name for one in packages if not list(one.glob("tests/test_*.py"))] == []


def test_without_python_make_tells_one_line(tmp_path):
    told = make("check", f"VENV={tmp_path}/v", "PYTHON=no-such-python another")
    ours = [line for line in told.stderr.splitlines() if not line.startswith("make")]
    assert told.returncode == 2 and len(ours) == 1 and "found no Python 3" in ours[0]


def test_the_makefile_is_fit_for_gnu_make_3_81():
    newer = (
        r"\.ONESHELL|\.RECIPEPREFIX|\.WAIT|::=|!=|&:|undefine|^load |--output-sync"
        r"|\$\((?:file|guile|let|intcmp) "
    )
    assert re.findall(newer, (ROOT / "Makefile").read_text(), re.M) == []


# Workflows


def test_workflows_keep_to_the_schema():
    assert len(WORKFLOWS) == 6
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        told = run(BIN / "check-jsonschema", "--builtin-schema", schema, *WORKFLOWS)
        assert told.returncode == 0, told.stdout
    told = run(
        BIN / "check-jsonschema", "--builtin-schema", "vendor.citation-file-format", "CITATION.cff"
    )
    assert told.returncode == 0, told.stdout


def test_zizmor_finds_nothing_in_the_workflows():
    told = run(
        BIN / "zizmor", "--offline", "--no-progress", "--quiet", "--persona", "pedantic", ".github"
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_actions_are_pinned_by_commit():
    uses = [
        line
        for path in WORKFLOWS
        for line in path.read_text().splitlines()
        if re.match(r"\s*(- )?uses:", line)
    ]
    action, own = (
        r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+",
        r"\$/\.github/workflows/[\w-]+\.yml",
    )
    pinned = rf"\s*(- )?uses: ({action}|{own})"
    assert uses and [line for line in uses if not re.fullmatch(pinned, line)] == []


def test_nothing_is_published_that_has_not_passed():
    jobs = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())["jobs"]
    assert jobs["test"]["uses"] == "$/.github/workflows/test.yml"
    assert jobs["build"]["needs"] == "test" and jobs["deploy"]["needs"] == "build"


def test_a_release_has_passed_and_only_its_last_job_may_publish():
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    jobs = workflow["jobs"]
    assert jobs["test"]["uses"] == "$/.github/workflows/test.yml"
    assert jobs["build"]["needs"] == "test" and jobs["publish"]["needs"] == "build"
    allowed = {name: job["permissions"] for name, job in jobs.items()}
    read = {"contents": "read"}
    assert allowed == {"test": read, "build": read, "publish": {"id-token": "write"}}
    assert jobs["publish"]["environment"] == {"name": "pypi"}
    tags = workflow[True]["push"]["tags"]  # YAML takes `on` for true
    assert {f"packages/{tag.removesuffix('-v*')}" for tag in tags} == {*prepare.PACKAGES} - {"."}


def test_every_locked_package_is_looked_up_among_the_known_vulnerabilities():
    """Each lock file, for every platform and at both ends of Python's range.

    What cannot be looked up fails.
    """
    text = (ROOT / ".github/workflows/vulnerabilities.yml").read_text()
    assert re.search(r"pip install pip-audit==\d+\.\d+\.\d+$", text, re.M)
    (command,) = re.findall(r"pip_audit .*", text)
    assert {"--strict", "--disable-pip", "--require-hashes"} <= set(command.split())
    assert sorted(re.findall(r"-r (\S+)", command)) == sorted(prepare.LOCKS)
    assert "os: [ubuntu-latest, macos-15]" in text and "schedule:" in text
    oldest, newest = prepare.OLDEST[1], prepare.BEYOND[1] - 1
    assert f'python: ["3.{oldest}", "3.{newest}"]' in text


def test_ci_run_is_runnable():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert run("bash", "-n", ".ci/run").returncode == 0


# Tracked files


def tracked():
    """Text files of ours that git has or would take."""
    names = run("git", "ls-files", "-co", "--exclude-standard", "-z").stdout.split("\0")[:-1]
    assert names
    for name in names:
        path = ROOT / name
        if path.is_file() and not name.startswith("packages/literate/literate/vendor/"):
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                pass  # a picture or a font


def test_no_tracked_file_has_a_secret_or_a_path_of_somebody_s_machine():
    secret = (
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}"
        r"|\bAKIA[0-9A-Z]{16}\b|\bxox[abp]-\w"
        r"|://[^/\s:@\"']+:[^/\s:@\"']+@"
    )
    place = r"(?<![\w./}\])-])/(?:root|work|home/\w+|Users/\w+|private/var|var/folders)/\w"
    found = [
        f"{name}: {match.group()}"
        for name, text in tracked()
        for match in re.finditer(f"{secret}|{place}", text)
    ]
    assert found == []


def test_tracked_files_end_their_lines_with_lf():
    assert [name for name, text in tracked() if (ROOT / name).read_bytes().count(b"\r\n")] == []
