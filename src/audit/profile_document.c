/*
 * Profiles and recordings among the files: read, so that a pod that names a profile can be held against what is there.
 *
 * The kubelet's name of a seccomp profile is a path under a directory of the node, which the input need not show, so a
 * file is known by its path and by every part of it from a slash on.
 */
#include <errno.h>
#include <string.h>

#include "audit/facts_rows.h"
#include "audit/lines.h"
#include "audit/seccomp_breadth.h"
#include "audit/source.h"

static const char recording_schema[] = "profgen-recording/";

/* ---- seccomp ------------------------------------------------------------------------------------- */

static bool is_seccomp(const struct node *root)
{
    const char *action = node_text_at(root, "defaultAction");
    return action && strncmp(action, "SCMP_ACT_", 9) == 0;
}

static void judge_seccomp(struct collector *collector, const struct node *root)
{
    struct node *facts = NULL;
    struct err err = ERR_INIT;
    if (seccomp_breadth_facts(collector->arena, collector->path, root, &facts, &err) < 0) {
        collector->miss(collector, root, "runtimes refuse this profile: %s", err.sentence);
        return;
    }
    const struct subject subject = {.kind = SUBJECT_SECCOMP_PROFILE, .names.kind = "seccomp profile", .format = "seccomp",
                                    .facts = facts, .where = root};
    collector->add(collector, &subject);
}

static void collect_seccomp(struct collector *collector, const struct node *root)
{
    judge_seccomp(collector, root);
    const char *name = collector->path;
    while (name) {
        name += strspn(name, "/");
        if (*name && strncmp(name, "./", 2) != 0)
            context_add(collector->context, CONTEXT_SECCOMP_PROFILE, "", name, "");
        name = strchr(name, '/');
    }
}

const struct document_kind document_kind_seccomp = {
    .name = "seccomp", .recognises = is_seccomp, .collect = collect_seccomp};

/* ---- recordings ----------------------------------------------------------------------------------- */

static bool is_recording(const struct node *root)
{
    const char *schema = node_text_at(root, "schema");
    return schema && strncmp(schema, recording_schema, strlen(recording_schema)) == 0;
}

static void collect_nothing(struct collector *collector, const struct node *root)
{
    (void)root;
    if (collector->skip)
        collector->skip(collector, "a recording");
}

const struct document_kind document_kind_recording = {
    .name = "recording", .recognises = is_recording, .collect = collect_nothing};

/* ---- AppArmor --------------------------------------------------------------------------------------- */

static bool is_apparmor(const struct node *root)
{
    const struct node *names = node_get(root, "apparmor");
    return node_is(names, NODE_LIST) && node_count(root) == 1;
}

static void collect_apparmor(struct collector *collector, const struct node *root)
{
    if (!rows_bounded(collector, root))
        return;
    for (const struct node *name = node_first(node_get(root, "apparmor")); name; name = name->next)
        if (node_text(name))
            context_add(collector->context, CONTEXT_APPARMOR_PROFILE, "", node_text(name), "");
}

const struct document_kind document_kind_apparmor = {
    .name = "apparmor", .recognises = is_apparmor, .collect = collect_apparmor};

/* A word, in quotes or up to a blank. */
static const char *take_word(struct arena *arena, const char *text, size_t length)
{
    size_t start = lines_blanks(text, length), end = start;
    char quote = start < length && text[start] == '"' ? text[start] : '\0';
    start = end += quote != '\0';
    while (end < length && (quote ? text[end] != quote : text[end] != ' ' && text[end] != '\t' && text[end] != '{'))
        end++;
    return end > start ? arena_dup(arena, text + start, end - start) : NULL;
}

/* The name in the head of a profile; NULL on other lines. A path with a "{" behind it names itself. */
static const char *profile_name(struct arena *arena, const char *text, size_t length)
{
    if (length > 8 && memcmp(text, "profile", 7) == 0 && (text[7] == ' ' || text[7] == '\t'))
        return take_word(arena, text + 8, length - 8);
    bool path = length > 0 && (text[0] == '/' || (text[0] == '"' && length > 1 && text[1] == '/'));
    return path && text[length - 1] == '{' ? take_word(arena, text, length) : NULL;
}

static void add_name(struct arena *arena, struct node *names, const char *name, const struct lines *line, size_t blanks)
{
    struct node *node = node_new_text(arena, name, NULL);
    node->line = node->value_line = line->number;
    node->column = node->value_column = (uint32_t)blanks + 1;
    node_append(names, node);
}

/* Only heads at the outermost level name profiles; what is inside are children and hats. */
static void read_names(struct arena *arena, struct node *names, const char *bytes, size_t length)
{
    int depth = 0;
    struct lines line = lines_of(bytes, length);
    while (lines_next(&line)) {
        size_t blanks = lines_blanks(line.text, line.length);
        const char *text = line.text + blanks;
        size_t rest = lines_trimmed(text, line.length - blanks);
        if (rest == 0 || text[0] == '#')
            continue;
        const char *name = depth == 0 ? profile_name(arena, text, rest) : NULL;
        if (name)
            add_name(arena, names, name, &line, blanks);
        depth += text[rest - 1] == '{';
        depth -= depth > 0 && rest == 1 && text[0] == '}';
    }
}

int apparmor_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                  struct err *err)
{
    *ret = (struct node_stream){0};
    if (memchr(bytes, '\0', length))
        return err_set(err, -EINVAL, "cannot read %s: an AppArmor profile has no NUL bytes", name);
    struct node *root = node_new_map(arena, NULL), *names = node_new_list(arena, NULL);
    root->line = root->column = root->value_line = root->value_column = 1;
    node_put(arena, root, "apparmor", names);
    names->line = names->column = names->value_line = names->value_column = 1;
    read_names(arena, names, bytes, length);
    ret->documents = arena_alloc(arena, sizeof(*ret->documents));
    ret->documents[0] = root;
    ret->count = 1;
    return 0;
}
