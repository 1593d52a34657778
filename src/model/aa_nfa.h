/*
 * The automaton behind an AppArmor pattern (private to the model).
 *
 * apparmor_parser turns a pattern into a regular expression and that into an automaton; so does
 * this, step by step, because the accidents of the first step are part of what a pattern means.
 * The automaton is nondeterministic and linear in the pattern: no pattern can make it explode.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Four times PATH_MAX and some: a path of 4,096 bytes all written as octal escapes fits. */
#define AA_PATTERN_BYTES_MAX (64u << 10)
#define AA_NFA_NODES_MAX (96u << 10)
/* apparmor_parser 3.0 refuses braces nested this deep. */
#define AA_BRACE_DEPTH_MAX 50

struct aa_class {
    uint64_t bits[4];
};

static inline bool aa_class_has(const struct aa_class *class, unsigned char byte)
{
    return class->bits[byte >> 6] >> (byte & 63) & 1;
}

static inline void aa_class_add(struct aa_class *class, unsigned char byte)
{
    class->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

enum aa_node_kind { AA_NODE_BYTE, AA_NODE_CLASS, AA_NODE_SPLIT, AA_NODE_JUMP, AA_NODE_MATCH };

struct aa_node {
    uint8_t kind;
    uint8_t byte;   /* BYTE */
    uint32_t class; /* CLASS: number in classes */
    uint32_t next;
    uint32_t alt; /* SPLIT */
};

struct aa_nfa {
    struct aa_node *nodes; /* node 0 is the start */
    size_t node_count;
    size_t node_capacity;
    struct aa_class *classes;
    size_t class_count;
    size_t class_capacity;
};

void aa_nfa_done(struct aa_nfa *nfa);

/* Appends a pattern with its escapes decoded, but for what they keep from being special, and runs of slashes closed up:
 * the text that apparmor_parser compares with aliases. */
void aa_pattern_decode(const char *pattern, struct buf *out);
/* Rewrites a pattern as the regular expression it stands for; literal bytes, NUL included, are
 * escaped or raw. -EINVAL with a sentence. */
int aa_regex_from_pattern(const char *pattern, struct buf *ret, struct err *err);
/* Compiles that. pattern is for error sentences. */
int aa_nfa_compile(const char *pattern, const char *regex, size_t length, struct aa_nfa *ret, struct err *err);

/* A set of nodes that consume a byte or match, in the order they came. */
struct aa_set {
    uint32_t *nodes;
    uint32_t *place; /* by node: its place in nodes, checked against it */
    uint32_t *stack;
    uint32_t count;
};

/* How many uint32_t a set needs; what they hold at first does not matter. */
static inline size_t aa_set_words(const struct aa_nfa *nfa)
{
    return nfa->node_count * 3;
}
static inline bool aa_set_has(const struct aa_set *set, uint32_t node)
{
    uint32_t place = set->place[node];
    return place < set->count && set->nodes[place] == node;
}
void aa_set_init(struct aa_set *set, const struct aa_nfa *nfa, uint32_t *words);
/* Adds node and all that is reached from it without a byte. */
void aa_set_add(const struct aa_nfa *nfa, struct aa_set *set, uint32_t node);
/* to becomes what from reaches by byte. */
void aa_set_step(const struct aa_nfa *nfa, const struct aa_set *from, unsigned char byte, struct aa_set *to);
bool aa_set_matches(const struct aa_nfa *nfa, const struct aa_set *set);
