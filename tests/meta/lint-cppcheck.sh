#!/bin/bash
# cppcheck has nothing to say about src/ and tools/.
set -euo pipefail
source_dir=$1
build_dir=$2
command -v cppcheck >/dev/null || { echo 'SKIPPED: cppcheck is missing (package cppcheck)'; exit 77; }
cache=$build_dir/cppcheck
mkdir -p "$cache"
# Whether a variable is initialised, released (cleanup attributes) or set by a callee the others know better.
cppcheck -j2 --quiet --error-exitcode=1 --inline-suppr --std=c11 --max-ctu-depth=2 \
    --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --suppress=unusedStructMember --suppress=nullPointerRedundantCheck --suppress=resourceLeak --suppress=uninitvar --suppress=ctuuninitvar \
    --cppcheck-build-dir="$cache" -D_GNU_SOURCE -DPROFGEN_VERSION='"0"' -D__x86_64__ \
    -I "$source_dir/src" -I "$build_dir/generated" \
    --template='{file}:{line}: {severity}: {message} [{id}]' \
    "$source_dir/src" "$source_dir/tools"
