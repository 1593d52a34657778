#include <errno.h>

#include "model/seccomp_tree_node.h"

struct seccomp_pool *seccomp_pool_new(uint64_t steps)
{
    struct seccomp_pool *pool = mem_zero(1, sizeof(*pool));
    pool->steps = steps;
    return pool;
}

void seccomp_pool_free(struct seccomp_pool *pool)
{
    for (size_t i = 0; pool && i < POOL_BLOCKS_MAX; i++) {
        while (pool->blocks[i]) {
            struct tree_block *block = pool->blocks[i];
            pool->blocks[i] = block->same_hash;
            free(block);
        }
    }
    free(pool);
}

static struct tree_block *compile_level(struct seccomp_tree *tree, const struct tree_node *level,
                                        struct tree_target after, struct tree_accumulator holds);

/* ---- from nodes to blocks ------------------------------------------------------------------- */

static bool same_accumulator(const struct tree_accumulator *a, const struct tree_accumulator *b)
{
    if (!a->known || !b->known)
        return a->known == b->known;
    return a->arg == b->arg && a->high == b->high && a->mask == b->mask;
}

static bool same_target(const struct tree_target *a, const struct tree_target *b)
{
    if (a->outcome && b->outcome)
        return a->outcome->code == b->outcome->code;
    return a->block == b->block && a->outcome == b->outcome;
}

static bool same_block(const struct tree_block *a, const struct tree_block *b)
{
    bool jumps_alike = tree_same_test(&a->test, &b->test) ||
                       (a->test.arg == b->test.arg && a->test.high == b->test.high &&
                        a->test.datum == b->test.datum && a->test.mask == b->test.mask &&
                        a->test.compare <= TREE_MASKED && b->test.compare <= TREE_MASKED);
    return jumps_alike && same_accumulator(&a->relies_on, &b->relies_on) &&
           same_accumulator(&a->leaves, &b->leaves) && same_target(&a->yes, &b->yes) && same_target(&a->no, &b->no);
}

/* Of what same_block compares, the part that needs no care. */
static size_t hash_block(const struct tree_block *block)
{
    uint64_t hash = block->test.datum;
    hash = hash * 31 + block->test.mask;
    hash = hash * 31 + block->test.arg * 2u + block->test.high;
    hash = hash * 31 + (uintptr_t)block->yes.block / 16;
    hash = hash * 31 + (uintptr_t)block->no.block / 16;
    hash = hash * 31 + (block->yes.outcome ? block->yes.outcome->code : 0);
    hash = hash * 31 + (block->no.outcome ? block->no.outcome->code : 0);
    return (size_t)(hash ^ hash >> 20) % POOL_BLOCKS_MAX;
}

/* libseccomp keeps equal blocks once. */
static struct tree_block *keep_block(struct seccomp_tree *tree, const struct tree_block *wanted)
{
    struct seccomp_pool *pool = tree->pool;
    struct tree_block **bucket = &pool->blocks[hash_block(wanted)];
    for (struct tree_block *known = *bucket; known && tree_step(tree); known = known->same_hash)
        if (same_block(known, wanted))
            return known;
    if (pool->block_count++ >= POOL_BLOCKS_MAX)
        tree->failed = true;
    struct tree_block *block = mem_zero(1, sizeof(*block));
    *block = *wanted;
    block->same_hash = *bucket;
    *bucket = block;
    return block;
}

static struct tree_accumulator value_of(const struct tree_test *test)
{
    return (struct tree_accumulator){.known = true, .arg = test->arg, .high = test->high, .mask = test->mask};
}

/* Whether what the accumulator holds serves the test, perhaps after masking it further. */
static bool serves(const struct tree_accumulator *holds, const struct tree_test *test)
{
    return holds->known && holds->arg == test->arg && holds->high == test->high &&
           (holds->mask & test->mask) == test->mask;
}

static struct tree_target compile_branch(struct seccomp_tree *tree, const struct tree_branch *branch,
                                         struct tree_target after, struct tree_accumulator holds)
{
    if (branch->next)
        return (struct tree_target){.block = compile_level(tree, branch->next, after, holds)};
    if (branch->acts)
        return (struct tree_target){.outcome = &branch->outcome};
    return after;
}

static size_t level_length(struct seccomp_tree *tree, const struct tree_node *level)
{
    size_t length = 0;
    for (; level && tree_step(tree); level = level->right)
        length++;
    return length;
}

/* A branch that leads nowhere goes on with the next node of the level, and behind the last one with what
 * comes after the level. Nodes rely on what the node before them on the level has loaded. */
