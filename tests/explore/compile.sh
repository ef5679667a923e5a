#!/bin/sh
# SPDX-License-Identifier: MIT
# compile.sh SRC OUT [OTHER NAMES]: the explorer of the library in SRC. With OTHER, an
# explorer made before, only the sources with these names are compiled; the rest is taken
# from there.
set -e
src=$1 out=$2 other=${3:-} names=${4:-}
flags="-std=c11 -O1 -Wno-psabi -I$src -I$src/include -I$src/inject/off -I$src/sample/off
    -I$src/sites/off -Itests/explore -Iport -Iport/host -DHAK_CORES=4 -DHAK_PORT_PREEMPTED=0 -DHAK_LOCK_TURNS=0"
mkdir -p "$out.obj"

# object FILE NAME FLAGS...
object() {
    file=$1 name=$2
    shift 2
    case "${other:+kept}/ $names " in
    /* | *" $name "*) ${CC_host:-gcc} $flags "$@" -c "$file" -o "$out.obj/$name.o" ;;
    *) cp "$other.obj/$name.o" "$out.obj/" ;;
    esac
}

for file in "$src"/*.c tests/explore/scenarios.c; do
    object "$file" "$(basename "$file" .c)" -fsanitize=thread -fno-builtin
done
for file in tests/explore/explore.c tests/explore/memory.c; do
    object "$file" "x-$(basename "$file" .c)" -Wall -Wextra -Werror
done
${CC_host:-gcc} "$out.obj"/*.o -o "$out"
