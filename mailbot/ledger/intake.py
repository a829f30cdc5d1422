"""What the poller writes: leases on accounts, positions of mails, and what it knows of each folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, update

from mailbot.errors import Fenced
from mailbot.ledger.clock import database_time
from mailbot.ledger.database import transaction
from mailbot.ledger.tables import account, case, folder, slot
from mailbot.ledger.values import Epoch, FolderState, Ring, Sweep
from mailbot.ports import NewMail

# More new mails than this after a UIDVALIDITY change look like a restore or a rebuilt mailbox, not like mail.
STORM_SHARE = 0.2
STORM_COUNT = 50
# Three resets within this many seconds: the server's UIDs cannot be relied on.
RESET_WINDOW = 24 * 3600
RESETS_ALLOWED = 2


@dataclass(frozen=True, slots=True)
class Intake:
    engine: Engine

    def lease(
        self, name: str, owner: str, seconds: float, gone: Callable[[str], bool] = lambda _owner: False
    ) -> int | None:
        """Take or renew the right to poll the account; the fence, or None while another poller holds it.

        `gone` tells whether a holder is known to be dead: nobody needs to wait for that one's lease to run out.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _ensure_account(connection, name)
            row = connection.execute(select(account).where(account.c.name == name).with_for_update()).one()
            if row.lease_owner not in {None, owner} and row.lease_until > now and not gone(row.lease_owner):
                return None
            fence: int = row.fence if row.lease_owner == owner else row.fence + 1
            connection.execute(
                update(account)
                .where(account.c.name == name)
                .values(lease_owner=owner, lease_until=now + seconds, fence=fence)
            )
            return fence

    def release(self, name: str, owner: str) -> None:
        """Let another poller take over at once."""
        with transaction(self.engine) as connection:
            connection.execute(
                update(account)
                .where(account.c.name == name, account.c.lease_owner == owner)
                .values(lease_owner=None, lease_until=0)
            )

    def folder(self, name: str, folder_name: str) -> FolderState | None:
        """None before the first sweep."""
        with transaction(self.engine) as connection:
            row = connection.execute(
                select(folder).where(folder.c.account == name, folder.c.name == folder_name)
            ).one_or_none()
        return None if row is None else FolderState(row.uidvalidity, row.uidnext, row.go_live, row.resets)

    def known_uids(self, name: str, folder_name: str, uidvalidity: int) -> frozenset[int]:
        """Every UID registered in this epoch of the folder."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(slot.c.uid).where(
                    slot.c.account == name, slot.c.folder == folder_name, slot.c.uidvalidity == uidvalidity
                )
            )
            return frozenset(rows.scalars())

    def start(
        self,
        sweep: Sweep,
        fence: int,
        *,
        include_existing: bool,
        size_limit: int,
    ) -> tuple[Ring, ...]:
        """The first sweep: what is there before go-live is known and left alone, unless it is to be included."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _check_fence(connection, sweep.account, fence)
            go_live = 0.0 if include_existing else now
            connection.execute(
                insert(folder).values(
                    account=sweep.account,
                    name=sweep.folder,
                    uidvalidity=sweep.uidvalidity,
                    uidnext=sweep.uidnext,
                    go_live=go_live,
                )
            )
            # Whatever stands in the folder at this moment was there before, whatever its date says.
            baseline = None if include_existing else "baseline"
            return _insert(connection, sweep, sweep.mails, size_limit, baseline)

    def register(self, sweep: Sweep, fence: int, *, size_limit: int) -> tuple[Ring, ...]:
        """New positions and the high-water mark in one transaction; positions already known are passed over."""
        with transaction(self.engine) as connection:
            _check_fence(connection, sweep.account, fence)
            here = and_(folder.c.account == sweep.account, folder.c.name == sweep.folder)
            state = connection.execute(select(folder).where(here)).one()
            known = _known(connection, sweep)
            fresh = [mail for mail in sweep.mails if mail.uid not in known]
            connection.execute(update(folder).where(here).values(uidnext=max(sweep.uidnext, state.uidnext)))
            # A mail that staff moved in from an archive keeps its old date: it is not news.
            old = [mail for mail in fresh if mail.internaldate.timestamp() < int(state.go_live)]
            new = [mail for mail in fresh if mail.internaldate.timestamp() >= int(state.go_live)]
            _insert(connection, sweep, old, size_limit, "baseline")
            return _insert(connection, sweep, new, size_limit, None)

    def reset(self, sweep: Sweep, fence: int, *, size_limit: int) -> Epoch:
        """The folder's UIDVALIDITY changed (RFC 4549 section 4.1): bind what is there to what is known.

        A message is known when exactly one case has its Message-ID, size and date; all others become new cases, whose
        bytes are compared with the known ones when they are read.  Too many unknown ones pause the account.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _check_fence(connection, sweep.account, fence)
            here = and_(folder.c.account == sweep.account, folder.c.name == sweep.folder)
            state = connection.execute(select(folder).where(here)).one()
            bound, unknown = _bind(connection, sweep)
            resets = state.resets + 1 if state.last_reset and now - state.last_reset < RESET_WINDOW else 1
            reason = None
            if resets > RESETS_ALLOWED:
                reason = f"{sweep.folder}: the server changed its UIDVALIDITY {resets} times within a day"
            elif len(unknown) > STORM_COUNT or len(unknown) > STORM_SHARE * len(sweep.mails) > 1:
                reason = (
                    f"{sweep.folder}: {len(unknown)} of {len(sweep.mails)} mails are unknown after a UIDVALIDITY change"
                )
            of_account = account.c.name == sweep.account
            confirmed = connection.execute(select(account.c.confirmed).where(of_account)).scalar_one()
            if reason is not None and not confirmed:
                connection.execute(update(account).where(of_account).values(paused=reason))
                return Epoch((), len(bound), len(unknown), reason)
            connection.execute(update(account).where(of_account).values(confirmed=False))
            _close_epoch(connection, sweep)
            connection.execute(
                update(folder)
                .where(here)
                .values(uidvalidity=sweep.uidvalidity, uidnext=sweep.uidnext, resets=resets, last_reset=now)
            )
            known = _known(connection, sweep)
            for mail, case_id in bound:
                if mail.uid not in known:
                    _insert_slot(connection, sweep, mail.uid, case_id)
            fresh = [mail for mail in unknown if mail.uid not in known]
            rings = _insert(connection, sweep, fresh, size_limit, None)
            return Epoch(rings, len(bound), len(unknown), None)

    def succeeded(self, name: str) -> bool:
        """Note that the account was polled well; True when it had been failing before."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _ensure_account(connection, name)
            before = connection.execute(select(account.c.failures).where(account.c.name == name)).scalar_one()
            connection.execute(
                update(account)
                .where(account.c.name == name)
                .values(last_success=now, failures=0, failing_since=None, last_error=None)
            )
            return bool(before)

    def failed(self, name: str, reason: str) -> int:
        """Note a failed poll; the number of failures in a row."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _ensure_account(connection, name)
            row = connection.execute(select(account).where(account.c.name == name)).one()
            connection.execute(
                update(account)
                .where(account.c.name == name)
                .values(failures=row.failures + 1, failing_since=row.failing_since or now, last_error=reason)
            )
            failures: int = row.failures + 1
            return failures

    def paused(self, name: str) -> str | None:
        """Why the account is paused until an admin confirms; None when it is not."""
        with transaction(self.engine) as connection:
            reason: str | None = connection.execute(
                select(account.c.paused).where(account.c.name == name)
            ).scalar_one_or_none()
            return reason

    def resume(self, name: str) -> bool:
        """The admin confirms what stands in the folder now; False when the account was not paused."""
        with transaction(self.engine) as connection:
            result = connection.execute(
                update(account)
                .where(account.c.name == name, account.c.paused.is_not(None))
                .values(paused=None, confirmed=True)
            )
            return result.rowcount == 1


def _ensure_account(connection: Connection, name: str) -> None:
    known = connection.execute(select(account.c.name).where(account.c.name == name)).one_or_none()
    if known is None:
        connection.execute(insert(account).values(name=name))


def _check_fence(connection: Connection, name: str, fence: int) -> None:
    now_held = connection.execute(
        select(account.c.fence).where(account.c.name == name).with_for_update()
    ).scalar_one_or_none()
    if now_held != fence:
        raise Fenced(f"another poller has taken over the mailbox {name}")


def _known(connection: Connection, sweep: Sweep) -> frozenset[int]:
    uids = [mail.uid for mail in sweep.mails]
    known: set[int] = set()
    for start in range(0, len(uids), 500):
        rows = connection.execute(
            select(slot.c.uid).where(
                slot.c.account == sweep.account,
                slot.c.folder == sweep.folder,
                slot.c.uidvalidity == sweep.uidvalidity,
                slot.c.uid.in_(uids[start : start + 500]),
            )
        )
        known.update(rows.scalars())
    return frozenset(known)


def _insert(
    connection: Connection, sweep: Sweep, mails: Sequence[NewMail], size_limit: int, state: str | None
) -> tuple[Ring, ...]:
    now = database_time(connection)
    rings = []
    for mail in mails:
        queue = "heavy" if mail.heavy else "light"
        this_state = state or ("oversize" if mail.size > size_limit else "new")
        reason = f"larger than {size_limit} bytes: not fetched" if this_state == "oversize" else None
        row = connection.execute(
            insert(case).values(
                account=sweep.account,
                state=this_state,
                queue=queue,
                message_id=mail.message_id,
                size=mail.size,
                internaldate=mail.internaldate.timestamp(),
                created_at=now,
                rung_at=now,
                reason=reason,
            )
        )
        case_id: int = row.inserted_primary_key[0]  # type: ignore[index]
        _insert_slot(connection, sweep, mail.uid, case_id)
        if this_state == "new":
            rings.append(Ring(case_id, queue))
    return tuple(rings)


def _close_epoch(connection: Connection, sweep: Sweep) -> None:
    of_folder = and_(slot.c.account == sweep.account, slot.c.folder == sweep.folder)
    connection.execute(update(slot).where(of_folder, slot.c.uidvalidity != sweep.uidvalidity).values(stale=True))
    # A restored server may hand out the same numbers again: those positions mean nothing any more.
    connection.execute(delete(slot).where(of_folder, slot.c.uidvalidity == sweep.uidvalidity))


def _insert_slot(connection: Connection, sweep: Sweep, uid: int, case_id: int) -> None:
    connection.execute(
        insert(slot).values(
            account=sweep.account, folder=sweep.folder, uidvalidity=sweep.uidvalidity, uid=uid, case_id=case_id
        )
    )


def _bind(connection: Connection, sweep: Sweep) -> tuple[list[tuple[NewMail, int]], list[NewMail]]:
    bound: list[tuple[NewMail, int]] = []
    unknown: list[NewMail] = []
    claimed: set[int] = set()
    for mail in sweep.mails:
        same_id = or_(
            case.c.message_id == mail.message_id,
            and_(case.c.message_id.is_(None), mail.message_id is None),  # type: ignore[arg-type]
        )
        ids = (
            connection.execute(
                select(case.c.id).where(
                    case.c.account == sweep.account,
                    case.c.state != "duplicate",
                    same_id,
                    case.c.size == mail.size,
                    func.abs(case.c.internaldate - mail.internaldate.timestamp()) < 1,
                )
            )
            .scalars()
            .all()
        )
        if len(ids) == 1 and ids[0] not in claimed:
            claimed.add(ids[0])
            bound.append((mail, ids[0]))
        else:
            unknown.append(mail)
    return bound, unknown
