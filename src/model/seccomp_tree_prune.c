#include "model/seccomp_tree_node.h"

/* What a search through the old tree along the new chain knows so far. */
enum {
    MATCHES = 1 << 0,      /* the last nodes compared were the same */
    MATCHED_ONCE = 1 << 1, /* and so were some further up */
    OLD_ENDS = 1 << 2,     /* the old rule has no further node */
    NEW_ENDS = 1 << 3,
    OLD_IS_LONGER_ABOVE = 1 << 4, /* nodes of the old tree were passed that the chain does not have */
    NEW_IS_LONGER_ABOVE = 1 << 5,
};

struct search {
    struct seccomp_tree *tree;
    uint32_t code;
    size_t removed;
};

static void prune_level(struct search *search, struct tree_node *level, const struct tree_node *chain,
                        unsigned *state);

static bool is_spent(const struct tree_node *node)
{
    return tree_is_leaf(node) && !node->yes.acts && !node->no.acts;
}

/* The node leaves its level without libseccomp correcting its count of pointers, so one that had neighbours
 * is never taken for gone. */
static size_t unlink_node(struct seccomp_tree *tree, struct tree_node **slot, struct tree_node *node)
{
    if (*slot == node)
        *slot = node->left ? node->left : node->right;
    if (node->left)
        node->left->right = node->right;
    if (node->right)
        node->right->left = node->left;
    node->left = NULL;
    node->right = NULL;
    return tree_release(tree, &node);
}

/* Removes the node wherever it hangs, and the nodes above that then lead nowhere. */
static size_t remove_node(struct seccomp_tree *tree, struct tree_node **slot, const struct tree_node *wanted)
{
    struct tree_node *node = *slot;
    while (node && node->left && tree_step(tree))
        node = node->left;
    size_t removed = 0;
    for (; node && removed == 0 && tree_step(tree); node = node->right) {
        if (node != wanted) {
            removed += remove_node(tree, &node->yes.next, wanted);
            removed += remove_node(tree, &node->no.next, wanted);
        }
        if (node == wanted || is_spent(node))
            return removed + unlink_node(tree, slot, node);
    }
    return removed;
}

/* Searches a level with the chain and adds to *state what was found there; true when it was a match. The old
 * node is held meanwhile; *slot is NULL afterwards when it is gone. */
static bool descend(struct search *search, struct tree_node **held, struct tree_node *level,
                    const struct tree_node *chain, unsigned from, unsigned *state)
{
    unsigned below = from;
    (void)tree_hold(*held);
    prune_level(search, level, chain, &below);
    search->removed += tree_release(search->tree, held);
    bool matched = below & MATCHES;
    if (matched)
        *state |= below;
    return matched;
}

static bool leads_on(const struct tree_branch *branch)
{
    return branch->acts || branch->next;
}

static bool same_outcome(const struct tree_branch *a, const struct tree_branch *b)
{
    uint32_t code_a = a->acts ? a->outcome.code : 0;
    uint32_t code_b = b->acts ? b->outcome.code : 0;
    return a->acts == b->acts && code_a == code_b;
}

/* The old node is the same as the chain's. True when the search on this level is over. */
static bool prune_same(struct search *search, struct tree_node *old, const struct tree_node *new, unsigned outer,
                       unsigned *state)
{
    *state |= MATCHES | MATCHED_ONCE;
    if (tree_is_leaf(new))
        *state |= NEW_ENDS;
    if (tree_is_leaf(old))
        *state |= OLD_ENDS;
    if ((leads_on(&old->yes) && !leads_on(&new->yes)) || (leads_on(&old->no) && !leads_on(&new->no)))
        return true;
    bool both_end = (*state & NEW_ENDS) && (*state & OLD_ENDS);
    if (both_end && !(same_outcome(&old->yes, &new->yes) && same_outcome(&old->no, &new->no)))
        return true;
    if (new->yes.next) {
        (void)descend(search, &old, old->yes.next, new->yes.next, outer | MATCHES | MATCHED_ONCE, state);
        if (!old)
            return false;
    }
    if (new->no.next) {
        (void)descend(search, &old, old->no.next, new->no.next, outer | MATCHES | MATCHED_ONCE, state);
        if (!old)
            return false;
    }
    if (!(*state & MATCHES) || !tree_all_outcomes_are(search->tree, old, search->code))
        return false;
    if ((*state & NEW_ENDS) && (*state & OLD_IS_LONGER_ABOVE)) {
        search->removed += remove_node(search->tree, &search->tree->root, old);
        return search->tree->root == NULL;
    }
    return (*state & OLD_ENDS) && (*state & NEW_IS_LONGER_ABOVE);
}

/* The old node comes later on a path than the chain's: the chain may continue below it. */
static bool prune_below_old(struct search *search, struct tree_node *old, const struct tree_node *new,
                            unsigned outer, unsigned *state)
{
    if (outer & NEW_IS_LONGER_ABOVE)
        return true;
    unsigned from = (outer & ~(unsigned)MATCHES) | OLD_IS_LONGER_ABOVE;
    if (old->yes.next) {
        if (descend(search, &old, old->yes.next, new, from, state))
            return true;
        if (!old)
            return false;
    }
    return old->no.next && descend(search, &old, old->no.next, new, from, state);
}

static bool prune_below_new(struct search *search, struct tree_node *old, const struct tree_node *new,
                            unsigned outer, unsigned *state)
{
    if (outer & OLD_IS_LONGER_ABOVE)
        return true;
    unsigned from = (outer & ~(unsigned)MATCHES) | NEW_IS_LONGER_ABOVE;
    if (new->yes.next) {
        if (descend(search, &old, old, new->yes.next, from, state))
            return true;
        if (!old)
            return false;
    }
    return new->no.next && descend(search, &old, old, new->no.next, from, state);
}

static bool prune_level_over(struct search *search, struct tree_node *level, const struct tree_node *chain,
                             unsigned outer, unsigned *state)
{
    while (level->left && tree_step(search->tree))
        level = level->left;
    struct tree_node *right;
    for (struct tree_node *old = level; old && tree_step(search->tree); old = right) {
        right = old->right;
        bool over = tree_same_test(&old->test, &chain->test) ? prune_same(search, old, chain, outer, state)
                    : tree_test_precedes(&old->test, &chain->test)
                        ? prune_below_old(search, old, chain, outer, state)
                        : prune_below_new(search, old, chain, outer, state);
        if (over)
            return true;
    }
    return false;
}

static void prune_level(struct search *search, struct tree_node *level, const struct tree_node *chain,
                        unsigned *state)
{
    unsigned found = *state;
    bool is_broken = (found & (MATCHES | MATCHED_ONCE)) == MATCHED_ONCE;
    if (level && chain && !is_broken && !prune_level_over(search, level, chain, *state, &found))
        found &= ~(unsigned)MATCHES;
    if (found & MATCHES)
        *state |= found;
    else
        *state &= ~(unsigned)MATCHES;
}

size_t tree_prune(struct seccomp_tree *tree, struct tree_node *chain, uint32_t code, bool *ret_covered)
{
    struct search search = {.tree = tree, .code = code};
    unsigned state = 0;
    prune_level(&search, tree->root, chain, &state);
    const unsigned covered = MATCHES | OLD_ENDS | NEW_IS_LONGER_ABOVE;
    *ret_covered = (state & covered) == covered;
    return search.removed;
}
