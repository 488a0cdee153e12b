"""The embedded broker: Celery's queues in one SQLite file, for machines on which no broker is installed.

Built on kombu's hooks for virtual transports. A message that a worker takes becomes invisible for the lease
(`visibility_timeout`, seconds) and is deleted when it is acknowledged, so a killed worker's messages come back. They
may then come twice: tasks here are bells that find their work in rows, and do not mind.
"""

import json
import sqlite3
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, tag TEXT NOT NULL, payload TEXT NOT NULL,
    visible_at REAL NOT NULL DEFAULT 0, deliveries INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS message_next ON message (queue, visible_at, id);
CREATE INDEX IF NOT EXISTS message_tag ON message (tag);
CREATE TABLE IF NOT EXISTS binding (
    exchange TEXT, routing_key TEXT, pattern TEXT, queue TEXT, PRIMARY KEY (exchange, routing_key, pattern, queue));
"""
NEXT = "SELECT id FROM message WHERE queue = ? AND visible_at <= ? ORDER BY id LIMIT 1"
TAKE = f"""UPDATE message SET visible_at = ?, deliveries = deliveries + 1 WHERE id = ({NEXT})
           RETURNING payload, deliveries"""  # noqa: S608 - no value is put into the text
CONTROL_SECONDS = 60  # control messages to a worker that is gone are of no use to anybody


class QoS(virtual.QoS):
    """Acknowledges in the file."""

    def ack(self, delivery_tag: str) -> None:
        """Delete the message."""
        self.channel.forget(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's signature
        """Show the message again at once, or delete it."""
        (self.channel.release if requeue else self.channel.forget)(delivery_tag)
        super().ack(delivery_tag)

    def restore_unacked(self) -> list[Any]:
        """At an orderly stop, hand everything back that was not acknowledged."""
        self._flush()
        while self._delivered:
            self.channel.release(self._delivered.popitem()[0])
        return []


class Channel(virtual.Channel):
    """Queues and bindings as rows."""

    QoS = QoS
    supports_fanout = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client = self.connection.client
        self.path = client.virtual_host
        self.lease = float(client.transport_options.get("visibility_timeout", 3600))
        self._local = threading.local()

    @property
    def rows(self) -> sqlite3.Connection:
        """This thread's connection to the file."""
        if getattr(self._local, "rows", None) is None:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            rows = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            rows.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")
            self._local.rows = rows
        return self._local.rows

    def close(self) -> None:
        """Close the channel and this thread's connection."""
        super().close()
        if getattr(self._local, "rows", None) is not None:
            self._local.rows.close()
            self._local.rows = None

    def forget(self, tag: str) -> None:
        """Delete one message."""
        self.rows.execute("DELETE FROM message WHERE tag = ?", (tag,))

    def release(self, tag: str) -> None:
        """Show one message to others again."""
        self.rows.execute("UPDATE message SET visible_at = 0 WHERE tag = ?", (tag,))

    # What follows are kombu's hooks.

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        now = time.time()
        if queue.endswith(".pidbox"):
            old = (now - CONTROL_SECONDS,)
            self.rows.execute("DELETE FROM message WHERE queue LIKE '%.pidbox' AND created_at < ?", old)
        self.rows.execute(
            "INSERT INTO message (queue, tag, payload, created_at) VALUES (?, ?, ?, ?)",
            (queue, message["properties"]["delivery_tag"], json.dumps(message), now),
        )

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        now = time.time()
        # Look before taking: an idle worker then never asks for the write lock.
        if self.rows.execute(NEXT, (queue, now)).fetchone() is None:
            raise Empty
        row = self.rows.execute(TAKE, (now + self.lease, queue, now)).fetchone()
        if row is None:  # another worker was faster
            raise Empty
        message: dict[str, Any] = json.loads(row[0])
        if row[1] > 1:
            message["properties"].setdefault("delivery_info", {})["redelivered"] = True
        return message

    def _size(self, queue: str) -> int:
        return int(self.rows.execute("SELECT count(*) FROM message WHERE queue = ?", (queue,)).fetchone()[0])

    def _purge(self, queue: str) -> int:
        return self.rows.execute("DELETE FROM message WHERE queue = ?", (queue,)).rowcount

    def _delete(self, queue: str, *_: Any, **__: Any) -> None:
        self.rows.execute("DELETE FROM binding WHERE queue = ?", (queue,))
        self._purge(queue)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.rows.execute(
            "INSERT OR IGNORE INTO binding VALUES (?, ?, ?, ?)",
            (exchange, routing_key or "", pattern or "", queue or ""),
        )

    def get_table(self, exchange: str) -> list[tuple[str, str, str]]:
        """The bindings of an exchange: (routing key, pattern, queue)."""
        found = self.rows.execute("SELECT routing_key, pattern, queue FROM binding WHERE exchange = ?", (exchange,))
        return found.fetchall()

    def _put_fanout(self, exchange: str, message: dict[str, Any], _routing_key: str, **_: Any) -> None:
        for _key, _pattern, queue in self.get_table(exchange):
            self._put(queue, message)


class Transport(virtual.Transport):
    """`sqlite:////absolute/path`."""

    Channel = Channel
    driver_type = driver_name = "sqlite"
    default_port = 0  # type: ignore[assignment]
    implements = virtual.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct", "topic", "fanout"])
    )

    def driver_version(self) -> str:
        """SQLite's version, for reports."""
        return sqlite3.sqlite_version
