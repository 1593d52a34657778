#include "model/seccomp_tree_node.h"

static void take_off_level(struct seccomp_tree *tree, struct tree_node *node, size_t *count, struct tree_node **ret_neighbour)
{
    struct tree_node *left = node->left;
    struct tree_node *right = node->right;
    if (left)
        left->right = NULL;
    if (right)
        right->left = NULL;
    *count += tree_release(tree, &left);
    *count += tree_release(tree, &right);
    if (left)
        left->right = tree_hold(right);
    if (right)
        right->left = tree_hold(left);
    *ret_neighbour = left ? left : right;
}

size_t tree_release(struct seccomp_tree *tree, struct tree_node **slot)
{
    struct tree_node *node = *slot;
    if (!node || --node->holds > 0 || !tree_step(tree))
        return 0;
    size_t count = 1;
    take_off_level(tree, node, &count, slot);
    struct tree_node *yes = node->yes.next;
    struct tree_node *no = node->no.next;
    count += tree_release_level(tree, &yes);
    count += tree_release_level(tree, &no);
    return count;
}

static bool is_held_from_outside(const struct tree_node *node)
{
    return node->holds > (unsigned)(node->left != NULL) + (node->right != NULL);
}

size_t tree_release_level(struct seccomp_tree *tree, struct tree_node **slot)
{
    size_t count = tree_release(tree, slot);
    struct tree_node *first = *slot;
    while (first && first->left && tree_step(tree))
        first = first->left;
    for (const struct tree_node *node = first; node && tree_step(tree); node = node->right)
        if (is_held_from_outside(node))
            return count;
    while (first && tree_step(tree))
        count += tree_release(tree, &first);
    return count;
}
