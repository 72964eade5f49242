#!/usr/bin/env python3
"""Runs cairn and the backup tools that are installed here side by side on the same folders, and tells how they compare.

    bench/peers/peers.py CORPUS [--work DIR] [--out DIR] [--runs N] [--tools a,b] [--steps a,b] [--cairn PATH]

CORPUS holds two folders, v1 and v2: a tree, and a later state of it. Nothing is installed: tools that are not on the PATH are left
out. Each run begins with empty repositories and a copy of v1; the tools take turns at each step, in another order each run, so
that what the machine does beside weighs on all alike. The steps:

    cold       the first snapshot of v1
    unchanged  the same again
    v2         the copy is brought to v2 (rsync, so that unchanged files keep inode and times), and captured
    restore    the newest snapshot, into an empty folder
    verify     every byte of the repository
    prune      keep the newest snapshot only, and give the space back
    start      `version` of each tool, several times

Wall time, CPU seconds (user and system, of the process and its children), peak memory (all of it, and the anonymous part, read 50
times a second), size of the repository. Medians of the runs; ratios to cairn. Written to OUT: results.json and results.md.
Put --work on the file system that you want to measure; /dev/shm leaves the disk out of it. Python 3.9 or newer, rsync.
"""

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

STEPS = ["cold", "unchanged", "v2", "restore", "verify", "prune"]
PASSWORD = "side by side"


class Sample:
    """What one command took."""

    def __init__(self, wall, cpu, rss_mb, anonymous_mb, code):
        self.wall, self.cpu, self.rss_mb, self.anonymous_mb, self.code = wall, cpu, rss_mb, anonymous_mb, code

    def json(self):
        return {k: round(v, 3) for k, v in vars(self).items()}


def anonymous_kb(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command, env, cwd, log):
    """Runs a command to its end and measures it."""
    peak = [0]
    done = threading.Event()
    with open(log, "ab") as out:
        out.write(("$ " + " ".join(map(str, command)) + "\n").encode())
        out.flush()
        began = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd, stdout=out, stderr=out,
                                   stdin=subprocess.DEVNULL)

        def watch():
            while not done.wait(0.02):
                peak[0] = max(peak[0], anonymous_kb(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        done.set()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, peak[0] / 1024, process.returncode)


class Tool:
    """A backup tool: the commands of each step. A step that it has no command for is left out."""

    name = ""
    program = ""

    def __init__(self, program, place):
        self.path, self.place = program, place
        self.repository = place / "repository"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(place), "LC_ALL": "C.UTF-8"}

    def reset(self):
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        for command in self.init():
            self.must(command)

    def must(self, command, cwd=None):
        sample = run(command, self.env, cwd, self.place.parent / f"{self.name}.log")
        if sample.code != 0:
            raise SystemExit(f"{self.name}: {' '.join(map(str, command))} ended with {sample.code}; "
                             f"see {self.place.parent}/{self.name}.log")
        return sample

    def init(self):
        return []

    def version(self):
        return [self.path, "--version"]

    def commands(self, step, source, target):
        """The commands of a step; None where the tool has none. Each is a list of words, or such a list and a folder."""
        raise NotImplementedError

    def size(self):
        return tree_bytes(self.repository)


