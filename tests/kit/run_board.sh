#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a program in QEMU; its exit status is this script's, 124 if it timed out.
# usage: run_board.sh BOARD ELF CORES MEMORY yes|no [NAME=value ...]
#   BOARD: a64 a72 lse rv64 rv32 rv32s microbit stm32vl an385 an386 an521
#   MEMORY: - is the board's; where it can be chosen, as QEMU takes it with its
#     unit, 256M or 2G, and the program gets it as ram=
#   yes: -icount: an instruction takes 1 ns, on Cortex-M 128; the same in every run
#   no:  one host thread per core, for real concurrency
# From the environment: QEMU (the program), QEMU_CPU, QEMU_EXTRA (more options),
# KIT_TIMEOUT (seconds, 300).
set -eu
[ $# -ge 5 ] || { sed -n '4,11s/^# //p' "$0" >&2; exit 2; }
board=$1 elf=$2 cores=$3 memory=$4 icount=$5
shift 5

refuse() {
    echo "run_board.sh: $1" >&2
    exit 2
}

# cntfrq: one tick of the timer per nanosecond, so per instruction with icount.
# fixed: how many cores the machine has; it has its own memory as well.
shift=0 fixed= nic='-nic none'
case $board in
a64) qemu=aarch64 machine="virt,gic-version=3 -cpu ${QEMU_CPU:-cortex-a53},cntfrq=1000000000" ;;
a72) qemu=aarch64 machine="virt,gic-version=3 -cpu ${QEMU_CPU:-cortex-a72},cntfrq=1000000000" ;;
lse) qemu=aarch64 machine="virt,gic-version=3 -cpu ${QEMU_CPU:-max},cntfrq=1000000000" ;;
rv64) qemu=riscv64 machine="virt -cpu ${QEMU_CPU:-rv64} -bios none" ;;
rv32) qemu=riscv32 machine="virt -cpu ${QEMU_CPU:-rv32} -bios none" ;;
rv32s) qemu=riscv32 machine="virt -cpu ${QEMU_CPU:-rv32,a=false,f=false,d=false} -bios none" ;;
microbit) qemu=arm machine=microbit shift=7 fixed=1 ;;
stm32vl) qemu=arm machine=stm32vldiscovery shift=7 fixed=1 ;;
an385 | an386) qemu=arm machine=mps2-$board shift=7 fixed=1 nic= ;;
an521) qemu=arm machine=mps2-$board shift=7 fixed=2 nic= ;;
*) refuse "no board $board" ;;
esac

arguments=enable=on,target=native
if [ -n "$fixed" ]; then
    [ "$memory" = - ] || refuse "$board has the memory that it has: -, not $memory"
    [ "$cores" -le "$fixed" ] || refuse "$board has $fixed cores"
    size="-smp $fixed"
else
    [ "$memory" != - ] || memory=256M
    size="-smp $cores -m $memory"
    arguments=$arguments,arg=ram=$memory
fi
for argument; do
    case $argument in *' '*) refuse "blank in argument: $argument" ;; esac
    arguments=$arguments,arg=$(printf %s "$argument" | sed 's/,/,,/g')
done

case $icount in
yes) accel="-accel tcg,thread=single -icount shift=$shift,sleep=off" ;;
no) accel='-accel tcg,thread=multi' ;;
*) refuse "yes or no, not $icount" ;;
esac

exec timeout -k 5 "${KIT_TIMEOUT:-300}" "${QEMU:-qemu-system-$qemu}" \
    -M $machine $size $accel -nographic $nic ${QEMU_EXTRA:-} \
    -semihosting-config "$arguments" -kernel "$elf" </dev/null
