#!/usr/bin/env python3
"""Tells how long transfers take over slow and far links, and how much of the link they use.

    bench/peers/links.py CORPUS... [--links NAME:MBIT:MILLIS ...] [--runs N] [--work DIR] [--out FILE] [--cairn PATH] [--java PATH] [--rsync]

Each CORPUS holds two folders, v1 and v2. A server of its own on loopback, reached through the link that the tests use (a process between
the two that holds bytes back: a rate, and a delay each way of MILLIS). Through it go the first push of v1, a clone of it, a push and a pull
of v2, and a push that has nothing to say; then both restores of v2 are compared with the source byte by byte. Seconds are those of whole
commands, start and all; MB are both ways at the socket; *of the link* is what the larger direction would have taken alone, by the seconds.

With --rsync: a daemon behind a link of the same kind, `-a --no-whole-file -z --zc=zstd`, v1 to an empty folder, then v2. Nothing is
installed; nothing is left behind. Needs a JDK 25 for the link (--java, else CAIRN_JAVA_HOME, JAVA_HOME, PATH).
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from moved import Cairn, same

ROOT = Path(__file__).resolve().parents[2]
LINK = ROOT / "replicator/src/test/java/dev/cairn/replicator/net/SlowLinkCommand.java"


class Link:
    """A way to a port of this machine that is as slow as asked for."""

    def __init__(self, java, port, megabits, millis):
        self.process = subprocess.Popen([java, LINK, str(port), str(megabits), str(millis)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def timed(run, *words):
    began = time.monotonic()
    told = run(*words)
    return time.monotonic() - began, told


def step(seconds, sent, received):
    return {"seconds": round(seconds, 3), "sent": sent, "received": received}


def cairn(options, corpus, work, megabits, millis):
    user = Cairn(options.cairn, work)
    source, repository, second = work / "source", work / "repository", work / "second"
    subprocess.run(["rsync", "-a", f"{corpus}/v1/", f"{source}/"], check=True)
    url, code = user.serve()
    steps = {}

    def moved(name, *words):
        seconds, told = timed(user.json, *words)
        steps[name] = step(seconds, told["bytesSent"], told["bytesReceived"])

    try:
        port = int(re.search(r":(\d+)/", url).group(1))
        with Link(options.java, port, megabits, millis) as link:
            url = url.replace(f":{port}/", f":{link.port}/", 1)
            user.run("init", "-r", repository)
            user.run("snapshot", "-r", repository, source)
            user.run("remote", "add", "-r", repository, "origin", url, "--enrol", code)
            moved("push v1", "push", "-r", repository)
            key = next((work / "home/.config/cairn/keys").iterdir())
            moved("clone v1", "clone", url, second, "--key-file", key)
            subprocess.run(["rsync", "-a", "--delete", f"{corpus}/v2/", f"{source}/"], check=True)
            user.run("snapshot", "-r", repository, source)
            moved("push v2", "push", "-r", repository)
            moved("push, unchanged", "push", "-r", repository)
            moved("pull v2", "pull", "-r", second)
        user.require_restored(source, repository, second)
    finally:
        user.stop()
    return steps


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rsync(options, corpus, work, megabits, millis):
    target, port = work / "rsync", free_port()
    target.mkdir()
    settings = work / "rsyncd.conf"
    owner = "uid = 0\ngid = 0\n" if os.getuid() == 0 else ""
    settings.write_text(f"use chroot = no\n[m]\npath = {target}\nread only = no\nmunge symlinks = no\n{owner}")
    daemon = subprocess.Popen(["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}", f"--config={settings}"])
    steps = {}
    try:
        with Link(options.java, port, megabits, millis) as link:
            time.sleep(1)
            for version in ("v1", "v2"):
                seconds, told = timed(
                    subprocess.check_output,
                    ["rsync", "-a", "--delete", "--no-whole-file", "-z", "--zc=zstd", "--stats", f"{corpus}/{version}/",
                     f"rsync://127.0.0.1:{link.port}/m/"])
                sent, received = (int(re.search(rf"^Total bytes {way}: ([\d,]+)", told.decode(), re.MULTILINE).group(1).replace(",", ""))
                                  for way in ("sent", "received"))
                steps[f"push {version}"] = step(seconds, sent, received)
            if not same(corpus / "v2", target):
                raise SystemExit(f"{corpus}: what rsync copied differs")
    finally:
        daemon.terminate()
        daemon.wait()
    return steps


def median(runs):
    """Of several runs of the same steps: the one with the middle time, step by step."""
    return {name: sorted((run[name] for run in runs), key=lambda s: s["seconds"])[len(runs) // 2] for name in runs[0]}


def line(name, tool, result, megabits):
    alone = max(result["sent"], result["received"]) / (megabits * 125_000)
    return (f"| {name} | {tool} | {result['seconds']:.2f} | {(result['sent'] + result['received']) / 1e6:.2f} "
            f"| {alone / result['seconds']:.0%} |")


def java_home():
    for name in ("CAIRN_JAVA_HOME", "JAVA_HOME"):
        if os.environ.get(name):
            return os.environ[name] + "/bin/java"
    return "java"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--links", nargs="+", default=["LAN:1000:0", "DSL:100:10", "far:10:40"], metavar="NAME:MBIT:MILLIS")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("links-work"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cairn", default=str(ROOT / "cairn"))
    parser.add_argument("--java", default=java_home())
    parser.add_argument("--rsync", action="store_true")
    options = parser.parse_args()
    results = []
    for corpus in (path.resolve() for path in options.corpora):
        for name, megabits, millis in (link.split(":") for link in options.links):
            megabits, millis = int(megabits), int(millis)
            print(f"\n{corpus.name}, {name}: {megabits} Mbit/s, {2 * millis} ms there and back\n", flush=True)
            print("| step | tool | wall s | MB | of the link |\n|---|---|---|---|---|")
            for tool, run in (("cairn", cairn),) + ((("rsync", rsync),) if options.rsync else ()):
                runs = []
                for _ in range(options.runs):
                    work = options.work.resolve() / corpus.name
                    shutil.rmtree(work, ignore_errors=True)
                    work.mkdir(parents=True)
                    runs.append(run(options, corpus, work, megabits, millis))
                    shutil.rmtree(work)
                steps = median(runs)
                results.append({"corpus": corpus.name, "link": [name, megabits, millis], "tool": tool, "steps": steps})
                for what, result in steps.items():
                    print(line(what, tool, result, megabits), flush=True)
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
