#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/human.h"
#include "report/path_list.h"
#include "report/recording_text_parts.h"

static bool is_changed(const struct listed_path *path)
{
    return (path->did & ACCESS_CHANGES) != 0;
}

/* Nobody ever got at it, and not because it is missing. */
static bool is_refused(const struct listed_path *path)
{
    return path->did == ACCESS_PROBE && (path->probe_error == EACCES || path->probe_error == EPERM);
}

static bool is_missing(const struct listed_path *path)
{
    return path->did == ACCESS_PROBE && !is_refused(path);
}

static size_t count_paths(const struct path_list *list, bool (*belongs)(const struct listed_path *))
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += belongs(&list->paths[i]);
    return count;
}

static void print_path(const struct sheet *sheet, const struct listed_path *path)
{
    AUTO_BUF struct buf line = BUF_INIT;
    char error[ERRNO_NAME_MAX];
    if (path->did == ACCESS_PROBE)
        buf_add_text(&line, path->probe_error ? errno_name(path->probe_error, error) : "probe");
    else
        path_list_access(&line, path->did & ACCESS_CHANGES);
    buf_add_char(&line, ' ');
    text_escape(&line, path->bytes, path->length);
    sheet_line(sheet, "%s", buf_text(&line));
}

/* ---- many paths: by directory ---------------------------------------------------------------- */

struct directory {
    const struct listed_path *first; /* path in it */
    size_t length;                   /* of the directory, with its last slash */
    size_t paths;
};

static int compare_directories(const void *left, const void *right)
{
    const struct directory *a = left;
    const struct directory *b = right;
    size_t common = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->first->bytes, b->first->bytes, common);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare_by_paths(const void *left, const void *right)
{
    const struct directory *a = left;
    const struct directory *b = right;
    return a->paths != b->paths ? (a->paths > b->paths ? -1 : 1) : compare_directories(left, right);
}

static void print_directory(const struct sheet *sheet, const struct directory *directory)
{
    if (directory->paths == 1) {
        print_path(sheet, directory->first);
        return;
    }
    char paths[HUMAN_MAX];
    AUTO_BUF struct buf name = BUF_INIT;
    text_escape(&name, directory->first->bytes, directory->length);
    sheet_line(sheet, "%s in %s", human_plural(directory->paths, "path", "paths", paths), buf_text(&name));
}

static void print_by_directory(const struct sheet *sheet, const struct path_list *list,
                               bool (*belongs)(const struct listed_path *), size_t total)
{
    AUTO_FREE struct directory *directories = mem_zero(total, sizeof(*directories));
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct listed_path *path = &list->paths[i];
        if (!belongs(path))
            continue;
        const char *slash = memrchr(path->bytes, '/', path->length);
        size_t length = slash ? (size_t)(slash - path->bytes) + 1 : 0;
        directories[count++] = (struct directory){.first = path, .length = length, .paths = 1};
    }
    qsort(directories, count, sizeof(*directories), compare_directories);
    size_t kept = 0;
    for (size_t i = 1; i < count; i++) {
        if (compare_directories(&directories[kept], &directories[i]) == 0)
            directories[kept].paths++;
        else
            directories[++kept] = directories[i];
    }
    count = kept + 1;
    qsort(directories, count, sizeof(*directories), compare_by_paths);
    for (size_t i = 0; i < count && i < SUMMARY_ROWS; i++)
        print_directory(sheet, &directories[i]);
    summary_more(sheet, count, SUMMARY_ROWS, "see --paths");
}

static void print_paths(const struct sheet *sheet, const struct path_list *list, const char *heading,
                        bool (*belongs)(const struct listed_path *))
{
    size_t total = count_paths(list, belongs);
    if (total == 0)
        return;
    char number[HUMAN_MAX];
    sheet_heading(sheet, "%s: %s", heading, human_count(total, number));
    if (total > SUMMARY_ROWS) {
        print_by_directory(sheet, list, belongs, total);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        if (belongs(&list->paths[i]))
            print_path(sheet, &list->paths[i]);
}

void summary_paths(const struct recording *recording, const struct sheet *sheet)
{
    AUTO_PATH_LIST struct path_list list;
    path_list_init(&list, recording);
    print_paths(sheet, &list, "Paths changed", is_changed);
    print_paths(sheet, &list, "Paths refused", is_refused);
    print_paths(sheet, &list, "Paths looked for and not there", is_missing);
    size_t others = list.count - count_paths(&list, is_changed) - count_paths(&list, is_refused) -
                    count_paths(&list, is_missing);
    char number[HUMAN_MAX];
    if (others > 0)
        sheet_heading(sheet, "Paths only read, executed or looked at: %s", human_count(others, number));
}
