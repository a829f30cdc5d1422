"""A real Dovecot with Maildir storage."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.process import free_port, identity, private_folder, program, start, stop, wait_for_port

PASSWORD = "secret"

_CONFIG = """\
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_fsync = never
auth_mechanisms = plain login
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
mail_max_userip_connections = 200
shutdown_clients = yes
{capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%u
}}
{plugins}
namespace inbox {{
  inbox = yes
  separator = {separator}
{mailboxes}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 200
}}
service stats {{
  chroot =
}}
"""

_QUOTA = """\
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage={storage}
}}
"""

STANDARD = {"Drafts": "\\Drafts", "Sent": "\\Sent", "Junk": "\\Junk", "Trash": "\\Trash"}


@dataclass
class Dovecot:
    folder: Path
    port: int
    tls_port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def start(self) -> None:
        log = self.folder / "stdout.log"
        self._process = start([program("dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")], log)
        wait_for_port(self.port, self._process, log)

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextlib.contextmanager
    def client(self, user: str = "bot") -> Iterator[IMAPClient]:
        """A member of staff at her mail client."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client

    def deliver(self, *mails: bytes, user: str = "bot", folder: str = "INBOX") -> None:
        with self.client(user) as client:
            for mail in mails:
                client.append(folder, mail)

    def contents(self, user: str = "bot") -> dict[str, list[tuple[bytes, frozenset[str]]]]:
        """Every folder's messages: raw bytes and flags, in UID order; empty folders are left out."""
        found: dict[str, list[tuple[bytes, frozenset[str]]]] = {}
        with self.client(user) as client:
            names = [
                name for flags, _, name in client.list_folders() if not {b"\\Noselect", b"\\NonExistent"} & set(flags)
            ]
            for name in names:
                client.select_folder(name, readonly=True)
                uids = sorted(client.search(["ALL"]))
                if uids:
                    answer = client.fetch(uids, ["BODY.PEEK[]", "FLAGS"])
                    found[name] = [
                        (
                            answer[uid][b"BODY[]"],
                            frozenset(flag.decode() for flag in answer[uid][b"FLAGS"]) - {"\\Recent"},
                        )
                        for uid in uids
                    ]
        return found


@contextlib.contextmanager
def dovecot(
    users: tuple[str, ...] = ("bot",),
    *,
    special: dict[str, str] | None = None,
    capability: str = "",
    separator: str = "/",
    storage: str = "",
) -> Iterator[Dovecot]:
    """A running server; `capability` replaces the whole announced list, `storage` sets a quota such as 100k."""
    who = identity()
    with private_folder("mbdc") as folder:
        server = Dovecot(folder, free_port(), free_port())
        boxes = "\n".join(
            f"  mailbox {name} {{\n    auto = subscribe\n    special_use = {use}\n  }}"
            for name, use in (STANDARD if special is None else special).items()
        )
        (folder / "dovecot.conf").write_text(
            _CONFIG.format(
                d=folder,
                user=who.user,
                group=who.group,
                uid=who.uid,
                gid=who.gid,
                port=server.port,
                tls_port=server.tls_port,
                capability=f"imap_capability = {capability}" if capability else "",
                separator=separator,
                mailboxes=boxes,
                plugins=_QUOTA.format(storage=storage) if storage else "",
            )
        )
        (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
            ],
            check=True,
            capture_output=True,
        )
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, who.uid, who.gid)
        server.start()
        try:
            yield server
        finally:
            server.stop()
