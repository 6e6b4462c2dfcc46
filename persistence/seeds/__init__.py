"""Seeds: the reference data of the instruction, and the fictional world of the demonstration."""
