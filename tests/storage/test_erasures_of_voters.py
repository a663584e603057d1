"""Whatever happened around polls and passes: everybody can be forgotten afterwards, and the ledger still holds."""

from __future__ import annotations

from random import Random

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from structlog.testing import capture_logs

from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.recounting import RecountPoll
from bot.storage.database import ledger_url
from bot.storage.rebuild import differences
from tests.conftest import CHANNEL, MIA
from tests.new_ledgers import new_ledger_at
from tests.storage.desk import desk_engine
from tests.storage.poll_evening import ANN, ANN_THERE, BEN, BEN_THERE, CLEO
from tests.storage.test_poll_machine import QUIET, PollEvening
from tests.tiers import sampled

EVENINGS = sampled(4, 60)


class Forgotten(PollEvening):
    """An evening after which everybody who was there is forgotten, one after the other."""

    erased = 0

    def end(self) -> None:
        super().end()
        people = [ANN, BEN, CLEO, ANN_THERE, BEN_THERE, MIA]
        Random(type(self).erased).shuffle(people)
        for who in people:
            request = self.new_request("forget")
            (answer,) = self.desk.send(EraseMe(CHANNEL, request, who, confirmed=True))
            type(self).erased += isinstance(answer.decision, PersonErased)
            self.desk.restart()
            connection = self.desk.connection()
            with connection.begin():
                assert differences(connection, CHANNEL) == [], who
        for (key,) in self.desk.ask("SELECT key FROM poll WHERE state = 'closed'"):
            (answer,) = self.desk.send(RecountPoll(CHANNEL, self.new_request("recount"), MIA, key))
            assert answer.decision.agrees, key


def test_everybody_can_be_forgotten_and_every_poll_still_comes_to_what_was_announced(tmp_path):
    template, path = (tmp_path / f"{name}.sqlite" for name in ("template", "evening"))
    new_ledger_at(ledger_url(str(template)))
    engine = desk_engine(ledger_url(str(path)))
    machine = type("Evening", (Forgotten,), {"template": template, "engine": engine})
    chosen = settings(
        max_examples=EVENINGS, stateful_step_count=40, derandomize=True, phases=[Phase.generate], **QUIET
    )
    with capture_logs():
        run_state_machine_as_test(machine, settings=chosen)
    engine.dispose()
    assert machine.erased >= EVENINGS
