#include "model/seccomp_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_in.h"
#include "base/num.h"
#include "base/strings.h"

/* libseccomp refuses SCMP_ACT_ERRNO values from its MAX_ERRNO (4095) on. */
#define ERRNO_MAX 4094

/* Stands before the digits of an integer that jansson cannot hold. No file can have a name for it: the
 * pre-pass writes it, and a control character is not what anyone writes for a number. */
#define BIG_MARK "\x01u64:"
#define BIG_MARK_JSON "\\u0001u64:"

int seccomp_refuse(const struct seccomp_reader *reader, const char *key, const char *format, ...)
{
    char why[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    bool both = reader->where[0] && key;
    bool any = reader->where[0] || key;
    return err_set(reader->err, -EINVAL, "%s: %s%s%s%s%s", reader->name, reader->where, both ? "." : "",
                   key ? key : "", any ? ": " : "", why);
}

const json_t *seccomp_member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

int seccomp_read_text(const struct seccomp_reader *reader, const json_t *object, const char *key,
                      const char **ret_text)
{
    const json_t *value = seccomp_member(object, key);
    if (value && !json_is_string(value))
        return seccomp_refuse(reader, key, "is not a string");
    const char *text = value ? json_string_value(value) : NULL;
    if (text && strlen(text) != json_string_length(value))
        return seccomp_refuse(reader, key, "has a NUL character in it");
    *ret_text = text;
    return 0;
}

int seccomp_read_u64(const struct seccomp_reader *reader, const json_t *object, const char *key, uint64_t max,
                     uint64_t *ret_value, bool *ret_present)
{
    const json_t *value = seccomp_member(object, key);
    if (ret_present)
        *ret_present = value != NULL;
    if (!value)
        return 0;
    uint64_t number;
    const char *text = json_string_value(value);
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        number = (uint64_t)json_integer_value(value);
    else if (!text || strncmp(text, BIG_MARK, strlen(BIG_MARK)) != 0 ||
             !num_parse_u64(text + strlen(BIG_MARK), UINT64_MAX, &number))
        return seccomp_refuse(reader, key, "is not an unsigned integer of 64 bits");
    if (number > max)
        return seccomp_refuse(reader, key, "is %llu, but at most %llu is possible", (unsigned long long)number,
                              (unsigned long long)max);
    *ret_value = number;
    return 0;
}

int seccomp_read_array(const struct seccomp_reader *reader, const json_t *object, const char *key,
                       const json_t **ret_array)
{
    const json_t *value = seccomp_member(object, key);
    if (value && !json_is_array(value))
        return seccomp_refuse(reader, key, "is not an array");
    *ret_array = value;
    return 0;
}

int seccomp_read_object(const struct seccomp_reader *reader, const json_t *object, const char *key,
                        const json_t **ret_object)
{
    const json_t *value = seccomp_member(object, key);
    if (value && !json_is_object(value))
        return seccomp_refuse(reader, key, "is not an object");
    *ret_object = value;
    return 0;
}

int seccomp_read_strings(const struct seccomp_reader *reader, const json_t *object, const char *key,
                         char ***items, size_t *count)
{
    const json_t *array = NULL;
    int r = seccomp_read_array(reader, object, key, &array);
    if (r < 0)
        return r;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        const char *text = json_string_value(item);
        if (!text || strlen(text) != json_string_length(item))
            return seccomp_refuse(reader, key, "element %zu is not a string", i);
        strings_add(items, count, text);
    }
    return 0;
}

static int errno_from_name(const char *name)
{
    /* Second names of one number; strerrorname_np knows the first ones. */
    static const struct {
        const char *name;
        int number;
    } aliases[] = {{"EWOULDBLOCK", EWOULDBLOCK}, {"EDEADLOCK", EDEADLOCK}, {"ENOTSUP", ENOTSUP}};
    for (size_t i = 0; i < ARRAY_COUNT(aliases); i++)
        if (strcmp(name, aliases[i].name) == 0)
            return aliases[i].number;
    for (int number = 1; number <= ERRNO_MAX; number++) {
        const char *known = strerrorname_np(number);
        if (known && strcmp(known, name) == 0)
            return number;
    }
    return -1;
}

int seccomp_read_errno(const struct seccomp_reader *reader, const json_t *object, const char *number_key,
                       const char *name_key, int *ret_errno)
{
    uint64_t number = 0;
    bool present;
    int r = seccomp_read_u64(reader, object, number_key, ERRNO_MAX, &number, &present);
    if (r < 0)
        return r;
    if (present)
        *ret_errno = (int)number;
    const char *name = NULL;
    if (!reader->is_oci && (r = seccomp_read_text(reader, object, name_key, &name)) < 0)
        return r;
    if (!name || !*name)
        return 0;
    if (num_parse_u64(name, ERRNO_MAX, &number)) {
        *ret_errno = (int)number;
        return 0;
    }
    int known = errno_from_name(name);
    if (known < 0)
        return seccomp_refuse(reader, name_key, "\"%.40s\" is not the name of an errno", name);
    *ret_errno = known;
    return 0;
}

int seccomp_read_action(const struct seccomp_reader *reader, const json_t *object, const char *key,
                        enum seccomp_action *ret_action)
{
    const char *name = NULL;
    int r = seccomp_read_text(reader, object, key, &name);
    if (r < 0)
        return r;
    if (!name)
        return seccomp_refuse(reader, key, "is missing; it must be an action such as SCMP_ACT_ERRNO");
    enum seccomp_action action = seccomp_action_from_name(name);
    if (action == SECCOMP_ACTION_COUNT)
        return seccomp_refuse(reader, key, "\"%.60s\" is not an action such as SCMP_ACT_ERRNO", name);
    *ret_action = action;
    return 0;
}

/* The length of the run of digits at bytes[0], when it is an integer above INT64_MAX; else 0. */
static size_t big_integer_length(const char *bytes, size_t length)
{
    static const char most[] = "9223372036854775807";
    size_t digits = 0;
    while (digits < length && isdigit((unsigned char)bytes[digits]))
        digits++;
    bool is_fraction = digits < length && (bytes[digits] == '.' || bytes[digits] == 'e' || bytes[digits] == 'E');
    if (is_fraction || digits < sizeof(most) - 1 || bytes[0] == '0')
        return 0;
    bool fits = digits == sizeof(most) - 1 && memcmp(bytes, most, digits) <= 0;
    return fits ? 0 : digits;
}

static void mark_big_integers(const char *bytes, size_t length, struct buf *out)
{
    bool in_string = false;
    bool in_number = false;
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        size_t big = 0;
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && !in_number && isdigit((unsigned char)c))
            big = big_integer_length(bytes + i, length - i);
        in_number = !in_string && (isalnum((unsigned char)c) || c == '-' || c == '.' || c == '+');
        if (!big)
            continue;
        buf_add(out, bytes + written, i - written);
        buf_printf(out, "\"" BIG_MARK_JSON "%.*s\"", (int)big, bytes + i);
        i += big - 1;
        written = i + 1;
    }
    buf_add(out, bytes + written, length - written);
}

int seccomp_read_json(const struct seccomp_reader *reader, const char *bytes, size_t length, json_t **ret)
{
    AUTO_BUF struct buf marked = BUF_INIT;
    mark_big_integers(bytes, length, &marked);
    return json_in_parse(reader->name, buf_text(&marked), marked.length, ret, reader->err);
}
