"""A chat model without a model: it answers by a script, for demonstrations and tests, and says so."""
