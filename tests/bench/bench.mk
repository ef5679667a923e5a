# SPDX-License-Identifier: MIT
# Benchmarks: instruction counts in QEMU.

$(call a64_program,bench_calls,tests/bench/bench_calls.c tests/bench/bench.c)
