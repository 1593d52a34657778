/*
 * The exceptions are united into one automaton, which is made deterministic as it is walked, one
 * character after the other. Where no exception can follow any more, everything below is the rest:
 * that is one alternative. Alternatives are gathered per directory, so that a directory is one rule.
 */
#include "model/aa_complement.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/mem.h"
#include "base/strings.h"
#include "model/aa_nfa.h"
#include "model/apparmor_policy.h"

void aa_patterns_done(struct aa_patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++)
        free(patterns->items[i]);
    free(patterns->items);
    *patterns = (struct aa_patterns){0};
}

void aa_patterns_add(struct aa_patterns *patterns, const char *pattern)
{
    MEM_GROW(patterns->items, patterns->count, patterns->capacity);
    patterns->items[patterns->count++] = mem_strdup(pattern);
}

void aa_patterns_sort(struct aa_patterns *patterns)
{
    strings_sort(patterns->items, &patterns->count);
}

/* ---- deterministic states ----------------------------------------------------------------- */

#define DEAD 0u /* the state of no nodes */

struct walk {
    struct aa_nfa nfa;
    struct intern *states; /* by their nodes, ascending */
    uint32_t *words;       /* of the scratch set */
    struct aa_set set;
    struct aa_patterns *ret;
    size_t bytes;
    struct err *err;
};

static int compare_nodes(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* The number of the scratch set as a state. */
static uint32_t state_of_set(struct walk *walk)
{
    uint32_t kept = 0;
    AUTO_FREE uint32_t *nodes = mem_zero(walk->set.count, sizeof(*nodes));
    for (uint32_t i = 0; i < walk->set.count; i++) {
        uint8_t kind = walk->nfa.nodes[walk->set.nodes[i]].kind;
        if (kind != AA_NODE_SPLIT && kind != AA_NODE_JUMP)
            nodes[kept++] = walk->set.nodes[i];
    }
    qsort(nodes, kept, sizeof(*nodes), compare_nodes);
    return intern_add(walk->states, nodes, kept * sizeof(*nodes));
}

static size_t state_nodes(const struct walk *walk, uint32_t state, const char **ret_bytes)
{
    size_t length;
    *ret_bytes = intern_get(walk->states, state, &length);
    return length / sizeof(uint32_t);
}

static const struct aa_node *state_node(const struct walk *walk, const char *bytes, size_t index)
{
    uint32_t number;
    memcpy(&number, bytes + index * sizeof(number), sizeof(number));
    return &walk->nfa.nodes[number];
}

static uint32_t state_step(struct walk *walk, uint32_t state, unsigned char byte)
{
    const char *bytes;
    size_t count = state_nodes(walk, state, &bytes);
    walk->set.count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct aa_node *node = state_node(walk, bytes, i);
        bool takes = node->kind == AA_NODE_BYTE ? node->byte == byte
                                                : node->kind == AA_NODE_CLASS &&
                                                      aa_class_has(&walk->nfa.classes[node->class], byte);
        if (takes)
            aa_set_add(&walk->nfa, &walk->set, node->next);
    }
    return state_of_set(walk);
}

static bool state_matches(const struct walk *walk, uint32_t state)
{
    const char *bytes;
    size_t count = state_nodes(walk, state, &bytes);
    for (size_t i = 0; i < count; i++)
        if (state_node(walk, bytes, i)->kind == AA_NODE_MATCH)
            return true;
    return false;
}

/* Where a state goes: bytes that behave alike together. Slash and NUL are not among them. */
struct branch {
    struct aa_class bytes;
    uint32_t count;
    uint32_t state;
};

struct branches {
    struct branch *items;
    size_t count;
    size_t capacity;
};

static void branch_add(struct branches *branches, uint32_t state, unsigned char byte)
{
    size_t i = 0;
    while (i < branches->count && branches->items[i].state != state)
        i++;
    if (i == branches->count) {
        MEM_GROW(branches->items, branches->count, branches->capacity);
        branches->items[branches->count++] = (struct branch){.state = state};
    }
    aa_class_add(&branches->items[i].bytes, byte);
    branches->items[i].count++;
}

/* Bytes that no node names one by one behave like any other such byte: in a state of literals only
 * a few bytes need a step of their own. */
static void find_branches(struct walk *walk, uint32_t state, struct branches *ret)
{
    const char *bytes;
    size_t count = state_nodes(walk, state, &bytes);
    struct aa_class interesting = {0};
    bool all = false;
    for (size_t i = 0; i < count; i++) {
        const struct aa_node *node = state_node(walk, bytes, i);
        if (node->kind == AA_NODE_BYTE)
            aa_class_add(&interesting, node->byte);
        all |= node->kind == AA_NODE_CLASS;
    }
    for (unsigned byte = 1; byte < 256; byte++)
        if (byte != '/')
            branch_add(ret, all || aa_class_has(&interesting, (unsigned char)byte)
                                ? state_step(walk, state, (unsigned char)byte)
                                : DEAD,
                       (unsigned char)byte);
}

