#!/bin/bash
# Every AppArmor file that Debian's packages ship, and some of odd spelling, are read, written and judged as apparmor_parser has it.
# usage: test_apparmor_corpus.sh APPARMOR_CORPUS
set -euo pipefail
program=${1:?the apparmor_corpus program}
own=$(cd "$(dirname "$0")/../../testdata/apparmor" && pwd)
command -v apparmor_parser >/dev/null || { echo 'SKIPPED: apparmor_parser is missing (package apparmor)'; exit 77; }
mapfile -t files < <(find /etc/apparmor.d /usr/share/apparmor/extra-profiles -type f ! -path '*/disable/*' ! -path '*/force-complain/*' | sort)
((${#files[@]} >= 200)) || { echo "SKIPPED: only ${#files[@]} AppArmor files are installed (packages apparmor and apparmor-profiles)"; exit 77; }
exec "$program" "$own"/spelling "$own"/shaping "${files[@]}"