static struct tree_block *compile_level(struct seccomp_tree *tree, const struct tree_node *level,
                                        struct tree_target after, struct tree_accumulator holds)
{
    while (level->left && tree_step(tree))
        level = level->left;
    size_t count = level_length(tree, level);
    AUTO_FREE struct tree_block *blocks = mem_zero(count, sizeof(*blocks));
    const struct tree_node *last = level;
    for (size_t i = 0; i < count && !tree->failed; i++) {
        blocks[i].test = level->test;
        if (serves(&holds, &level->test))
            blocks[i].relies_on = holds;
        holds = value_of(&level->test);
        blocks[i].leaves = holds;
        last = level;
        level = level->right;
    }
    for (size_t i = count; i-- > 0 && !tree->failed; last = last->left) {
        blocks[i].yes = compile_branch(tree, &last->yes, after, blocks[i].leaves);
        blocks[i].no = compile_branch(tree, &last->no, after, blocks[i].leaves);
        after = (struct tree_target){.block = keep_block(tree, &blocks[i])};
    }
    return after.block;
}

/* ---- where blocks are placed ----------------------------------------------------------------- */

/* libseccomp places a block behind the first one that leads to it, in the order of a depth-first walk that
 * goes down the yes branch first. Only then it looks whether the accumulator fits: a block that another
 * one reaches later, with something else loaded, is left as it is. */
static void place(struct tree_block *block)
{
    struct tree_block *targets[] = {block->yes.block, block->no.block};
    for (size_t i = 0; i < ARRAY_COUNT(targets); i++) {
        struct tree_block *target = targets[i];
        if (!target || target->placed)
            continue;
        target->placed = true;
        target->reloads = target->relies_on.known && !same_accumulator(&target->relies_on, &block->leaves);
        place(target);
    }
}

int seccomp_tree_compile(struct seccomp_tree *tree)
{
    if (!tree->root)
        return 0;
    struct tree_target rest = {.block = NULL};
    struct tree_accumulator call_number = {.known = false};
    tree->entry = compile_level(tree, tree->root, rest, call_number);
    if (tree->failed)
        return tree->pool->block_count > POOL_BLOCKS_MAX ? -E2BIG : -ELOOP;
    if (!tree->entry->placed) {
        tree->entry->placed = true;
        place(tree->entry);
    }
    return 0;
}

/* ---- running ---------------------------------------------------------------------------------- */

static enum seccomp_compare compare_of(enum tree_compare compare)
{
    switch (compare) {
    case TREE_EQ:
    case TREE_MASKED:
        return COMPARE_EQ;
    case TREE_GT:
        return COMPARE_GT;
    case TREE_GE:
        return COMPARE_GE;
    }
    return COMPARE_EQ;
}

/* The cursor's last test tells what the accumulator holds. */
static void arrive(struct seccomp_cursor *cursor, const struct tree_target *at)
{
    const struct tree_block *block = at->block;
    cursor->block = block;
    cursor->outcome = at->outcome;
    if (!block)
        return;
    struct seccomp_test *test = &cursor->test;
    if (!block->relies_on.known || block->reloads)
        *test = (struct seccomp_test){.arg = block->test.arg, .high = block->test.high, .mask = UINT32_MAX};
    /* The AND is left out where the mask was applied before; a stale value is then not masked either. */
    bool masks = !block->relies_on.known || block->reloads || block->relies_on.mask != block->test.mask;
    if (masks)
        test->mask &= block->test.mask;
    test->compare = compare_of(block->test.compare);
    test->datum = block->test.datum;
}

struct seccomp_cursor seccomp_cursor_begin(const struct seccomp_tree *tree)
{
    struct seccomp_cursor cursor = {0};
    struct tree_target at = {0};
    if (tree && tree->entry)
        at.block = tree->entry;
    else if (tree && tree->in_use)
        at.outcome = &tree->outcome;
    arrive(&cursor, &at);
    return cursor;
}

void seccomp_cursor_follow(struct seccomp_cursor *cursor, bool holds)
{
    arrive(cursor, holds ? &cursor->block->yes : &cursor->block->no);
}

static bool test_holds(const struct seccomp_test *test, const uint64_t args[static 6])
{
    uint32_t value = (uint32_t)(test->high ? args[test->arg] >> 32 : args[test->arg]) & test->mask;
    switch (test->compare) {
    case COMPARE_EQ:
        return value == test->datum;
    case COMPARE_GT:
        return value > test->datum;
    case COMPARE_GE:
        return value >= test->datum;
    }
    return false;
}

const struct seccomp_outcome *seccomp_tree_ask(const struct seccomp_tree *tree, const uint64_t args[static 6])
{
    struct seccomp_cursor cursor = seccomp_cursor_begin(tree);
    while (cursor.block)
        seccomp_cursor_follow(&cursor, test_holds(&cursor.test, args));
    return cursor.outcome;
}
