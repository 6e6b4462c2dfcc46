"""What the features of the console bring together: their acts, their pages, and what their templates call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema

from .act_form import ActForm
from .documents import Library, library
from .page import Page


@dataclass(frozen=True, slots=True)
class Site:
    """`functions`: what templates call, by name, that only one feature needs."""

    acts: Mapping[str, ActForm]
    pages: Sequence[Page]
    functions: Mapping[str, Callable[..., Any]]

    def library(self, schema: GraphQLSchema) -> Library:
        """The documents of these pages and acts. Raises `DocumentError`."""
        roots = {act.name: act.root for act in self.acts.values()} | {"listExport": ""}
        return library(schema, tuple(roots.items()))
