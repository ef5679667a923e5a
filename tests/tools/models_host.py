# SPDX-License-Identifier: MIT
"""The scenarios of tests/models on the host: hak and its peers, each preloaded.

Time: all heaps take turns, round after round, each run a process of its own;
medians. Instructions: of user space, by perf where the machine counts them,
else by callgrind; from the difference of a long and a short run, less what the
scenario itself costs. callgrind is slow: what a heap does by the clock (giving
memory back after some milliseconds) comes more often per operation there.
"""
import collections
import concurrent.futures
import glob
import os
import re
import shutil
import statistics
import subprocess
import tempfile

ROUNDS = 9
JOBS = 2

# scenario, threads: operations when timed, when counted (None: not counted,
# since callgrind runs one thread at a time)
PLAN = {("json", 1): (200000, 4000), ("mir", 1): (100000, 4000), ("vm", 1): (100000, 4000),
        ("vm_ring", 1): (100000, 4000), ("vm_batch", 1): (20000, 4000),
        ("mixed", 1): (50000, 4000), ("larson_small", 1): (1000000, 40000),
        ("larson_small", 2): (1000000, None), ("larson_big", 1): (200000, 20000),
        ("larson_big", 2): (100000, None)}
TEXT = {"json": "JSON, 64 KiB", "mir": "MIR, 256 KiB", "vm": "VM, 2 MiB", "vm_ring": "VM, 16 live",
        "vm_batch": "VM, 16 taken, 16 freed", "mixed": "MIXED, 8 live",
        "larson_small": "larson, 8 to 1,024 B", "larson_big": "larson, 16 to 32 KiB"}

# name: file, Debian's package, environment in which it gives nothing back to the system
PEERS = {
    "glibc": (None, "libc6", {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=33554432:"
                                                "glibc.malloc.trim_threshold=4294967296"}),
    "mimalloc": ("libmimalloc.so.2", "libmimalloc2.0", {"MIMALLOC_ALLOW_DECOMMIT": "0"}),
    "jemalloc": ("libjemalloc.so.2", "libjemalloc2",
                 {"MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1"}),
    "tcmalloc": ("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", {"TCMALLOC_RELEASE_RATE": "0"}),
}
OF_HEAPS = ("GLIBC_TUNABLES", "MALLOC_", "MIMALLOC_", "TCMALLOC_", "HAK_", "LD_PRELOAD")

Sample = collections.namedtuple("Sample", "nanoseconds faults resident_kib")


class Failed(Exception):
    pass


def find(file):
    for folder in ("/usr/lib/*", "/usr/lib", "/usr/local/lib"):
        for path in sorted(glob.glob(f"{folder}/{file}")):
            return path
    raise Failed(f"there is no {file}: sh tests/tools/need.sh peers")


def version(package):
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                              capture_output=True, text=True, check=False)
    except OSError:
        return "?"
    return done.stdout or "?"


# callgrind counts each byte that a `rep stosb` or `rep movsb` moves. So libc's
# memset and memcpy, of which mimalloc makes much use, are kept from these.
NO_REP = "glibc.cpu.x86_rep_stosb_threshold=1073741824:glibc.cpu.x86_rep_movsb_threshold=1073741824"


class Heap:
    def __init__(self, name, preload, environment):
        self.name = name
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(OF_HEAPS)}
        self.environment.update(environment)
        if preload:
            self.environment["LD_PRELOAD"] = preload


class Host:
    def __init__(self, build, off):
        self.folder = tempfile.mkdtemp(prefix="hak-models-")
        # Copies: a build that goes on elsewhere must not change what is measured.
        self.program = shutil.copy(f"{build}/host-4/models_timed", self.folder)
        self.hak, self.off = (
            Heap(name, shutil.copy(f"{folder}/host-64/libhak_preload.so",
                                   f"{self.folder}/{os.path.basename(folder)}.so"), {})
            for name, folder in (("hak", build), ("cache off", off)))
        files = {name: file and find(file) for name, (file, _, _) in PEERS.items()}
        self.peers = [Heap(name, files[name], {}) for name in PEERS]
        self.keeping = [Heap(name, files[name], PEERS[name][2]) for name in PEERS]
        self.perf = self.perf_counts()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, heap, arguments, before=(), more=()):
        command = [*before, self.program] + [f"{k}={v}" for k, v in arguments.items()]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env=dict(heap.environment, **dict(more)))
        if done.returncode != 0 or "cannot be preloaded" in done.stderr:
            raise Failed(f"{heap.name}: {' '.join(command)}: exit status {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return done

    def sample(self, heap, scenario, threads, operations, seed):
        done = self.run(heap, {"scenario": scenario, "threads": threads, "ops": operations,
                               "seed": seed})
        words = done.stdout.split()
        return Sample(int(words[2]) / operations, int(words[4]) * 1000 / operations, int(words[5]))

    def times(self, heaps, rounds):
        """{(scenario, threads): [Sample of medians, in the order of heaps]}"""
        samples = {key: [[] for _ in heaps] for key in PLAN}
        for turn in range(rounds):
            for (scenario, threads), (operations, _) in PLAN.items():
                for i in range(len(heaps)):
                    which = (i + turn) % len(heaps)
                    samples[scenario, threads][which].append(
                        self.sample(heaps[which], scenario, threads, operations, turn + 1))
        return {key: [Sample(*map(statistics.median, zip(*s))) for s in of_heaps]
                for key, of_heaps in samples.items()}

    def perf_counts(self):
        if not shutil.which("perf"):
            return False
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"],
                              capture_output=True, text=True, check=False)
        return done.returncode == 0 and bool(re.match(r"\d+,", done.stderr))

    def counter(self):
        return "perf" if self.perf else "callgrind"

    def count(self, heap, arguments):
        if self.perf:
            text = self.run(heap, arguments, ["perf", "stat", "-x,", "-e", "instructions:u"]).stderr
            match = re.search(r"^(\d+),", text, re.M)
        else:
            text = self.run(heap, arguments, ["valgrind", "--tool=callgrind",
                                              "--callgrind-out-file=/dev/null"],
                            {"GLIBC_TUNABLES": NO_REP}).stderr
            match = re.search(r"Collected : (\d+)", text)
        if not match:
            raise Failed(f"{heap.name}: no instructions were counted\n{text}")
        return int(match.group(1))

    def slope(self, heap, scenario, operations, null=0):
        """Instructions per operation; a run warms up with a tenth of its operations more."""
        short, long = (self.count(heap, {"scenario": scenario, "ops": n, "null": null})
                       for n in (operations, 2 * operations))
        return (long - short) / (1.1 * operations)

    def instructions(self, heaps):
        """{scenario: [instructions per operation, in the order of heaps]}"""
        plain = Heap("nothing", None, {})
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            jobs = {scenario: [pool.submit(self.slope, plain, scenario, n, 1)] +
                              [pool.submit(self.slope, heap, scenario, n) for heap in heaps]
                    for (scenario, _), (_, n) in PLAN.items() if n}
            results = {scenario: [job.result() for job in of] for scenario, of in jobs.items()}
        return {scenario: [x - null for x in rest] for scenario, (null, *rest) in results.items()}
