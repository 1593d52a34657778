#include "model/apparmor_words.h"

#include <string.h>

#include "data.h"
#include "model/aa_glob_impl.h"

static const struct {
    char letter;
    aa_mask bit;
} letters[] = {{'r', AA_READ}, {'w', AA_WRITE}, {'a', AA_APPEND},   {'l', AA_LINK},
               {'k', AA_LOCK}, {'m', AA_MAP_EXEC}, {'x', AA_EXEC}};

/* w says a as well. */
char *aa_mask_words(aa_mask mask)
{
    AUTO_BUF struct buf out = BUF_INIT;
    if (mask & AA_WRITE)
        mask &= ~(aa_mask)AA_APPEND;
    for (size_t i = 0; i < ARRAY_COUNT(letters); i++)
        if (mask & letters[i].bit)
            buf_add_char(&out, letters[i].letter);
    return buf_take(&out);
}

static aa_mask mask_of(const char *text)
{
    aa_mask mask = 0;
    for (; *text; text++)
        for (size_t i = 0; i < ARRAY_COUNT(letters); i++)
            mask |= letters[i].letter == *text ? letters[i].bit : 0;
    return mask;
}

void diff_row_judge_file(struct diff_row *row, aa_mask access)
{
    bool writes = access & (AA_WRITE | AA_APPEND);
    bool runs = access & (AA_EXEC | AA_MAP_EXEC);
    row->risk = writes && runs ? RISK_MEDIUM : writes || runs ? RISK_LOW : RISK_NONE;
    row->why = writes && runs ? "what is written there can be run" : NULL;
}

/* ---- examples -------------------------------------------------------------------------------------- */

static char byte_of_class(const struct aa_class *class)
{
    static const char liked[] = "a1bcdefghijklmnopqrstuvwxyz023456789_-.";
    for (const char *c = liked; *c; c++)
        if (aa_class_has(class, (unsigned char)*c))
            return *c;
    for (unsigned byte = 1; byte < 256; byte++)
        if (aa_class_has(class, (unsigned char)byte))
            return (char)byte;
    return '\0';
}

/* Breadth first; nodes that take no byte stand at the front of the line. */
struct line {
    uint32_t *nodes; /* room for as many on both sides of the middle */
    size_t front;
    size_t end;
};

static void write_way(const struct aa_nfa *nfa, const uint32_t *came, uint32_t node, uint32_t start, struct buf *out)
{
    AUTO_BUF struct buf back = BUF_INIT;
    while (node != start) {
        uint32_t before = came[node];
        const struct aa_node *from = &nfa->nodes[before];
        if (from->kind == AA_NODE_BYTE)
            buf_add_char(&back, (char)from->byte);
        else if (from->kind == AA_NODE_CLASS)
            buf_add_char(&back, byte_of_class(&nfa->classes[from->class]));
        node = before;
    }
    while (back.length > 0)
        buf_add_char(out, back.data[--back.length]);
}

void aa_glob_example(const struct aa_glob *glob, struct buf *out)
{
    const struct aa_nfa *nfa = &glob->nfa;
    buf_add(out, glob->prefix, glob->prefix_length);
    if (glob->literal)
        return;
    AUTO_FREE uint32_t *came = mem_resize(NULL, nfa->node_count, sizeof(*came));
    AUTO_FREE uint32_t *room = mem_resize(NULL, nfa->node_count * 4 + 4, sizeof(*room));
    memset(came, 0xff, nfa->node_count * sizeof(*came));
    struct line line = {.nodes = room, .front = nfa->node_count * 2, .end = nfa->node_count * 2};
    line.nodes[line.end++] = glob->start;
    came[glob->start] = glob->start;
    while (line.front < line.end) {
        uint32_t node = line.nodes[line.front++];
        const struct aa_node *at = &nfa->nodes[node];
        if (at->kind == AA_NODE_MATCH) {
            write_way(nfa, came, node, glob->start, out);
            return;
        }
        bool takes = at->kind == AA_NODE_BYTE || at->kind == AA_NODE_CLASS;
        uint32_t next[] = {at->next, at->alt};
        for (size_t i = 0; i < (at->kind == AA_NODE_SPLIT ? 2 : 1); i++) {
            if (came[next[i]] != UINT32_MAX)
                continue;
            came[next[i]] = node;
            if (takes)
                line.nodes[line.end++] = next[i];
            else
                line.nodes[--line.front] = next[i];
        }
    }
}

/* ---- hazards --------------------------------------------------------------------------------------- */

/* What hardening guides name is high; this list's own additions are medium, and programs low. */
static enum risk_level level_of(const struct data_apparmor_hazards *row)
{
    if (strcmp(row->shape, "programs") == 0)
        return RISK_LOW;
    bool guided = strstr(row->source, "moby") || strstr(row->source, "CIS") || strstr(row->source, "NSA");
    return guided ? RISK_HIGH : RISK_MEDIUM;
}

static void add_path(struct aa_hazard_paths *paths, const struct data_apparmor_hazards *row, const char *before,
                     const char *at, size_t length, const char *behind)
{
    AUTO_BUF struct buf path = BUF_INIT;
    AUTO_FREE char *pattern = mem_printf("%s%.*s%s", before, (int)length, at, behind);
    AUTO(aa_glob_free_cleanup) struct aa_glob *glob = NULL;
    if (aa_glob_new(pattern, &glob, NULL) < 0)
        return;
    aa_glob_example(glob, &path);
    MEM_GROW(paths->items, paths->count, paths->capacity);
    size_t path_length = path.length;
    paths->items[paths->count++] = (struct aa_hazard_path){.path = buf_take(&path), .length = path_length,
                                                           .access = mask_of(row->access), .risk = level_of(row),
                                                           .why = row->why};
}

void aa_hazard_paths_make(struct aa_hazard_paths *ret)
{
    *ret = (struct aa_hazard_paths){0};
    for (size_t i = 0; i < data_apparmor_hazards_count; i++) {
        const struct data_apparmor_hazards *row = &data_apparmor_hazards[i];
        bool programs = strcmp(row->shape, "programs") == 0;
        const char *behind = strcmp(row->shape, "tree") == 0 ? "/a" : "";
        for (const char *at = row->where; *at; at += strspn(at, " ")) {
            size_t length = strcspn(at, " ");
            add_path(ret, row, programs ? "/usr/bin/" : "", at, length, behind);
            at += length;
        }
    }
}

void aa_hazard_paths_done(struct aa_hazard_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        free(paths->items[i].path);
    free(paths->items);
    *paths = (struct aa_hazard_paths){0};
}
