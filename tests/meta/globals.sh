#!/bin/bash
# The object files hold no variable that can change: state is passed, not kept.
set -euo pipefail
source_dir=$1
build_dir=$2
command -v objdump >/dev/null || { echo 'SKIPPED: objdump is missing (package binutils)'; exit 77; }

# FILE:SYMBOL, and why it may exist.
declare -A allowed=(
    [src/cli/tracing.c:received_signal]='a signal handler has nowhere else to write'
)

bad=0
checked=0
while IFS= read -r -d '' object; do
    file=src/${object##*.dir/}
    file=${file%.o}
    [[ -e $source_dir/$file ]] || continue
    checked=$((checked + 1))
    while read -r symbol; do
        name=$file:${symbol%%.*}
        [[ -n ${allowed[$name]:-} ]] && continue
        echo "$file: $symbol can change while the program runs"
        bad=1
    done < <(objdump -t "$object" | awk '
        $0 ~ /[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*|\.data\.[^r][^ \t]*|\.bss\.[^ \t]*)\t/ && !/ d  / { print $NF }' |
        grep -vE '^(\.data|\.bss)')
done < <(find "$build_dir/src/CMakeFiles" -path '*/generated/*' -prune -o -name '*.c.o' -print0)
echo "$checked object files looked at"
((checked > 0)) || exit 1
exit "$bad"
