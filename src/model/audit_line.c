#include "model/audit_line.h"

#include <string.h>

#include "base/mem.h"

/* auditd parts what it adds in its enriched format from the record by this byte. */
#define ENRICHED '\x1d'
/* Until the year 2242, so that what lies between two times has room in nanoseconds. */
#define SECONDS_MAX (UINT64_C(1) << 33)

static const char *find(const char *text, size_t length, const char *word)
{
    return memmem(text, length, word, strlen(word));
}

/* ---- numbers ----------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* As many digits as there are. False when there are none, or too many. */
static bool read_digits(const char **at, const char *end, int base, uint64_t *ret)
{
    const char *start = *at;
    uint64_t value = 0;
    for (; *at < end && digit_of(**at) < base; ++*at)
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_of(**at), &value))
            return false;
    *ret = value;
    return *at > start;
}

/* "audit(1700000000.123:45)": seconds, milliseconds, and the serial number of the event. */
static void read_event(const char *text, const char *end, struct audit_line *ret)
{
    const char *at = find(text, (size_t)(end - text), "audit(");
    uint64_t seconds;
    uint64_t milliseconds;
    uint64_t serial;
    if (!at)
        return;
    at += strlen("audit(");
    if (!read_digits(&at, end, 10, &seconds) || at == end || *at++ != '.' ||
        !read_digits(&at, end, 10, &milliseconds) || at == end || *at++ != ':' ||
        !read_digits(&at, end, 10, &serial) || at == end || *at != ')')
        return;
    if (seconds > SECONDS_MAX || milliseconds > 999)
        return;
    ret->time_ms = (int64_t)(seconds * 1000 + milliseconds);
    ret->serial = serial;
}

/* ---- which record it is ------------------------------------------------------------------------ */

/* The kernel writes numbers (linux/audit.h), auditd names, and the journal names without type=. */
static const struct {
    enum audit_record record;
    const char *mark;
    bool is_field; /* the mark is the record's first field */
} MARKS[] = {
    {AUDIT_RECORD_APPARMOR, "apparmor=\"", true},       {AUDIT_RECORD_SECCOMP, "type=1326 ", false},
    {AUDIT_RECORD_SECCOMP, "type=SECCOMP ", false},     {AUDIT_RECORD_SECCOMP, "SECCOMP auid=", false},
    {AUDIT_RECORD_SYSCALL, "type=1300 ", false},        {AUDIT_RECORD_SYSCALL, "type=SYSCALL ", false},
    {AUDIT_RECORD_SYSCALL, "SYSCALL arch=", false},
};

/* "kauditd_printk_skb: 12 callbacks suppressed", "audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64" */
static void read_lost(const char *text, size_t length, struct audit_line *ret)
{
    const char *end = text + length;
    const char *at = find(text, length, "printk_skb: ");
    if (at && find(at, (size_t)(end - at), " callbacks suppressed")) {
        at += strlen("printk_skb: ");
    } else {
        at = find(text, length, "audit_lost=");
        ret->lost_ever = at != NULL;
        at = at ? at + strlen("audit_lost=") : NULL;
    }
    if (at && read_digits(&at, end, 10, &ret->lost))
        ret->record = AUDIT_RECORD_LOST;
}

void audit_line_read(const char *text, size_t length, struct audit_line *ret)
{
    *ret = (struct audit_line){.record = AUDIT_RECORD_OTHER, .time_ms = AUDIT_NO_TIME};
    const char *mark = NULL;
    size_t kind = 0;
    for (; kind < ARRAY_COUNT(MARKS) && !mark; kind++)
        mark = find(text, length, MARKS[kind].mark);
    if (!mark) {
        read_lost(text, length, ret);
        return;
    }
    const char *end = memchr(mark, ENRICHED, length - (size_t)(mark - text));
    end = end ? end : text + length;
    ret->record = MARKS[kind - 1].record;
    ret->fields = mark;
    if (ret->record == AUDIT_RECORD_APPARMOR) {
        read_event(text, mark, ret);
        /* What a program tells auditd stands in quotes of its own. */
        if (mark > text && mark[-1] == '\'' && end > mark && end[-1] == '\'')
            end--;
    } else {
        read_event(text, end, ret);
    }
    ret->length = (size_t)(end - mark);
}

/* ---- fields ------------------------------------------------------------------------------------ */

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool audit_field_next(const char **at, const char *end, struct audit_field *ret)
{
    while (*at < end) {
        const char *key = *at;
        while (*at < end && is_key(**at))
            ++*at;
        if (*at == key || *at == end || **at != '=') {
            while (*at < end && **at != ' ')
                ++*at;
            while (*at < end && **at == ' ')
                ++*at;
            continue;
        }
        *ret = (struct audit_field){.key = key, .key_length = (size_t)(*at - key)};
        ++*at;
        ret->quoted = *at < end && **at == '"';
        *at += ret->quoted;
        ret->value = *at;
        const char *stop = memchr(*at, ret->quoted ? '"' : ' ', (size_t)(end - *at));
        ret->is_cut = ret->quoted && !stop;
        ret->length = (size_t)((stop ? stop : end) - *at);
        *at = stop ? stop + 1 : end;
        return true;
    }
    return false;
}

bool audit_field_find(const struct audit_line *line, const char *key, struct audit_field *ret)
{
    const char *at = line->fields;
    size_t length = strlen(key);
    while (audit_field_next(&at, line->fields + line->length, ret))
        if (ret->key_length == length && memcmp(ret->key, key, length) == 0)
            return true;
    return false;
}

void audit_field_end_number(struct audit_field *field)
{
    for (size_t i = 0; i < field->length; i++)
        if (field->value[i] >= 'A' && field->value[i] <= 'Z')
            field->length = i;
}

bool audit_field_number(const struct audit_line *line, const char *key, int base, uint64_t *ret)
{
    struct audit_field field;
    if (!audit_field_find(line, key, &field) || field.quoted)
        return false;
    audit_field_end_number(&field);
    const char *at = field.value;
    const char *end = at + field.length;
    if (base == 16 && field.length > 2 && at[0] == '0' && at[1] == 'x')
        at += 2;
    return read_digits(&at, end, base, ret) && at == end;
}

bool audit_field_bytes(const struct audit_line *line, const char *key, struct buf *ret)
{
    struct audit_field field;
    if (!audit_field_find(line, key, &field) || field.length == 0)
        return false;
    if (field.quoted) {
        buf_add(ret, field.value, field.length);
        return true;
    }
    if (field.length % 2)
        return false;
    for (size_t i = 0; i < field.length; i++)
        if (digit_of(field.value[i]) > 15)
            return false;
    for (size_t i = 0; i < field.length; i += 2)
        buf_add_char(ret, (char)(digit_of(field.value[i]) << 4 | digit_of(field.value[i + 1])));
    return true;
}
