#include "audit/project.h"

#include <string.h>

#include "audit/pss.h"
#include "audit/strict.h"

struct reader {
    const char *path;
    struct project *project;
    struct arena *arena;
    struct err *err;
    const char *directory; /* "" or ends with a slash */
};

struct key {
    const char *name;
    int (*read)(const struct reader *reader, const struct node *value);
};

static const char *beside(const struct reader *reader, const char *path)
{
    return path[0] == '/' ? path : arena_printf(reader->arena, "%s%s", reader->directory, path);
}

static int wrong(const struct reader *reader, const struct node *where, const char *what)
{
    return strict_error(reader->path, where, reader->err, "%s", what);
}

/* The name of an entry; items of a list have none. */
static const char *name_of(const struct node *value)
{
    return value->key ? value->key : "an item";
}

static int read_text(const struct reader *reader, const struct node *value, const char **ret)
{
    int failed = strict_text(reader->path, value, name_of(value), reader->err);
    if (failed < 0)
        return failed;
    *ret = value->text;
    return 0;
}

/* Unlike in a rule, a list or a map may be empty here: all its entries may have been commented out. */
static int expect(const struct reader *reader, const struct node *value, enum node_kind kind)
{
    if (node_is(value, kind))
        return 0;
    return strict_error(reader->path, value, reader->err, "%s must be a %s", name_of(value),
                        kind == NODE_LIST ? "list" : "map of keys and values");
}

static int read_texts(const struct reader *reader, const struct node *value, bool paths, char ***ret, size_t *ret_count)
{
    int failed = expect(reader, value, NODE_LIST);
    if (failed < 0)
        return failed;
    char **texts = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*texts));
    size_t count = 0;
    for (const struct node *item = node_first(value); item; item = item->next) {
        const char *text = NULL;
        failed = read_text(reader, item, &text);
        if (failed < 0)
            return failed;
        texts[count++] = arena_strdup(reader->arena, paths ? beside(reader, text) : text);
    }
    *ret = texts;
    *ret_count = count;
    return 0;
}

static int read_severity(const struct reader *reader, const struct node *value, const char **ret, enum severity *ret_severity)
{
    int failed = read_text(reader, value, ret);
    if (failed < 0)
        return failed;
    return severity_parse(*ret, ret_severity) ? 0 : wrong(reader, value, "a severity is info, low, medium, high or critical");
}

static int read_fail_on(const struct reader *reader, const struct node *value)
{
    enum severity severity = SEVERITY_INFO;
    /* Nothing fails with "never", as on the command line. */
    if (node_is_text(value, "never")) {
        reader->project->fail_on = node_text(value);
        return 0;
    }
    return read_severity(reader, value, &reader->project->fail_on, &severity);
}

static int read_least(const struct reader *reader, const struct node *value)
{
    enum severity severity = SEVERITY_INFO;
    return read_severity(reader, value, &reader->project->severity, &severity);
}

static int read_strict(const struct reader *reader, const struct node *value)
{
    if (!node_is_true(value) && !node_is_false(value))
        return wrong(reader, value, "true or false is expected here");
    reader->project->strict = node_is_true(value);
    return 0;
}

static int read_pss(const struct reader *reader, const struct node *value)
{
    enum pss_level level = PSS_PRIVILEGED;
    unsigned minor = 0;
    int failed = read_text(reader, value, &reader->project->pss);
    if (failed < 0)
        return failed;
    return pss_parse(reader->project->pss, &level, &minor)
               ? 0
               : wrong(reader, value, "a level is baseline or restricted, and may end in a version: restricted@1.29");
}

static int read_baseline(const struct reader *reader, const struct node *value)
{
    const char *path = NULL;
    int failed = read_text(reader, value, &path);
    if (path)
        reader->project->baseline = beside(reader, path);
    return failed;
}

static int read_only(const struct reader *reader, const struct node *value)
{
    return read_texts(reader, value, false, &reader->project->only, &reader->project->only_count);
}

static int read_skip(const struct reader *reader, const struct node *value)
{
    return read_texts(reader, value, false, &reader->project->skip, &reader->project->skip_count);
}

static int read_rules(const struct reader *reader, const struct node *value)
{
    return read_texts(reader, value, true, &reader->project->rules, &reader->project->rules_count);
}

/* [CONTAINER=]FILE: the file is beside this one. */
static int read_recordings(const struct reader *reader, const struct node *value)
{
    struct project *project = reader->project;
    int failed = read_texts(reader, value, false, &project->recordings, &project->recordings_count);
    for (size_t i = 0; failed == 0 && i < project->recordings_count; i++) {
        char *text = project->recordings[i];
        char *equals = strchr(text, '=');
        const char *path = beside(reader, equals ? equals + 1 : text);
        int name = equals ? (int)(equals + 1 - text) : 0;
        project->recordings[i] = arena_printf(reader->arena, "%.*s%s", name, text, path);
    }
    return failed;
}

