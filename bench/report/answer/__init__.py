"""The answer of a run in about ten sentences, for a person in a hurry."""