/* ---- classes as text ---------------------------------------------------------------------- */

/* A character of a class. Those that mean something in one are written by number; an escaped comma would
 * bring a backslash into it. */
static void write_class_byte(struct buf *out, unsigned byte)
{
    bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                 (byte && strchr("._/+=:~%@,", (int)byte));
    buf_printf(out, plain ? "%c" : "\\%03o", byte);
}

/* A dash is itself only as the first, a ^ only when it is not: both stay out of ranges. */
static void write_class_bytes(struct buf *out, const struct aa_class *class)
{
    if (aa_class_has(class, '-'))
        buf_add_char(out, '-');
    for (unsigned byte = 1; byte < 256; byte++) {
        unsigned last = byte;
        if (byte == '-' || byte == '^' || !aa_class_has(class, (unsigned char)byte))
            continue;
        while (last < 255 && last + 1 != '-' && last + 1 != '^' && aa_class_has(class, (unsigned char)(last + 1)))
            last++;
        write_class_byte(out, byte);
        if (last > byte + 1)
            buf_add_char(out, '-');
        if (last > byte)
            write_class_byte(out, last);
        byte = last;
    }
    if (aa_class_has(class, '^'))
        buf_add_char(out, '^');
}

static void write_class(struct buf *out, const struct branch *branch)
{
    if (branch->count == 1) {
        unsigned byte = 1;
        while (!aa_class_has(&branch->bytes, (unsigned char)byte))
            byte++;
        char literal = (char)byte;
        aa_glob_quote(out, &literal, 1);
        return;
    }
    struct aa_class rest = {0};
    for (unsigned byte = 1; byte < 256; byte++) /* with the slash, which a negated class would take */
        if (!aa_class_has(&branch->bytes, (unsigned char)byte))
            aa_class_add(&rest, (unsigned char)byte);
    bool negated = branch->count > 127;
    buf_add_text(out, negated ? "[^" : "[");
    write_class_bytes(out, negated ? &rest : &branch->bytes);
    buf_add_char(out, ']');
}

/* ---- the walk ----------------------------------------------------------------------------- */

/* What is left in one directory: names (and what is below them), names exactly, and names as directories
 * with what is below them. */
enum { LEFT_ALL, LEFT_EXACT, LEFT_BELOW, LEFT_KINDS };
static const char *const LEFT_SUFFIX[LEFT_KINDS] = {"{,/**}", "", "/{,**}"};

struct child {
    char *name; /* a pattern */
    uint32_t state;
};

struct directory {
    struct aa_patterns left[LEFT_KINDS];
    struct child *children;
    size_t child_count;
    size_t child_capacity;
};

static void directory_done(struct directory *directory)
{
    for (size_t i = 0; i < LEFT_KINDS; i++)
        aa_patterns_done(&directory->left[i]);
    for (size_t i = 0; i < directory->child_count; i++)
        free(directory->children[i].name);
    free(directory->children);
}

static int leave(struct walk *walk, struct directory *directory, int kind, const char *name)
{
    aa_patterns_add(&directory->left[kind], name);
    walk->bytes += strlen(name) + 1;
    return walk->bytes <= AA_COMPLEMENT_BYTES_MAX
               ? 0
               : err_set(walk->err, -E2BIG, "the exceptions inside a denied tree are too many to write down");
}

/* True when a state takes every name and stays what it is. */
static bool takes_all_names(const struct branches *branches, uint32_t state)
{
    return branches->count == 1 && branches->items[0].state == state;
}

/* Behind name, which is as far as it goes: a file of that name, and a directory with what is below. */
static int end_name(struct walk *walk, struct directory *directory, uint32_t state, const char *name)
{
    bool file_left = !state_matches(walk, state);
    uint32_t below = state_step(walk, state, '/');
    if (below == DEAD)
        return leave(walk, directory, file_left ? LEFT_ALL : LEFT_BELOW, name);
    if (below != state) { /* else the exception covers all that follows */
        MEM_GROW(directory->children, directory->child_count, directory->child_capacity);
        directory->children[directory->child_count++] = (struct child){.name = mem_strdup(name), .state = below};
    }
    return file_left ? leave(walk, directory, LEFT_EXACT, name) : 0;
}

/* Names in a directory that begin with what stands in name. Recursion is bounded by the longest name,
 * and the work by AA_COMPLEMENT_BYTES_MAX. */
