#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real programs on hak: each runs under glibc and under the preload, and must
print the same; and C programs of our own, which check more than output.

    python3 tests/real/real.py BUILD-FOLDER [CASE ...]

One line for each case: ok, FAIL or skip (a program is not installed). Exit
status 0 only if nothing failed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT_SECONDS = 120

# What libc exports with a name like an allocator's that is none.
NO_ALLOCATORS = re.compile(
    r"_IO_|obstack|_obstack|__libc_alloc_buffer_|__libc_alloca_cutoff|__libc_allocate_(once_slow|rtsig)|"
    r"__libc_scratch_buffer|__libc_freeres|pkey_|(posix_)?fallocate|free(addrinfo|ifaddrs)|"
    r"_*freelocale|globfree|if_freenameindex|inet6_option_alloc|regfree|wordfree|xdr_free|"
    r"__sched_cpu|__(mempcpy|stpcpy|strcpy)_small|mallwatch$|"
    # hooks that glibc has not called since 2.34; state that it refuses to take
    r"__(malloc|realloc|memalign|free)_hook|__malloc_initialize_hook|malloc_[gs]et_state")


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def program(name):
    """The path of an installed program; not a version manager's wrapper script."""
    path = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin") or shutil.which(name)
    if path is None:
        raise Skipped(f"{name} is not installed")
    return path


def require(condition, why):
    if not condition:
        raise Failed(why)


def last_lines(text, count=3):
    lines = text.decode(errors="replace").strip().splitlines()
    return " | ".join(lines[-count:])


class Real:
    def __init__(self, build, folder):
        self.build = os.path.abspath(build)
        self.folder = folder
        self.calls = 0
        self.seconds = [0.0, 0.0]

    def preload(self, cores):
        return f"{self.build}/host-{cores}/libhak_preload.so"

    def built(self, name):
        return f"{self.build}/real/{name}"

    def run(self, command, hak, cores=64, status=0, first="", extra="", **options):
        """Run it, under the preload if `hak`; output, standard error, tables."""
        environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": self.folder, "LC_ALL": "C.UTF-8",
                       "TMPDIR": self.folder, "GIT_CONFIG_NOSYSTEM": "1"}
        stats = os.path.join(self.folder, "stats")
        if os.path.exists(stats):
            os.remove(stats)
        if hak:
            environment.update(LD_PRELOAD=f"{self.preload(cores)} {extra}".strip(), HAK_STATS=stats)
        if hak and first:
            environment["HAK_FIRST"] = first
        environment.update(options.pop("environment", {}))
        start = time.monotonic()
        try:
            done = subprocess.run(command, env=environment, capture_output=True,
                                  timeout=TIMEOUT_SECONDS, check=False, **options)
        except subprocess.TimeoutExpired:
            raise Failed(f"still running after {TIMEOUT_SECONDS} s") from None
        self.seconds[1 if hak else 0] += time.monotonic() - start
        if done.returncode != status:
            raise Failed(f"{'hak' if hak else 'glibc'}: status {done.returncode}: {last_lines(done.stderr)}")
        return done.stdout, done.stderr, read_tables(stats)

    def check(self, tables, names, calls, faults=0, libc=0):
        """Every process on hak alone, whole at its end; `names` among them."""
        require(tables, "no process said that it ran on hak")
        for table in tables:
            who = table["program"]
            require(table["faults"] == faults, f"{who}: {table['faults']} bad calls")
            require((table["libc_bytes"] != 0) == (libc != 0), f"{who}: libc's malloc has {table['libc_bytes']} bytes")
            require(table["check"] == "ok", f"{who}: hak_check: {table['check']}")
        seen = {os.path.basename(table["program"]) for table in tables}
        require(set(names) <= seen, f"not on hak: {', '.join(sorted(set(names) - seen))}")
        served = sum(table["calls"] for table in tables)
        require(served >= calls, f"hak served {served} calls, not {calls}")
        self.calls += served

    def compare(self, command, calls, names=None, **options):
        """The same output under both."""
        want = self.run(command, False, **options)
        have = self.run(command, True, **options)
        require(len(want[0]) > 0, "no output")
        require(want[0] == have[0], f"output differs: {len(want[0])} and {len(have[0])} bytes")
        require(want[1] == have[1], f"standard error differs: {last_lines(have[1])}")
        self.check(have[2], names or [os.path.basename(command[0])], calls)
        return have

    def own(self, name, *arguments, calls=1, cores=64, **options):
        """One of our own programs, under the preload alone."""
        out, error, tables = self.run([self.built(name), *arguments], True, cores=cores, **options)
        require(b"hak: bad call" not in error, last_lines(error))
        self.check(tables, [name], calls)
        return out, error, tables


