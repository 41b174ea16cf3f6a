"""What NVML tells of GPUs, slices and processes, by answers that were recorded."""

import time
from dataclasses import replace

import pytest

pytest.importorskip("pynvml")

import pynvml
from recorded_nvml import (  # type: ignore[import-not-found]
    GIB,
    NOT_TOLD,
    Library,
    Recorded,
    a100_in_slices,
    answering,
    h200,
    t4,
)

from grader.controller.nvml import Device, NoNvml, Nvml, Peak, account


def devices(*cards: Recorded) -> tuple[Device, ...]:
    with answering(Library(list(cards))), Nvml() as nvml:
        return nvml.devices()


def test_a_card_its_memory_and_who_holds_it() -> None:
    card = t4()
    card.holders = {4711: 2 * GIB, 12: 3 << 20}
    with answering(Library([card])), Nvml() as nvml:
        assert nvml.driver() == "580.95.05"
        (found,) = nvml.devices()
        assert nvml.device(card.uuid) == found
    assert (found.uuid, found.name, found.sliced) == (card.uuid, "Tesla T4", False)
    assert (found.total, found.used) == (16106127360, 471859200)
    assert found.holders == {4711: 2 * GIB, 12: 3 << 20}


def test_slices_stand_in_their_cards_place() -> None:
    cut, whole = a100_in_slices(), h200()
    cut.slices[1].holders = {99: 600 << 20}
    found = devices(whole, cut)
    assert [one.uuid for one in found] == [whole.uuid, *(one.uuid for one in cut.slices)]
    assert [one.sliced for one in found] == [False, True, True, True]
    assert found[2].holders == {99: 600 << 20} and found[2].total == 5100273664


def test_what_is_not_available_is_not_told() -> None:
    silent, closed = t4(), h200()
    silent.holders = {7: NOT_TOLD}
    closed.holders_code = int(pynvml.NVML_ERROR_NO_PERMISSION)
    found = devices(silent, closed)
    assert found[0].holders == {7: None} and found[1].holders == {}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "Driver Not Loaded"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "mismatch"),
    ],
)
def test_a_driver_that_does_not_answer_is_named(code: int, words: str) -> None:
    with answering(Library([], code=code)), pytest.raises(NoNvml, match=words):
        Nvml()


def test_what_a_card_can_do_at_most() -> None:
    cut = a100_in_slices()
    cards = [t4(), h200(), cut]
    with answering(Library(cards)), Nvml() as nvml:
        small, large = (nvml.ceiling(card.uuid) for card in cards[:2])
        assert nvml.ceiling(cut.slices[0].uuid) is None
    assert small is not None and large is not None
    assert small.bytes_per_second == pytest.approx(320e9, rel=0.01)
    assert small.operations_per_second == pytest.approx(8.1e12, rel=0.01)
    assert 4.8e12 < large.bytes_per_second < 5e12
    assert large.operations_per_second == pytest.approx(66.9e12, rel=0.01)


def test_an_unknown_device_is_named() -> None:
    with answering(Library([t4()])), Nvml() as nvml, pytest.raises(NoNvml, match="Not Found"):
        nvml.device("GPU-gone")


CARD = Device("GPU-1", "a card", 16 * GIB, GIB // 2, {})


def later(used: int, **holders: int | None) -> Device:
    return replace(CARD, used=used, holders={int(pid[1:]): held for pid, held in holders.items()})


def test_a_process_of_known_number_is_read_by_it() -> None:
    before = replace(CARD, holders={5: GIB})
    read = account(before, later(2 * GIB, p5=GIB, p7=100, p8=1), pid=7)
    assert read(later(9 * GIB, p5=8 * GIB, p7=300)) == 300
    assert read(later(9 * GIB, p5=8 * GIB)) == 0


def test_in_a_container_the_new_process_is_ours() -> None:
    before = replace(CARD, holders={5: GIB})
    read = account(before, later(2 * GIB, p5=GIB, p70=100), pid=None)
    assert read(later(9 * GIB, p5=8 * GIB, p70=400)) == 400


def test_where_no_process_is_told_of_an_idle_card_tells() -> None:
    for now in (later(GIB), later(GIB, p7=None)):
        read = account(CARD, now, pid=7)
        assert read(later(3 * GIB)) == 3 * GIB - CARD.used


def test_on_a_card_that_others_use_nothing_is_guessed() -> None:
    before = replace(CARD, holders={5: GIB})
    for now in (later(GIB, p5=GIB), later(GIB, p5=GIB, p8=1, p9=1), later(GIB, p5=None, p7=None)):
        assert account(before, now, pid=7)(later(3 * GIB, p5=GIB)) is None


def test_the_peak_is_seen_though_it_is_gone_at_the_end() -> None:
    card = t4()
    card.holders = {7: 100}
    library = Library([card])
    with answering(library), Nvml() as nvml:
        with Peak(lambda: nvml.device(card.uuid).holders[7]) as peak:
            for held in (200, 900, 150):
                card.holders[7] = held
                seen = library.looks
                while library.looks < seen + 2:
                    time.sleep(0.001)
        assert peak.bytes == 900


def test_what_could_not_be_read_once_is_not_told() -> None:
    answers = iter([5, None])
    with Peak(lambda: next(answers, 7)) as peak:
        time.sleep(0.05)
    assert peak.bytes is None


def test_an_account_that_fails_is_told() -> None:
    def fail() -> int:
        raise NoNvml("NVML: GPU is lost")

    with Peak(fail) as peak:
        pass
    with pytest.raises(NoNvml, match="lost"):
        _ = peak.bytes
