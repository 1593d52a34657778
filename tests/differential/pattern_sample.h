/*
 * Paths made from AppArmor patterns: what they match, and what is one step beside it.
 *
 * A generator only: whether a path matches is not known here, and what makes it is not the code under test.
 */
#pragma once

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

static inline uint32_t sample_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

/* Where what opens at `at` is closed; end when it is not. */
static inline const char *sample_close(const char *at, const char *end)
{
    unsigned depth = 0;
    for (; at < end; at++) {
        if (*at == '\\' && at + 1 < end)
            at++;
        else if (*at == '[')
            while (at + 1 < end && *at != ']')
                at++;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            return at;
    }
    return end;
}

/* Where the alternative that begins at `at` ends. */
static inline const char *sample_alternative_end(const char *at, const char *end)
{
    for (; at < end && *at != ','; at++) {
        if (*at == '\\' && at + 1 < end)
            at++;
        else if (*at == '{')
            at = sample_close(at, end);
        else if (*at == '[')
            while (at + 1 < end && *at != ']')
                at++;
        if (at == end)
            break;
    }
    return at;
}

static inline void sample_class(uint64_t *seed, const char *at, const char *end, struct buf *out)
{
    static const char others[] = "azAZ09_-.%";
    bool negated = at < end && *at == '^';
    if (negated || at == end || sample_random(seed, 8) == 0) {
        buf_add_char(out, others[sample_random(seed, sizeof(others) - 1)]);
        return;
    }
    const char *pick = at + sample_random(seed, (uint32_t)(end - at));
    buf_add_char(out, *pick);
}

static inline const char *sample_escape(const char *at, const char *end, struct buf *out)
{
    unsigned value = 0;
    const char *digit = at + 1;
    while (digit < end && digit < at + 4 && *digit >= '0' && *digit <= '7')
        value = value * 8 + (unsigned)(*digit++ - '0');
    if (digit > at + 1) {
        if (value > 0 && value < 256)
            buf_add_char(out, (char)value);
        return digit;
    }
    if (at + 1 < end)
        buf_add_char(out, at[1]);
    return at + 2 < end ? at + 2 : end;
}

/* Something the pattern matches, mostly. */
static inline void sample_member(uint64_t *seed, const char *at, const char *end, struct buf *out)
{
    static const char *const segments[] = {"", "a", "x.y", ".hidden", "0", "lib", "~", "a b"};
    static const char *const trees[] = {"", "a", "a/b", ".h", "a/.h/c", "x/", "1/2/3", "/"};
    while (at < end && out->length < 4000) {
        if (*at == '{') {
            const char *close = sample_close(at, end);
            uint32_t count = 0;
            const char *from = NULL, *to = NULL;
            for (const char *one = at + 1; one <= close; one = to + 1) {
                to = sample_alternative_end(one, close);
                if (sample_random(seed, ++count) == 0)
                    from = one;
            }
            if (from)
                sample_member(seed, from, sample_alternative_end(from, close), out);
            at = close < end ? close + 1 : end;
        } else if (*at == '[') {
            const char *close = memchr(at, ']', (size_t)(end - at));
            close = close ? close : end;
            sample_class(seed, at + 1, close, out);
            at = close < end ? close + 1 : end;
        } else if (*at == '*') {
            bool tree = at + 1 < end && at[1] == '*';
            buf_add_text(out, tree ? trees[sample_random(seed, 8)] : segments[sample_random(seed, 8)]);
            at += tree ? 2 : 1;
        } else if (*at == '?') {
            buf_add_char(out, "ax0."[sample_random(seed, 4)]);
            at++;
        } else if (*at == '\\') {
            at = sample_escape(at, end, out);
        } else {
            buf_add_char(out, *at++);
        }
    }
}

/* One step beside: an end more or less, a hidden file, another byte. */
static inline void sample_near(uint64_t *seed, struct buf *path)
{
    size_t place = path->length ? sample_random(seed, (uint32_t)path->length) : 0;
    switch (sample_random(seed, 8)) {
    case 0:
        buf_add_char(path, '/');
        break;
    case 1:
        if (path->length > 1)
            path->data[--path->length] = '\0';
        break;
    case 2:
        buf_add_text(path, "/.hidden");
        break;
    case 3:
        buf_add_char(path, 'x');
        break;
    case 4:
        if (place > 0)
            path->data[place] = "ax/.0"[sample_random(seed, 5)];
        break;
    case 5:
        if (place > 0) {
            path->length = place;
            path->data[place] = '\0';
        }
        break;
    case 6:
        buf_add_text(path, "/a/b");
        break;
    default:
        break;
    }
}
