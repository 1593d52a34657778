#!/bin/bash
# Everything that reads bytes from outside has a fuzz target: a function that takes bytes, their length and a place for the
# sentence that refuses them is called by one.
set -euo pipefail
cd "$1"

# What is only reached through another, and which that is.
declare -A through=(
    [json_in_parse]='recording_parse and seccomp_policy_parse'
    [apparmor_statements]='apparmor_read'
    [apparmor_parser_check]='nothing is read: the bytes are handed to apparmor_parser'
    [profile_check_seccomp]='seccomp_policy_parse'
    [proof_apparmor]='apparmor_policy_parse'
    [proof_seccomp]='seccomp_policy_parse'
)

bad=0
checked=0
while read -r reader; do
    checked=$((checked + 1))
    [[ -n ${through[$reader]:-} ]] && continue
    if ! grep -qw "$reader" tests/fuzz/*.[ch]; then
        echo "$reader reads bytes from outside, and no target of tests/fuzz calls it"
        bad=1
    fi
done < <(cat src/*/*.h | tr '\n' ' ' |
    grep -oE '\b[a-z_0-9]+\([^()]*const char \*(bytes|text), size_t length[^()]*struct err \*err\)|\b[a-z_]+_line\([^()]*size_t length\)' |
    sed 's/(.*//' | sort -u)
for target in tests/fuzz/fuzz_*.c; do
    noun=$(basename "$target" .c)
    noun=${noun#fuzz_}
    [[ -n $(ls -A "testdata/fuzz/$noun" 2>/dev/null) ]] || { echo "$target has no inputs to begin with in testdata/fuzz/$noun" && bad=1; }
done
echo "$checked readers looked at"
((checked > 10)) || exit 1
exit "$bad"
