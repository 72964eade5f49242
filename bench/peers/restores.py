#!/usr/bin/env python3
"""Tells how much longer later versions take to restore than the first: what is built from deltas is built from older content.

    bench/peers/restores.py [CORPUS...] [--chain N] [--rows N] [--runs N] [--work DIR] [--cairn PATH]

Each CORPUS holds two folders, v1 and v2: both are captured, and restored in turn into an empty folder. With --chain, N versions of a
made-up SQL dump of --rows rows (500,000 are 115 MB), in each of which one row in a hundred has changed since the one before. Restores are
alternated, N runs each; every first restore is compared with its source. Medians of wall seconds and of processor seconds (user and system),
and their ratio to the first version's. Put --work on /dev/shm to leave the disk out of it.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import time
from pathlib import Path

SEED = 2026
CHANGED = 100
WORDS = ["".join(random.Random(i).choices("aeioulnrstmkv", k=3 + i % 7)) for i in range(2000)]


def row(i, rng):
    words = " ".join(rng.choices(WORDS, k=20))
    return (f"({i},'{words[:18].title()}','{rng.choice(WORDS)}{rng.randrange(10**5)}@example.org',{rng.randrange(10**7) / 100:.2f},"
            f"'{rng.choice(('paid', 'void', 'open'))}',{1577836800 + 149 * i},'{rng.getrandbits(48):012x}','{words}'),\n")


def dumps(rows, versions):
    """Makes the versions one after the other, as the lines of each."""
    rng = random.Random(SEED)
    lines = [row(i, rng) for i in range(rows)]
    for version in range(versions):
        if version > 0:
            for i in rng.sample(range(rows), rows // CHANGED):
                lines[i] = row(i, rng)
        yield lines


class Cairn:
    def __init__(self, program, work):
        self.program, self.repository = program, work / "repository"
        self.env = dict(os.environ, HOME=str(work / "home"), LC_ALL="C.UTF-8")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "CAIRN_REPO", "CAIRN_KEY_FILE"):
            self.env.pop(name, None)

    def run(self, *words):
        done = subprocess.run([self.program, *map(str, words)], env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"cairn {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def snapshot(self, source):
        told = json.loads(self.run("snapshot", "-r", self.repository, source, "--json"))
        return told["snapshot"], told["bytesStored"]

    def restore(self, snapshot, target):
        shutil.rmtree(target, ignore_errors=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        self.run("restore", "-r", self.repository, snapshot, "--target", target, "--quiet")
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bring(version, source):
    subprocess.run(["rsync", "-a", "--delete", f"{version}/", f"{source}/"], check=True)


def same(source, target):
    done = subprocess.run(["rsync", "-an", "--checksum", "--delete", "--itemize-changes", f"{source}/", f"{target}/"],
                          capture_output=True, text=True, check=True)
    return all(line.startswith(".d") for line in done.stdout.splitlines())


def measure(name, cairn, source, makers, work, runs):
    """Captures each version that a maker of `makers` puts into `source`, then restores them in turn."""
    cairn.run("init", "-r", cairn.repository)
    snapshots = []
    target = work / "target"
    for make in makers:
        make()
        snapshots.append(cairn.snapshot(source))
        cairn.restore(snapshots[-1][0], target)
        if not same(source, target):
            raise SystemExit(f"{name}: version {len(snapshots)} was not restored as it was")
    times = [[] for _ in snapshots]
    for _ in range(runs):
        for i, (snapshot, _) in enumerate(snapshots):
            times[i].append(cairn.restore(snapshot, target))
    first = [statistics.median(t[k] for t in times[0]) for k in (0, 1)]
    print(f"\n{name}, {runs} runs\n\n| version | stored MB | wall s | ratio | processor s | ratio |\n|---|---|---|---|---|---|")
    for i, (_, stored) in enumerate(snapshots):
        wall, cpu = (statistics.median(t[k] for t in times[i]) for k in (0, 1))
        print(f"| {i + 1} | {stored / 1e6:.2f} | {wall:.2f} | {wall / first[0]:.2f} | {cpu:.2f} | {cpu / first[1]:.2f} |", flush=True)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("corpora", nargs="*", type=Path)
    words.add_argument("--chain", type=int, default=0)
    words.add_argument("--rows", type=int, default=500_000)
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--work", type=Path, default=Path("restores-work"))
    words.add_argument("--cairn", default=str(Path(__file__).resolve().parents[2] / "cairn"))
    given = words.parse_args()
    given.work.mkdir(parents=True)
    work = given.work.resolve()
    source = work / "source"
    try:
        for corpus in given.corpora:
            makers = [lambda v=v, c=corpus: bring(c / v, source) for v in ("v1", "v2")]
            measure(corpus.name, Cairn(given.cairn, work), source, makers, work, given.runs)
            for left in work.iterdir():
                shutil.rmtree(left)
        if given.chain:
            versions = dumps(given.rows, given.chain)

            def make():
                source.mkdir(exist_ok=True)
                (source / "dump.sql").write_text("".join(next(versions)))

            name = f"{given.chain} versions of a dump of {given.rows:,} rows"
            measure(name, Cairn(given.cairn, work), source, [make] * given.chain, work, given.runs)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
