#!/bin/bash
# git: init, commits, a branch, a merge, a clone, a fetch, gc.
. "$(dirname "$0")/common.sh"
programs=(git)

run() {
    local i
    export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2020-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2020-01-01 00:00:00 +0000'
    git config --global user.name tester
    git config --global user.email tester@example.org
    git config --global init.defaultBranch main
    git config --global gc.auto 0
    git init -q one
    cd one
    for i in {1..5}; do
        seq "$i" 200 >"file$i"
        git add .
        git commit -qm "commit $i"
    done
    git checkout -qb side HEAD~2
    echo side >side
    git add side
    git commit -qm side
    git checkout -q main
    git merge -q -m merge side
    want commits "$(git rev-list --count HEAD)" 7
    want clean "$(git status --porcelain)" ''
    git clone -q "$work/one" "$work/two"
    echo more >>file1
    git commit -qam more
    git gc -q
    git -C "$work/two" pull -q --ff-only
    want 'same commit' "$(git -C "$work/two" rev-parse HEAD)" "$(git rev-parse HEAD)"
    git fsck --strict >/dev/null 2>&1
    want grep "$(git grep -c more | tr '\n' ' ')" 'file1:1 '
}
workload "$@"
