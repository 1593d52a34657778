#include "base/ignore.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PATTERN_BYTES_MAX = 256, SEGMENT_STARS_MAX = 8, PATH_SEGMENTS_MAX = 512 };

static void done_pattern(struct ignore_pattern *pattern)
{
    for (size_t i = 0; i < pattern->segment_count; i++)
        free(pattern->segments[i]);
    free(pattern->segments);
}

void ignore_list_done(struct ignore_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        done_pattern(&list->patterns[i]);
    free(list->patterns);
    *list = IGNORE_LIST_INIT;
}

static size_t stars_in(const char *text, size_t length)
{
    size_t stars = 0;
    for (size_t i = 0; i < length; i++)
        stars += text[i] == '*';
    return stars;
}

static void add_segment(struct ignore_pattern *pattern, const char *text, size_t length)
{
    pattern->segments = mem_resize(pattern->segments, pattern->segment_count + 1, sizeof(*pattern->segments));
    pattern->segments[pattern->segment_count++] = mem_dup(text, length);
}

/* Cuts a pattern at its slashes; false when it is one that matches nothing. */
static bool cut_pattern(struct ignore_pattern *pattern, const char *text, size_t length)
{
    const char *slash = memchr(text, '/', length);
    /* Without a slash in front or amid, a pattern is of any depth. */
    if (!slash || slash == text + length - 1)
        add_segment(pattern, "**", 2);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '/', length - at);
        size_t part = end ? (size_t)(end - text) - at : length - at;
        bool any = part == 2 && memcmp(text + at, "**", 2) == 0;
        if (!any && stars_in(text + at, part) > SEGMENT_STARS_MAX)
            return false;
        if (part > 0)
            add_segment(pattern, text + at, part);
        at += part + 1;
    }
    return pattern->segment_count > 0;
}

void ignore_list_add(struct ignore_list *list, const char *line, size_t length)
{
    struct ignore_pattern pattern = {0};
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r' || line[length - 1] == '\t') &&
           (length < 2 || line[length - 2] != '\\'))
        length--;
    if (length == 0 || line[0] == '#' || length > PATTERN_BYTES_MAX || memchr(line, '\0', length))
        return;
    if (line[0] == '!') {
        pattern.negated = true;
        line++;
        length--;
    }
    pattern.directories_only = length > 0 && line[length - 1] == '/';
    if (!cut_pattern(&pattern, line, length)) {
        done_pattern(&pattern);
        return;
    }
    MEM_GROW(list->patterns, list->count, list->capacity);
    list->patterns[list->count++] = pattern;
}

void ignore_list_add_lines(struct ignore_list *list, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t line = end ? (size_t)(end - bytes) - at : length - at;
        ignore_list_add(list, bytes + at, line);
        at += line + 1;
    }
}

struct path_segments {
    char *copy;
    const char *at[PATH_SEGMENTS_MAX];
    size_t count;
};

static void cut_path(struct path_segments *path, const char *text)
{
    char *rest = NULL;
    path->copy = mem_strdup(text);
    path->count = 0;
    for (char *part = strtok_r(path->copy, "/", &rest); part && path->count < PATH_SEGMENTS_MAX;
         part = strtok_r(NULL, "/", &rest))
        path->at[path->count++] = part;
}

/* Backtracks to the last "**" alone, as a matcher of "*" does, so that the cost is at most segments times segments. */
static bool match_segments(const struct ignore_pattern *pattern, const struct path_segments *path)
{
    size_t in_pattern = 0;
    size_t in_path = 0;
    size_t after_any = SIZE_MAX;
    size_t any_from = 0;
    while (in_path < path->count) {
        bool more = in_pattern < pattern->segment_count;
        if (more && strcmp(pattern->segments[in_pattern], "**") == 0) {
            after_any = ++in_pattern;
            any_from = in_path;
        } else if (more && fnmatch(pattern->segments[in_pattern], path->at[in_path], 0) == 0) {
            in_pattern++;
            in_path++;
        } else if (after_any != SIZE_MAX) {
            in_pattern = after_any;
            in_path = ++any_from;
        } else {
            return false;
        }
    }
    return in_pattern == pattern->segment_count;
}

static bool pattern_matches(const struct ignore_pattern *pattern, const struct path_segments *path, bool is_directory)
{
    return (!pattern->directories_only || is_directory) && match_segments(pattern, path);
}

enum ignore_verdict ignore_list_judge(const struct ignore_list *list, const char *path, bool is_directory)
{
    struct path_segments segments;
    enum ignore_verdict verdict = IGNORE_SILENT;
    if (list->count == 0)
        return verdict;
    cut_path(&segments, path);
    for (size_t i = list->count; i-- > 0 && verdict == IGNORE_SILENT;)
        if (pattern_matches(&list->patterns[i], &segments, is_directory))
            verdict = list->patterns[i].negated ? IGNORE_KEEP : IGNORE_LEAVE_OUT;
    free(segments.copy);
    return verdict;
}

bool ignore_matches(const char *pattern, const char *path, bool is_directory)
{
    AUTO_IGNORE struct ignore_list list = IGNORE_LIST_INIT;
    ignore_list_add(&list, pattern, strlen(pattern));
    return ignore_list_judge(&list, path, is_directory) == IGNORE_LEAVE_OUT;
}
