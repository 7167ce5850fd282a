"""What the program costs, as ratios against a small Textual reference run in the same call: ``python -m bench``."""
