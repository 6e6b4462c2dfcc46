"""Documents that follow from the schema: the mutation of an act, and a plain form."""

import re

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

SHARED_ANSWERS = {"errors", "warnings", "replayed"}
"""What every payload holds; the console does not ask whether an act was replayed."""


def mutation_text(schema: GraphQLSchema, act: str) -> str:
    """The mutation of an act: its whole payload, where objects are their ids."""
    assert schema.mutation_type is not None
    field = schema.mutation_type.fields[act]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    answers = [
        _answer_text(name, get_named_type(answer.type))
        for name, answer in payload.fields.items()
        if name not in SHARED_ANSWERS
    ]
    return f"""
        mutation {_capitalised(act)}($input: {field.args["input"].type}) {{
          {act}(input: $input) {{
            {" ".join(answers)}
            errors {{ ...Refused }}
            warnings {{ ...Noticed }}
          }}
        }}
    """


def _answer_text(name: str, type_: GraphQLNamedType) -> str:
    if is_leaf_type(type_):
        return name
    if type_.name == "Impact":
        return f"{name} {{ ...Consequences }}"
    return f"{name} {{ id }}"


def form_text(act: str, root: str) -> str:
    """The query of a form that has no file of its own.

    `root` names the object that the form is about: the query asks for its facts. It is
    "" for a form about nothing: the query then asks for the frame alone.
    """
    operation = f"{_capitalised(act)}Form"
    if not root:
        return f"query {operation} {{ ...Frame }}"
    return f"""
        query {operation}(${root}Id: ID!) {{
          ...Frame
          {root}: node(id: ${root}Id) {{ ...{_capitalised(root)}Facts }}
        }}
    """


def _capitalised(name: str) -> str:
    return name[0].upper() + name[1:]


def snake_case(name: str) -> str:
    """`conventionSign` as `convention_sign`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
