"""The worker processes: limits, deaths, order, and that nothing outlives them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from PIL import Image

from studio.engine import processes
from studio.engine.dataset.decoding.sandbox import Pool
from studio.engine.errors import StudioError

# A worker that obeys the name of the file, in place of the real one.
OBEDIENT = """
import json, os, sys, time
say = lambda answer: print(json.dumps(answer), flush=True)
say({"ready": True})
for line in sys.stdin:
    for path, member in json.loads(line):
        if "die" in path:
            os.abort()
        if "hang" in path:
            time.sleep(600)
        if "garble" in path:
            os.write(1, b"half a line")
            os._exit(0)
        if "memory" in path:
            say({"memory": True})
            sys.exit()
        say({"kind": "picture", "name": path, "pid": os.getpid()})
"""


@pytest.fixture
def obedient(tmp_path, monkeypatch):
    script = tmp_path / "obedient.py"
    script.write_text(textwrap.dedent(OBEDIENT))
    original = subprocess.Popen
    started = []

    def popen(command, **options):
        process = original([sys.executable, str(script)], **options)
        started.append(process)
        return process

    monkeypatch.setattr(processes.subprocess, "Popen", popen)
    return started


def names(answers):
    return [answer and answer.get("name", answer.get("reason")) for answer in answers]


def test_answers_come_in_order_and_blanks_stay_blank(obedient):
    files = [None, *((f"{number}", "") for number in range(300)), None, None]
    with Pool(3) as pool:
        answers = list(pool.probe(files))
    assert names(answers) == [None, *(str(number) for number in range(300)), None, None]
    assert len({answer["pid"] for answer in answers if answer}) == len(obedient) <= 3


def test_files_are_drawn_lazily(obedient):
    drawn = []

    def files():
        for number in range(100_000):
            drawn.append(number)
            yield str(number), ""

    with Pool(1) as pool:
        answers = pool.probe(files())
        for _ in range(10):
            next(answers)
        answers.close()
    assert len(drawn) < 1000


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("die", "Decoding it ended the decoding process (code "),
        ("garble", "Decoding it ended the decoding process (code "),
        ("hang", "Decoding it took longer than 1 seconds; it was given up."),
        ("memory", "Decoding it needs more memory than the 3072 MB it may have."),
    ],
)
def test_a_bad_file_costs_only_itself(obedient, bad, reason):
    files = [(bad if number in (2, 3, 9) else str(number), "") for number in range(12)]
    with Pool(1, seconds=1.0) as pool:
        answers = list(pool.probe(files))
    assert [number for number, a in enumerate(answers) if a["kind"] == "broken"] == [2, 3, 9]
    assert answers[2]["reason"].startswith(reason)
    assert names(answers)[10:] == ["10", "11"]
    assert len(obedient) == 4


def test_no_process_outlives_the_pool(obedient):
    with Pool(2, seconds=300) as pool:
        answers = pool.probe([("0", ""), ("hang", ""), ("1", "")])
        assert next(answers)["name"] == "0"
    assert obedient
    assert all(process.returncode is not None for process in obedient)
    assert all(process.stdin.closed and process.stdout.closed for process in obedient)


def test_cancelling_does_not_wait_for_a_slow_file(obedient):
    asked = []
    with Pool(1, seconds=300) as pool:
        answers = list(
            pool.probe([("hang", "")], cancelled=lambda: asked.append(1) or len(asked) > 3)
        )
    assert answers == []


def test_workers_that_cannot_start_are_one_sentence(monkeypatch):
    original = subprocess.Popen
    monkeypatch.setattr(
        processes.subprocess,
        "Popen",
        lambda command, **options: original(
            [sys.executable, "-c", "raise SystemExit(3)"], **options
        ),
    )
    with Pool(1) as pool, pytest.raises(StudioError, match=r"could not be started \(code 3\)"):
        list(pool.probe([("a", "")]))


def test_a_missing_interpreter_is_one_sentence(monkeypatch):
    monkeypatch.setattr(processes.sys, "executable", "/nowhere/python")
    with Pool(1) as pool, pytest.raises(StudioError, match="could not be started"):
        list(pool.probe([("a", "")]))


def test_the_real_worker_is_light_and_limited(tmp_path):
    """No torch in it, and memory that really ends."""
    code = (
        "import sys; sys.argv = ['worker', str(1 << 30)]; "
        "import studio.engine.dataset.decoding.worker as w, studio.engine.dataset.decoding.probe; "
        "assert not {'torch', 'PySide6', 'pydantic'} & set(sys.modules); "
        "w.limit_memory(1 << 30); "
        "\ntry: bytearray(2 << 30)\nexcept MemoryError: print('limited')"
    )
    home = processes.HOME
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() == ("limited" if os.name == "posix" else "")


@pytest.mark.skipif(os.name != "posix", reason="memory limits are POSIX")
def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path, draw):
    good = draw(tmp_path / "good.png")
    big = draw(tmp_path / "big.png")
    from PIL import Image

    Image.new("RGB", (9000, 9000)).save(big)
    files = [(str(big), ""), (str(good), "")]
    with Pool(1, memory=420 << 20) as pool:
        answers = list(pool.probe(files))
    assert answers[0]["kind"] == "broken"
    assert "memory" in answers[0]["reason"]
    assert answers[1]["kind"] == "picture"


def test_a_photograph_is_decoded_without_loading_what_reads_other_formats(tmp_path):
    Image.effect_noise((40, 30), 60).convert("RGB").save(tmp_path / "a.jpg")
    told = (
        "import sys\nfrom studio.engine.dataset.decoding.probe import probe\n"
        "assert probe(sys.argv[1], '')['kind'] == 'picture'\n"
        "print(*(n for n in ('PIL.WmfImagePlugin', 'pi_heif', 'torch') if n in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", told, str(tmp_path / "a.jpg")], capture_output=True, check=True
    )
    assert done.stdout.split() == []
