#!/bin/sh
# SPDX-License-Identifier: MIT
# Run kit_test wherever it runs; usage: kit_test.sh BUILD-FOLDER
set -eu
build=$1
arguments="file=LICENSE bytes=$(wc -c <LICENSE) text=a,b=c decimal=1234567890123 hex=0xdeadBEEF mega=3M"

# expect STATUS COMMAND...: run it; show its output only if its status is another
expect() {
    wanted=$1
    shift
    status=0
    output=$("$@" 2>&1) || status=$?
    [ "$status" = "$wanted" ] && return
    printf '%s\n' "$output" "FAIL kit: status $status, not $wanted: $*"
    exit 1
}

# on BOARD CORES MEMORY yes|no ARGUMENT...
on() {
    program=$build/$1-$2/kit_test.elf
    board=$1 cores=$2
    shift 2
    sh "$(dirname "$0")/run_board.sh" "$board" "$program" "$cores" "$@"
}

# threads BOARD CORES ARGUMENT...: a host thread for each core; a status from the last
threads() {
    board=$1 cores=$2
    shift 2
    expect 0 on "$board" "$cores" - no $arguments "expect_cores=$cores" icount=no "$@"
    expect 37 on "$board" "$cores" - no exit=37 core=$((cores - 1))
    echo "ok kit: $board-$cores"
}

# counted BOARD CORES ARGUMENT...: the same with -icount; an exception ends the run
counted() {
    board=$1 cores=$2
    shift 2
    expect 0 on "$board" "$cores" - yes $arguments "expect_cores=$cores" icount=yes "$@"
    expect 37 on "$board" "$cores" - yes exit=37 core=$((cores - 1))
    expect 70 on "$board" "$cores" - yes crash=load "at=$nowhere"
    echo "ok kit: $board-$cores, counted"
}

both() {
    threads "$@"
    counted "$@"
}

for cores in 1 4; do
    expect 0 "$build/host-$cores/kit_test" $arguments expect_cores=$cores
    expect 37 "$build/host-$cores/kit_test" exit=37 core=$((cores - 1))
    echo "ok kit: host-$cores"
done

nowhere=0
large_boards() {
    for board in a64 a72 lse rv64 rv32; do
        both $board 1
        threads $board 4
    done
    both rv32s 1
    # Not on RISC-V: there QEMU does not let a hart that spins give way to the others.
    for board in a64 a72 lse; do
        counted $board 4
        expect 70 on $board 1 - yes crash=stack
    done
}

# 128 ns for an instruction, and memory of its own.
cortex_m() {
    both an385 1 least=15M rounds=500
    both an386 1 least=15M rounds=500
    nowhere=0x60000000
    both an521 1 least=15M rounds=500
    both an521 2 least=15M rounds=500
    both microbit 1 least=8K rounds=300
    both stm32vl 1 least=4K rounds=300
    for board in an385 an386 an521 microbit stm32vl; do
        expect 70 on $board 1 - yes crash=stack
    done
    echo "ok kit: stack overflows"
}

# Side by side
large_boards &
cortex_m
wait $!

elf=$build/a64-4/kit_test.elf
run=$(dirname "$0")/run_a64.sh
expect 0 "$run" "$elf" 4 5G no case=ram              # above 4 GiB of addresses
expect 0 "$run" "$elf" 2 256M no expect_cores=2      # fewer than built for
expect 0 "$run" "$build/a64-1/kit_test.elf" 4 256M yes expect_cores=1 icount=yes
expect 1 "$run" "$elf" 1 256M yes case=no_such_case
expect 70 "$run" "$elf" 1 256M yes crash=stack
expect 2 on microbit 1 256M yes                      # it has the memory that it has
expect 2 on microbit 2 - yes
echo "ok kit: other machines"
