/*
 * The inside of a seccomp_tree, for the files that build it.
 *
 * Nodes that are alternatives of each other stand side by side on a level (left, right). A branch may
 * point to any node of the level below; the level begins at its leftmost node.
 */
#pragma once

#include "model/seccomp_tree.h"

/* The comparisons BPF has; the other ones are these with yes and no swapped. */
enum tree_compare { TREE_EQ, TREE_MASKED, TREE_GT, TREE_GE };

/* A comparison of one half of an argument. */
struct tree_test {
    uint8_t arg;
    bool high;
    enum tree_compare compare;
    uint8_t rank;       /* equality 3, LE and LT 2, GE and GT 1: orders the nodes of a level */
    bool smaller_first; /* LE and LT */
    uint32_t mask;
    uint32_t datum; /* already masked */
    uint64_t full;  /* of both halves, as the rule has them */
    uint64_t full_mask;
};

struct tree_node;

struct tree_branch {
    struct tree_node *next; /* goes before the outcome when both are there */
    bool acts;
    struct seccomp_outcome outcome;
};

struct tree_node {
    struct tree_test test;
    struct tree_branch yes;
    struct tree_branch no;
    struct tree_node *left;
    struct tree_node *right;
    struct tree_node *allocated_before;
    bool removed;
};

struct seccomp_tree {
    bool in_use;
    struct tree_node *root;         /* NULL: the outcome, whatever the arguments are */
    struct seccomp_outcome outcome;
    struct tree_node *all;
    uint64_t *steps; /* left */
    bool failed;     /* steps ran out, or a level became a ring */
};

/* Takes a step; false when none is left, and then everything unwinds. */
static inline bool tree_step(struct seccomp_tree *tree)
{
    if (*tree->steps == 0)
        tree->failed = true;
    else
        --*tree->steps;
    return !tree->failed;
}

static inline bool tree_is_leaf(const struct tree_node *node)
{
    return !node->yes.next && !node->no.next;
}

/* Both decide the same way on the same value. */
bool tree_same_test(const struct tree_test *a, const struct tree_test *b);
/* a stands to the right of b on a level. */
bool tree_test_precedes(const struct tree_test *a, const struct tree_test *b);
/* Whether every outcome on the level and below it has that code. */
bool tree_all_outcomes_are(struct seccomp_tree *tree, const struct tree_node *level, uint32_t code);

/* Merges a rule's chain into the level that *slot points into: 0, -EEXIST or -ELOOP. */
int tree_merge(struct seccomp_tree *tree, struct tree_node **slot, struct tree_node *chain);

enum tree_prune_result { TREE_UNCHANGED, TREE_PRUNED, TREE_IS_COVERED };
/* Removes what the new chain makes superfluous, or finds the chain itself superfluous. */
enum tree_prune_result tree_prune(struct seccomp_tree *tree, struct tree_node *chain, uint32_t code);
