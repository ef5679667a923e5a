#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a program in QEMU; its exit status is this script's, 124 if it timed out.
# usage: run_board.sh BOARD ELF CORES MEMORY yes|no [NAME=value ...]
#   BOARD: a64 or rv64
#   MEMORY as QEMU takes it with its unit, 256M or 2G; the program gets it as ram=
#   yes: -icount, one instruction per nanosecond, the same in every run
#   no:  one host thread per core, for real concurrency
# From the environment: QEMU (the program), QEMU_CPU, QEMU_EXTRA (more options),
# KIT_TIMEOUT (seconds, 300).
set -eu
[ $# -ge 5 ] || { sed -n '4,10s/^# //p' "$0" >&2; exit 2; }
board=$1 elf=$2 cores=$3 memory=$4 icount=$5
shift 5

arguments=arg=ram=$memory
for argument; do
    case $argument in *' '*) echo "run_board.sh: blank in argument: $argument" >&2; exit 2 ;; esac
    arguments=$arguments,arg=$(printf %s "$argument" | sed 's/,/,,/g')
done

case $icount in
yes) accel='-accel tcg,thread=single -icount shift=0,sleep=off' ;;
no) accel='-accel tcg,thread=multi' ;;
*) echo "run_board.sh: yes or no, not $icount" >&2; exit 2 ;;
esac

# cntfrq: one tick of the timer per nanosecond, so per instruction with icount.
case $board in
a64) qemu=qemu-system-aarch64 machine="virt,gic-version=3 -cpu ${QEMU_CPU:-cortex-a53},cntfrq=1000000000" ;;
rv64) qemu=qemu-system-riscv64 machine="virt -cpu ${QEMU_CPU:-rv64} -bios none" ;;
*) echo "run_board.sh: a64 or rv64, not $board" >&2; exit 2 ;;
esac

exec timeout -k 5 "${KIT_TIMEOUT:-300}" "${QEMU:-$qemu}" \
    -M $machine -smp "$cores" -m "$memory" $accel -nographic -nic none ${QEMU_EXTRA:-} \
    -semihosting-config "enable=on,target=native,$arguments" -kernel "$elf" </dev/null
