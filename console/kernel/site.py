"""What the features bring together: acts, pages, functions of templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema

from .act_form import ActForm
from .library import Library, library
from .page import Page


@dataclass(frozen=True, slots=True)
class Site:
    """`acts` is by name; `functions` are those of templates of one feature.

    `mutations` are the acts that a feature does without a form of the kernel's.
    """

    acts: Mapping[str, ActForm]
    pages: Sequence[Page]
    functions: Mapping[str, Callable[..., Any]]
    mutations: Sequence[str] = ()

    def library(self, schema: GraphQLSchema) -> Library:
        """The documents of these pages and acts. Raises `DocumentError`."""
        roots = {act.name: act.root for act in self.acts.values()}
        roots["listExport"] = ""
        roots |= dict.fromkeys(self.mutations, "")
        roots |= {page.opening: "" for page in self.pages if page.opening}
        return library(schema, tuple(roots.items()))
