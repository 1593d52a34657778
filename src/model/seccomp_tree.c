#include "model/seccomp_tree.h"

#include <errno.h>

#include "model/seccomp_tree_node.h"

struct seccomp_tree *seccomp_tree_new(struct seccomp_pool *pool)
{
    struct seccomp_tree *tree = mem_zero(1, sizeof(*tree));
    tree->pool = pool;
    return tree;
}

void seccomp_tree_free(struct seccomp_tree *tree)
{
    if (!tree)
        return;
    while (tree->all) {
        struct tree_node *node = tree->all;
        tree->all = node->allocated_before;
        free(node);
    }
    free(tree);
}

static struct tree_node *new_node(struct seccomp_tree *tree, const struct tree_test *test)
{
    struct tree_node *node = mem_zero(1, sizeof(*node));
    node->test = *test;
    node->test.datum &= node->test.mask;
    node->allocated_before = tree->all;
    tree->all = node;
    return node;
}

/* ---- one rule as a chain of nodes ---------------------------------------------------------- */

/* The branches through which a condition is left when it holds: at most two, one for each half of
 * a 64-bit comparison. */
struct exits {
    struct tree_branch *branches[2];
    size_t count;
};

static enum tree_compare compare_of(enum seccomp_op op)
{
    switch (op) {
    case OP_EQ:
    case OP_NE:
        return TREE_EQ;
    case OP_MASKED_EQ:
        return TREE_MASKED;
    case OP_GT:
    case OP_LE:
        return TREE_GT;
    case OP_GE:
    case OP_LT:
        return TREE_GE;
    case SECCOMP_OP_COUNT:
        break;
    }
    abort();
}

static bool is_negated(enum seccomp_op op)
{
    return op == OP_NE || op == OP_LT || op == OP_LE;
}

static unsigned rank_of(enum tree_compare compare, bool negated)
{
    if (compare == TREE_EQ || compare == TREE_MASKED)
        return 3;
    return negated ? 2 : 1;
}

static struct tree_test test_of(const struct seccomp_arg *arg)
{
    enum tree_compare compare = compare_of(arg->op);
    bool negated = is_negated(arg->op);
    bool masked = arg->op == OP_MASKED_EQ;
    return (struct tree_test){
        .arg = (uint8_t)arg->index,
        .compare = compare,
        .rank = (uint8_t)rank_of(compare, negated),
        .smaller_first = negated && compare != TREE_EQ,
        .full = masked ? arg->value_two : arg->value,
        .full_mask = masked ? arg->value : UINT64_MAX,
    };
}

static struct tree_test low_half(struct tree_test test)
{
    test.high = false;
    test.datum = (uint32_t)test.full;
    test.mask = (uint32_t)test.full_mask;
    return test;
}

static struct tree_test high_half(struct tree_test test)
{
    test.high = true;
    test.datum = (uint32_t)(test.full >> 32);
    test.mask = (uint32_t)(test.full_mask >> 32);
    return test;
}

static struct tree_node *chain_32(struct seccomp_tree *tree, struct tree_test test, bool negated,
                                  struct exits *ret_exits)
{
    test = low_half(test);
    struct tree_node *node = new_node(tree, &test);
    *ret_exits = (struct exits){.branches = {negated ? &node->no : &node->yes}, .count = 1};
    return node;
}

/* Equality: the high halves, then the low ones. */
static struct tree_node *chain_equal_64(struct seccomp_tree *tree, struct tree_test test, bool negated,
                                        struct exits *ret_exits)
{
    struct tree_test high = high_half(test);
    struct tree_test low = low_half(test);
    struct tree_node *first = new_node(tree, &high);
    struct tree_node *second = new_node(tree, &low);
    first->yes.next = tree_hold(second);
    if (negated)
        *ret_exits = (struct exits){.branches = {&first->no, &second->no}, .count = 2};
    else
        *ret_exits = (struct exits){.branches = {&second->yes}, .count = 1};
    return first;
}

/* Order: high greater decides; else high equal and then the low halves decide. */
static struct tree_node *chain_ordered_64(struct seccomp_tree *tree, struct tree_test test, bool negated,
                                          struct exits *ret_exits)
{
    struct tree_test greater = high_half(test);
    struct tree_test equal = high_half(test);
    struct tree_test low = low_half(test);
    greater.compare = TREE_GT;
    equal.compare = TREE_EQ;
    struct tree_node *first = new_node(tree, &greater);
    struct tree_node *second = new_node(tree, &equal);
    struct tree_node *third = new_node(tree, &low);
    first->no.next = tree_hold(second);
    second->yes.next = tree_hold(third);
    if (negated)
        *ret_exits = (struct exits){.branches = {&second->no, &third->no}, .count = 2};
    else
        *ret_exits = (struct exits){.branches = {&first->yes, &third->yes}, .count = 2};
    return first;
}

