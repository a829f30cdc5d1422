"""The ledger's tables.  Times are seconds since 1970 UTC, taken from the database.

    case:    new --understand--> decided --act--> done
              |                     |
              +--> parked <---------+          a human must look; `mailbot retry` brings it back
             baseline  (there before go-live: known, never touched)
             oversize  (too large to fetch: visible, stays in the inbox)
             duplicate (same bytes as a known case: its slots moved there)

    effect:  planned -> intent -> done | skipped | other | parked

    feedback: what staff did with a finished case; a row of a kind is written anew when they do it again

No column holds a body, a subject or an address once nothing is owed: `record` and `draft` are emptied by `finish`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only in an INTEGER key.
_Id = BigInteger().with_variant(Integer(), "sqlite")

account = Table(
    "account",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("lease_owner", String(200)),
    Column("lease_until", Float, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("last_success", Float),
    Column("failing_since", Float),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("paused", Text),
    Column("confirmed", Boolean, nullable=False, server_default=false()),
)

folder = Table(
    "folder",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("name", String(500), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("go_live", Float, nullable=False),
    Column("resets", Integer, nullable=False, server_default="0"),
    Column("last_reset", Float),
)

case = Table(
    "case",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("account", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("queue", String(20), nullable=False),
    Column("fingerprint", String(80)),
    Column("message_id", Text),
    Column("size", BigInteger, nullable=False),
    Column("internaldate", Float, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("delays", Integer, nullable=False, server_default="0"),
    Column("lease_owner", String(200)),
    Column("lease_until", Float, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("rung_at", Float, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
    Column("decided_at", Float),
    Column("finished_at", Float),
    Column("record", Text),
    Column("draft", LargeBinary),
    Column("intent", String(100)),
    Column("confidence", Float),
    Column("urgency", String(20)),
    Column("rule", Text),
    Column("rules_version", String(80)),
    Column("sender_key", String(64)),
    Column("thread_key", String(64)),
    Column("reason", Text),
    Column("has_text", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("account", "fingerprint", name="uq_case_account_fingerprint"),
    Index("ix_case_state_not_before", "state", "not_before"),
    Index("ix_case_sender_key", "account", "sender_key", "decided_at"),
    # By size, not by Message-ID: that one is as long as its sender likes, and an index is not.
    Index("ix_case_account_size", "account", "size"),
)

slot = Table(
    "slot",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("account", String(200), nullable=False),
    Column("folder", String(500), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("case_id", _Id, ForeignKey("case.id"), nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("account", "folder", "uidvalidity", "uid", name="uq_slot_position"),
    Index("ix_slot_case_id", "case_id"),
)

effect = Table(
    "effect",
    metadata,
    Column("case_id", _Id, ForeignKey("case.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("target", String(500), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("key", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("mark_uidvalidity", BigInteger),
    Column("mark_uidnext", BigInteger),
    Column("result", Text, nullable=False, server_default=""),
    Column("updated_at", Float, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("case_id", _Id, ForeignKey("case.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("account", String(200), nullable=False),
    Column("said", String(100), nullable=False),
    Column("intent", String(100)),
    Column("folder", String(500), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("how", String(20), nullable=False),
    Column("seen_at", Float, nullable=False),
)

# How far the folders that staff move mails into were looked through.
lookout = Table(
    "lookout",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("name", String(500), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("case_id", _Id),
    Column("event", Text, nullable=False),
    Index("ix_audit_case_id", "case_id"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("at", Float, nullable=False),
)
