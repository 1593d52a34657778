#!/bin/bash
# usage: run.sh [--update] PROFGEN CASE...
#
# A case is a directory. Its `cmd`, lines of bash in which `profgen` is the program and TESTDATA the directory
# testdata/, runs in a temporary directory that holds a copy of the case's other files. What it must write
# stands in `stdout` and `stderr` (missing means nothing), its exit status in `status` (missing means 0), and the files it must
# leave in `after/`. The path of the temporary directory is written @DIR@ in all of them. --update
# writes these anew (of after/, the files that are there).
set -euo pipefail

update=no
if [[ ${1:-} == --update ]]; then
    update=yes
    shift
fi
profgen=$(realpath "$1")
shift

testdata=$(realpath "$(dirname "$0")/../../testdata")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$profgen" "$work/bin/profgen"

# Only what the cases count on: no colour, one language, no terminal.
run_cmd()
{
    local status=0
    (
        cd "$work/dir"
        env -u NO_COLOR -u COLUMNS PATH="$work/bin:$PATH" TESTDATA="$testdata" LC_ALL=C TERM=dumb \
            bash cmd </dev/null >"$work/stdout" 2>"$work/stderr"
    ) || status=$?
    echo "$status" >"$work/status"
}

# prepare CASE: a fresh copy of its inputs
prepare()
{
    rm -rf "$work/dir"
    cp -R "$1" "$work/dir"
    chmod -R u+w "$work/dir"
    rm -rf "$work/dir/"{stdout,stderr,status,after}
}

hide_directory()
{
    sed -i "s|$work/dir|@DIR@|g" "$@"
}

# expected CASE FILE: what must have been written
expected()
{
    if [[ -e $1/$2 ]]; then
        cat "$1/$2"
    elif [[ $2 == status ]]; then
        echo 0
    fi
}

compare()
{
    local case=$1 bad=0 file
    for file in stdout stderr status; do
        diff -u --label "$file expected" --label "$file" <(expected "$case" "$file") "$work/$file" || bad=1
    done
    [[ -d $case/after ]] || return "$bad"
    while IFS= read -r file; do
        diff -u --label "$file expected" --label "$file" "$case/after/$file" "$work/dir/$file" || bad=1
    done < <(cd "$case/after" && find . -type f)
    return "$bad"
}

write_anew()
{
    local case=$1 file
    for file in stdout stderr status; do
        rm -f "$case/$file"
        [[ ! -s $work/$file ]] || [[ $file == status && $(<"$work/status") == 0 ]] || cp "$work/$file" "$case/$file"
    done
    [[ -d $case/after ]] || return 0
    while IFS= read -r file; do
        cp "$work/dir/$file" "$case/after/$file"
    done < <(cd "$case/after" && find . -type f)
}

failed=0
for case in "$@"; do
    prepare "$case"
    run_cmd
    hide_directory "$work/stdout" "$work/stderr"
    if [[ -d $case/after ]]; then
        while IFS= read -r -d '' file; do
            hide_directory "$file"
        done < <(find "$work/dir" -type f ! -name cmd -print0)
    fi
    if [[ $update == yes ]]; then
        write_anew "$case"
    elif ! compare "$case"; then
        echo "FAILED: ${case##*/} (update with: bash tests/golden/run.sh --update PROFGEN $case)"
        failed=1
    fi
done
exit "$failed"