static int read_exclude(const struct reader *reader, const struct node *value)
{
    return read_texts(reader, value, false, &reader->project->exclude, &reader->project->exclude_count);
}

static int read_grades(const struct reader *reader, const struct node *value)
{
    struct project *project = reader->project;
    int failed = expect(reader, value, NODE_MAP);
    if (failed < 0)
        return failed;
    project->grades = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*project->grades));
    for (const struct node *entry = node_first(value); entry; entry = entry->next) {
        const char *name = NULL;
        struct project_grade *grade = &project->grades[project->grade_count++];
        grade->rule = entry->key;
        failed = read_severity(reader, entry, &name, &grade->severity);
        if (failed < 0)
            return failed;
    }
    return 0;
}

static int read_lists(const struct reader *reader, const struct node *value)
{
    int failed = expect(reader, value, NODE_MAP);
    for (const struct node *entry = node_first(value); entry && failed == 0; entry = entry->next)
        failed = expect(reader, entry, NODE_LIST);
    if (failed == 0)
        reader->project->lists = value;
    return failed;
}

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    if (strlen(text) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
            return false;
    return true;
}

static int read_ignored(const struct reader *reader, const struct node *item, struct suppression *ret)
{
    static const char *const names[] = {"rule", "path", "subject", "reason", "until", NULL};
    const char **const places[] = {&ret->rule, &ret->path, &ret->subject, &ret->reason, &ret->until};
    int failed = expect(reader, item, NODE_MAP);
    if (failed == 0)
        failed = strict_keys(reader->path, item, names, reader->err);
    for (size_t i = 0; failed == 0 && names[i]; i++)
        if (node_find(item, names[i]))
            failed = read_text(reader, node_find(item, names[i]), places[i]);
    if (failed < 0)
        return failed;
    if (!ret->rule)
        return wrong(reader, item, "this entry of ignore names no rule");
    if (!ret->reason || ret->reason[strspn(ret->reason, " \t\r\n")] == '\0')
        return wrong(reader, item, "this entry of ignore gives no reason, and without one nothing is accepted");
    if (ret->until && !is_date(ret->until))
        return wrong(reader, item, "until is a date like 2026-12-31");
    return 0;
}

static int read_ignore(const struct reader *reader, const struct node *value)
{
    struct project *project = reader->project;
    int failed = expect(reader, value, NODE_LIST);
    if (failed < 0)
        return failed;
    project->ignore = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*project->ignore));
    for (const struct node *item = node_first(value); item; item = item->next) {
        failed = read_ignored(reader, item, &project->ignore[project->ignore_count++]);
        if (failed < 0)
            return failed;
    }
    return 0;
}

static const struct key keys[] = {
    {"fail-on", read_fail_on}, {"severity", read_least}, {"strict", read_strict}, {"pss", read_pss},
    {"only", read_only}, {"skip", read_skip}, {"severities", read_grades}, {"rules", read_rules}, {"recordings", read_recordings},
    {"exclude", read_exclude}, {"baseline", read_baseline}, {"lists", read_lists}, {"ignore", read_ignore},
};

static int read_settings(const struct reader *reader, const struct node *root)
{
    const char *names[ARRAY_COUNT(keys) + 1] = {NULL};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        names[i] = keys[i].name;
    int failed = strict_keys(reader->path, root, names, reader->err);
    for (size_t i = 0; failed == 0 && i < ARRAY_COUNT(keys); i++) {
        const struct node *entry = node_find(root, keys[i].name);
        if (entry && !node_is(entry, NODE_NULL))
            failed = keys[i].read(reader, entry);
    }
    return failed;
}

static int read_document(const struct reader *reader, const struct node_stream *stream)
{
    if (stream->count == 0)
        return 0;
    if (stream->count > 1 || !node_is(stream->documents[0], NODE_MAP))
        return wrong(reader, stream->documents[stream->count > 1], "a project file is one map of settings");
    return read_settings(reader, stream->documents[0]);
}

int project_read(const char *path, struct arena *arena, struct project *ret, struct err *err)
{
    struct node_stream stream = {0};
    const char *slash = strrchr(path, '/');
    int failed = strict_read(path, PROJECT_BYTES_MAX, arena, &stream, err);
    if (failed < 0)
        return failed;
    struct project project = {.path = path};
    const struct reader reader = {
        .path = path,
        .project = &project,
        .arena = arena,
        .err = err,
        .directory = slash ? arena_dup(arena, path, (size_t)(slash - path) + 1) : "",
    };
    failed = read_document(&reader, &stream);
    if (failed == 0)
        *ret = project;
    return failed;
}
