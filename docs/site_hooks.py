"""What `mkdocs build` does beyond MkDocs: pages of the root, and notebooks with their outputs.

The notebooks are stored without outputs. They are run each time that the site is built, each in a process of
its own, in the folder in which it lies; an error in one of them ends the build.
"""

import re
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbconvert import MarkdownExporter
from nbconvert.preprocessors import ExecutePreprocessor

DOCS = Path(__file__).parent
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
# Pages that lie in the root of the repository, where people who work on the code look for them.
_OF_ROOT = ("CHANGELOG.md", "CONTRIBUTING.md")
_LONGEST_CELL_S = 120


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root, and those that notebooks make."""
    for name in _OF_ROOT:
        text = (DOCS.parent / name).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, name.lower(), content=text))
    for notebook in NOTEBOOKS:
        for name, content in run_notebook(notebook).items():
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to pages of the root, and to notebooks, to where the site has them."""
    markdown = re.sub(r"\]\((?:\.\./)?([A-Z]+\.md)", lambda found: f"]({found[1].lower()}", markdown)
    return re.sub(r"\]\((notebooks/\w+)\.ipynb", r"](\1.md", markdown)


def run_notebook(notebook: Path) -> dict[str, str | bytes]:
    """Run a notebook.

    Returns:
        Contents of the page in Markdown, and of its pictures, by their names.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell of the notebook ends with an error.
    """
    content = nbformat.read(notebook, as_version=4)
    resources: dict[str, Any] = {
        "metadata": {"path": str(notebook.parent)},
        "unique_key": notebook.stem,
        "output_files_dir": notebook.stem,
    }
    content, resources = ExecutePreprocessor(timeout=_LONGEST_CELL_S).preprocess(content, resources)
    page, resources = MarkdownExporter().from_notebook_node(content, resources)
    page = page.replace("![png](", "![What the code above draws](")
    return {f"{notebook.stem}.md": page, **resources["outputs"]}
