#!/bin/sh
# SPDX-License-Identifier: MIT
# compile.sh SRC OUT [OTHER CHANGED]: the explorer of the library in SRC. With OTHER, an
# explorer made before of sources that differ in CHANGED alone, what does not include
# that file is taken from there.
set -e
src=$1 out=$2 other=${3:-} changed=${4:-}
flags="-std=c11 -O1 -Wno-psabi -I$src -I$src/include -I$src/inject/off -I$src/sample/off
    -I$src/sites/off -Itests/explore -Iport -Iport/host -DHAK_CORES=4 -DHAK_PORT_PREEMPTED=0 -DHAK_LOCK_TURNS=0"
mkdir -p "$out.obj"

# object FILE NAME FLAGS...
object() {
    file=$1 name=$2
    shift 2
    if [ -n "$other" ] && ! grep -qE "(/| )$changed( |$)" "$other.obj/$name.d"; then
        cp "$other.obj/$name.o" "$out.obj/"
    else
        ${CC_host:-gcc} $flags "$@" -MMD -c "$file" -o "$out.obj/$name.o"
    fi
}

for file in "$src"/*.c tests/explore/scenarios.c; do
    object "$file" "$(basename "$file" .c)" -fsanitize=thread -fno-builtin
done
for file in tests/explore/explore.c tests/explore/memory.c; do
    object "$file" "x-$(basename "$file" .c)" -Wall -Wextra -Werror
done
${CC_host:-gcc} "$out.obj"/*.o -o "$out"
