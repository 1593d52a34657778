/* Regular expressions, as aa_regex.c writes them, made into an automaton and run. */
#include "model/aa_nfa.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

void aa_nfa_done(struct aa_nfa *nfa)
{
    free(nfa->nodes);
    free(nfa->classes);
    *nfa = (struct aa_nfa){0};
}

/* ---- compiling ---------------------------------------------------------------------------- */

struct compiler {
    const char *pattern;
    const char *at;
    const char *end;
    struct aa_nfa *nfa;
    struct err *err;
};

static int refuse(const struct compiler *c, const char *why)
{
    return err_set(c->err, -EINVAL, "the pattern %.200s is malformed: %s", c->pattern, why);
}

/* Appends a node whose next is the one behind it. */
static uint32_t add_node(struct compiler *c, enum aa_node_kind kind)
{
    struct aa_nfa *nfa = c->nfa;
    MEM_GROW(nfa->nodes, nfa->node_count, nfa->node_capacity);
    uint32_t number = (uint32_t)nfa->node_count++;
    nfa->nodes[number] = (struct aa_node){.kind = (uint8_t)kind, .next = number + 1, .alt = number + 1};
    return number;
}

static uint32_t add_class(struct aa_nfa *nfa, const struct aa_class *class)
{
    for (size_t i = 0; i < nfa->class_count && i < 64; i++)
        if (memcmp(&nfa->classes[i], class, sizeof(*class)) == 0)
            return (uint32_t)i;
    MEM_GROW(nfa->classes, nfa->class_count, nfa->class_capacity);
    nfa->classes[nfa->class_count] = *class;
    return (uint32_t)nfa->class_count++;
}

static int class_character(struct compiler *c, unsigned char *ret)
{
    if (c->at < c->end && *c->at == '\\')
        c->at++;
    if (c->at == c->end)
        return refuse(c, "a class is not closed");
    *ret = (unsigned char)*c->at++;
    return 0;
}

/* One character or range; a dash or ] is only itself as the very first. */
static int class_item(struct compiler *c, bool first, struct aa_class *class)
{
    unsigned char low = 0;
    if (!first && *c->at == '-')
        return refuse(c, "a dash in a class stands between two characters or first");
    int rc = class_character(c, &low);
    if (rc < 0)
        return rc;
    unsigned char high = low;
    if (c->at < c->end && *c->at == '-') {
        c->at++;
        if (c->at < c->end && (*c->at == ']' || *c->at == '-'))
            return refuse(c, "a range in a class has no end");
        rc = class_character(c, &high);
        if (rc < 0)
            return rc;
    }
    for (unsigned byte = low < high ? low : high; byte <= (low < high ? high : low); byte++)
        aa_class_add(class, (unsigned char)byte);
    return 0;
}

static int compile_class(struct compiler *c)
{
    struct aa_class class = {0};
    bool negated = c->at < c->end && *c->at == '^';
    if (negated)
        c->at++;
    bool first = true;
    for (; c->at < c->end && (first || *c->at != ']'); first = false) {
        int rc = class_item(c, first, &class);
        if (rc < 0)
            return rc;
    }
    if (first || c->at == c->end)
        return refuse(c, "a class is empty or not closed");
    c->at++;
    for (size_t i = 0; negated && i < 4; i++)
        class.bits[i] = ~class.bits[i];
    uint32_t number = add_class(c->nfa, &class);
    bool repeated = c->at < c->end && *c->at == '*';
    uint32_t split = repeated ? add_node(c, AA_NODE_SPLIT) : 0;
    uint32_t node = add_node(c, AA_NODE_CLASS);
    c->nfa->nodes[node].class = number;
    if (repeated) {
        c->at++;
        uint32_t jump = add_node(c, AA_NODE_JUMP);
        c->nfa->nodes[jump].next = split;
        c->nfa->nodes[split].alt = (uint32_t)c->nfa->node_count;
    }
    return 0;
}

static int compile_atom(struct compiler *c)
{
    char byte = *c->at++;
    if (byte == '[')
        return compile_class(c);
    if (byte == '*' || byte == '^')
        return refuse(c, "* or ? stands unescaped in a class");
    if (byte == '\\')
        byte = *c->at++;
    uint32_t node = add_node(c, AA_NODE_BYTE);
    c->nfa->nodes[node].byte = (uint8_t)byte;
    return 0;
}

