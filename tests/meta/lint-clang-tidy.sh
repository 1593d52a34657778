#!/bin/bash
# clang-tidy has nothing to say about src/, under the checks of .clang-tidy.
set -euo pipefail
source_dir=$1
build_dir=$2
command -v clang-tidy >/dev/null || { echo 'SKIPPED: clang-tidy is missing (package clang-tidy)'; exit 77; }

tidy()
{
    local source_dir=$1 build_dir=$2
    shift 2
    clang-tidy --quiet --warnings-as-errors='*' --config-file="$source_dir/.clang-tidy" "$@" -- \
        -std=gnu17 -D_GNU_SOURCE -DPROFGEN_VERSION='"0"' -I "$source_dir/src" -I "$build_dir/generated" \
        2> >(grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header-filter' >&2)
}
export -f tidy
find "$source_dir/src" -name '*.c' -print0 |
    xargs -0 -P2 -n4 bash -c 'tidy "$@"' tidy "$source_dir" "$build_dir"