def read_tables(path):
    tables = []
    if not os.path.exists(path):
        return tables
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            _, name, value = line.rstrip("\n").split(" ", 2)
            if name == "program":
                tables.append({})
            tables[-1][name] = int(value) if value.isdigit() else value
    for table in tables:
        require("check" in table, "a table is cut off")
    return tables


def exported(path):
    text = subprocess.run([program("nm"), "-D", "--defined-only", path], capture_output=True, text=True,
                          check=True).stdout
    return {line.split()[2].split("@")[0] for line in text.splitlines() if len(line.split()) == 3}


def case_exports(real):
    """Every allocator's function that libc exports, the preload exports too."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libc = sorted({line.split()[-1] for line in maps if re.search(r"/libc(-[\d.]+)?\.so", line)})
    require(libc, "no libc found")
    like = re.compile(r"alloc|memalign|free|mall")
    allocators = {name for name in exported(libc[0]) if like.search(name) and not NO_ALLOCATORS.match(name)}
    require(len(allocators) >= 20, f"only {len(allocators)} names found in {libc[0]}")
    missing = allocators - exported(real.preload(64))
    require(not missing, f"not exported: {', '.join(sorted(missing))}")
    leaked = {name for name in exported(real.preload(64)) if name.startswith("hak_")}
    require(not leaked, f"the library's own names are visible: {', '.join(sorted(leaked))}")


def case_noticed(real):
    """What the other cases rely on: bad calls and bypasses do show."""
    _, error, tables = real.run([real.built("bad"), "double"], True)
    require(error.count(b"hak: bad call: double free") == 1, "a double free was not told")
    real.check(tables, ["bad"], 1, faults=1)
    real.run([real.built("bad"), "double"], True, status=-6, environment={"HAK_FAULTS": "abort"})
    _, error, tables = real.run([real.built("bad"), "realloc"], True, environment={"HAK_FAULTS": "quiet"})
    require(error == b"", "HAK_FAULTS=quiet is not quiet")
    real.check(tables, ["bad"], 0, faults=1)
    _, _, tables = real.run([real.built("bad"), "bypass"], True)
    real.check(tables, ["bad"], 1, libc=1)
    _, error, _ = real.run([real.built("bad"), "double"], True, environment={"HAK_STATS": "1"})
    require(error.count(b"hak: calls ") == 1, "HAK_STATS=1 prints no table")


def case_errors(real):
    real.own("errors", calls=100000)


def one_processor():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def case_threads(real):
    """How much the pools serve depends on how many threads are alive at once, so on the
    machine: each needs pages of its own. With one processor they are nearly one at a time."""
    tables = real.own("threads", "20000", calls=200000)[2]
    require(tables[0]["calls_without_core"] == 0, f"{tables[0]['calls_without_core']} calls found no core")
    tables = real.own("threads", "20000", calls=200000, preexec_fn=one_processor)[2]
    require(tables[0]["calls_without_core"] == 0, f"{tables[0]['calls_without_core']} calls found no core")
    require(tables[0]["calls_pool"] > 180000, "threads find no pages")


def case_threads_strand(real):
    real.own("threads", "strand", "60", calls=6000)


def case_threads_last_round(real):
    tables = real.own("threads", "last", "2000", calls=200000, cores=4)[2]
    require(tables[0]["calls_pool"] > 190000, "a thread found no core after others left without a word")


def case_threads_crowd(real):
    real.own("threads", "crowd", "200", calls=400000, cores=4)
    real.own("threads", "crowd", "200", calls=400000, cores=1)


def case_forks(real):
    for cores in 1, 4, 64:
        tables = real.own("forks", "12", calls=40000, cores=cores)[2]
        require(len(tables) == 25, f"{len(tables)} processes ended well, not 25")


def case_forks_cores(real):
    child, parent = real.own("forks", "cores", "6", calls=200000, cores=4)[2]
    require(child["calls_pool"] > 190000 > parent["calls_pool"], "no core for the child's new thread")


def case_fork_steps(real):
    for step in "drain_1", "drain_2", "first_free", "last_free", "ticket", "pop", "idle_pages":
        real.run([real.built("fork_steps"), step], False)


def case_fork_core(real):
    real.run([real.built("fork_core"), "400"], False)


def case_early(real):
    tables = real.own("early_main", calls=500, extra=real.built("early.so"))[2]
    require(len(tables) == 1, f"{len(tables)} processes")


def case_growth(real):
    for what, first in ("regions", "4M"), ("large", ""), ("limit", ""), ("trim", ""):
        real.own("growth", what, first=first, calls=5)


def case_python(real):
    real.compare([program("python3"), f"{HERE}/work.py"], 1000000, environment={"PYTHONMALLOC": "malloc"})


def case_perl(real):
    real.compare([program("perl"), f"{HERE}/work.pl"], 100000)


def case_lua(real):
    real.compare([program("lua5.4"), f"{HERE}/work.lua"], 100000)


def case_sqlite3(real):
    with open(f"{HERE}/work.sql", "rb") as file:
        real.compare([program("sqlite3")], 50000, input=file.read())


def c_source(functions):
    """A C program that gives the optimizer something to do."""
    lines = ["#include <stdint.h>", "typedef struct node { struct node *next; uint32_t key, value[4]; } node;"]
    for i in range(functions):
        lines += [
            f"static uint32_t mix_{i}(uint32_t x, uint32_t y) {{ x ^= y << {i % 13 + 1}; "
            f"return x * {2 * i + 3}u + (y >> {i % 7 + 1}); }}",
            f"uint32_t walk_{i}(const node *list, uint32_t seed)", "{", f"    uint32_t sum = {i}u;",
            "    for (; list != 0; list = list->next) {",
            f"        switch ((list->key ^ seed) % {i % 9 + 3}u) {{"]
        lines += [f"        case {j}: sum = mix_{i}(sum, list->value[{j % 4}] + {j * i}u); break;"
                  for j in range(i % 9 + 2)]
        lines += [
            "        default:",
            "            for (unsigned j = 0; j < 4; j++)",
            f"                sum += list->value[j] * mix_{max(i - 1, 0)}(j, sum);", "        }", "    }",
            "    return sum;", "}"]
    return "\n".join(lines) + "\n"


def case_gcc(real):
    source, output = f"{real.folder}/large.c", f"{real.folder}/large.o"
    with open(source, "w", encoding="ascii") as file:
        file.write(c_source(220))
    command = [program("gcc"), "-O2", "-g", "-c", "large.c", "-o", output]
    objects = []
    for hak in False, True:
        tables = real.run(command, hak, cwd=real.folder)[2]
        with open(output, "rb") as file:
            objects.append(file.read())
        os.remove(output)
    require(objects[0] == objects[1], "the object files differ")
    real.check(tables, ["gcc", "cc1", "as"], 100000)


def fast_import(commits, files):
    """A history as `git fast-import` reads it."""
    out, seed = [], 5
    for commit in range(commits):
        out += ["commit refs/heads/main", f"committer A Name <a@example.org> {1700000000 + 60 * commit} +0000",
                "data <<END", f"Change number {commit}", "END"]
        for _ in range(3):
            seed = (seed * 1103515245 + 12345) % 2 ** 31
            name, start = seed % files, seed >> 8
            text = "\n".join(f"line {i} of file {name}: {(start if i % 9 == commit % 9 else 1) * i % 1009}"
                             for i in range(150))
            out += [f"M 100644 inline folder_{name % 5}/file_{name}.txt", "data <<END", text, "END"]
        out.append("")
    return ("\n".join(out) + "\n").encode()


def new_repository(real, name, history):
    folder = f"{real.folder}/{name}"
    for command, data in (["init", "-q", "-b", "main", folder], None), \
                         (["-C", folder, "fast-import", "--quiet"], history), \
                         (["-C", folder, "reset", "-q", "--hard"], None):
        real.run([program("git"), *command], False, input=data)
    for key, value in ("gc.auto", "0"), ("pack.threads", "2"), ("core.fsyncMethod", "writeout-only"):
        real.run([program("git"), "-C", folder, "config", key, value], False)
    return folder


def case_git_log(real):
    folder = new_repository(real, "log", fast_import(300, 40))
    real.compare([program("git"), "-C", folder, "--no-pager", "log", "-p", "--stat", "-M"], 100000)
    real.compare([program("git"), "-C", folder, "--no-pager", "grep", "-n", "-c", "line 1"], 100)


def case_git_gc(real):
    """Loose objects become one pack; what is in it must be the same, and whole."""
    git, results = program("git"), []
    history = fast_import(200, 40)
    for hak in False, True:
        folder = new_repository(real, f"gc_{int(hak)}", history)
        pack = next(f for f in os.listdir(f"{folder}/.git/objects/pack") if f.endswith(".pack"))
        shutil.move(f"{folder}/.git/objects/pack/{pack}", f"{real.folder}/loose.pack")
        shutil.rmtree(f"{folder}/.git/objects/pack")
        with open(f"{real.folder}/loose.pack", "rb") as file:
            real.run([git, "-C", folder, "unpack-objects", "-q"], False, stdin=file)
        tables = real.run([git, "-C", folder, "gc", "-q", "--aggressive", "--prune=now"], hak)[2]
        real.run([git, "-C", folder, "fsck", "--full", "--strict"], False)
        objects = real.run([git, "-C", folder, "rev-list", "--all", "--objects"], False)[0]
        counts = real.run([git, "-C", folder, "count-objects", "-v"], False)[0]
        results.append((objects, re.sub(rb"size-pack: .*", b"", counts)))
    require(len(results[0][0]) > 10000, "the history is too small")
    require(results[0] == results[1], "the repositories differ")
    real.check(tables, ["git"], 10000)


CASES = {name[5:]: function for name, function in list(globals().items()) if name.startswith("case_")}


def one(name, build):
    with tempfile.TemporaryDirectory(prefix="hak_real_") as folder:
        real = Real(build, folder)
        try:
            CASES[name](real)
        except Failed as failure:
            return "FAIL", f"{name}: {failure}"
        except Skipped as skipped:
            return "skip", f"{name}: {skipped}"
        glibc, hak = real.seconds
        times = f"{hak:.1f} s" + (f" (glibc {glibc:.1f} s)" if glibc else "")
        return "ok", f"{name}: {real.calls} calls, {times}" if real.calls else name


def main():
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(CASES):
        print(__doc__.strip(), "\n\nCases:", " ".join(CASES))
        return 2
    count = {"ok": 0, "FAIL": 0, "skip": 0}
    for name in sys.argv[2:] or CASES:
        result, text = one(name, sys.argv[1])
        print(result, text, flush=True)
        count[result] += 1
    if count["skip"]:
        print(f"{count['skip']} of {sum(count.values())} real programs skipped: not installed")
    return 1 if count["FAIL"] else 0


sys.exit(main())
