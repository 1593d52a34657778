#include "model/aa_product.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/mem.h"
#include "model/aa_nfa.h"

/* How a state was reached first. */
struct reached {
    uint32_t from;
    unsigned char byte;
};

struct product {
    const struct aa_product_pattern *patterns;
    struct aa_nfa nfa;       /* of all patterns, one behind the other */
    uint32_t *pattern_of;    /* by node */
    struct intern *states;   /* by their nodes, ascending */
    struct reached *reached; /* by state */
    size_t reached_capacity;
    size_t reached_count;
    uint32_t *words[2];
    struct aa_set sets[2];
    uint64_t steps;
};

static void product_done(struct product *product)
{
    aa_nfa_done(&product->nfa);
    free(product->pattern_of);
    intern_free(product->states);
    free(product->reached);
    free(product->words[0]);
    free(product->words[1]);
}

/* ---- one automaton of all -------------------------------------------------------------------------- */

static void append(struct product *product, const struct aa_nfa *one, uint32_t pattern)
{
    struct aa_nfa *all = &product->nfa;
    uint32_t first = (uint32_t)all->node_count;
    uint32_t first_class = (uint32_t)all->class_count;
    for (size_t i = 0; i < one->node_count; i++) {
        struct aa_node node = one->nodes[i];
        node.next += first;
        node.alt += first;
        node.class += first_class;
        if (all->node_count == all->node_capacity)
            product->pattern_of = mem_resize(product->pattern_of, all->node_capacity ? all->node_capacity * 2 : 8,
                                             sizeof(*product->pattern_of));
        MEM_GROW(all->nodes, all->node_count, all->node_capacity);
        product->pattern_of[all->node_count] = pattern;
        all->nodes[all->node_count++] = node;
    }
    for (size_t i = 0; i < one->class_count; i++) {
        MEM_GROW(all->classes, all->class_count, all->class_capacity);
        all->classes[all->class_count++] = one->classes[i];
    }
}

static int add_pattern(struct product *product, uint32_t number, uint32_t *ret_start, struct err *err)
{
    AUTO_BUF struct buf regex = BUF_INIT;
    const char *text = product->patterns[number].text;
    int r = aa_regex_from_pattern(text, &regex, err);
    if (r < 0)
        return r;
    struct aa_nfa one;
    r = aa_nfa_compile(text, buf_text(&regex), regex.length, &one, err);
    if (r < 0)
        return r;
    *ret_start = (uint32_t)product->nfa.node_count;
    append(product, &one, number);
    aa_nfa_done(&one);
    return 0;
}

/* ---- states ---------------------------------------------------------------------------------------- */

