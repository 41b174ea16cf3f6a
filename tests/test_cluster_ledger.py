"""Who gets what: sizes of batches, and what becomes of the submissions of dead machines."""

import random

import pytest

from grader.cluster.ledger import MOST_TOGETHER, Ledger, Machine


def fill(ledger: Ledger, machines: list[Machine]) -> list[tuple[Machine, tuple[int, ...]]]:
    """Send until nobody wants more."""
    slots, sent, going = sum(one.slots for one in machines), [], True
    while going:
        going = False
        for machine in machines:
            numbers = ledger.next_for(machine, slots)
            if numbers:
                machine.batches[str(numbers)] = numbers
                sent.append((machine, numbers))
                going = True
    return sent


def answer(machine: Machine, numbers: tuple[int, ...]) -> None:
    machine.batches.pop(str(numbers))
    machine.alone = False


def test_batches_are_large_first_and_shrink() -> None:
    ledger, machine, sizes = Ledger(range(1000)), Machine("a", "a", 4), []
    while sent := fill(ledger, [machine]):
        for one, numbers in sent:
            sizes.append(len(numbers))
            answer(one, numbers)
    assert sizes[0] == MOST_TOGETHER and sizes[-1] == 1 and sum(sizes) == 1000
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(("slots", "machines"), [(1, 1), (2, 2), (16, 4), (64, 1)])
def test_no_slot_is_idle_while_there_is_work(slots: int, machines: int) -> None:
    """Equal tasks, in rounds: as many rounds as there must be, and a hundredth, and one."""
    there = [Machine(str(n), str(n), slots) for n in range(machines)]
    ledger, rounds, count = Ledger(range(1000)), 0, 1000
    begun: dict[str, list[int]] = {one.name: [] for one in there}
    while fill(ledger, there) or any(one.batches for one in there):
        rounds += 1
        for one in there:
            waiting = [n for batch in one.batches.values() for n in batch]
            done = [n for n in waiting if n not in begun[one.name]][:slots]
            begun[one.name] += done
            for numbers in list(one.batches.values()):
                if all(n in begun[one.name] for n in numbers):
                    answer(one, numbers)
    assert sorted(n for numbers in begun.values() for n in numbers) == list(range(count))
    assert rounds <= 1.01 * count / (slots * machines) + 2


def test_the_batch_of_a_dead_machine_runs_singly_once_nothing_fresh_is_left() -> None:
    ledger, dead, other = Ledger(range(80)), Machine("a", "a", 1), Machine("b", "b", 1)
    batch = ledger.next_for(dead, 1)
    assert len(batch) == MOST_TOGETHER
    assert ledger.died(batch) == []
    order = []
    while sent := fill(ledger, [other]):
        for one, numbers in sent:
            order.append(numbers)
            answer(one, numbers)
    fresh, again = order[: -len(batch)], order[-len(batch) :]
    assert sorted(n for numbers in fresh for n in numbers) == list(range(MOST_TOGETHER, 80))
    assert again == [(n,) for n in batch]


def test_the_third_death_is_the_submission_s_own() -> None:
    ledger, one = Ledger(range(4)), Machine("a", "a", 4)
    for _ in range(2):
        sent = fill(ledger, [one])
        gone = [n for _, numbers in sent for n in numbers]
        one.batches.clear()
        assert sorted(gone) == [0, 1, 2, 3] and ledger.died(gone) == []
    for _ in range(4):
        ((_, numbers),) = fill(ledger, [one])
        assert len(numbers) == 1 and one.alone
        given_up = []
        if numbers == (2,):
            given_up = ledger.died(numbers)
        assert given_up == [2] * (numbers == (2,))
        answer(one, numbers)
    assert fill(ledger, [one]) == []


def test_what_was_not_begun_is_as_it_was() -> None:
    ledger, one = Ledger(range(3)), Machine("a", "a", 1)
    numbers = ledger.next_for(one, 1)
    ledger.give_back(numbers)
    assert ledger.next_for(one, 1) == numbers
    one.leaving = True
    assert ledger.next_for(one, 1) == ()


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_or_doubled_however_machines_die(seed: int) -> None:
    rng = random.Random(seed)
    ledger = Ledger(range(200))
    done: list[int] = []
    given_up: list[int] = []
    machines = [Machine(str(n), str(n), rng.choice([1, 2, 8])) for n in range(3)]
    for _ in range(10_000):
        fill(ledger, machines)
        busy = [one for one in machines if one.batches]
        if not busy:
            break
        one = rng.choice(busy)
        if rng.random() < 0.1:
            gone = [n for numbers in one.batches.values() for n in numbers]
            given_up += ledger.died(gone)
            machines[machines.index(one)] = Machine(one.address, one.name, one.slots)
        else:
            numbers = rng.choice(list(one.batches.values()))
            answer(one, numbers)
            begun = numbers[: rng.randrange(len(numbers) + 1)]
            done += begun
            ledger.give_back(numbers[len(begun) :])
    assert sorted(done + given_up) == list(range(200))
