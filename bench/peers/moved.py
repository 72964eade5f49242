#!/usr/bin/env python3
"""Counts the bytes that a second version costs: at rest, and on the wire.

    bench/peers/moved.py CORPUS... [--work DIR] [--out FILE] [--cairn PATH] [--peers]

Each CORPUS holds two folders, v1 and v2. A server of its own on loopback; v1 is captured and pushed, the copy is brought to v2,
captured and pushed; a second replica, cloned when v1 was there, pulls v2; both restores of v2 are compared with the source byte by
byte. Bytes are those that `--json` tells: stored records by `snapshot`, and both ways at the socket, TLS and handshake included, by
`push` and `pull`. Repositories are added up from their files.

With --peers: rsync (`-a --no-whole-file --zc=zstd`, both ways), zstd (`-3 --long=31 --patch-from`, where a version is a single file),
restic and borg (the growth of their repositories), if they are installed. Nothing is installed; nothing is left behind.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path


def tree_bytes(folder):
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())


class Cairn:
    """A user, with one server."""

    def __init__(self, program, work):
        self.program, self.work = program, work
        self.env = dict(os.environ, HOME=str(work / "home"), LC_ALL="C.UTF-8")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "CAIRN_REPO", "CAIRN_KEY_FILE"):
            self.env.pop(name, None)
        self.server = None

    def run(self, *words):
        done = subprocess.run([self.program, *map(str, words)], env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"cairn {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    def serve(self):
        self.server = subprocess.Popen(
            [self.program, "serve", "--data", self.work / "server", "--listen", "127.0.0.1:0", "--json"],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = json.loads(self.server.stdout.readline())
        return f"{line['url']}/default/moved#{line['fingerprint']}", line["enrolmentCode"]

    def require_restored(self, source, *replicas):
        """Restores what each has, and compares."""
        for number, replica in enumerate(replicas):
            target = self.work / f"restored-{number}"
            self.run("restore", "-r", replica, "main", "--target", target)
            if not same(source, target):
                raise SystemExit(f"what was restored from {replica} differs from {source}")
            shutil.rmtree(target)

    def stop(self):
        if self.server is not None:
            self.server.terminate()
            self.server.wait()


def same(a, b):
    """Whether rsync, comparing contents, would change nothing."""
    done = subprocess.run(["rsync", "-aHAXn", "--checksum", "--delete", "--itemize-changes", f"{a}/", f"{b}/"],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip() == ""


def cairn(program, corpus, work):
    user = Cairn(program, work)
    source, repository, second = work / "source", work / "repository", work / "second"
    shutil.copytree(corpus / "v1", source, symlinks=True)
    subprocess.run(["rsync", "-a", f"{corpus}/v1/", f"{source}/"], check=True)
    url, code = user.serve()
    try:
        user.run("init", "-r", repository)
        first = user.json("snapshot", "-r", repository, source)
        disk = tree_bytes(repository)
        user.run("remote", "add", "-r", repository, "origin", url, "--enrol", code)
        user.run("push", "-r", repository)
        keys = next((work / "home/.config/cairn/keys").iterdir())
        user.run("clone", url, second, "--key-file", keys)
        subprocess.run(["rsync", "-a", "--delete", f"{corpus}/v2/", f"{source}/"], check=True)
        later = user.json("snapshot", "-r", repository, source)
        pushed = user.json("push", "-r", repository)
        again = user.json("push", "-r", repository)
        pulled = user.json("pull", "-r", second)
        user.require_restored(source, repository, second)
    finally:
        user.stop()

    def both(result):
        return result["bytesSent"] + result["bytesReceived"]

    return {"firstStored": first["bytesStored"], "stored": later["bytesStored"], "repository": tree_bytes(repository) - disk,
            "push": both(pushed), "pull": both(pulled), "unchangedPush": both(again),
            "requests": [pushed["requests"], pulled["requests"], again["requests"]]}


def rsync(corpus, work):
    target = work / "rsync"
    subprocess.run(["rsync", "-a", f"{corpus}/v1/", f"{target}/"], check=True)
    done = subprocess.run(["rsync", "-a", "--delete", "--no-whole-file", "-z", "--zc=zstd", "--stats", f"{corpus}/v2/", f"{target}/"],
                          capture_output=True, text=True, check=True)
    shutil.rmtree(target)
    return sum(int(number.replace(",", ""))
               for number in re.findall(r"^Total bytes (?:sent|received): ([\d,]+)", done.stdout, re.MULTILINE))


def zstd(corpus, work):
    files = [[f for f in (corpus / version).rglob("*") if f.is_file()] for version in ("v1", "v2")]
    if [len(found) for found in files] != [1, 1]:
        return None
    target = work / "patch.zst"
    subprocess.run(["zstd", "-q", "-f", "-3", "--long=31", "--patch-from", files[0][0], files[1][0], "-o", target], check=True)
    size = target.stat().st_size
    target.unlink()
    return size


def grown(corpus, work, name):
    repository, source = work / name, work / f"{name}-source"
    env = dict(os.environ, HOME=str(work / "home"), RESTIC_PASSWORD="x", BORG_PASSPHRASE="x", RESTIC_REPOSITORY=str(repository),
               BORG_REPO=str(repository))
    commands = {"restic": (["restic", "-q", "init"], ["restic", "-q", "backup", "."]),
                "borg": (["borg", "init", "-e", "repokey-blake2"], ["borg", "create", "-C", "zstd,3", "::{now:%s%f}", "."])}[name]
    subprocess.run(commands[0], env=env, check=True)
    sizes = []
    for version in ("v1", "v2"):
        subprocess.run(["rsync", "-a", "--delete", f"{corpus}/{version}/", f"{source}/"], check=True)
        subprocess.run(commands[1], env=env, cwd=source, check=True)
        sizes.append(tree_bytes(repository))
    shutil.rmtree(source)
    shutil.rmtree(repository)
    return sizes[1] - sizes[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--work", type=Path, default=Path("moved-work"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cairn", default=str(Path(__file__).resolve().parents[2] / "cairn"))
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    results = {}
    for corpus in (path.resolve() for path in options.corpora):
        if not (corpus / "v1").is_dir() or not (corpus / "v2").is_dir():
            raise SystemExit(f"{corpus} has no folders v1 and v2")
        work = options.work.resolve() / corpus.name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        result = {"v1": tree_bytes(corpus / "v1"), "v2": tree_bytes(corpus / "v2"), "cairn": cairn(options.cairn, corpus, work)}
        if options.peers:
            result["rsync"] = rsync(corpus, work)
            for tool, count in (("zstd", zstd), ("restic", grown), ("borg", grown)):
                if shutil.which(tool):
                    result[tool] = count(corpus, work, tool) if count is grown else count(corpus, work)
        results[corpus.name] = result
        shutil.rmtree(work)
        print(corpus.name, json.dumps(result), flush=True)
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
