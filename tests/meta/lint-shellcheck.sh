#!/bin/bash
# The linter shellcheck has nothing to say about any shell script of the project.
set -euo pipefail
cd "$1"
command -v shellcheck >/dev/null || { echo 'SKIPPED: shellcheck is missing (package shellcheck)'; exit 77; }
mapfile -d '' -t scripts < <(
    find . \( -name .git -o -name 'build*' \) -prune -o -type f -print0 |
        while IFS= read -r -d '' file; do
            IFS= read -r first <"$file" 2>/dev/null || true
            # zsh is no language of shellcheck's.
            [[ $first =~ ^\#!.*[/\ ](ba|da)?sh($|\ ) || $file == *.bash ]] && printf '%s\0' "$file"
        done
    true
)
echo "${#scripts[@]} scripts looked at"
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
