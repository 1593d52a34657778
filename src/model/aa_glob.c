#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/aa_glob_impl.h"

/* Splits off the bytes that every matching path begins with; start is where the rest begins. */
static void take_prefix(struct aa_glob *glob)
{
    AUTO_BUF struct buf prefix = BUF_INIT;
    uint32_t at = 0;
    while (glob->nfa.nodes[at].kind == AA_NODE_BYTE) {
        buf_add_char(&prefix, (char)glob->nfa.nodes[at].byte);
        at = glob->nfa.nodes[at].next;
    }
    glob->prefix_length = prefix.length;
    glob->prefix = mem_dup(buf_text(&prefix), prefix.length);
    glob->start = at;
    glob->literal = glob->nfa.nodes[at].kind == AA_NODE_MATCH;
    if (glob->literal)
        aa_nfa_done(&glob->nfa);
}

/* Most paths are turned away by their first byte behind the prefix, without running the automaton. */
static void take_next(struct aa_glob *glob)
{
    const struct aa_nfa *nfa = &glob->nfa;
    struct aa_set set;
    if (glob->literal) {
        glob->may_end = true;
        return;
    }
    AUTO_FREE uint32_t *words = mem_resize(NULL, aa_set_words(nfa), sizeof(*words));
    aa_set_init(&set, nfa, words);
    aa_set_add(nfa, &set, glob->start);
    glob->may_end = aa_set_matches(nfa, &set);
    for (uint32_t i = 0; i < set.count; i++) {
        const struct aa_node *node = &nfa->nodes[set.nodes[i]];
        if (node->kind == AA_NODE_BYTE)
            aa_class_add(&glob->next, node->byte);
        for (size_t k = 0; node->kind == AA_NODE_CLASS && k < ARRAY_COUNT(glob->next.bits); k++)
            glob->next.bits[k] |= nfa->classes[node->class].bits[k];
    }
}

/* A pattern that ends in two stars needs no look at what they stand for: the loop over every byte but NUL from
 * which a way leads to the match. */
static void take_rest(struct aa_glob *glob)
{
    const struct aa_nfa *nfa = &glob->nfa;
    glob->rest = NO_REST;
    for (uint32_t i = 0; i + 2 < nfa->node_count && glob->rest == NO_REST; i++) {
        const struct aa_node *loop = &nfa->nodes[i];
        const struct aa_node *byte = &nfa->nodes[loop->next];
        if (loop->kind != AA_NODE_SPLIT || byte->kind != AA_NODE_CLASS || nfa->nodes[byte->next].kind != AA_NODE_JUMP ||
            nfa->nodes[byte->next].next != i)
            continue;
        const struct aa_class *class = &nfa->classes[byte->class];
        uint32_t behind = loop->alt;
        while (nfa->nodes[behind].kind == AA_NODE_JUMP)
            behind = nfa->nodes[behind].next;
        if (nfa->nodes[behind].kind == AA_NODE_MATCH && class->bits[0] == ~UINT64_C(1) &&
            (class->bits[1] & class->bits[2] & class->bits[3]) == UINT64_MAX)
            glob->rest = i;
    }
}

/* The bytes that every matching path ends with. Whatever leads into the last run of plain bytes leads to its
 * start: an alternative ends in a jump, a star in a class. A path that does not end so is turned away
 * without running the automaton, which is what makes ten thousand patterns below one directory cheap. */
static void take_suffix(struct aa_glob *glob)
{
    AUTO_BUF struct buf suffix = BUF_INIT;
    size_t first = glob->nfa.node_count > 0 ? glob->nfa.node_count - 1 : 0; /* the match */
    while (first > glob->start && glob->nfa.nodes[first - 1].kind == AA_NODE_BYTE)
        first--;
    for (size_t i = first; i + 1 < glob->nfa.node_count; i++)
        buf_add_char(&suffix, (char)glob->nfa.nodes[i].byte);
    glob->suffix_length = suffix.length;
    glob->suffix = mem_dup(buf_text(&suffix), suffix.length);
}

int aa_glob_new(const char *pattern, struct aa_glob **ret, struct err *err)
{
    AUTO_BUF struct buf regex = BUF_INIT;
    int rc = aa_regex_from_pattern(pattern, &regex, err);
    if (rc < 0)
        return rc;
    struct aa_nfa nfa;
    rc = aa_nfa_compile(pattern, buf_text(&regex), regex.length, &nfa, err);
    if (rc < 0)
        return rc;
    struct aa_glob *glob = mem_zero(1, sizeof(*glob));
    glob->nfa = nfa;
    glob->exact = nfa.class_count == 0;
    take_prefix(glob);
    take_suffix(glob);
    take_next(glob);
    take_rest(glob);
    *ret = glob;
    return 0;
}

void aa_glob_free(struct aa_glob *glob)
{
    if (!glob)
        return;
    aa_nfa_done(&glob->nfa);
    free(glob->prefix);
    free(glob->suffix);
    free(glob);
}

static bool run(const struct aa_glob *glob, const char *rest, size_t length, uint32_t *words)
{
    const struct aa_nfa *nfa = &glob->nfa;
    struct aa_set sets[2];
    aa_set_init(&sets[0], nfa, words);
    aa_set_init(&sets[1], nfa, words + aa_set_words(nfa));
    aa_set_add(nfa, &sets[0], glob->start);
    unsigned now = 0;
    bool whole = glob->rest != NO_REST && !memchr(rest, '\0', length);
    for (size_t i = 0; i < length && sets[now].count > 0; i++) {
        if (whole && aa_set_has(&sets[now], glob->rest))
            return true;
        aa_set_step(nfa, &sets[now], (unsigned char)rest[i], &sets[!now]);
        now = !now;
    }
    return aa_set_matches(nfa, &sets[now]);
}

bool aa_glob_match(const struct aa_glob *glob, const char *path, size_t length)
{
    if (length < glob->prefix_length || !aa_glob_may_match(glob, path, length) ||
        memcmp(path, glob->prefix, glob->prefix_length) != 0)
        return false;
    if (glob->literal)
        return true;
    if (length < glob->prefix_length + glob->suffix_length ||
        memcmp(path + length - glob->suffix_length, glob->suffix, glob->suffix_length) != 0)
        return false;
    size_t words = aa_set_words(&glob->nfa) * 2;
    path += glob->prefix_length;
    length -= glob->prefix_length;
    /* Left as it comes: a sparse set believes nothing that its own nodes do not confirm, and clearing the sets of
     * a large pattern costs more than the match. */
    uint32_t local[8192];
    if (words <= ARRAY_COUNT(local))
        return run(glob, path, length, local);
    AUTO_FREE uint32_t *heap = mem_resize(NULL, words, sizeof(*heap));
    return run(glob, path, length, heap);
}

/* A digit behind an octal escape of three digits cannot be taken for a part of it. A backslash is one
 * too: apparmor_parser takes \\" for an escaped quotation mark. */
static void quote_byte(struct buf *out, unsigned char byte)
{
    if (byte && strchr("*?[]{}^,", byte)) {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)byte);
    } else if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\') {
        buf_printf(out, "\\%03o", byte);
    } else {
        buf_add_char(out, (char)byte);
    }
}

void aa_glob_quote(struct buf *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t character = text_utf8_length(bytes + i, length - i);
        if (character > 1 && text_is_plain(bytes + i, character)) {
            buf_add(out, bytes + i, character);
            i += character;
        } else {
            quote_byte(out, (unsigned char)bytes[i++]);
        }
    }
}
