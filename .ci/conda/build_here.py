"""Build conda's recipe and run its tests without conda-forge: `make conda`, on Linux.

A channel of this very environment stands in for it: the interpreter, and what pip installed, each a package of its own
with the files and requirements that its metadata names. So the recipe's steps are run as they are; that conda-forge has
these names in these versions only a build against conda-forge can say, which the workflow `release` does.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import sysconfig
import tempfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler_build import Stage0Recipe, ToolConfiguration, assemble_package
from rattler_build.progress import SimpleProgressCallback

RECIPE = Path(__file__).parent / "recipe.yaml"
SUBDIR = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}.get(platform.machine(), "")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TO_CONDA = {"nbconvert": "nbconvert-core"}
TO_PIP = {conda: pip for pip, conda in TO_CONDA.items()}
LEFT_OUT = ("__pycache__", "site-packages", "test", "idlelib", "tkinter", "turtledemo")


def stage_python(folder: Path) -> None:
    """Lay the interpreter that this environment stands on into `folder`, as conda lays it into an environment."""
    base = Path(sys.base_prefix)
    library = folder / "lib" / f"python{VERSION}"
    shutil.copytree(base / "lib" / library.name, library, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (library / "site-packages").mkdir()
    for shared in (base / "lib").glob("libpython*.so*"):
        shutil.copy2(shared, folder / "lib", follow_symlinks=False)
    (folder / "bin").mkdir()
    shutil.copy2((base / "bin" / f"python{VERSION}").resolve(), folder / "bin" / f"python{VERSION}")
    for name in ("python", "python3"):
        (folder / "bin" / name).symlink_to(f"python{VERSION}")


def stage(dist: Distribution, folder: Path) -> None:
    """Lay the files of one distribution into `folder`, but for scripts, whose first line names this environment."""
    prefix = Path(sys.prefix).resolve()
    for file in dist.files or []:
        source = Path(str(dist.locate_file(file))).resolve()
        if source.is_file() and source.suffix != ".pyc" and source.is_relative_to(prefix):
            inside = source.relative_to(prefix)
            if inside.parts[0] != "bin":
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, folder / inside)


def needs(dist: Distribution) -> list[Requirement]:
    wanted = map(Requirement, dist.requires or [])
    return [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]


def spec(wanted: Requirement) -> str:
    name = canonicalize_name(wanted.name)
    return f"{TO_CONDA.get(name, name)} {wanted.specifier or '*'}"


def make_channel(channel: Path, staged: Path, names: list[str]) -> int:
    """Fill `channel` with Python, the named distributions and what they need; return how many packages it has."""
    index: dict[str, dict[str, Any]] = {}

    def add(name: str, version: str, depends: list[str]) -> None:
        made = assemble_package(
            name,
            version,
            target_platform=SUBDIR,
            build_string="here_0",
            output_dir=channel / SUBDIR,
            files_dir=staged / name,
            depends=depends,
            compression_level=1,
            detect_prefix=False,
        )
        data = made.path.read_bytes()
        index[made.path.name] = {
            "name": name,
            "version": version,
            "build": "here_0",
            "build_number": 0,
            "subdir": SUBDIR,
            "depends": depends,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }

    for subdir in (SUBDIR, "noarch"):
        (channel / subdir).mkdir(parents=True)
    stage_python(staged / "python")
    add("python", platform.python_version(), [])
    seen: set[str] = set()
    while names:
        pip_name = canonicalize_name(names.pop())
        if pip_name in seen:
            continue
        seen.add(pip_name)
        dist = distribution(pip_name)
        name = TO_CONDA.get(pip_name, pip_name)
        stage(dist, staged / name)
        add(name, dist.version, [f"python {VERSION}.*", *map(spec, needs(dist))])
        names += [one.name for one in needs(dist)]
    for subdir, packages in ((SUBDIR, index), ("noarch", {})):
        told = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": packages, "repodata_version": 1}
        (channel / subdir / "repodata.json").write_text(json.dumps(told), encoding="utf-8")
    return len(index)


def main() -> None:
    if not SUBDIR or not sys.platform.startswith("linux"):
        sys.exit("this builds on Linux (x86_64 or aarch64) only")
    if "deb_system" in sysconfig.get_scheme_names():
        sys.exit("Debian's own Python installs into other folders than conda's: make the environment with another one")
    recipe = Stage0Recipe.from_file(RECIPE)
    (variant,) = recipe.render()
    asked = variant.recipe.requirements
    names = {line.split()[0] for line in [*asked.host, *asked.run]} - {"python"}
    wanted = sorted(TO_PIP.get(name, name) for name in names)
    with tempfile.TemporaryDirectory() as folder:
        channel = Path(folder) / "channel"
        count = make_channel(channel, Path(folder) / "staged", wanted)
        print(f"{count} packages of this environment stand in for conda-forge", flush=True)
        variant.run_build(
            channels=[channel.as_uri()],
            output_dir=Path(sys.argv[1]),
            progress_callback=SimpleProgressCallback(),
            tool_config=ToolConfiguration(test_strategy="native"),
        )


if __name__ == "__main__":
    main()
