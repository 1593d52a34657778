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
    unsigned holds; /* how many pointers to it libseccomp believes there are */
};

/* Where a branch of the compiled tree leads: to a block, to an outcome, or (neither) to the default. */
struct tree_target {
    struct tree_block *block;
    const struct seccomp_outcome *outcome;
};

/* What the BPF accumulator holds: a half of an argument under a mask, or nothing known. */
struct tree_accumulator {
    bool known;
    uint8_t arg;
    bool high;
    uint32_t mask;
};

/* A test as BPF carries it out. Whether a block loads its value or relies on the block before it is where the
 * program can differ from the tree. */
struct tree_block {
    struct tree_test test;
    struct tree_accumulator relies_on; /* not known: it loads by itself */
    struct tree_accumulator leaves;
    struct tree_target yes;
    struct tree_target no;
    bool placed;
    bool reloads; /* a load was put in front of what it relies on */
    struct tree_block *same_hash;
};

/* linux/bpf_common.h BPF_MAXINSNS; a block is at least one instruction. */
#define POOL_BLOCKS_MAX 4096u

struct seccomp_pool {
    struct tree_block *blocks[POOL_BLOCKS_MAX]; /* by hash */
    size_t block_count;
    uint64_t steps; /* left */
};

struct seccomp_tree {
    bool in_use;
    struct tree_node *root;         /* NULL: the outcome, whatever the arguments are */
    struct seccomp_outcome outcome;
    size_t size; /* nodes, as libseccomp counts them: it loses track of some, and orders calls by this */
    struct tree_node *all;
    struct tree_block *entry; /* of the compiled tree; NULL while there is none */
    struct seccomp_pool *pool;
    bool failed;     /* steps ran out, or a level became a ring */
};

/* Takes a step; false when none is left, and then everything unwinds. */
static inline bool tree_step(struct seccomp_tree *tree)
{
    if (tree->pool->steps == 0)
        tree->failed = true;
    else
        tree->pool->steps--;
    return !tree->failed;
}

static inline bool tree_is_leaf(const struct tree_node *node)
{
    return !node->yes.next && !node->no.next;
}

/* Counts a pointer to the node, which may be NULL, and returns it. */
static inline struct tree_node *tree_hold(struct tree_node *node)
{
    if (node)
        node->holds++;
    return node;
}
/* Counts one pointer to *slot less. A node without any leaves its level and gives up what it points to; *slot
 * is then a neighbour or NULL. Returns how many nodes went. (They stay allocated until the tree goes.) */
size_t tree_release(struct seccomp_tree *tree, struct tree_node **slot);
/* As tree_release, and the whole level goes when only its own nodes point to each other. */
size_t tree_release_level(struct seccomp_tree *tree, struct tree_node **slot);

/* Both decide the same way on the same value. */
bool tree_same_test(const struct tree_test *a, const struct tree_test *b);
/* a stands to the right of b on a level. */
bool tree_test_precedes(const struct tree_test *a, const struct tree_test *b);
/* Whether every outcome on the level and below it has that code. */
bool tree_all_outcomes_are(struct seccomp_tree *tree, const struct tree_node *level, uint32_t code);

/* Merges a rule's chain into the level that *slot points into: 0, -EEXIST or -ELOOP. */
int tree_merge(struct seccomp_tree *tree, struct tree_node **slot, struct tree_node *chain);

/* Removes what the new chain makes superfluous, or finds the chain itself superfluous (*ret_covered). Returns how
 * many nodes went. */
size_t tree_prune(struct seccomp_tree *tree, struct tree_node *chain, uint32_t code,
                  bool *ret_covered);
