"""Pictures of the running program: ``make screenshots``."""
