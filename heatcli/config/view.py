"""A saved selection of `heatcli.toml`: the fields of a selection, written as on the command line."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, create_model

from heatcli.config.options import Declared, ListOption, NamesOption, TextOption, declared
from heatcli.config.selection_fields import SelectionFields
from heatcli.config.settings import IN_LIST, Settings, checked


class SavedView(Settings):
    """Base of `ViewConfig`, whose fields are those of a selection."""

    @property
    def said(self) -> dict[str, Any]:
        """Values that the view gives, by names of a selection's fields, as `read_options` takes them."""
        fields = type(self).model_fields
        return {name: value for name, value in self if value != fields[name].default}


def _written(value: object) -> object:
    """Write a date or time of TOML as on the command line."""
    return value.isoformat() if isinstance(value, date) else value


def _in_one(value: object) -> object:
    """Write a list of names as on the command line."""
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _key(one: Declared) -> tuple[Any, Any]:
    """Return a field for pydantic: the type of its value in a view; its default, name and limits."""
    option = one.option
    if isinstance(option, ListOption):
        text = _text(option)
        names = AliasChoices(one.name, one.flag.removeprefix("--"))
        texts = tuple[text, ...]  # type: ignore[valid-type]  # mypy cannot follow a type that is made
        return Annotated[texts, IN_LIST], Field((), validation_alias=names)
    if isinstance(option, TextOption):
        return _text(option) | None, Field(None, alias=option.key)
    if isinstance(option, NamesOption):
        return Annotated[
            str, BeforeValidator(_in_one, json_schema_input_type=str | tuple[str, ...]), checked(option.value)
        ] | None, Field(None)
    limits = {} if option.bounds is None else option.bounds.limits
    return one.kind, Field(False if one.kind is bool else None, **limits)


def _text(option: TextOption) -> Any:
    text = Annotated[str, BeforeValidator(_written, json_schema_input_type=str | date | datetime)]
    return text if option.check is None else Annotated[text, checked(option.check)]


if TYPE_CHECKING:
    ViewConfig = SavedView  # mypy cannot see the fields of a model that is made
else:
    ViewConfig = create_model(
        "ViewConfig",
        __base__=SavedView,
        __doc__="A saved selection.",
        **{one.name: _key(one) for one in declared(SelectionFields)},
    )
