#include <errno.h>

#include "model/seccomp_tree_node.h"

bool tree_same_test(const struct tree_test *a, const struct tree_test *b)
{
    return a->arg == b->arg && a->high == b->high && a->compare == b->compare && a->datum == b->datum &&
           a->mask == b->mask;
}

bool tree_test_precedes(const struct tree_test *a, const struct tree_test *b)
{
    unsigned place_a = a->arg * 2u + a->high;
    unsigned place_b = b->arg * 2u + b->high;
    if (place_a != place_b)
        return place_a < place_b;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->smaller_first ? a->datum > b->datum : a->datum < b->datum;
}

bool tree_all_outcomes_are(struct seccomp_tree *tree, const struct tree_node *level, uint32_t code)
{
    if (!level)
        return true;
    while (level->left && tree_step(tree))
        level = level->left;
    for (const struct tree_node *node = level; node && tree_step(tree); node = node->right) {
        if ((node->yes.acts && node->yes.outcome.code != code) || (node->no.acts && node->no.outcome.code != code))
            return false;
        if (!tree_all_outcomes_are(tree, node->yes.next, code) || !tree_all_outcomes_are(tree, node->no.next, code))
            return false;
    }
    return true;
}

/* The outcome of one branch of the new node goes into the old node's. overrules: the new one decides where
 * both high halves are beyond both rules' values. */
static int merge_outcome(struct seccomp_tree *tree, struct tree_branch *old, const struct tree_branch *new,
                         bool overrules, bool either_is_leaf)
{
    if (!new->acts)
        return 0;
    if (!old->acts) {
        if (!tree_all_outcomes_are(tree, old->next, new->outcome.code))
            return -EEXIST;
        tree->size -= tree_release(tree, &old->next);
        old->next = NULL;
        old->acts = true;
        old->outcome = new->outcome;
        return 0;
    }
    if (old->outcome.code == new->outcome.code)
        return 0;
    if (overrules)
        old->outcome = new->outcome;
    return either_is_leaf ? -EEXIST : 0;
}

/* ret_done: the old rule is a beginning of the new one, which is therefore dropped. */
static int merge_next(struct seccomp_tree *tree, struct tree_branch *old, const struct tree_branch *new,
                      bool *ret_done)
{
    if (!new->next)
        return 0;
    if (old->next)
        return tree_merge(tree, &old->next, new->next);
    *ret_done = old->acts;
    if (!old->acts)
        old->next = tree_hold(new->next); /* shared by every branch that leads there */
    return 0;
}

static int merge_same(struct seccomp_tree *tree, struct tree_node *old, const struct tree_node *new)
{
    bool overrules = new->test.high && new->test.full > old->test.full;
    bool leaf = tree_is_leaf(old) || tree_is_leaf(new);
    int r = merge_outcome(tree, &old->yes, &new->yes, overrules, leaf);
    if (r < 0)
        return r;
    leaf = tree_is_leaf(old) || tree_is_leaf(new);
    r = merge_outcome(tree, &old->no, &new->no, false, leaf);
    if (r < 0)
        return r;
    bool done = false;
    r = merge_next(tree, &old->yes, &new->yes, &done);
    if (r < 0 || done)
        return r;
    return merge_next(tree, &old->no, &new->no, &done);
}

static void insert_left_of(struct seccomp_tree *tree, struct tree_node **slot, struct tree_node *old, struct tree_node *new)
{
    if (old->left) {
        old->left->right = tree_hold(new);
        new->left = old->left;
        new->right = old;
    } else {
        new->right = tree_hold(old);
    }
    old->left = tree_hold(new);
    if (*slot == old) {
        *slot = tree_hold(new);
        (void)tree_release(tree, &old);
    }
}

int tree_merge(struct seccomp_tree *tree, struct tree_node **slot, struct tree_node *chain)
{
    struct tree_node *old = *slot;
    for (; tree_step(tree); old = old->right) {
        if (tree_same_test(&old->test, &chain->test))
            return merge_same(tree, old, chain);
        if (tree_test_precedes(&old->test, &chain->test)) {
            /* The chain came here before, over another exit of the same condition, and the level's slot still
             * points behind it. libseccomp now links the node to itself and loops for ever. */
            if (old->left == chain)
                break;
            insert_left_of(tree, slot, old, chain);
            return 0;
        }
        if (!old->right) {
            chain->left = tree_hold(old);
            old->right = tree_hold(chain);
            return 0;
        }
    }
    tree->failed = true;
    return -ELOOP;
}
