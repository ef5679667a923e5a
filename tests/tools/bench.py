#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py --build DIR [--out FILE] TRACES...

Measures every bar of the charter on the A64 image, built for 4 cores, under
QEMU's icount, and prints a table: what, the figure, the bar, ok or ABOVE. The
same in FILE (build/bench.txt): name, figure, bar or -, verdict. Exit status 0
if every figure could be measured, above its bar or not.

Instructions are counted by the processor's counter around each call, call and
return included; holds, masked stretches and atomics in QEMU's log of executed
instructions (tests/bench/exec_log.py). All is deterministic.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bench"))
import exec_log # noqa: E402
import run as replay # noqa: E402

CORES = 4
HOLD_BAR = 350
STRETCH_BAR = CORES * HOLD_BAR + 100
WORST_BARS = {"malloc": 350, "realloc": 350, "free": 400, "aligned_alloc": 450}
SIZES = (16, 64, 256, 1024)
JOBS = 2


class Failed(Exception):
    pass


class Row:
    def __init__(self, name, text, value, bar=None, note=""):
        self.name, self.text, self.value, self.bar, self.note = name, text, value, bar, note

    def verdict(self):
        return "-" if self.bar is None else "ok" if self.value <= self.bar else "ABOVE"


def shown(value):
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")


class Boot:
    """What one run of an image printed, and what its log told if there is one."""

    def __init__(self):
        self.costs, self.values, self.groups, self.log = {}, {}, {}, None

    def take(self, text):
        for line in text.splitlines():
            words = line.split()
            if words[:2] == ["=", "cost"]:
                calls, total, most = map(int, words[3:6])
                self.costs[words[2]] = (calls, total, most)
            elif words[:2] == ["=", "group"]:
                self.groups[int(words[2])] = tuple(map(int, words[3:6]))
            elif words[:1] == ["="]:
                self.values[words[1]] = words[2:]

    def most(self, name):
        return self.costs[name][2] if name in self.costs else 0

    def mean(self, *names):
        there = [self.costs[n] for n in names if n in self.costs]
        return sum(c[1] for c in there) / sum(c[0] for c in there)


def log_must_agree(boot):
    """The log and the instruction counter saw the same."""
    for number, counted in boot.groups.items():
        group = boot.log.groups.get(number, exec_log.Group())
        if counted != (group.calls, group.sum, group.most):
            raise Failed(f"group {number}: the counter has {counted}, the log "
                         f"{(group.calls, group.sum, group.most)}")


