"""The embedded broker keeps what it was given."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

import config.celery  # noqa: F401 - makes the sqlite:// scheme known


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'broker.sqlite3'}"


def _connect(address: str, **options: float) -> Connection:
    return Connection(address, transport_options={"polling_interval": 0.05, **options})


def test_messages_come_in_order_and_an_acknowledged_one_is_gone(address: str) -> None:
    with _connect(address) as connection:
        queue = connection.SimpleQueue("bells")
        for number in range(5):
            queue.put(number)
        got = []
        for _ in range(5):
            message = queue.get(timeout=2)
            got.append(message.payload)
            message.ack()
        assert got == [0, 1, 2, 3, 4]
        assert queue.qsize() == 0
        queue.close()


def test_a_message_that_was_not_acknowledged_comes_back_after_the_lease(address: str) -> None:
    with _connect(address, visibility_timeout=0.3) as connection:
        queue = connection.SimpleQueue("bells")
        queue.put("once")
        queue.get(timeout=2)  # taken, never acknowledged
        with _connect(address, visibility_timeout=0.3) as other:
            again = other.SimpleQueue("bells").get(timeout=3)
            assert again.payload == "once"
            assert again.delivery_info["redelivered"] is True
            again.ack()
        queue.close()


def test_a_killed_worker_loses_no_message(address: str) -> None:
    with _connect(address) as connection:
        queue = connection.SimpleQueue("bells")
        queue.put("precious")
        queue.close()
    code = (
        "import sys, time, config.celery; from kombu import Connection\n"
        "c = Connection(sys.argv[1], transport_options={'visibility_timeout': 0.5, 'polling_interval': 0.05})\n"
        "c.SimpleQueue('bells').get(timeout=5); print('taken', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, address], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "taken"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with _connect(address) as connection:
        assert connection.SimpleQueue("bells").get(timeout=5).payload == "precious"


def test_four_takers_get_every_message_once(address: str) -> None:
    total = 200
    with _connect(address) as connection:
        queue = connection.SimpleQueue("bells")
        for number in range(total):
            queue.put(number)
        queue.close()
    seen: Counter[int] = Counter()

    def take() -> None:
        with _connect(address) as connection:
            own = connection.SimpleQueue("bells")
            while True:
                try:
                    message = own.get(timeout=0.5)
                except Empty:
                    own.close()
                    return
                seen[message.payload] += 1
                message.ack()

    takers = [threading.Thread(target=take) for _ in range(4)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert seen == Counter(range(total))
