"""The only code of arcstep that changes anything in Azure: one PUT for one confirmation, by a protocol (PR1 to PR6).

Look, compare, write the intent down, send once. Whatever is in doubt after that is found out by looking at the cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from planner.azure.credentials import Account
from planner.azure.errors import ReadError, Trouble, broken_off, no_answer, of_network
from planner.azure.policies import DEADLINE, Permit
from planner.azure.queries import Part, is_cluster_id
from planner.azure.settings import AzureSettings
from planner.azure.standing import PLAN_AGAIN, Standing, changes, is_about, objection, standing, warnings
from planner.azure.verdict import verdict
from planner.azure.writing import Put, never_left, put_once
from planner.events import Accepted, Doubted, Fingerprint, Intended, Order, Refused
from planner.inventory import clean
from planner.ports import Prepared, SourceError
from planner.version import InvalidVersion, KubernetesVersion

if TYPE_CHECKING:
    from planner.azure.wire import Wire

__all__ = ["AzureUpgrader"]

FRESH: Final = 30.0
"""Seconds between the last look and the PUT at most."""
_UNFIT: Final = "The upgrade cannot be prepared"
_AGAIN: Final = "Prepare the upgrade anew, then confirm it again."

Outcome = Accepted | Refused | Doubted


class AzureUpgrader:
    """Upgrades clusters of live Azure, or of the emulator; a planner.ports.Upgrader.

    `connect` gives the wire of the source it belongs to. `deadline` bounds the PUT, in seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Wire]],
        settings: AzureSettings,
        account: Account,
        deadline: float = DEADLINE,
    ) -> None:
        self._connect = connect
        self._settings = settings
        self._account = account.name or "an account without a name"
        self._tenant = account.tenant or settings.tenant or "an unnamed tenant"
        self._deadline = deadline
        self._flying: set[asyncio.Task[Outcome]] = set()

    @property
    def who(self) -> str:
        """Account and tenant, as the token says."""
        return f"{self._account} in {self._tenant}"

    async def prepare(self, order: Order) -> Prepared:
        """Read the cluster and make the body. Raises SourceError, also where the cluster is not as the order expects."""
        at = self._settings.now()
        try:
            found = await _read(await self._connect(), order, self._settings)
        except ReadError as error:
            raise error.as_source_error() from None
        against = objection(found, order)
        if against is not None:
            raise SourceError(_UNFIT, against.why, against.cure, 3)
        return Prepared(order, found.fingerprint, found.body.diff, at, self._account, self._tenant, warnings(found))

    async def send(self, order: Order, fingerprint: Fingerprint, record: Callable[[Intended], None]) -> Outcome:
        """Look again, compare, `record` the intent, send one PUT. Never raises but CancelledError.

        Cancelling it does not stop a PUT that is on its way.
        """
        try:
            wire = await self._connect()
            await wire.sign_in()
            looked = wire.pace.clock()
            found = await _read(wire, order, self._settings)
        except (ReadError, SourceError) as error:
            return self._not_sent(order, f"The last look failed: {error.why}", error.cure)
        against = objection(found, order)
        if against is not None:
            return self._not_sent(order, against.why, against.cure)
        if differing := changes(fingerprint, found.fingerprint):
            return self._not_sent(order, f"Changed since it was confirmed: {'; '.join(differing)}.", PLAN_AGAIN)
        intent = self._intent(order, found)
        if refusal := self._recorded(intent, record):
            return refusal
        if wire.pace.clock() - looked > FRESH:
            return self._not_sent(order, f"The last look took longer than {FRESH:.0f} seconds.", _AGAIN)
        sending = asyncio.create_task(self._send(wire, intent, found.body.data))
        self._flying.add(sending)
        sending.add_done_callback(self._flying.discard)
        return await asyncio.shield(sending)

    def _intent(self, order: Order, found: Standing) -> Intended:
        return Intended(
            at=self._settings.now(),
            step=order.step,
            order=order,
            body_sha256=found.body.sha256,
            etag=found.etag,
            request=str(uuid4()),
        )

    def _recorded(self, intent: Intended, record: Callable[[Intended], None]) -> Refused | None:
        """Keep the intent; the refusal where that fails, for whatever reason."""
        try:
            record(intent)
        except SourceError as error:
            return self._not_sent(intent.order, f"The intent could not be written down: {error.why}", error.cure)
        except Exception as error:
            why = f"The intent could not be written down ({type(error).__name__})."
            return self._not_sent(intent.order, why, "Check the folder of the journal, then confirm again.")
        return None

    async def _send(self, wire: Wire, intent: Intended, body: bytes) -> Outcome:
        permit = Permit(wire.endpoint, intent.order.cluster)
        try:
            async with asyncio.timeout(self._deadline):
                reply = await put_once(wire, permit, Put(body, intent.etag, intent.request))
        except TimeoutError:
            return self._failed(intent, permit, no_answer(self._deadline))
        except Exception as error:  # of any kind: whether something has left is all that counts, and the permit knows
            problem = error if isinstance(error, ReadError) else of_network(error, wire.host)
            if never_left(error):
                return self._not_sent(intent.order, problem.why, problem.cure)
            return self._failed(intent, permit, broken_off(wire.host) if problem.kind is Trouble.NETWORK else problem)
        return verdict(reply, intent.step, self._settings.now())

    def _failed(self, intent: Intended, permit: Permit, problem: ReadError) -> Outcome:
        if not permit.is_spent:
            return self._not_sent(intent.order, problem.why, problem.cure)
        return Doubted(self._settings.now(), intent.step, problem.why)

    def _not_sent(self, order: Order, why: str, cure: str) -> Refused:
        return Refused(self._settings.now(), order.step, f"{why} Nothing was sent.", cure)


async def _read(wire: Wire, order: Order, settings: AzureSettings) -> Standing:
    """Read the cluster, its own document last. Raises ReadError, SourceError."""
    _check(order)
    documents: dict[Part, object] = {}
    with contextlib.suppress(ReadError):  # a warning then, and no more
        documents[Part.CONTACT] = (await wire.read(Part.CONTACT, order.cluster)).document
    documents[Part.PROFILE] = (await wire.read(Part.PROFILE, order.cluster)).document
    pools = await wire.read_list(Part.POOLS, order.cluster)
    answer = await wire.read(Part.STATE, order.cluster)
    documents[Part.STATE] = answer.document
    if not is_about(answer.document, order.cluster):
        raise SourceError(_UNFIT, "The answer is about another cluster.", "Look at the cluster in the portal.", 3)
    try:
        return standing(documents, pools, answer.etag, order, settings.now())
    except ValueError as error:
        why = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise SourceError(_UNFIT, why, "Upgrade it with the command of the plan instead.", 3) from None


def _check(order: Order) -> None:
    """Raises SourceError for an order that is none: it may come from a file somebody edited."""
    if not is_cluster_id(order.cluster):
        raise SourceError(_UNFIT, f"“{clean(order.cluster, 80)}” is no ARM id of a cluster.", PLAN_AGAIN, 2)
    for wanted in (order.origin, order.target):
        try:
            plain = str(KubernetesVersion.parse(wanted)) == wanted
        except InvalidVersion:
            plain = False
        if not plain:
            raise SourceError(_UNFIT, f"“{clean(wanted, 40)}” is no version such as 1.31.10.", PLAN_AGAIN, 2)
