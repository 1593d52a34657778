#!/bin/bash
# gcc's static analyzer has nothing to say about src/.
set -euo pipefail
source_dir=$1
build_dir=$2
command -v gcc >/dev/null || { echo 'SKIPPED: gcc is missing (package gcc)'; exit 77; }
# Without optimisation the analyzer sees the conditions as they are written.
# Not /dev/null, which a compiler run by root could remove.
object=$(mktemp -d)
trap 'rm -rf "$object"' EXIT
find "$source_dir/src" -name '*.c' -print0 |
    xargs -0 -P2 -n1 gcc -std=gnu17 -O0 -fanalyzer -Werror -D_GNU_SOURCE -DPROFGEN_VERSION='"0"' \
        -I "$source_dir/src" -I "$build_dir/generated" -S -o "$object/out.s"