class Cairn(Tool):
    name = "cairn"

    def __init__(self, program, place, options=()):
        super().__init__(program, place)
        self.options = list(options)
        for name in ("JAVA_HOME", "CAIRN_JAVA_HOME", "CAIRN_JAVA_OPTS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def init(self):
        return [[self.path, "init", "-r", self.repository] + self.options]

    def version(self):
        return [self.path, "version"]

    def commands(self, step, source, target):
        base = [self.path, "-q", "-r", self.repository]
        return {
            "cold": [base + ["snapshot", source]],
            "unchanged": [base + ["snapshot", source]],
            "v2": [base + ["snapshot", source]],
            "restore": [base + ["restore", "main", "--target", target]],
            "verify": [base + ["verify", "--data"]],
        }.get(step)


class CairnLz4(Cairn):
    name = "cairn-lz4"

    def __init__(self, program, place):
        super().__init__(program, place, ["--compression", "lz4"])


class Restic(Tool):
    name = "restic"
    program = "restic"

    def __init__(self, program, place):
        super().__init__(program, place)
        self.env.update(RESTIC_PASSWORD=PASSWORD, RESTIC_REPOSITORY=str(self.repository),
                        RESTIC_CACHE_DIR=str(place / "cache"))

    def init(self):
        # Compression takes the second version of the format, where it is not the default yet.
        return [[self.path, "-q", "init", "--repository-version", "2"]]

    def version(self):
        return [self.path, "version"]

    def commands(self, step, source, target):
        base = [self.path, "-q"]
        return {
            "cold": [base + ["backup", source]],
            "unchanged": [base + ["backup", source]],
            "v2": [base + ["backup", source]],
            "restore": [base + ["restore", "latest", "--target", target]],
            "verify": [base + ["check", "--read-data"]],
            "prune": [base + ["forget", "--keep-last", "1", "--prune"]],
        }.get(step)


class Borg(Tool):
    name = "borg"
    program = "borg"
    compression = "zstd,3"

    def __init__(self, program, place):
        super().__init__(program, place)
        self.count = 0
        self.env.update(BORG_PASSPHRASE=PASSWORD, BORG_BASE_DIR=str(place), BORG_RELOCATED_REPO_ACCESS_IS_OK="yes",
                        BORG_CHECK_I_KNOW_WHAT_I_AM_DOING="YES")

    def init(self):
        self.count = 0
        return [[self.path, "init", "-e", "repokey-blake2", self.repository]]

    def commands(self, step, source, target):
        if step in ("cold", "unchanged", "v2"):
            self.count += 1
            return [[self.path, "create", "-C", self.compression, f"{self.repository}::a{self.count}", source]]
        return {
            "restore": [([self.path, "extract", f"{self.repository}::a{self.count}"], target)],
            "verify": [[self.path, "check", "--verify-data", self.repository]],
            "prune": [[self.path, "prune", "--keep-last", "1", self.repository],
                      [self.path, "compact", self.repository]],
        }.get(step)


class BorgLz4(Borg):
    name = "borg-lz4"
    compression = "lz4"


class Casync(Tool):
    name = "casync"
    program = "casync"

    def __init__(self, program, place):
        super().__init__(program, place)
        self.index = self.repository / "a.caidx"
        self.store = f"--store={self.repository}/store.castr"

    def init(self):
        return [["mkdir", "-p", self.repository]]

    def commands(self, step, source, target):
        if step in ("cold", "unchanged", "v2"):
            return [[self.path, "make", self.store, self.index, source]]
        return {"restore": [[self.path, "extract", self.store, self.index, target]],
                "prune": [[self.path, "gc", self.store, self.index]]}.get(step)


class Rsync(Tool):
    """No snapshots, no encryption: the time that a plain copy takes."""

    name = "rsync"
    program = "rsync"

    def commands(self, step, source, target):
        base = [self.path, "-aHAX", "--delete"]
        if step in ("cold", "unchanged", "v2"):
            return [base + [f"{source}/", self.repository]]
        if step == "restore":
            return [base + [f"{self.repository}/", target]]
        return None


class Bup(Tool):
    name = "bup"
    program = "bup"

    def __init__(self, program, place):
        super().__init__(program, place)
        self.env["BUP_DIR"] = str(self.repository)

    def init(self):
        return [[self.path, "init"]]

    def version(self):
        return [self.path, "version"]

    def commands(self, step, source, target):
        if step in ("cold", "unchanged", "v2"):
            return [[self.path, "index", "-q", source], [self.path, "save", "-q", "-n", "a", source]]
        return {"restore": [[self.path, "restore", "-q", "-C", target, f"/a/latest{source}/."]],
                "verify": [[self.path, "fsck", "-q"]]}.get(step)


class Kopia(Tool):
    name = "kopia"
    program = "kopia"

    def __init__(self, program, place):
        super().__init__(program, place)
        self.env.update(KOPIA_PASSWORD=PASSWORD, KOPIA_CHECK_FOR_UPDATES="false")

    def init(self):
        return [[self.path, "repository", "create", "filesystem", "--path", self.repository],
                [self.path, "policy", "set", "--global", "--compression", "zstd"]]

    def commands(self, step, source, target):
        if step in ("cold", "unchanged", "v2"):
            return [[self.path, "snapshot", "create", "--no-progress", source]]
        return {"restore": [[self.path, "snapshot", "restore", source, target]],
                "verify": [[self.path, "snapshot", "verify", "--verify-files-percent=100"]]}.get(step)


TOOLS = [Cairn, CairnLz4, Restic, Borg, BorgLz4, Casync, Rsync, Bup, Kopia]


def tree_bytes(folder):
    """What a folder takes on disk."""
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            total += os.lstat(os.path.join(root, name)).st_blocks * 512
    return total


def warm(folder):
    """Brings a folder into the page cache."""
    for root, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(root, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    while file.read(1 << 20):
                        pass


def bring_to(version, source):
    source.mkdir(parents=True, exist_ok=True)
    subprocess.run(["rsync", "-aHAX", "--delete", f"{version}/", f"{source}/"], check=True)
    warm(source)
    # A file that is younger than a clock's tick is read again by any careful tool: let all be older.
    time.sleep(2.5)


def measure(tool, step, source, target):
    commands = tool.commands(step, source, target)
    if commands is None:
        return None
    if step == "restore":
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
    samples = []
    for command in commands:
        words, folder = command if isinstance(command, tuple) else (command, None)
        samples.append(tool.must(words, folder))
    total = Sample(sum(s.wall for s in samples), sum(s.cpu for s in samples), max(s.rss_mb for s in samples),
                   max(s.anonymous_mb for s in samples), 0)
    return {**total.json(), "repository_mb": round(tool.size() / 1e6, 2)}


def start_up(tool, times):
    samples = [tool.must(tool.version()) for _ in range(times)]
    return statistics.median(s.wall for s in samples)


def machine():
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as info:
            model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "")
    return {"system": platform.platform(), "processor": model, "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)}


def version_of(tool):
    out = subprocess.run([str(w) for w in tool.version()], env=tool.env, capture_output=True, text=True,
                         stdin=subprocess.DEVNULL)
    return (out.stdout or out.stderr).strip().splitlines()[0]


def medians(results):
    """Per step and tool: the median of every figure."""
    table = {}
    for step, by_tool in results.items():
        for name, samples in by_tool.items():
            if samples:
                table.setdefault(step, {})[name] = {
                    key: round(statistics.median(s[key] for s in samples), 3) for key in samples[0]}
    return table


def markdown(document):
    lines = [f"# {document['corpus']}", "",
             f"{document['machine']['processor']}, {document['machine']['cores']} cores, "
             f"{document['machine']['memory_gib']} GiB, {document['machine']['system']}; repositories on "
             f"{document['work']}; medians of {document['runs']} runs; in brackets: times cairn's.", ""]
    lines += [f"- {name}: {version}" for name, version in document["versions"].items()]
    for step, by_tool in document["medians"].items():
        lines += ["", f"## {step}", "", "| tool | wall s | CPU s | anonymous MB | peak RSS MB | repository MB |",
                  "|---|---|---|---|---|---|"]
        own = by_tool.get("cairn", {})
        for name, figures in by_tool.items():
            cells = []
            for key, form in (("wall", "%.2f"), ("cpu", "%.2f"), ("anonymous_mb", "%.0f"), ("rss_mb", "%.0f"),
                              ("repository_mb", "%.1f")):
                cell = form % figures[key]
                if own.get(key) and name != "cairn" and key in ("wall", "cpu", "repository_mb"):
                    cell += " (%.2f)" % (figures[key] / own[key])
                cells.append(cell)
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", "## start-up, ms", ""]
    lines += ["| " + " | ".join(document["start_up_ms"]) + " |", "|" + "---|" * len(document["start_up_ms"]),
              "| " + " | ".join("%.0f" % ms for ms in document["start_up_ms"].values()) + " |"]
    return "\n".join(lines) + "\n"


def parse_arguments():
    here = Path(__file__).resolve()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="See the head of this file.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--work", type=Path, default=Path("peers-work"), help="emptied and used for repositories")
    parser.add_argument("--out", type=Path, default=Path("peers-out"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tools", help="by name, separated by commas; default: all that are installed")
    parser.add_argument("--steps", help="default: " + ",".join(STEPS))
    parser.add_argument("--cairn", type=Path, default=here.parents[2] / "cairn")
    arguments = parser.parse_args()
    for version in ("v1", "v2"):
        if not (arguments.corpus / version).is_dir():
            parser.error(f"{arguments.corpus}/{version} is not a folder")
    if arguments.work.exists() and any(arguments.work.iterdir()) and not (arguments.work / ".peers").exists():
        parser.error(f"{arguments.work} is not empty and not of an earlier run")
    if shutil.which("rsync") is None:
        parser.error("rsync is not installed")
    return arguments


def find_tools(arguments, work):
    wanted = arguments.tools.split(",") if arguments.tools else None
    tools = []
    for kind in TOOLS:
        program = str(arguments.cairn.resolve()) if issubclass(kind, Cairn) else shutil.which(kind.program)
        if program and (wanted is None or kind.name in wanted):
            tools.append(kind(program, work / kind.name))
        elif wanted and kind.name in wanted:
            sys.exit(f"{kind.name} is not installed")
    return tools


def main():
    arguments = parse_arguments()
    work = arguments.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / ".peers").touch()
    steps = arguments.steps.split(",") if arguments.steps else STEPS
    tools = find_tools(arguments, work)
    versions = {tool.name: version_of(tool) for tool in tools}
    print("tools:", ", ".join(versions), file=sys.stderr)
    source, target = work / "source", work / "target"
    results = {step: {tool.name: [] for tool in tools} for step in steps}
    for number in range(arguments.runs):
        order = list(tools)
        random.Random(number).shuffle(order)
        bring_to(arguments.corpus / "v1", source)
        for tool in order:
            tool.reset()
        for step in steps:
            if step == "v2":
                bring_to(arguments.corpus / "v2", source)
            for tool in order:
                result = measure(tool, step, source, target)
                if result is not None:
                    results[step][tool.name].append(result)
                    print(f"run {number + 1} {step:9} {tool.name:9} wall {result['wall']:7.2f} cpu {result['cpu']:7.2f}"
                          f" anonymous {result['anonymous_mb']:5.0f} repository {result['repository_mb']:8.1f}",
                          file=sys.stderr, flush=True)
    document = {"corpus": arguments.corpus.resolve().name, "date": time.strftime("%Y-%m-%d"), "machine": machine(),
                "work": str(arguments.work), "runs": arguments.runs, "versions": versions, "results": results,
                "medians": medians(results),
                "start_up_ms": {tool.name: round(start_up(tool, 7) * 1000) for tool in tools}}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "results.json").write_text(json.dumps(document, indent=1) + "\n")
    (arguments.out / "results.md").write_text(markdown(document))
    shutil.rmtree(work, ignore_errors=True)
    print(arguments.out / "results.md")


if __name__ == "__main__":
    main()
