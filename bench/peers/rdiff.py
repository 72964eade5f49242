#!/usr/bin/env python3
"""Sets `cairn rdiff` beside librsync's `rdiff` on the same two files.

    bench/peers/rdiff.py OLD NEW [--runs N] [--blocks BYTES,...] [--work DIR] [--cairn PATH]

For each of the four kinds of signature, and each block length (0: what both recommend), N runs in which the two take turns: an empty file's
signature, OLD's signature, and the delta of NEW against it. Signatures are compared byte by byte. Medians of wall and of processor seconds
(user and system) with those of the empty file's signature taken off, and ratios of Cairn's to rdiff's. Put the files and --work on /dev/shm.
"""

import argparse
import filecmp
import os
import resource
import shutil
import statistics
import subprocess
import time
from pathlib import Path

KINDS = [("blake2", "rabinkarp"), ("blake2", "rollsum"), ("md4", "rabinkarp"), ("md4", "rollsum")]


def run(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def steps(command, place, old, new, kind, block):
    """The three steps of one of the two; the seconds of the last two beyond the first's."""
    hash_name, rollsum = kind
    options = ["-f", "-H", hash_name, "-R", rollsum]
    empty = run(*command, *options, "signature", os.devnull, place / "empty")
    signature = run(*command, *options, "-b", block, "signature", old, place / "signature")
    delta = run(*command, "-f", "delta", place / "signature", new, place / "delta")
    return [tuple(a - b for a, b in zip(step, empty)) for step in (signature, delta)]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("old", type=Path)
    words.add_argument("new", type=Path)
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--blocks", default="0")
    words.add_argument("--work", type=Path, default=Path("rdiff-work"))
    words.add_argument("--cairn", default=str(Path(__file__).resolve().parents[2] / "cairn"))
    given = words.parse_args()
    commands = {"cairn": [given.cairn, "rdiff"], "rdiff": ["rdiff"]}
    places = {name: given.work / name for name in commands}
    for place in places.values():
        place.mkdir(parents=True)
    try:
        print("| sums | block | signature: wall s, cairn / rdiff | ratio | processor s | delta: wall s | ratio | processor s |")
        print("|---|---|---|---|---|---|---|---|")
        for kind in KINDS:
            for block in map(int, given.blocks.split(",")):
                taken = {name: [] for name in commands}
                for _ in range(given.runs):
                    for name, command in commands.items():
                        taken[name].append(steps(command, places[name], given.old, given.new, kind, block))
                if not filecmp.cmp(*(place / "signature" for place in places.values()), shallow=False):
                    raise SystemExit(f"the signatures differ: {kind}, {block}")
                cells = []
                for step in (0, 1):
                    wall, cpu = ([statistics.median(t[step][k] for t in taken[name]) for name in commands] for k in (0, 1))
                    cells += [f"{wall[0]:.2f} / {wall[1]:.2f}", f"{wall[0] / wall[1]:.2f}", f"{cpu[0]:.2f} / {cpu[1]:.2f}"]
                print(f"| {', '.join(kind)} | {block or 'default'} | " + " | ".join(cells) + " |", flush=True)
    finally:
        shutil.rmtree(given.work, ignore_errors=True)


if __name__ == "__main__":
    main()
