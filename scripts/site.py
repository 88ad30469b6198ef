"""What the documentation site has beyond docs/, as a hook of MkDocs.

Pages link to files of the repository. On the site they lead to copies: text as pages, code as pages
that show it, published runs to their reports, which are made here, and pictures to themselves.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from bench.report.html.report import render_report
from bench.runs.view import run_view
from bench.store.run_folder import RunFolder

ROOT = Path(__file__).parents[1]
PUBLISHED = PurePosixPath("results/published")
LANGUAGES = {".py": "python", ".toml": "toml", ".txt": "text", ".ini": "ini"}

_LINK = re.compile(r"(\]\()([^)#\s]+)(#[^)\s]*)?(\))")


def on_files(files: Files, config: Any) -> Files:
    """Add what pages link to outside docs/, and what those pages link to in turn."""
    waiting = [file for file in files if file.is_documentation_page()]
    known = {file.src_uri for file in files}
    while waiting:
        page = waiting.pop()
        for target in _targets(page.content_string, _folder_of(page.src_uri)):
            for made in _files_for(target, config):
                if made.src_uri not in known:
                    known.add(made.src_uri)
                    files.append(made)
                    if target.suffix == ".md":
                        waiting.append(made)
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Have links lead to where the files are on the site."""
    here = PurePosixPath(page.file.src_uri).parent
    folder = _folder_of(page.file.src_uri)

    def moved(match: re.Match[str]) -> str:
        target = _in_repository(folder, match[2])
        if target is None:
            return match[0]
        address = os.path.relpath(_place(target), here)
        return f"{match[1]}{address}{match[3] or ''}{match[4]}"

    return _LINK.sub(moved, markdown)


def on_post_page(output: str, page: Page, config: Any) -> str:
    """Load nothing from elsewhere: without this, search works where the site is served."""
    return output.replace('<script src="https://unpkg.com/iframe-worker/shim"></script>', "")


def _targets(text: str, folder: PurePosixPath) -> Iterator[PurePosixPath]:
    for match in _LINK.finditer(text):
        target = _in_repository(folder, match[2])
        if target is not None and not target.is_relative_to("docs"):
            yield target


def _folder_of(page: str) -> PurePosixPath:
    """The folder of the repository that the links of a ``page`` of the site start from."""
    is_of_docs = (ROOT / "docs" / page).is_file()
    return (PurePosixPath("docs") / page).parent if is_of_docs else PurePosixPath(page).parent


def _in_repository(folder: PurePosixPath, link: str) -> PurePosixPath | None:
    """The file or folder that ``link`` leads to, from the root; None where it leads elsewhere."""
    if "://" in link or link.startswith("/"):
        return None
    target = PurePosixPath(os.path.normpath(folder / link))
    return target if (ROOT / target).exists() else None


def _place(target: PurePosixPath) -> PurePosixPath:
    """Where a file or folder of the repository is on the site."""
    if target.is_relative_to("docs"):
        return target.relative_to("docs") if target != PurePosixPath("docs") else target
    if target.is_relative_to(PUBLISHED) and len(target.parts) == len(PUBLISHED.parts) + 1:
        return PurePosixPath("reports") / f"{target.name}.html"
    path = ROOT / target
    if target == PurePosixPath("README.md"):
        # The index of docs/ has this name on the site.
        return PurePosixPath("repository.md")
    if path.is_dir() or path.suffix in LANGUAGES:
        return PurePosixPath("sources") / f"{target}.md"
    return target


def _files_for(target: PurePosixPath, config: Any) -> Iterator[File]:
    path, place = ROOT / target, str(_place(target))
    if place.startswith("reports/"):
        view = run_view(RunFolder(path))
        charts = sorted((path / "charts").glob("*.svg"))
        yield File.generated(config, place, content=render_report(view, charts))
    elif path.is_dir():
        yield _unlisted(config, place, _listing(target))
    elif path.suffix in LANGUAGES:
        yield _unlisted(config, place, _code(target))
    else:
        yield File.generated(config, place, abs_src_path=str(path))


def _unlisted(config: Any, place: str, content: str) -> File:
    return File.generated(config, place, content=content, inclusion=InclusionLevel.NOT_IN_NAV)


def _listing(folder: PurePosixPath) -> str:
    """The files of a folder below each other."""
    files = sorted(path for path in (ROOT / folder).iterdir() if path.suffix in LANGUAGES)
    parts = [_code(folder / path.name, heading="##") for path in files]
    return "\n".join([f"# {folder}\n", *parts])


def _code(file: PurePosixPath, heading: str = "#") -> str:
    language = LANGUAGES[file.suffix]
    text = (ROOT / file).read_text(encoding="utf-8")
    return f"{heading} {file}\n\n````{language}\n{text}````\n"
