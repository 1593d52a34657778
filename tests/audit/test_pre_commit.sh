#!/bin/bash
# usage: test_pre_commit.sh PROFGEN SOURCE
#
# The hook of .pre-commit-hooks.yaml, run by pre-commit at a real commit: one that breaks isolation is refused, a good
# one is made, and one that touches no manifest is not looked at.
set -euo pipefail
profgen=$1
source_dir=$2
command -v pre-commit >/dev/null || { echo 'SKIPPED: pre-commit is missing (package pre-commit)'; exit 77; }
command -v git >/dev/null || { echo 'SKIPPED: git is missing (package git)'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work PRE_COMMIT_HOME=$work/cache GIT_CONFIG_NOSYSTEM=1 XDG_CONFIG_HOME=$work/config
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
git config --global user.name Tester
git config --global user.email tester@example.com
git config --global init.defaultBranch main
# Newer git refuses to clone repositories of others, and files.
git config --global protocol.file.allow always
git config --global --add safe.directory '*'

# The hook's repository, as far as pre-commit needs it.
mkdir -p "$work/hooks/tools" "$work/bin"
cp "$source_dir/.pre-commit-hooks.yaml" "$work/hooks/"
cp "$source_dir/tools/pre-commit-audit" "$work/hooks/tools/"
git -C "$work" init -q hooks
git -C "$work/hooks" add -A
git -C "$work/hooks" commit -qm hooks
ln -s "$profgen" "$work/bin/profgen"
export PATH="$work/bin:$PATH"

git -C "$work" init -q project
cd "$work/project"
cat >.pre-commit-config.yaml <<CONFIG
repos:
  - repo: file://$work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: profgen-audit
        args: [--fail-on, critical, deploy]
CONFIG
pre-commit install >/dev/null
mkdir deploy
pod()
{
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: web:1\n'
    printf '      securityContext: {privileged: %s}\n' "$1"
}

# commit EXPECTED-STATUS WORDS: commits everything; pre-commit must say the words.
commit()
{
    local status=0
    git add -A
    git commit -m change >"$work/out" 2>&1 </dev/null || status=1
    [[ $status == "$1" ]] && grep -q "$2" "$work/out" && return
    echo "FAILED: the commit's status is $status, not $1, or it does not say '$2':"
    cat "$work/out"
    exit 1
}

echo hello >README
commit 0 'profgen audit.*Passed'
pod true >deploy/pod.yaml
commit 1 'PG101 privileged-container'
pod false >deploy/pod.yaml
commit 0 'profgen audit.*Passed'
echo 'hello again' >README
commit 0 'profgen audit.*no files to check'
