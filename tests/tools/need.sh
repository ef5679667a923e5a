#!/bin/sh
# SPDX-License-Identifier: MIT
# need.sh SET...: see that the tools of each set are there; install what is
# missing with apt-get, as root or by sudo without a password. If neither is
# possible, print the command that does it and end with status 1.
#
#   a64    cross compiler and QEMU for AArch64
#   m      the same for Cortex-M
#   rv     the same for RISC-V
#   host   native compilers, clang with its sanitizers
#   python python3 alone; what runs first asks for the rest
#   real   the programs that run under the preload
#   format clang-format
#   static cppcheck, coverage
#   peers  the heaps that make bench-models compares with, and what counts them
set -eu

# What to look for: a command, or a file (a path, * allowed), and its package.
packages_of() {
    case $1 in
    a64) echo make:make python3:python3 qemu-system-aarch64:qemu-system-arm \
        aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu aarch64-linux-gnu-ar:binutils-aarch64-linux-gnu ;;
    m) echo make:make python3:python3 qemu-system-arm:qemu-system-arm \
        arm-none-eabi-gcc:gcc-arm-none-eabi arm-none-eabi-ar:binutils-arm-none-eabi ;;
    rv) echo make:make python3:python3 qemu-system-riscv64:qemu-system-misc qemu-system-riscv32:qemu-system-misc \
        riscv64-unknown-elf-gcc:gcc-riscv64-unknown-elf riscv64-unknown-elf-ar:binutils-riscv64-unknown-elf ;;
    host) echo make:make python3:python3 gcc:gcc g++:g++ ar:binutils '/usr/include/stdio.h:libc6-dev' \
        clang-14:clang-14 '/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.asan-*:libclang-rt-14-dev' ;;
    python) echo python3:python3 ;;
    real) echo git:git perl:perl sqlite3:sqlite3 lua5.4:lua5.4 ;;
    format) echo clang-format:clang-format ;;
    static) echo cppcheck:cppcheck gcovr:gcovr ;;
    peers) echo '/usr/lib/*/libmimalloc.so.2:libmimalloc2.0' '/usr/lib/*/libjemalloc.so.2:libjemalloc2' \
        '/usr/lib/*/libtcmalloc_minimal.so.4:libtcmalloc-minimal4' valgrind:valgrind ;;
    *) echo "need.sh: unknown set $1 (there are: a64 m rv host python real format static peers)" >&2; return 1 ;;
    esac
}

is_there() {
    case $1 in
    /*) for path in $1; do [ -e "$path" ] && return 0; done ;;
    *) command -v "$1" >/dev/null 2>&1 && return 0 ;;
    esac
    return 1
}

missing() {
    set -f # patterns stay patterns until is_there expands them
    set -- $wanted
    set +f
    for pair; do
        is_there "${pair%:*}" || printf ' %s' "${pair##*:}"
    done
}

[ $# -gt 0 ] || { sed -n '3,17s/^# \{0,1\}//p' "$0" >&2; exit 2; }
wanted=
for set_name; do
    wanted="$wanted $(packages_of "$set_name")" || exit 2
done
packages=$(missing)
[ -n "$packages" ] || exit 0

by_hand() {
    echo "need.sh: these packages are missing:$packages" >&2
    echo "need.sh: $1; install them with" >&2
    echo "    ${sudo_text}apt-get update && ${sudo_text}apt-get install -y --no-install-recommends$packages" >&2
    exit 1
}

sudo_text=
[ "$(id -u)" = 0 ] || sudo_text='sudo '
command -v apt-get >/dev/null 2>&1 || by_hand "this is no Debian machine (no apt-get)"
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    by_hand "not root, and sudo wants a password or is not there"
fi
echo "need.sh: installing$packages"
$as_root apt-get update -qq || by_hand "apt-get update failed"
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages \
    >/dev/null || by_hand "apt-get install failed"
packages=$(missing)
[ -z "$packages" ] || by_hand "still missing after the installation"