class Machine:
    """The image of a64, or of another board: of its log nothing is known."""

    def __init__(self, build, quick, elves=("bench_calls", "bench_model", "bench_tagged", "replay"),
                 log_class=exec_log.Log, board="a64", library=None, after_boot=lambda boot, text: None):
        self.build, self.quick, self.log_class, self.board = build, quick, log_class, board
        self.after_boot = after_boot
        self.folder = tempfile.mkdtemp(prefix="hak-bench-")
        self.pool = concurrent.futures.ThreadPoolExecutor(JOBS)
        self.images = {}
        # Copies: a build that goes on elsewhere must not change what is measured.
        for name in elves:
            shutil.copy(f"{build}/{board}-{library or CORES}/{name}.elf", self.folder)
        if not self.has_log():
            return
        self.lib = shutil.copy(f"{build}/aarch64-{CORES}/libhak.a", self.folder)
        for kind in (*SITES_BARS, "learn"):
            shutil.copy(f"{build}/a64-{CORES}-{kind}/bench_calls.elf",
                        self.elf(f"bench_calls-{kind}"))

    def has_log(self):
        return self.board == "a64"

    def elf(self, name):
        return os.path.join(self.folder, f"{name}.elf")

    def image(self, name):
        if name not in self.images:
            self.images[name] = exec_log.Image(self.elf(name), self.lib)
        return self.images[name]

    def start(self, *arguments, **options):
        return self.pool.submit(self.boot, *arguments, **options)

    def command(self, elf, cores, arguments):
        heap = replay_bytes(arguments.get("heap", "16M"))
        memory = f"{256 + (heap >> 20)}M" if self.board in ("a64", "rv64") else "-"
        return ["sh", "tests/kit/run_board.sh", self.board, self.elf(elf), str(cores), memory,
                "yes"] + [f"{name}={value}" for name, value in arguments.items()]

    def boot(self, elf, cores=1, log=False, **arguments):
        command, boot = self.command(elf, cores, arguments), Boot()
        environment = dict(os.environ, KIT_TIMEOUT="1800")
        if log:
            text, status = self.logged(elf, command, environment, boot)
        else:
            done = subprocess.run(command, capture_output=True, text=True, env=environment,
                                  check=False)
            text, status = done.stdout + done.stderr, done.returncode
        if status != 0:
            raise Failed(f"{' '.join(command)}: exit status {status}\n{text}")
        boot.take(text)
        self.after_boot(boot, text)
        if log and cores < CORES: # with more cores at once the counter counts them all
            log_must_agree(boot)
        return boot

    def logged(self, elf, command, environment, boot):
        image = self.image(elf)
        end, start = os.pipe()
        environment["QEMU_EXTRA"] = f"-singlestep -d exec,nochain -dfilter {image.filter} " \
            f"-D /dev/fd/{start}"
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=environment, pass_fds=[start]) as child:
            os.close(start)
            with open(end, "rb", buffering=1 << 20) as stream:
                boot.log = self.log_class(image).read(stream)
            text = child.stdout.read()
        return text, child.returncode

    def close(self):
        self.pool.shutdown(cancel_futures=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def replay_bytes(text):
    match = re.fullmatch(r"(\d+)([KMG]?)", str(text))
    return int(match.group(1)) << {"": 0, "K": 10, "M": 20, "G": 30}[match.group(2)]


def fast(machine):
    boot = machine.start("bench_calls", what="fast")
    yield "pool, warm"
    boot = boot.result()
    for kind, bar in (("malloc", 40), ("free", 50)):
        for size in SIZES:
            where = ", owning core" if kind == "free" else ""
            yield Row(f"{kind}_{size}", f"{kind} of {size} B{where}",
                      boot.most(f"fast_{kind}_{size}"), bar)


def cache(machine):
    boot = machine.start("bench_calls", what="cache", heap="64M")
    yield "reuse cache, blocks of 2 MiB in a heap of 64 MiB"
    boot = boot.result()
    malloc, free = boot.most("cache_malloc_64_B"), boot.most("cache_free_64_B")
    pair = boot.mean("cache_pair_64_B")
    yield Row("cache_hit", "malloc, hit", boot.most("cache_malloc_2_MiB_warm"), int(1.3 * malloc),
              f"bar: 1.3 x {malloc}, malloc of 64 B")
    yield Row("cache_put", "free, put", boot.most("cache_free_2_MiB_warm"), int(1.3 * free),
              f"bar: 1.3 x {free}, free of 64 B")
    yield Row("cache_pair", "pair, mean over the first 1,000 cycles", boot.mean("cache_pair_2_MiB"),
              1.5 * pair, f"bar: 1.5 x {pair:g}, pair of 64 B")
    off = boot.mean("cache_pair_9_MiB")
    yield Row("cache_pair_of_off", "... of what it costs without the cache",
              round(boot.mean("cache_pair_2_MiB") / off, 3), 0.5, f"a pair that has no class: {off:g}")
    calls, _, most = boot.costs["cache_free_evicting"]
    yield Row("cache_evicting", "worst free that evicts another block", most, WORST_BARS["free"],
              f"{calls:,} calls; bar: worst free")


SITES_BARS = {"list": {"malloc": 6, "free": 0}, "count": {"malloc": 6, "free": 8}}


def sites(machine):
    """What SITES=list and SITES=count cost more than SITES=off, 64 B."""
    plain = machine.start("bench_calls", what="fast+cache", heap="64M")
    boots = {kind: machine.start(f"bench_calls-{kind}", what="fast+remote+cache", cores=2, heap="64M")
             for kind in SITES_BARS}
    remote_plain = machine.start("bench_calls", what="remote", cores=2)
    yield "call sites: instructions more than without, pool, 64 B"
    plain, remote_plain = plain.result(), remote_plain.result()
    for kind, bars in SITES_BARS.items():
        boot = boots[kind].result()
        for call, bar in bars.items():
            name = f"fast_{call}_64"
            yield Row(f"sites_{kind}_{call}", f"SITES={kind}: {call}",
                      boot.most(name) - plain.most(name), bar)
        for call, what in (("malloc", "hit"), ("free", "put")):
            name = f"cache_{call}_2_MiB_warm"
            yield Row(f"sites_{kind}_{what}", f"SITES={kind}: {call}, {what} of the reuse cache",
                      boot.most(name) - plain.most(name), bars[call])
        yield Row(f"sites_{kind}_remote", f"SITES={kind}: free from another core",
                  boot.most("remote_owned_64") - remote_plain.most("remote_owned_64"),
                  bars["free"])


def learning(machine):
    """A library with LEARN=1: frozen, and learning with a step each slow call."""
    each = 1
    plain = machine.start("bench_calls", what="fast+cache", heap="64M")
    runs = {"frozen": {}, "learn": {"learn": each}}
    fast_boots = {name: machine.start("bench_calls-learn", what="fast+cache", heap="64M", **options)
                  for name, options in runs.items()}
    seeds = range(1, 3 if machine.quick else 9)
    worst_boots = {name: [machine.start("bench_calls-learn", what="random", seed=s, behind=0, **options)
                          for s in seeds] for name, options in runs.items()}
    yield "learning, cache on (LEARN=1): fast paths, instructions more than without"
    plain = plain.result()
    for name, bar in (("frozen", 0), ("learn", 1)):
        boot = fast_boots[name].result()
        for row, cost in (("malloc", "fast_malloc_64"), ("free", "fast_free_64"),
                          ("hit", "cache_malloc_2_MiB_warm"), ("put", "cache_free_2_MiB_warm")):
            yield Row(f"{name}_{row}", f"{name}: {row}", boot.most(cost) - plain.most(cost), bar)
    for name, text in (("frozen", "frozen"), ("learn", "a step of learning each slow call")):
        yield f"worst call, random trace as above, {text}; {len(seeds)} runs"
        done = [b.result() for b in worst_boots[name]]
        for kind, bar in WORST_BARS.items():
            yield Row(f"{name}_random_{kind}", kind, max(b.most(f"random_{kind}") for b in done), bar,
                      f"mean {max(b.mean(f'random_{kind}') for b in done):.1f}")


def remote(machine):
    counted = machine.start("bench_calls", cores=2, what="remote")
    logs = machine.start("bench_calls", cores=2, log=True, what="remote", heap="1M",
                         blocks=60 if machine.quick else 200) if machine.has_log() else None
    yield "free from another core (core 1 allocates and sleeps, core 0 frees)"
    counted = counted.result()

    def most(kind):
        return max(counted.most(f"{kind}_{size}") for size in SIZES)

    def atomics(*groups):
        logged = logs.result()
        return max(n for g in groups for n in logged.log.groups[g].atomics)
    usual = [f"remote_{page}_{size}" for page in ("owned", "left") for size in SIZES]
    yield Row("remote_mean", "mean, neither first nor last in its page", counted.mean(*usual), 75)
    yield Row("remote_owned", "max, page owned by core 1", most("remote_owned"), 75)
    yield Row("remote_left", "max, page that nobody owns", most("remote_left"), 75)
    yield Row("remote_owned_first", "first pending free of a page, owned",
              most("remote_owned_first"), 75)
    yield Row("remote_left_first", "first pending free of a page, nobody's",
              most("remote_left_first"), 75, "lists the page: takes the run lock")
    yield Row("remote_left_last", "last free of a page, nobody's", most("remote_left_last"), 400,
              "the page's death; bar: worst free")
    if logs is None:
        return
    yield Row("remote_atomics", "atomic read-modify-writes of such a free", atomics(6, 8), 1)
    yield Row("remote_atomics_owned_first", "... of the first pending one, owned page", atomics(5), 2)
    yield Row("remote_atomics_left_first", "... of the first pending one, nobody's page", atomics(7), 2)
    yield Row("remote_failed", "exclusives that failed", logs.result().log.failed, 0)


def worst_plans(machine):
    """Scenario: text, the image, and the arguments of its runs."""
    seeds = range(1, 3 if machine.quick else 9)
    heaps = ("16K", "1M") if machine.quick else ("4K", "16K", "64K", "256K", "1M", "4M")
    few = range(1, 2 if machine.quick else 4)
    return {
        "random": ("random trace: 16 B to 64 KiB, 16 MiB heap, 60% live, 40,000 operations",
                   "bench_calls", [{"what": "random", "seed": s} for s in seeds]),
        "model": ("operations of the model test", "bench_model",
                  [{"heap": h, "seed": s} for h in heaps for s in few]),
        "full": ("heap kept within 2% of full", "bench_calls",
                 [{"what": "full", "seed": s} for s in few]),
    }


def worst(machine):
    plans = worst_plans(machine)
    boots = {name: [machine.start(elf, **a) for a in runs] for name, (_, elf, runs) in plans.items()}
    recalling = 0
    for name, (text, _, runs) in plans.items():
        yield f"worst call, {text}; {len(runs)} run{'s' * (len(runs) > 1)}"
        done = [b.result() for b in boots[name]]
        recalling = max([recalling] + [b.most(f"{name}_recalling") for b in done])
        for kind, bar in WORST_BARS.items():
            calls = sum(b.costs.get(f"{name}_{kind}", (0,))[0] for b in done)
            note = ", copy excluded" if kind == "realloc" else ""
            yield Row(f"{name}_{kind}", kind + note, max(b.most(f"{name}_{kind}") for b in done),
                      bar, f"{calls:,} calls")
        if name == "full":
            free = max(int(b.values["free_permille"][0]) for b in done)
            yield Row("full_free_permille", "most of the heap free, 1/1000", free, 20)
    boot = machine.start("bench_calls", cores=CORES, what="recall").result()
    yield "a call that recalls all that is retained (it fails in the end)"
    yield Row("recall_met", "worst in the runs above", recalling)
    for name, text in (("own", "the core's empty pages"), ("nothing", "nothing retained"),
                       ("idle_cores", "those, and a page of each class of 3 idle cores")):
        retained, classes, retired = boot.values[f"recalled_{name}"]
        yield Row(f"recall_{name}", text, boot.most(f"recall_{name}"), None,
                  f"{retained} retained, {classes} classes, {retired} pages given back")


def tagged(machine):
    boot = machine.start("bench_tagged")
    yield "regions with tags, 8 of 32 KiB, nearly full, all of them asked for"
    boot = boot.result()
    for name, text in (("malloc", "hak_malloc_in"), ("lines", "hak_malloc_lines of 64 B"),
                       ("free", "hak_free"), ("resize", "hak_realloc in place"),
                       ("null", "hak_malloc_in that no region can serve")):
        yield Row(f"tagged_{name}", f"worst {text}", boot.most(f"tagged_{name}"), None,
                  f"{boot.costs[f'tagged_{name}'][0]:,} calls")


def locks(machine):
    operations = 3000 if machine.quick else 40000
    seeds = range(1, 2 if machine.quick else 6)
    alone = [machine.start("bench_calls", log=True, what="random", nostats=1, ops=operations),
             machine.start("bench_calls", log=True, what="full", nostats=1, ops=operations // 8),
             machine.start("bench_model", log=True, heap="64K", ops=operations // 40)]
    together = [machine.start("bench_calls", cores=CORES, log=True, what="contend", seed=s,
                              ops=operations // 10) for s in seeds]
    yield "run lock and masked interrupts, from the log of executed instructions"
    logs = [b.result().log for b in alone]
    contended = [b.result().log for b in together]
    longest = max((x.calls for x in logs + contended), key=lambda x: x.hold)
    others = max((x.others for x in logs + contended), key=lambda x: x.hold)
    alone = max((x.calls for x in logs), key=lambda x: x.stretch)
    waiting = max((x.calls for x in contended), key=lambda x: x.stretch)
    yield Row("hold", "longest hold of the run lock, in calls", longest.hold, HOLD_BAR,
              f"in {longest.hold_in}; {sum(x.calls.holds for x in logs + contended):,} holds")
    yield Row("hold_others", "... in init, stats, check, walk", others.hold, HOLD_BAR,
              f"in {others.hold_in}")
    yield Row("stretch_alone", "longest masked stretch, one core", alone.stretch, STRETCH_BAR,
              f"in {alone.stretch_in}")
    yield Row("stretch_others", "... in init, stats, check, walk",
              max(x.others.stretch for x in logs + contended), STRETCH_BAR)
    yield Row("stretch_contended", f"longest masked stretch, {CORES} cores contending",
              waiting.stretch, STRETCH_BAR, f"in {waiting.stretch_in}; waiting included; "
              f"{sum(x.calls.holds for x in contended):,} holds")
    for name, text, hold in (("stretch_bound", "calls alone", longest.hold),
                             ("stretch_bound_check", "3 cores in check", others.hold)):
        yield Row(name, f"... can be: alone + 3 longest holds, {text}",
                  alone.stretch + (CORES - 1) * hold, STRETCH_BAR)
    yield Row("stretch_locks", "most lock takings in one masked stretch",
              max(x.calls.locks for x in logs + contended), 1)
    yield Row("failed_alone", "exclusives that failed, one core", sum(x.failed for x in logs), 0)


def a_traces(paths):
    found = [os.path.join(p, n) for p in paths if os.path.isdir(p) for n in os.listdir(p)]
    found += [p for p in paths if not os.path.isdir(p)]
    return sorted((p for p in found if re.search(r"-A\.atrc(\.xz)?$", p)), key=os.path.basename)


def replay_one(machine, path):
    """name, {call: (calls, mean)}, mean of malloc with calloc replayed as malloc, refused."""
    data = replay.read_trace(path)
    peak = replay.check_header(path, data)
    name = os.path.basename(path).split(".")[0]
    unpacked = os.path.join(machine.folder, f"{name}.atrc")
    with open(unpacked, "wb") as out:
        out.write(data)
    heap = peak * 3 // 2
    memory_mib = 64 + (2 * len(data) + heap + peak) // (1 << 20)

    def order(plain):
        arguments = {"trace": unpacked, "trace_bytes": len(data), "heap": heap, "mode": "order",
                     "plain": plain}
        command = ["sh", "tests/kit/run_a64.sh", machine.elf("replay"), "1", f"{memory_mib}M", "yes"]
        command += [f"{key}={value}" for key, value in arguments.items()]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env=dict(os.environ, KIT_TIMEOUT="1800"))
        lines = [line.split() for line in done.stdout.splitlines() if line.startswith("= ")]
        failures = [int(w[2]) for w in lines if w[1] == "hak_failures"]
        if done.returncode != 0 or not failures:
            raise Failed(f"{name}: the replay ended with {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return {w[2]: (int(w[3]), int(w[4]) / 10) for w in lines if w[1] == "cost"}, failures[0]
    costs, failures = order(0)
    plain = order(1)[0]["malloc"] if "calloc" in costs else None
    os.unlink(unpacked)
    return name, costs, plain, failures


def traces(machine, paths):
    yield "mean over each A trace, heap 1.5 times the peak live bytes"
    jobs = [machine.pool.submit(replay_one, machine, p) for p in a_traces(paths)]
    for job in jobs:
        name, costs, plain, failures = job.result()
        refused = f"; {failures} requests refused" if failures else ""
        for call in ("malloc", "free"):
            calls, mean = costs.get(call, (0, 0.0))
            part = call == "malloc" and plain is not None
            yield Row(f"{name}_{call}", f"{name}: {call}{' alone' * part}", mean,
                      None if part else 80, f"{calls:,} calls{refused}")
        if plain:
            yield Row(f"{name}_malloc_plain", f"{name}: malloc and calloc, zeroing excluded",
                      plain[1], 80, f"{plain[0]:,} calls")
    if not jobs:
        print("bench: no A trace (*-A.atrc, *-A.atrc.xz) among the traces", file=sys.stderr)


def smallest(machine, paths, tool, lib):
    command = [sys.executable, f"{HERE}/memory_bench.py", "--jobs", str(JOBS),
               "--tool", f"{machine.build}/tools/{tool}",
               "--lib", f"{machine.build}/{lib}/libhak.a"] + paths
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"over (\d+) traces: geometric mean ([\d.]+) .*largest ([\d.]+) (\S+)",
                      done.stdout)
    if not match:
        raise Failed(f"memory_bench.py: {done.stdout}{done.stderr}")
    return match


def memory(machine, paths):
    yield "smallest heap, of what TLSF needs (host build for one core)"
    for name, text, tool, lib in (("memory", "", "smallest_heap", "host-1"),
                                  ("memory_list", ", SITES=list", "smallest_heap_list",
                                   "host-1-list")):
        match = smallest(machine, paths, tool, lib)
        yield Row(f"{name}_mean", f"geometric mean{text}", float(match.group(2)), 0.93,
                  f"{match.group(1)} traces")
        yield Row(f"{name}_most", f"largest{text}", float(match.group(3)), 1.10, match.group(4))


# The largest block of the random trace, and blocks beside the extent that spans the
# heap, scaled so that each heap's reuse cache has the same classes to do with.
HEAPS = {"1M": ("64K", "32K"), "64M": ("2M", "1M"), "1G": ("2M", "1M")}
GROWTH_SEEDS = 3


def growth(machine):
    random = [[machine.start("bench_calls", what="random+fast", heap=h, seed=s + 1,
                             most=replay_bytes(most), ops=50000) for s in range(GROWTH_SEEDS)]
              for h, (most, _) in HEAPS.items()]
    span = [[machine.start("bench_calls", what="span", heap=h, **{"from": replay_bytes(block)})]
            for h, (_, block) in HEAPS.items()]
    yield f"growth: heaps of {', '.join(HEAPS)}: largest over smallest figure"
    random, span = ([[b.result() for b in boots] for boots in x] for x in (random, span))

    def row(name, text, heaps, *kinds):
        worst_of = [max(b.most(kind) for b in boots for kind in kinds) for boots in heaps]
        low, high = max(1, min(worst_of)), max(worst_of)
        return Row(f"growth_{name}", text, round(high / low, 3), 1.10, " / ".join(map(str, worst_of)))
    for kind in ("malloc", "free"):
        yield row(f"fast_{kind}", f"fast {kind}, 60% live", random,
                  *(f"fast_{kind}_{size}" for size in SIZES))
    for name, text, heaps in (("random", "60% live", random),
                              ("span", "one block or extent spans it", span)):
        for kind in WORST_BARS:
            yield row(f"{name}_{kind}", f"worst {kind}, {text}", heaps, f"{name}_{kind}")


def table(sections, out):
    rows = []
    for section in sections:
        for row in section:
            if isinstance(row, str):
                print(f"\n{row}", flush=True)
                continue
            rows.append(row)
            print(f"  {row.text:<52} {shown(row.value):>9}  {shown(row.bar):>6}  {row.verdict():<6}"
                  f"{row.note}".rstrip(), flush=True)
    with open(out, "w", encoding="ascii") as file:
        file.write("# name figure bar verdict\n")
        for row in rows:
            file.write(f"{row.name} {shown(row.value).replace(',', '')} "
                       f"{shown(row.bar).replace(',', '')} {row.verdict()}\n")
    return rows


def main():
    parser = argparse.ArgumentParser(description="every bar of the charter, measured")
    parser.add_argument("--build", default="build")
    parser.add_argument("--out", help="default: BUILD/bench.txt")
    parser.add_argument("--only", nargs="+", help="of: fast cache sites learning remote worst tagged locks traces memory growth")
    parser.add_argument("traces", nargs="*", default=["tests/traces"])
    options = parser.parse_args()
    machine = Machine(options.build, False)
    sections = {"fast": lambda: fast(machine), "cache": lambda: cache(machine),
                "sites": lambda: sites(machine), "learning": lambda: learning(machine),
                "remote": lambda: remote(machine),
                "worst": lambda: worst(machine), "tagged": lambda: tagged(machine), "locks": lambda: locks(machine),
                "traces": lambda: traces(machine, options.traces),
                "growth": lambda: growth(machine),
                "memory": lambda: memory(machine, options.traces)}
    print("A64, -O2, cortex-a53, built for 4 cores, icount; instructions, call and return included")
    print(f"  {'':<52} {'figure':>9}  {'bar':>6}")
    try:
        rows = table([sections[n]() for n in options.only or sections],
                     options.out or f"{options.build}/bench.txt")
    finally:
        machine.close()
    above = [r.name for r in rows if r.verdict() == "ABOVE"]
    print(f"\n{len(rows)} figures, {sum(r.bar is not None for r in rows)} with a bar, "
          f"{len(above)} above: {' '.join(above) or 'none'}")


if __name__ == "__main__":
    try:
        main()
    except (Failed, exec_log.Wrong, replay.Refused) as failure:
        sys.exit(f"bench: {failure}")