static int walk_name(struct walk *walk, struct directory *directory, uint32_t state, struct buf *name)
{
    struct branches branches = {0};
    size_t length = name->length;
    int rc = 0;
    find_branches(walk, state, &branches);
    AUTO_FREE struct branch *items = branches.items;
    if (takes_all_names(&branches, state)) {
        buf_add_char(name, '*');
        rc = end_name(walk, directory, state, buf_text(name));
    } else {
        if (length > 0)
            rc = end_name(walk, directory, state, buf_text(name));
        for (size_t i = 0; rc == 0 && i < branches.count; i++) {
            const struct branch *branch = &items[i];
            if (branch->state == state)
                rc = err_set(walk->err, -ENOTSUP, "a star stands inside a name in an exception");
            write_class(name, branch);
            if (rc == 0 && branch->state == DEAD) {
                buf_add_char(name, '*');
                rc = leave(walk, directory, LEFT_ALL, buf_text(name));
            } else if (rc == 0) {
                rc = walk_name(walk, directory, branch->state, name);
            }
            name->length = length;
            name->data[length] = '\0';
        }
    }
    if (name->data) {
        name->length = length;
        name->data[length] = '\0';
    }
    return rc;
}

#define RULE_BYTES 1500 /* a longer alternation is parted into several rules */

static void add_rules(struct walk *walk, const char *prefix, const struct aa_patterns *names, const char *suffix)
{
    for (size_t i = 0; i < names->count;) {
        AUTO_BUF struct buf rule = BUF_INIT;
        size_t last = i + 1;
        for (size_t bytes = strlen(names->items[i]); last < names->count; last++) {
            bytes += strlen(names->items[last]) + 1;
            if (bytes > RULE_BYTES)
                break;
        }
        bool several = last - i > 1;
        buf_printf(&rule, "%s%s", prefix, several ? "{" : "");
        for (; i < last; i++)
            buf_printf(&rule, "%s%s", names->items[i], i + 1 < last ? "," : "");
        buf_printf(&rule, "%s%s", several ? "}" : "", suffix);
        aa_patterns_add(walk->ret, buf_text(&rule));
        walk->bytes += rule.length;
    }
}

/* prefix ends in a slash; state is what remains of the exceptions behind it. */
static int walk_directory(struct walk *walk, const char *prefix, uint32_t state)
{
    struct directory directory = {0};
    AUTO_BUF struct buf name = BUF_INIT;
    if (!state_matches(walk, state))
        aa_patterns_add(&directory.left[LEFT_EXACT], "");
    int rc = walk_name(walk, &directory, state, &name);
    for (int kind = 0; rc == 0 && kind < LEFT_KINDS; kind++)
        add_rules(walk, prefix, &directory.left[kind], LEFT_SUFFIX[kind]);
    for (size_t i = 0; rc == 0 && i < directory.child_count; i++) {
        AUTO_FREE char *below = mem_printf("%s%s/", prefix, directory.children[i].name);
        walk->bytes += strlen(below);
        rc = walk_directory(walk, below, directory.children[i].state);
    }
    directory_done(&directory);
    return rc;
}

/* One automaton for all exceptions. They are joined as expressions: as patterns, their last stars would
 * not stand at an end any more. */
static int unite(const struct aa_patterns *exceptions, struct aa_nfa *ret, struct err *err)
{
    AUTO_BUF struct buf all = BUF_INIT;
    for (size_t i = 0; i < exceptions->count; i++) {
        AUTO_BUF struct buf one = BUF_INIT;
        int rc = aa_regex_from_pattern(exceptions->items[i], &one, err);
        if (rc < 0)
            return rc;
        buf_add_char(&all, i ? '|' : '(');
        buf_add(&all, one.data, one.length);
    }
    buf_add_char(&all, ')');
    if (all.length + 3 * exceptions->count > AA_NFA_NODES_MAX)
        return err_set(err, -E2BIG, "the exceptions inside a denied tree are too many to write down");
    return aa_nfa_compile("exceptions", buf_text(&all), all.length, ret, err);
}

int aa_complement(const char *root, const struct aa_patterns *exceptions, struct aa_patterns *ret, struct err *err)
{
    AUTO_FREE char *prefix = mem_printf("%s/", root);
    if (exceptions->count == 0) {
        AUTO_FREE char *whole = mem_printf("%s{,**}", prefix);
        aa_patterns_add(ret, whole);
        return 0;
    }
    struct walk walk = {.ret = ret, .err = err};
    int rc = unite(exceptions, &walk.nfa, err);
    if (rc < 0)
        return rc;
    size_t before = ret->count;
    AUTO_FREE uint32_t *words = mem_zero(aa_set_words(&walk.nfa), sizeof(*words));
    aa_set_init(&walk.set, &walk.nfa, words);
    walk.states = intern_new();
    (void)state_of_set(&walk); /* the empty set is DEAD */
    aa_set_add(&walk.nfa, &walk.set, 0);
    uint32_t below = state_step(&walk, state_of_set(&walk), '/');
    rc = walk_directory(&walk, prefix, below);
    intern_free(walk.states);
    aa_nfa_done(&walk.nfa);
    while (rc < 0 && ret->count > before)
        free(ret->items[--ret->count]);
    return rc;
}
