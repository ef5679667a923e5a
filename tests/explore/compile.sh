#!/bin/sh
# SPDX-License-Identifier: MIT
# compile.sh SRC OUT: the explorer of the library in SRC. One call of the compiler
# for the library: its sources are few, and their names do not collide.
set -e
src=$1 out=$2
flags="-std=c11 -O1 -Wno-psabi -I$src -I$src/include -I$src/inject/off -I$src/sample/off
    -I$src/sites/off -Itests/explore -Iport -Iport/host -DHAK_CORES=4 -DHAK_PORT_PREEMPTED=0 -DHAK_LOCK_TURNS=0"
mkdir -p "$out.obj"
here=$PWD
for file in "$src"/*.c tests/explore/scenarios.c; do
    ${CC_host:-gcc} $flags -fsanitize=thread -fno-builtin -c "$file" -o "$out.obj/$(basename "$file" .c).o"
done
for file in tests/explore/explore.c tests/explore/memory.c; do
    ${CC_host:-gcc} $flags -Wall -Wextra -Werror -c "$file" -o "$out.obj/x-$(basename "$file" .c).o"
done
${CC_host:-gcc} "$out.obj"/*.o -o "$out"
