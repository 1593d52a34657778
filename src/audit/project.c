#include "audit/project.h"

#include <string.h>

#include "audit/pss.h"
#include "base/file.h"
#include "base/node_in.h"
#include "base/text.h"

struct reader {
    struct project *project;
    struct arena *arena;
    struct err *err;
    const char *directory; /* "" or ends with a slash */
};

struct key {
    const char *name;
    int (*read)(const struct reader *reader, const struct node *value);
};

static int refuse_at(const struct reader *reader, uint32_t line, uint32_t column, const char *what)
{
    return err_set(reader->err, -EINVAL, "%s:%u:%u: %s", reader->project->path, line, column, what);
}

static int refuse(const struct reader *reader, const struct node *value, const char *what)
{
    return refuse_at(reader, value->value_line, value->value_column, what);
}

static int refuse_key(const struct reader *reader, const struct node *entry, const char *what)
{
    return refuse_at(reader, entry->line, entry->column, what);
}

static const char *beside(const struct reader *reader, const char *path)
{
    return path[0] == '/' ? path : arena_printf(reader->arena, "%s%s", reader->directory, path);
}

static int read_text(const struct reader *reader, const struct node *value, const char **ret)
{
    const char *text = node_text(value);
    if (!text || text[0] == '\0')
        return refuse(reader, value, "text is expected here");
    *ret = text;
    return 0;
}

static int read_texts(const struct reader *reader, const struct node *value, bool paths, char ***ret, size_t *ret_count)
{
    if (!node_is(value, NODE_LIST))
        return refuse(reader, value, "a list is expected here");
    char **texts = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*texts));
    size_t count = 0;
    for (const struct node *item = node_first(value); item; item = item->next) {
        const char *text = NULL;
        int failed = read_text(reader, item, &text);
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
    return severity_parse(*ret, ret_severity) ? 0 : refuse(reader, value, "a severity is info, low, medium, high or critical");
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
        return refuse(reader, value, "true or false is expected here");
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
               : refuse(reader, value, "a level is baseline or restricted, and may end in a version: restricted@1.29");
}

static int read_baseline(const struct reader *reader, const struct node *value)
{
    int failed = read_text(reader, value, &reader->project->baseline);
    if (failed == 0)
        reader->project->baseline = beside(reader, reader->project->baseline);
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

static int read_exclude(const struct reader *reader, const struct node *value)
{
    return read_texts(reader, value, false, &reader->project->exclude, &reader->project->exclude_count);
}

static int read_grades(const struct reader *reader, const struct node *value)
{
    struct project *project = reader->project;
    if (!node_is(value, NODE_MAP))
        return refuse(reader, value, "a map of rules and their severities is expected here");
    project->grades = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*project->grades));
    for (const struct node *entry = node_first(value); entry; entry = entry->next) {
        const char *name = NULL;
        struct project_grade *grade = &project->grades[project->grade_count++];
        grade->rule = entry->key;
        int failed = read_severity(reader, entry, &name, &grade->severity);
        if (failed < 0)
            return failed;
    }
    return 0;
}

static int read_lists(const struct reader *reader, const struct node *value)
{
    if (!node_is(value, NODE_MAP))
        return refuse(reader, value, "a map of lists is expected here");
    for (const struct node *entry = node_first(value); entry; entry = entry->next)
        if (!node_is(entry, NODE_LIST))
            return refuse(reader, entry, "a list is expected here");
    reader->project->lists = value;
    return 0;
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

static int read_ignored_key(const struct reader *reader, const struct node *entry, struct suppression *ret)
{
    static const char *const names[] = {"rule", "path", "subject", "reason", "until"};
    const char **const places[] = {&ret->rule, &ret->path, &ret->subject, &ret->reason, &ret->until};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(entry->key, names[i]) == 0)
            return read_text(reader, entry, places[i]);
    return refuse_key(reader, entry, "an entry of ignore has the keys rule, path, subject, reason and until");
}

static int read_ignored(const struct reader *reader, const struct node *item, struct suppression *ret)
{
    if (!node_is(item, NODE_MAP))
        return refuse(reader, item, "an entry of ignore is a map with a rule and a reason");
    for (const struct node *entry = node_first(item); entry; entry = entry->next) {
        int failed = read_ignored_key(reader, entry, ret);
        if (failed < 0)
            return failed;
    }
    if (!ret->rule)
        return refuse(reader, item, "this entry of ignore names no rule");
    if (!ret->reason || ret->reason[strspn(ret->reason, " \t\r\n")] == '\0')
        return refuse(reader, item, "this entry of ignore gives no reason, and without one nothing is accepted");
    if (ret->until && !is_date(ret->until))
        return refuse(reader, item, "until is a date like 2026-12-31");
    return 0;
}

static int read_ignore(const struct reader *reader, const struct node *value)
{
    struct project *project = reader->project;
    if (!node_is(value, NODE_LIST))
        return refuse(reader, value, "a list is expected here");
    project->ignore = arena_alloc(reader->arena, (node_count(value) + 1) * sizeof(*project->ignore));
    for (const struct node *item = node_first(value); item; item = item->next) {
        int failed = read_ignored(reader, item, &project->ignore[project->ignore_count++]);
        if (failed < 0)
            return failed;
    }
    return 0;
}

static const struct key keys[] = {
    {"fail-on", read_fail_on}, {"severity", read_least}, {"strict", read_strict}, {"pss", read_pss},
    {"only", read_only}, {"skip", read_skip}, {"severities", read_grades}, {"rules", read_rules},
    {"exclude", read_exclude}, {"baseline", read_baseline}, {"lists", read_lists}, {"ignore", read_ignore},
};

static int read_key(const struct reader *reader, const struct node *entry)
{
    const char *near = NULL;
    size_t distance = 3;
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        size_t edits = text_distance(entry->key, keys[i].name);
        if (edits == 0)
            return node_is(entry, NODE_NULL) ? 0 : keys[i].read(reader, entry);
        if (edits < distance) {
            distance = edits;
            near = keys[i].name;
        }
    }
    return refuse_key(reader, entry,
                      near ? arena_printf(reader->arena, "there is no such setting; did you mean %s?", near)
                           : "there is no such setting; profgen-project(5) lists them");
}

static int read_keys(const struct reader *reader, const struct node_stream *stream)
{
    if (stream->duplicates)
        return refuse_at(reader, stream->duplicates->line, stream->duplicates->column, "this stands here for the second time");
    if (stream->count == 0)
        return 0;
    if (stream->count > 1 || !node_is(stream->documents[0], NODE_MAP))
        return refuse(reader, stream->documents[stream->count > 1], "a project file is one map of settings");
    for (const struct node *entry = node_first(stream->documents[0]); entry; entry = entry->next) {
        int failed = read_key(reader, entry);
        if (failed < 0)
            return failed;
    }
    return 0;
}

int project_read(const char *path, struct arena *arena, struct project *ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    struct node_stream stream = {0};
    const char *slash = strrchr(path, '/');
    int failed = file_read(path, PROJECT_BYTES_MAX, &bytes, err);
    if (failed < 0)
        return failed;
    const char *kept = arena_dup(arena, buf_text(&bytes), bytes.length);
    failed = yaml_read(path, kept, bytes.length, arena, &stream, err);
    if (failed < 0)
        return failed;
    struct project project = {.path = path};
    const struct reader reader = {
        .project = &project,
        .arena = arena,
        .err = err,
        .directory = slash ? arena_dup(arena, path, (size_t)(slash - path) + 1) : "",
    };
    failed = read_keys(&reader, &stream);
    if (failed == 0)
        *ret = project;
    return failed;
}