/* A mask without bits (in the half that is compared) always holds and makes no node. */
static bool always_holds(const struct tree_test *test, bool wide)
{
    uint64_t mask = wide ? test->full_mask : (uint32_t)test->full_mask;
    return test->compare == TREE_MASKED && mask == 0;
}

static const struct seccomp_arg *arg_of_index(const struct seccomp_arg *args, size_t count, unsigned index)
{
    for (size_t i = 0; i < count; i++)
        if (args[i].index == index)
            return &args[i];
    return NULL;
}

/* The rule's nodes from the lowest argument to the highest; NULL when it has no condition. All exits of a
 * condition lead to the same next node, which is what makes libseccomp's trees share parts. */
static struct tree_node *chain_of_rule(struct seccomp_tree *tree, const struct seccomp_arg *args, size_t count,
                                       bool wide, struct seccomp_outcome outcome)
{
    struct tree_node *head = NULL;
    struct exits exits = {.count = 0};
    for (unsigned index = 0; index < 6; index++) {
        const struct seccomp_arg *arg = arg_of_index(args, count, index);
        if (!arg)
            continue;
        struct tree_test test = test_of(arg);
        bool negated = is_negated(arg->op);
        bool equality = test.compare == TREE_EQ || test.compare == TREE_MASKED;
        if (always_holds(&test, wide))
            continue;
        struct exits left = exits;
        struct tree_node *node = !wide      ? chain_32(tree, test, negated, &exits)
                                 : equality ? chain_equal_64(tree, test, negated, &exits)
                                            : chain_ordered_64(tree, test, negated, &exits);
        for (size_t i = 0; i < left.count; i++)
            left.branches[i]->next = tree_hold(node);
        head = head ? head : tree_hold(node);
    }
    for (size_t i = 0; i < exits.count; i++) {
        exits.branches[i]->acts = true;
        exits.branches[i]->outcome = outcome;
    }
    return head;
}

/* ---- the tree ------------------------------------------------------------------------------- */

static size_t chain_size(const struct seccomp_arg *args, size_t count, bool wide)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        struct tree_test test = test_of(&args[i]);
        bool equality = test.compare == TREE_EQ || test.compare == TREE_MASKED;
        if (!always_holds(&test, wide))
            size += !wide ? 1 : equality ? 2 : 3;
    }
    return size;
}

static void begin(struct seccomp_tree *tree, struct tree_node *chain, size_t size, struct seccomp_outcome outcome)
{
    tree->in_use = true;
    tree->root = chain;
    tree->size = size;
    tree->outcome = outcome;
}

/* A rule with conditions joins others with conditions. */
static int join(struct seccomp_tree *tree, struct tree_node *chain, size_t size, struct seccomp_outcome outcome)
{
    bool is_covered = false;
    size_t removed = tree_prune(tree, chain, outcome.code, &is_covered);
    if (tree->failed)
        return -ELOOP;
    tree->size -= removed;
    if (!tree->root) {
        begin(tree, chain, size, outcome);
        return 0;
    }
    if (removed == 0 && is_covered)
        return 0;
    int r = tree_merge(tree, &tree->root, chain);
    tree->size += size;
    if (r == 0)
        tree->size -= tree_release_level(tree, &chain);
    return tree->failed ? -ELOOP : r;
}

int seccomp_tree_add(struct seccomp_tree *tree, const struct seccomp_arg *args, size_t count, bool wide,
                     struct seccomp_outcome outcome)
{
    if (tree->in_use && !tree->root)
        return 0; /* whatever comes after a rule without conditions is dropped */
    struct tree_node *chain = chain_of_rule(tree, args, count, wide, outcome);
    size_t size = chain_size(args, count, wide);
    if (tree->in_use && chain)
        return join(tree, chain, size, outcome);
    begin(tree, chain, size, outcome); /* without conditions: replaces all before it, whatever they said */
    return 0;
}

size_t seccomp_tree_size(const struct seccomp_tree *tree)
{
    return tree->size;
}
