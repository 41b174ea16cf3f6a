"""A small corpus of Chinese names with a sex each, drawn anew for every run of the hidden cases.

Surnames are common ones, in about their proportions; they tell nothing of the sex. A
given name has one or two characters, each drawn by `GIVEN`: nine in ten lean to the bearer's sex.
No table of real people's names is used.
"""

import numpy as np

# Shares per mille of those here, rounded; the last two have two characters.
SURNAMES = {"王": 210, "李": 205, "张": 195, "刘": 150, "陈": 130, "杨": 70, "欧阳": 20, "司马": 20}
MALE, FEMALE, NEUTRAL = "伟强军勇刚建国志", "芳娟丽秀英兰婷雪", "文晓明华"
# P(kind | sex) of each character of a given name.
GIVEN = {"own": 0.88, "neutral": 0.09, "other": 0.03}
SINGLE = 0.3


def draw_name(rng: np.random.Generator, female: int) -> str:
    """One name: a surname and one or two characters."""
    shares = np.array(list(SURNAMES.values()), dtype=float)
    surname = str(rng.choice(list(SURNAMES), p=shares / shares.sum()))
    own, other = (FEMALE, MALE) if female else (MALE, FEMALE)
    kinds = rng.choice(len(GIVEN), size=1 if rng.uniform() < SINGLE else 2, p=list(GIVEN.values()))
    return surname + "".join(str(rng.choice(list((own, NEUTRAL, other)[kind]))) for kind in kinds)


def draw(rng: np.random.Generator, n: int) -> tuple[list[str], list[int]]:
    """N names and their labels, 0 (male) or 1 (female), half of them each on average."""
    labels = [int(label) for label in rng.integers(2, size=n)]
    return [draw_name(rng, label) for label in labels], labels


def vocabulary() -> list[str]:
    """Every character that may occur, in a fixed order."""
    return sorted(set("".join(SURNAMES) + MALE + FEMALE + NEUTRAL))
