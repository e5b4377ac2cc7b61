"""Draw docs/images/first-example.png: what the first example of README.md draws.

Run it again after a change of the example: python docs/images/first_example.py
"""

from pathlib import Path

import matplotlib.pyplot as plt

PICTURE = Path(__file__).with_name("first-example.png")
README = Path(__file__).parents[2] / "README.md"


def read_example() -> str:
    """Return the first Python block of the README."""
    text = README.read_text(encoding="utf-8")
    return text.split("```python\n", 1)[1].split("```", 1)[0]


def draw(path: Path) -> None:
    """Run the example and write its figure to `path`."""
    with plt.rc_context({"figure.figsize": (6, 3.6), "figure.constrained_layout.use": True}):
        plt.figure()
        exec(compile(read_example(), "README.md", "exec"), {})  # noqa: S102  # our own README
        plt.savefig(path, dpi=110, metadata={"Software": None})
        plt.close()


if __name__ == "__main__":
    plt.switch_backend("agg")
    draw(PICTURE)
