#include <string.h>

#include "report/audit_sarif_parts.h"
#include "report/audit_words.h"

/* Longer lines are not put into the log. */
enum { SNIPPET_MAX = 1000 };

/* RFC 3986: a path of which nothing but the unreserved characters and the slashes stand as they are. */
static void add_uri(struct buf *out, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    for (; *path; path++) {
        if (strchr(plain, *path))
            buf_add_char(out, *path);
        else
            buf_printf(out, "%%%02X", (unsigned char)*path);
    }
}

static const char *skip_here(const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2 + strspn(path + 2, "/");
    return path;
}

/* True when a part of the path is "..": such a URI may not have a base (3.4.4). */
static bool climbs(const char *path)
{
    for (;; path++) {
        size_t part = strcspn(path, "/");
        if (part == 2 && strncmp(path, "..", 2) == 0)
            return true;
        path += part;
        if (*path == '\0')
            return false;
    }
}

static void write_artifact(struct json_out *json, const struct audit_file *file)
{
    AUTO_BUF struct buf uri = BUF_INIT;
    bool is_stdin = strcmp(file->path, "-") == 0;
    const char *path = is_stdin ? "stdin" : skip_here(file->path);
    bool absolute = *path == '/';
    buf_add_text(&uri, absolute ? "file:///" : "");
    add_uri(&uri, absolute ? path + strspn(path, "/") : path);
    json_out_key(json, "artifactLocation");
    json_out_inline_object(json);
    json_out_key_text(json, "uri", buf_text(&uri));
    if (!absolute && !is_stdin && !climbs(path))
        json_out_key_text(json, "uriBaseId", "%SRCROOT%");
    json_out_end(json, '}');
}

static void write_snippet(struct json_out *json, const char *text, size_t length)
{
    if (length > SNIPPET_MAX)
        return;
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape(&escaped, text, length, KEEP_LINES);
    sarif_message(json, "snippet", buf_text(&escaped));
}

static void open_region(struct json_out *json, const char *key, uint32_t line)
{
    json_out_key(json, key);
    json_out_inline_object(json);
    json_out_key_u64(json, "startLine", line);
    json_out_key_u64(json, "endLine", line);
}

/* The offending part of a line that is known, and the whole line as its context. */
static void write_part(struct json_out *json, uint32_t line, const struct finding *finding)
{
    const char *text = finding->excerpt;
    size_t length = strlen(text);
    size_t start = finding->column - 1 < length ? finding->column - 1 : length;
    size_t end = finding->end_column > finding->column ? finding->end_column - 1 : length;
    end = end < length ? end : length;
    open_region(json, "region", line);
    json_out_key_u64(json, "startColumn", audit_utf16_column(text, (uint32_t)start + 1));
    json_out_key_u64(json, "endColumn", audit_utf16_column(text, (uint32_t)end + 1));
    write_snippet(json, text + start, end - start);
    json_out_end(json, '}');
    if ((start == 0 && end == length) || length > SNIPPET_MAX)
        return;
    open_region(json, "contextRegion", line);
    write_snippet(json, text, length);
    json_out_end(json, '}');
}

/* GitHub wants a line with every result; what is of the whole file stands at its first. Columns cannot be told in
 * UTF-16 when the line is not known. */
static void write_region(struct json_out *json, uint32_t line, const struct finding *finding)
{
    const char *text = finding ? audit_line_of(finding) : NULL;
    if (text && finding->column) {
        write_part(json, line, finding);
        return;
    }
    if (!finding && line == 0)
        return;
    open_region(json, "region", line ? line : 1);
    if (text)
        write_snippet(json, text, strlen(text));
    json_out_end(json, '}');
}

static void write_logical(struct json_out *json, const struct finding *finding)
{
    if (!finding || !finding->path || *finding->path == '\0')
        return;
    AUTO_BUF struct buf path = BUF_INIT;
    audit_escape_text(&path, finding->path, KEEP_WORDS);
    json_out_key(json, "logicalLocations");
    json_out_inline_array(json);
    json_out_object(json);
    json_out_key_text(json, "fullyQualifiedName", buf_text(&path));
    json_out_end(json, '}');
    json_out_end(json, ']');
}

void sarif_locations(struct json_out *json, const struct audit_file *file, uint32_t line,
                     const struct finding *finding)
{
    json_out_key(json, "locations");
    json_out_array(json);
    json_out_object(json);
    json_out_key(json, "physicalLocation");
    json_out_object(json);
    write_artifact(json, file);
    write_region(json, line, finding);
    json_out_end(json, '}');
    write_logical(json, finding);
    json_out_end(json, '}');
    json_out_end(json, ']');
}
