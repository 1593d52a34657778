/* Logs read from files, line by line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/json_in.h"
#include "base/num.h"
#include "model/audit_log_state.h"

enum { CHUNK_BYTES = 64 << 10 };
/* Microseconds until the year 2242, as for audit's own times. */
#define NUMBER_MAX (UINT64_C(1000000) << 33)

/* ---- journalctl -o json ------------------------------------------------------------------------ */

/* Only lines with one of these are worth parsing. */
static bool is_worth(const char *text, size_t length)
{
    static const char *const words[] = {"apparmor=", "SECCOMP", "SYSCALL", "type=1326", "type=1300", "audit_lost=",
                                        "callbacks suppressed"};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (memmem(text, length, words[i], strlen(words[i])))
            return true;
    return false;
}

/* A message that is not UTF-8 is an array of bytes. */
static bool read_message(const json_t *value, struct buf *ret)
{
    if (json_is_string(value)) {
        buf_add(ret, json_string_value(value), json_string_length(value));
        return true;
    }
    size_t i;
    json_t *byte;
    json_array_foreach (value, i, byte) {
        json_int_t number = json_integer_value(byte);
        if (!json_is_integer(byte) || number < 0 || number > 255)
            return false;
        buf_add_char(ret, (char)(unsigned char)number);
    }
    return json_is_array(value);
}

static bool read_number(const json_t *object, const char *key, uint64_t *ret)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && num_parse_u64(text, NUMBER_MAX, ret);
}

void audit_log_journal(struct audit_log *log, const char *name, uint64_t number, const char *text, size_t length)
{
    AUTO_JSON json_t *object = NULL;
    AUTO_BUF struct buf message = BUF_INIT;
    struct audit_line line;
    uint64_t microseconds;
    uint64_t serial = 0;
    if (!is_worth(text, length))
        return;
    if (json_in_parse(name, text, length, &object, NULL) < 0 ||
        !read_message(json_object_get(object, "MESSAGE"), &message)) {
        audit_log_trouble(log, AUDIT_BAD_JSON, 1, name, number, text, length);
        return;
    }
    for (size_t i = 0; i < message.length; i++)
        if (message.data[i] == '\0' || message.data[i] == '\n')
            message.data[i] = ' ';
    audit_line_read(buf_text(&message), message.length, &line);
    /* What the journal has from the audit socket carries the event beside the message. */
    bool timed = read_number(object, "_SOURCE_REALTIME_TIMESTAMP", &microseconds) ||
                 read_number(object, "__REALTIME_TIMESTAMP", &microseconds);
    bool event = read_number(object, "_AUDIT_ID", &serial);
    if (line.time_ms == AUDIT_NO_TIME && timed && event) {
        line.time_ms = (int64_t)(microseconds / 1000);
        line.serial = serial;
    }
    audit_log_record(log, name, number, &line, buf_text(&message), message.length);
}

/* ---- lines ------------------------------------------------------------------------------------- */

void audit_log_line(struct audit_log *log, const char *name, uint64_t number, const char *text, size_t length)
{
    struct audit_line line;
    log->lines++;
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length > 0 && text[0] == '{') {
        audit_log_journal(log, name, number, text, length);
        return;
    }
    audit_line_read(text, length, &line);
    audit_log_record(log, name, number, &line, text, length);
}

/* One file being read. */
struct lines {
    struct audit_log *log;
    const char *name;
    uint64_t number; /* of the line in buf, from 1 */
    struct buf line;
    bool is_long; /* what is in line is its beginning */
};

static void lines_done(struct lines *lines)
{
    buf_done(&lines->line);
}

static void end_line(struct lines *lines)
{
    lines->log->lines += lines->is_long;
    if (lines->is_long)
        audit_log_trouble(lines->log, AUDIT_TOO_LONG, 1, lines->name, lines->number, lines->line.data, lines->line.length);
    else
        audit_log_line(lines->log, lines->name, lines->number, buf_text(&lines->line), lines->line.length);
    buf_clear(&lines->line);
    lines->is_long = false;
    lines->number++;
}

/* A part of a line without its end. A machine that lost its power leaves zeros in its logs: they part words. */
static void add_part(struct lines *lines, const char *bytes, size_t length)
{
    size_t room = AUDIT_LINE_MAX - lines->line.length;
    size_t start = lines->line.length;
    lines->is_long |= length > room;
    buf_add(&lines->line, bytes, length < room ? length : room);
    for (size_t i = start; i < lines->line.length; i++)
        if (lines->line.data[i] == '\0')
            lines->line.data[i] = ' ';
}

static void add_chunk(struct lines *lines, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t part = end ? (size_t)(end - bytes) : length;
        add_part(lines, bytes, part);
        if (end)
            end_line(lines);
        bytes += part + (end != NULL);
        length -= part + (end != NULL);
    }
}

/* ---- files ------------------------------------------------------------------------------------- */

static int refuse_binary(const char *name, const char *bytes, size_t length, struct err *err)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *what;
    } rows[] = {
        {"\x1f\x8b", 2, "is compressed: give what zcat makes of it, with --log -"},
        {"\xfd" "7zXZ", 5, "is compressed: give what xzcat makes of it, with --log -"},
        {"\x28\xb5\x2f\xfd", 4, "is compressed: give what zstdcat makes of it, with --log -"},
        {"LPKSHHRH", 8, "is the journal's own file: give what journalctl --file makes of it, with --log -"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (length >= rows[i].length && memcmp(bytes, rows[i].magic, rows[i].length) == 0)
            return err_set(err, -EINVAL, "%.200s %s", name, rows[i].what);
    return 0;
}

static int read_stream(struct audit_log *log, const char *name, FILE *file, struct err *err)
{
    AUTO_FREE char *chunk = mem_zero(CHUNK_BYTES, 1);
    AUTO(lines_done) struct lines lines = {.log = log, .name = name, .number = 1};
    int result = 0;
    bool first = true;
    for (size_t got; result == 0 && (got = fread(chunk, 1, CHUNK_BYTES, file)) > 0; first = false) {
        if (first)
            result = refuse_binary(name, chunk, got, err);
        if (result == 0)
            add_chunk(&lines, chunk, got);
    }
    if (result == 0 && ferror(file))
        result = err_set(err, -errno, "cannot read %.200s: %s", name, strerror(errno));
    if (result == 0 && lines.line.length > 0)
        end_line(&lines);
    return result;
}

int audit_log_read(struct audit_log *log, const char *path, struct err *err)
{
    int result;
    if (strcmp(path, "-") == 0) {
        result = read_stream(log, "standard input", stdin, err);
    } else {
        AUTO_FCLOSE FILE *file = fopen(path, "re");
        if (!file)
            return err_set(err, -errno, "cannot open %.200s: %s", path, strerror(errno));
        result = read_stream(log, path, file, err);
    }
    audit_log_end(log);
    return result;
}
