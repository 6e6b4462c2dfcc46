"""The columns of the rows that a declaration writes, in their order."""

from .line_words import STATEMENTS

LINE = (
    "id",
    "version",
    "partner_id",
    "establishment_id",
    "declaration_id",
    "worker_id",
    "person_id",
    "deposited",
    "position",
    "client_reference",
    *STATEMENTS,
    "words_digest",
    "words",
    "salt",
    "leaf",
    "changed_sequence",
    "processing",
    "processed_on",
    "processed_by_id",
    "processing_reason",
)
WORKER = (
    "id",
    "version",
    "partner_id",
    "nir_cipher",
    "nir_index",
    "nir_mask",
    "birth_name",
    "used_name",
    "given_names",
    "sort_key",
    "birth_date",
    "matricule",
    "paying_id",
    "entered_on",
    "aah_beneficiary",
    "person_id",
)
NUMBER = ("partner_id", "nir_index", "worker_id", "since")
