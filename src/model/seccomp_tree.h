/*
 * What libseccomp makes of all the rules for one system call: a decision tree.
 *
 * Rules with conditions do not simply mean "any of them". libseccomp merges them into a tree in which
 * rules share nodes, drops rules that it takes for covered, refuses ones that contradict, and orders
 * alternatives its own way; where actions differ or conditions share a prefix the outcome is often
 * not what the file seems to say. (With `arg0 > 5 and arg1 == 1` and `arg0 > 10 and arg1 == 2` as
 * rules, a 64-bit call with 7 and 2 matches: both ends of the 64-bit comparison share what follows.)
 * From the tree libseccomp makes a program, and there it may compare a value that is no longer in the
 * accumulator: after `arg0 < 2` it can test the upper half of arg0 with the lower half still loaded.
 *
 * The kernel enforces that program, so evaluation does what the program does. How it comes about was
 * learnt from libseccomp 2.5.4 and is held against it by a differential test over thousands of policies.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "model/seccomp_policy.h"

/* Two outcomes are the same to libseccomp when their codes are; the rule is only for reporting. */
struct seccomp_outcome {
    uint32_t code; /* seccomp_outcome_code */
    const struct seccomp_rule *rule;
};

static inline uint32_t seccomp_outcome_code(enum seccomp_action action, uint16_t value)
{
    return (uint32_t)action << 16 | value;
}

/* The trees that end up in one program: libseccomp keeps equal parts of it once, also across calls and ABIs.
 * Adding rules costs time that grows steeply with contrived ones; steps bounds it for all trees together. */
struct seccomp_pool;
struct seccomp_pool *seccomp_pool_new(uint64_t steps);
/* After its trees. */
void seccomp_pool_free(struct seccomp_pool *pool);

struct seccomp_tree;
struct seccomp_tree *seccomp_tree_new(struct seccomp_pool *pool);
void seccomp_tree_free(struct seccomp_tree *tree);
MEM_DEFINE_CLEANUP(struct seccomp_tree *, seccomp_tree_free)

/* Adds a rule whose conditions must all hold, with at most one condition per argument. wide: arguments
 * are compared in 64 bits, otherwise in their low 32. -EEXIST: libseccomp refuses it, since it contradicts
 * an earlier one; -ELOOP: libseccomp does not come to an end with it (it links its tree into a ring),
 * or steps ran out. After a failure the tree must not be used. */
int seccomp_tree_add(struct seccomp_tree *tree, const struct seccomp_arg *args, size_t count, bool wide,
                     struct seccomp_outcome outcome);
/* How many nodes the tree has: libseccomp tests for calls with fewer of them first. */
size_t seccomp_tree_size(const struct seccomp_tree *tree);
/* Once, after all rules were added to all trees. Trees are to be compiled from the program's last one to its
 * first, since what they share is laid out for the last one. -E2BIG when the pool exceeds what the kernel takes
 * as a program (BPF_MAXINSNS), -ELOOP when steps ran out. */
int seccomp_tree_compile(struct seccomp_tree *tree);
/* NULL: no rule matches and the policy's default applies. */
const struct seccomp_outcome *seccomp_tree_ask(const struct seccomp_tree *tree, const uint64_t args[static 6]);

/* The same program test by test, for whoever follows both ways. */
enum seccomp_compare { COMPARE_EQ, COMPARE_GT, COMPARE_GE };
/* (half of the argument & mask) compare datum */
struct seccomp_test {
    uint8_t arg;
    bool high;
    enum seccomp_compare compare;
    uint32_t mask;
    uint32_t datum;
};

struct tree_block;
struct seccomp_cursor {
    const struct tree_block *block;        /* NULL at the end */
    const struct seccomp_outcome *outcome; /* at the end; NULL: the default applies */
    struct seccomp_test test;              /* before the end */
};
/* tree may be NULL. */
struct seccomp_cursor seccomp_cursor_begin(const struct seccomp_tree *tree);
/* Not at the end. */
void seccomp_cursor_follow(struct seccomp_cursor *cursor, bool holds);
