"""A made-up town and its houses: what the notebook's `houses` draws, from any generator.

The notebook holds the same lines; tests/test_houses.py compares the two. Every town has prices of
its own, so that no formula that is typed in predicts them.
"""

import numpy as np

Array = np.ndarray
Table = dict[str, Array]

DISTRICTS = (
    "Altstadt", "Brook", "Castle", "Docks", "Elms", "Fairview", "Garden", "Harbour", "Island",
    "Junction", "Kiln", "Lakeside", "Mill",
)  # fmt: skip
HEATINGS = ("gas", "oil", "wood", "heat pump", "electric")
CONDITIONS = ("poor", "fair", "good", "renovated")


def draw(n: int, rng: np.random.Generator) -> tuple[Table, Array]:
    """A table of n houses and their prices (n,)."""
    # What things are worth in this town.
    size, land = rng.uniform(0.72, 0.78), rng.uniform(0.11, 0.14)
    quality_worth, finish = rng.uniform(0.105, 0.125), rng.uniform(0.045, 0.055)
    age_cost, charm = rng.uniform(0.115, 0.125), rng.uniform(0.0085, 0.0092)
    way, car = rng.uniform(0.16, 0.19), rng.uniform(0.055, 0.075)
    district_worth = rng.permutation(np.linspace(-0.25, 0.25, len(DISTRICTS)))
    heating_worth = rng.permutation(np.linspace(-0.06, 0.06, len(HEATINGS)))
    condition_worth = np.array([-0.15, -0.05, 0.03, 0.12])
    # The houses.
    area = np.round(np.exp(4.75 + 0.45 * np.clip(rng.standard_normal(n), -2.2, 2.2)))
    plot = np.round(area * np.exp(1.3 + 0.7 * np.clip(rng.standard_normal(n), -2, 2)))
    year = np.floor(2025 - 125 * rng.beta(1.1, 1.5, size=n))
    quality = np.clip(np.round(6 + 1.6 * rng.standard_normal(n)), 1, 10)
    rooms = np.clip(np.round(area / 28 + 0.8 * rng.standard_normal(n)), 1, None)
    centre = np.round(0.4 + 12 * rng.beta(1.0, 2.5, size=n), 1)
    cars = rng.choice(4, size=n, p=[0.25, 0.4, 0.28, 0.07])
    common = 0.75 ** np.arange(len(DISTRICTS))
    district = rng.choice(len(DISTRICTS), size=n, p=common / common.sum())
    heating = rng.choice(len(HEATINGS), size=n, p=[0.45, 0.25, 0.12, 0.1, 0.08])
    condition = rng.choice(len(CONDITIONS), size=n, p=[0.1, 0.3, 0.4, 0.2])
    # Their prices: a sum of logarithms, curves, and a little luck.
    big, age = np.log(area / 100), (2025 - year) / 10
    log_price = (
        12.6
        + size * big
        + land * np.log(plot / 400)
        + (quality_worth + finish * big) * (quality - 6)
        - age_cost * age
        + charm * age**2
        - way * np.log(centre)
        + car * cars
        + district_worth[district]
        + heating_worth[heating]
        + condition_worth[condition]
        + 0.09 * rng.standard_normal(n)
    )
    table = {
        "number": np.arange(1.0, n + 1),
        "area": np.where(rng.random(n) < 0.02, np.nan, area),
        "plot": np.where(rng.random(n) < 0.06, np.nan, plot),
        "rooms": rooms,
        "year": np.where(rng.random(n) < 0.03, np.nan, year),
        "quality": quality,
        "centre": centre,
        "cars": np.where(cars == 0, np.nan, cars),
        "units": np.ones(n),
        "district": np.array(DISTRICTS)[district],
        "heating": np.where(rng.random(n) < 0.08, "", np.array(HEATINGS)[heating]),
        "condition": np.where(rng.random(n) < 0.04, "", np.array(CONDITIONS)[condition]),
    }
    return table, np.round(np.exp(log_price), -2)


def best_last(n: int, m: int, rng: np.random.Generator) -> tuple[Table, Array]:
    """A town of which the last m of n houses are all of quality 8 or more.

    Who standardises them by statistics of their own takes them for houses like all others.
    """
    table, prices = draw(4 * n, rng)
    good = np.flatnonzero(table["quality"] >= 8)[:m]
    others = np.setdiff1d(np.arange(4 * n), good)[: n - m]
    order = np.concatenate([others, good])
    return {name: values[order] for name, values in table.items()}, prices[order]


def with_gaps(n: int, m: int, rng: np.random.Generator) -> tuple[Table, Array]:
    """A town of whose last m houses neither rooms nor heating are known.

    Every other one of them lies in a district that no house before them lies in, and some are in a
    condition that nobody has described.
    """
    table, prices = draw(n, rng)
    last = np.arange(n) >= n - m
    odd = last & (np.arange(n) % 2 == 1)
    strange = last & (np.arange(n) % 5 == 0)
    table["rooms"] = np.where(last, np.nan, table["rooms"])
    table["heating"] = np.where(last, "", table["heating"])
    table["district"] = np.where(odd, "Quarry Hill", table["district"])
    table["condition"] = np.where(strange, "listed", table["condition"])
    return table, prices