static int compare_nodes(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Behind the nodes of a state that a slash led to: no path has two in a row, so none is tried there. */
#define BEHIND_SLASH UINT32_MAX

/* Keeps the set as a state unless it is known, or nothing of interest is left in it. */
static void keep_state(struct product *product, const struct aa_set *set, uint32_t from, unsigned char byte)
{
    AUTO_FREE uint32_t *nodes = mem_resize(NULL, set->count + 2, sizeof(*nodes));
    size_t count = 0;
    bool of_interest = false;
    for (uint32_t i = 0; i < set->count; i++) {
        uint8_t kind = product->nfa.nodes[set->nodes[i]].kind;
        if (kind == AA_NODE_SPLIT || kind == AA_NODE_JUMP)
            continue;
        nodes[count++] = set->nodes[i];
        of_interest |= product->patterns[product->pattern_of[set->nodes[i]]].of_interest;
    }
    product->steps += set->count + 1;
    if (!of_interest)
        return;
    if (byte == '/')
        nodes[count++] = BEHIND_SLASH;
    qsort(nodes, count, sizeof(*nodes), compare_nodes);
    uint32_t state = intern_add(product->states, nodes, count * sizeof(*nodes));
    if (state != product->reached_count)
        return;
    MEM_GROW(product->reached, product->reached_count, product->reached_capacity);
    product->reached[product->reached_count++] = (struct reached){.from = from, .byte = byte};
}

/* Returns whether a slash may follow. */
static bool load_state(struct product *product, uint32_t state, struct aa_set *set)
{
    bool may_slash = true;
    size_t length;
    const char *bytes = intern_get(product->states, state, &length);
    set->count = 0;
    for (size_t i = 0; i < length; i += sizeof(uint32_t)) {
        uint32_t node;
        memcpy(&node, bytes + i, sizeof(node));
        if (node == BEHIND_SLASH)
            may_slash = false;
        else
            aa_set_add(&product->nfa, set, node);
    }
    return may_slash;
}

/* ---- bytes ----------------------------------------------------------------------------------------- */

static uint64_t scramble(uint64_t value)
{
    value = (value + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    return value ^ value >> 29;
}

/* Bytes with the same mark are taken by the same nodes, as far as their classes are the same; 0: by none. */
static void mark_bytes(const struct product *product, const struct aa_set *set, uint64_t marks[256])
{
    memset(marks, 0, 256 * sizeof(*marks));
    for (uint32_t i = 0; i < set->count; i++) {
        const struct aa_node *node = &product->nfa.nodes[set->nodes[i]];
        uint64_t own = scramble(set->nodes[i]);
        if (node->kind == AA_NODE_BYTE)
            marks[node->byte] += own;
        for (unsigned byte = 1; node->kind == AA_NODE_CLASS && byte < 256; byte++)
            if (aa_class_has(&product->nfa.classes[node->class], (unsigned char)byte))
                marks[byte] += own;
    }
}

/* Letters first, so that examples can be read; no path holds a NUL. */
static const char first_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789/._-";
enum { FIRST_BYTES = sizeof(first_bytes) - 1, BYTES_TRIED = FIRST_BYTES + 255 };

static unsigned char byte_at(unsigned index)
{
    return index < FIRST_BYTES ? (unsigned char)first_bytes[index] : (unsigned char)(index - FIRST_BYTES + 1);
}

static void expand(struct product *product, uint32_t state)
{
    uint64_t marks[256];
    uint64_t done[256] = {0};
    size_t done_count = 0;
    bool may_slash = load_state(product, state, &product->sets[0]);
    mark_bytes(product, &product->sets[0], marks);
    if (!may_slash)
        marks['/'] = 0;
    product->steps += product->sets[0].count;
    for (unsigned i = 0; i < BYTES_TRIED; i++) {
        unsigned char byte = byte_at(i);
        bool known = marks[byte] == 0;
        for (size_t k = 0; k < done_count && !known; k++)
            known = done[k] == marks[byte];
        if (known)
            continue;
        done[done_count++] = marks[byte];
        product->steps += product->sets[0].count;
        aa_set_step(&product->nfa, &product->sets[0], byte, &product->sets[1]);
        keep_state(product, &product->sets[1], state, byte);
    }
}

/* ---- the walk -------------------------------------------------------------------------------------- */

static void path_of(const struct product *product, uint32_t state, struct buf *out)
{
    buf_clear(out);
    for (; state != 0; state = product->reached[state].from)
        buf_add_char(out, (char)product->reached[state].byte);
    for (size_t i = 0; i < out->length / 2; i++) {
        char byte = out->data[i];
        out->data[i] = out->data[out->length - 1 - i];
        out->data[out->length - 1 - i] = byte;
    }
}

static void visit_state(const struct product *product, uint32_t state, aa_product_visitor *visit, void *context)
{
    AUTO_BUF struct buf path = BUF_INIT;
    size_t length;
    const char *bytes = intern_get(product->states, state, &length);
    AUTO_FREE uint32_t *matched = mem_resize(NULL, length / sizeof(uint32_t) + 1, sizeof(*matched));
    size_t count = 0;
    bool of_interest = false;
    for (size_t i = 0; i < length; i += sizeof(uint32_t)) {
        uint32_t node;
        memcpy(&node, bytes + i, sizeof(node));
        if (node == BEHIND_SLASH || product->nfa.nodes[node].kind != AA_NODE_MATCH)
            continue;
        matched[count++] = product->pattern_of[node];
        of_interest |= product->patterns[product->pattern_of[node]].of_interest;
    }
    if (!of_interest)
        return;
    path_of(product, state, &path);
    visit(context, matched, count, buf_text(&path), path.length);
}

static void begin(struct product *product, const uint32_t *starts, size_t count)
{
    for (size_t i = 0; i < ARRAY_COUNT(product->sets); i++) {
        product->words[i] = mem_resize(NULL, aa_set_words(&product->nfa) + 1, sizeof(**product->words));
        aa_set_init(&product->sets[i], &product->nfa, product->words[i]);
    }
    for (size_t i = 0; i < count; i++)
        aa_set_add(&product->nfa, &product->sets[0], starts[i]);
    keep_state(product, &product->sets[0], 0, 0);
}

int aa_product_walk(const struct aa_product_pattern *patterns, size_t count, aa_product_visitor *visit, void *context,
                    struct err *err)
{
    AUTO(product_done) struct product product = {.patterns = patterns, .states = intern_new()};
    AUTO_FREE uint32_t *starts = mem_zero(count + 1, sizeof(*starts));
    for (uint32_t i = 0; i < count; i++) {
        int r = add_pattern(&product, i, &starts[i], err);
        if (r < 0)
            return r;
    }
    if (count == 0)
        return 0;
    begin(&product, starts, count);
    for (uint32_t state = 0; state < product.reached_count; state++) {
        visit_state(&product, state, visit, context);
        expand(&product, state);
        if (product.steps > AA_PRODUCT_STEPS_MAX)
            return err_set(err, -E2BIG, "the patterns overlap in too many ways");
    }
    return 0;
}