static int compile_alternatives(struct compiler *c);

static int compile_sequence(struct compiler *c)
{
    while (c->at < c->end && *c->at != '|' && *c->at != ')') {
        if (c->nfa->node_count > AA_NFA_NODES_MAX)
            return refuse(c, "it is too large");
        int rc;
        if (*c->at == '(') {
            c->at++;
            rc = compile_alternatives(c);
            if (rc == 0 && (c->at == c->end || *c->at++ != ')'))
                rc = refuse(c, "braces are not closed");
        } else {
            rc = compile_atom(c);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Every alternative begins with a split to the next; the last one's goes nowhere new. Recursion is
 * bounded by AA_BRACE_DEPTH_MAX. */
static int compile_alternatives(struct compiler *c)
{
    uint32_t pending = UINT32_MAX; /* jumps to the end, chained through alt */
    for (;;) {
        uint32_t split = add_node(c, AA_NODE_SPLIT);
        int rc = compile_sequence(c);
        if (rc < 0)
            return rc;
        uint32_t jump = add_node(c, AA_NODE_JUMP);
        c->nfa->nodes[jump].alt = pending;
        pending = jump;
        if (c->at == c->end || *c->at != '|')
            break;
        c->at++;
        c->nfa->nodes[split].alt = (uint32_t)c->nfa->node_count;
    }
    while (pending != UINT32_MAX) {
        struct aa_node *jump = &c->nfa->nodes[pending];
        pending = jump->alt;
        jump->alt = jump->next = (uint32_t)c->nfa->node_count;
    }
    return 0;
}

int aa_nfa_compile(const char *pattern, const char *regex, size_t length, struct aa_nfa *ret, struct err *err)
{
    struct aa_nfa nfa = {0};
    struct compiler c = {.pattern = pattern, .at = regex, .end = regex + length, .nfa = &nfa, .err = err};
    int rc = compile_sequence(&c);
    if (rc == 0 && c.at < c.end)
        rc = refuse(&c, "braces do not pair");
    if (rc < 0) {
        aa_nfa_done(&nfa);
        return rc;
    }
    (void)add_node(&c, AA_NODE_MATCH);
    *ret = nfa;
    return 0;
}

/* ---- running ------------------------------------------------------------------------------ */

void aa_set_init(struct aa_set *set, const struct aa_nfa *nfa, uint32_t *words)
{
    *set = (struct aa_set){.nodes = words, .place = words + nfa->node_count, .stack = words + nfa->node_count * 2};
}

/* False when node is in already. A sparse set: place and nodes vouch for each other, so emptying is count = 0. */
static bool set_insert(struct aa_set *set, uint32_t node)
{
    if (aa_set_has(set, node))
        return false;
    set->place[node] = set->count;
    set->nodes[set->count++] = node;
    return true;
}

void aa_set_add(const struct aa_nfa *nfa, struct aa_set *set, uint32_t node)
{
    uint32_t depth = 0;
    set->stack[depth++] = node;
    while (depth > 0) {
        node = set->stack[--depth];
        if (!set_insert(set, node))
            continue;
        const struct aa_node *at = &nfa->nodes[node];
        if (at->kind == AA_NODE_SPLIT || at->kind == AA_NODE_JUMP)
            set->stack[depth++] = at->next;
        if (at->kind == AA_NODE_SPLIT && at->alt != at->next)
            set->stack[depth++] = at->alt;
        /* Only a split adds more than it took off, each only once, and the match is none. */
        assert(depth <= nfa->node_count);
    }
}

static bool node_takes(const struct aa_nfa *nfa, const struct aa_node *node, unsigned char byte)
{
    if (node->kind == AA_NODE_BYTE)
        return node->byte == byte;
    return node->kind == AA_NODE_CLASS && aa_class_has(&nfa->classes[node->class], byte);
}

void aa_set_step(const struct aa_nfa *nfa, const struct aa_set *from, unsigned char byte, struct aa_set *to)
{
    to->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        const struct aa_node *node = &nfa->nodes[from->nodes[i]];
        if (node_takes(nfa, node, byte))
            aa_set_add(nfa, to, node->next);
    }
}

bool aa_set_matches(const struct aa_nfa *nfa, const struct aa_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (nfa->nodes[set->nodes[i]].kind == AA_NODE_MATCH)
            return true;
    return false;
}
