"""The kinds of object that a store knows, and their attributes: `car`, and `car.red`."""

import json
from collections.abc import Iterable

import polars as pl

from heatcli.errors import UsageError, unknown
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.store import Snapshot, Store


def check_objects(wanted: Iterable[str], store: Store, snapshot: Snapshot) -> None:
    """Make sure that the store knows kinds of object. A store that knows none yet accepts all.

    Args:
        wanted: kinds of object, each a class or `CLASS.ATTRIBUTE`.
        store: store to ask.
        snapshot: snapshot of the store.

    Raises:
        UsageError: a class, or an attribute of it, was never looked for or found; the message gives known
            ones.
        StoreError: the store cannot be read.
    """
    known = known_objects(store, snapshot)
    for name in wanted:
        kind, _, attribute = name.partition(".")
        if not known or name in known or attribute in known.get(kind, ()):
            continue
        if not attribute or kind not in known:
            raise unknown(name if kind in known else kind, known, kind="kind of object", where="the store")
        if not known[kind]:
            raise UsageError(
                f"{name}: the store knows no attributes of a {kind}; `heatcli analyze --attributes color` "
                "finds them"
            )
        raise UsageError(f"no {name!r} in the store; a {kind} is {', '.join(sorted(known[kind]))}")


def known_objects(store: Store, snapshot: Snapshot) -> dict[str, set[str]]:
    """List the classes that were looked for or found in any clip, each with its attributes.

    Classes that were looked for and never found are known too: that no car came is an answer, not a mistake
    in the question.

    Raises:
        StoreError: the store cannot be read.
    """
    known: dict[str, set[str]] = {}
    for text in snapshot.clips["settings"].unique():
        settings = json.loads(text)
        for name in settings.get("objects_to_track", ()):
            known.setdefault(name, set()).update(settings.get("attributes", {}).get("names", ()))
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        is_live = pl.col("run").is_in(snapshot.clips["run"].to_list())
        found = scan("trajectories", files, None).filter(is_live)
        for name, attributes in found.select("object_class", "attributes").unique().collect().rows():
            known.setdefault(name, set()).update(attributes or ())
    return known


def is_wanted(wanted: Iterable[str]) -> pl.Expr:
    """Tell which rows of `heatcli.select.persons.persons` are of a wanted kind.

    A person has an attribute if any of the person's trajectories, joined across files, has it.

    Args:
        wanted: kinds of object, each a class or `CLASS.ATTRIBUTE`.
    """
    names = list(wanted)
    kind = pl.col("object_class")
    has = [
        (kind == name) & pl.col("attributes").list.contains(attribute)
        for name, _, attribute in (name.partition(".") for name in names)
        if attribute
    ]
    return pl.any_horizontal(kind.is_in(names), *has).any().over("person", "object_class")


def mixed_note(trajectories: pl.DataFrame) -> str | None:
    """Say how many objects of each class count together; None where all that counts is of one class.

    Args:
        trajectories: trajectories that count, a frame of `heatcli.select.persons.persons`.
    """
    classes = trajectories.group_by("object_class").agg(pl.col("person").n_unique())
    if len(classes) < 2:
        return None
    *first, last = (f"{count} {name}" for name, count in classes.sort("person", descending=True).iter_rows())
    return f"{', '.join(first)} and {last} count together; choose with --objects-to-track"
