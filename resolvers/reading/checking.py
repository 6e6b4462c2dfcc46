"""What each run checks before it asks: texts, days, names, ids, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, GraphQLField, GraphQLID, get_named_type

from persistence.reading import dated_ids
from persistence.reading.binds import resolved, varies
from persistence.reading.question import RowReference
from persistence.reading.values import Value
from persistence.records import Rule
from persistence.records.nir import is_written_as_nir
from resolvers.limits import FIRST_YEAR, LAST_YEAR
from resolvers.places import Place, Placed, refuse

from .arguments import ArgumentText
from .shapes import plain

IDS = 100
OUT_OF_REACH = (
    f"`on`, ou le jour d'un identifiant, est d'une année de {FIRST_YEAR} à {LAST_YEAR}."
)
NUMBER = (
    "Une personne se cherche par son nom : un numéro de sécurité sociale ne s'écrit pas"
    " ici."
)
TWO_DAYS = "`on` et l'identifiant disent deux jours : n'en donnez qu'un."


@dataclass(slots=True)
class Checked:
    """The values of a question that each run checks before it asks.

    `texts` are bounded before anything reads them. `ids` are those of `nodes`, `days`
    those of facts, `names` those of persons, `plain` the ids that may carry no day.
    `twice` are the days that two arguments give, `cursors` those of pages, and
    `references` the rows that filters name.
    """

    texts: list[ArgumentText] = field(default_factory=list)
    ids: list[Placed] = field(default_factory=list)
    days: list[Placed] = field(default_factory=list)
    names: list[Placed] = field(default_factory=list)
    plain: list[Placed] = field(default_factory=list)
    twice: list[tuple[Value, Placed]] = field(default_factory=list)
    cursors: dict[Value, Place] = field(default_factory=dict)
    references: list[tuple[RowReference, Placed]] = field(default_factory=list)

    @property
    def varies(self) -> bool:
        placed = (*self.ids, *self.days, *self.names, *self.plain)
        values = [each.value for each in placed]
        values += [text.value for text in self.texts]
        return bool(self.twice) or any(map(varies, values))

    def carry_no_day(
        self, definition: GraphQLField, arguments: Mapping[str, Any], place: Place
    ) -> None:
        """The ids of lists and of questions of rights name rows, without a day."""
        for name, argument in definition.args.items():
            value = arguments.get(name)
            if value is not None and get_named_type(argument.type) is GraphQLID:
                self.plain.append(Placed(plain(value), place, name))

    def refer(self, reference: RowReference, placed: Placed) -> None:
        """A row that must be visible; two filters that name the same one look once."""
        if reference not in [other for other, _ in self.references]:
            self.references.append((reference, placed))

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse what no statement may be given."""
        for text in self.texts:
            text.check(variables)
        for value, place, argument in self.plain:
            if _is_dated(resolved(value, variables)):
                sentence = f"`{argument}` : {Rule.ID_OF_ANOTHER_DAY.sentence}"
                raise refuse("ID_OF_ANOTHER_DAY", sentence, place)
        for value, place, _ in self.names:
            if is_written_as_nir(resolved(value, variables)):
                raise refuse("NIR_IN_TEXT", NUMBER, place)
        self._check_days(variables)
        for value, place, _ in self.ids:
            _check_ids(resolved(value, variables), place)

    def _check_days(self, variables: Mapping[str, Any]) -> None:
        for value, (other, place, _) in self.twice:
            if resolved(value, variables) != resolved(other, variables):
                raise refuse("ARGUMENTS", TWO_DAYS, place)
        for value, place, _ in self.days:
            if not FIRST_YEAR <= resolved(value, variables).year <= LAST_YEAR:
                raise refuse("DAY", OUT_OF_REACH, place)


def _check_ids(ids: list[str], place: Place) -> None:
    if len(ids) > IDS:
        limit = f"`nodes` prend au plus {IDS} identifiants."
        raise refuse("TOO_MANY_IDS", limit, place)
    days = dated_ids.days_of(ids)
    if len(days) > dated_ids.MOST_DAYS:
        limit = f"`nodes` mêle au plus {dated_ids.MOST_DAYS} jours."
        raise refuse("TOO_MANY_DAYS", limit, place)
    if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
        raise refuse("DAY", OUT_OF_REACH, place)


def _is_dated(value: Any) -> bool:  # noqa: ANN401 an id, or several
    ids = value if isinstance(value, list) else [value]
    texts = [each for each in ids if isinstance(each, str)]
    return any(dated_ids.day_of(text) is not None for text in texts)


def not_found(placed: Placed) -> GraphQLError:
    """The refusal of a filter that names no row, or a row that may not be read.

    Both are refused alike.
    """
    sentence = f"`{placed.argument}` : {Rule.NOT_FOUND.sentence}"
    return refuse("NOT_FOUND", sentence, placed.place)
