#include "model/seccomp_tree_node.h"

static void take_off_level(struct tree_node *node, size_t *count, struct tree_node **ret_neighbour)
{
    struct tree_node *left = node->left;
    struct tree_node *right = node->right;
    if (left)
        left->right = NULL;
    if (right)
        right->left = NULL;
    *count += tree_release(&left);
    *count += tree_release(&right);
    if (left)
        left->right = tree_hold(right);
    if (right)
        right->left = tree_hold(left);
    *ret_neighbour = left ? left : right;
}

size_t tree_release(struct tree_node **slot)
{
    struct tree_node *node = *slot;
    if (!node || --node->holds > 0)
        return 0;
    size_t count = 1;
    take_off_level(node, &count, slot);
    struct tree_node *yes = node->yes.next;
    struct tree_node *no = node->no.next;
    count += tree_release_level(&yes);
    count += tree_release_level(&no);
    return count;
}

static bool is_held_from_outside(const struct tree_node *node)
{
    return node->holds > (unsigned)(node->left != NULL) + (node->right != NULL);
}

size_t tree_release_level(struct tree_node **slot)
{
    size_t count = tree_release(slot);
    struct tree_node *first = *slot;
    while (first && first->left)
        first = first->left;
    for (const struct tree_node *node = first; node; node = node->right)
        if (is_held_from_outside(node))
            return count;
    while (first)
        count += tree_release(&first);
    return count;
}
