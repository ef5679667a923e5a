#!/bin/sh
# SPDX-License-Identifier: MIT
# Run kit_test wherever it runs; usage: kit_test.sh BUILD-FOLDER
set -eu
build=$1
run=$(dirname "$0")/run_a64.sh
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

for cores in 1 4; do
    elf=$build/a64-$cores/kit_test.elf
    expect 0 "$build/host-$cores/kit_test" $arguments expect_cores=$cores
    expect 0 "$run" "$elf" $cores 256M yes $arguments expect_cores=$cores icount=yes
    expect 0 "$run" "$elf" $cores 256M no $arguments expect_cores=$cores icount=no
    last=$((cores - 1))
    expect 37 "$build/host-$cores/kit_test" exit=37 core=$last
    expect 37 "$run" "$elf" $cores 256M no exit=37 core=$last
    expect 37 "$run" "$elf" $cores 256M yes exit=37 core=$last
done

rv64() { sh "$(dirname "$0")/run_board.sh" rv64 "$@"; }
expect 0 rv64 "$build/rv64-1/kit_test.elf" 1 256M yes $arguments expect_cores=1 icount=yes
expect 0 rv64 "$build/rv64-4/kit_test.elf" 4 256M no $arguments expect_cores=4 icount=no
expect 37 rv64 "$build/rv64-4/kit_test.elf" 4 256M no exit=37 core=3
expect 70 rv64 "$build/rv64-1/kit_test.elf" 1 256M yes crash=null

elf=$build/a64-4/kit_test.elf
expect 0 "$run" "$elf" 4 5G no case=ram              # above 4 GiB of addresses
expect 0 "$run" "$elf" 2 256M no expect_cores=2      # fewer than built for
expect 0 "$run" "$build/a64-1/kit_test.elf" 4 256M yes expect_cores=1 icount=yes
expect 1 "$run" "$elf" 1 256M yes case=no_such_case
expect 70 "$run" "$elf" 1 256M yes crash=null
expect 70 "$run" "$elf" 1 256M yes crash=stack
echo "ok kit: host and QEMU, 1 and 4 cores"
