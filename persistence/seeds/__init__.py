"""Seeds: the reference data of the instruction, and the demonstration's world."""
