#include "audit/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "audit/strict.h"

/* PCRE2's own defaults let a match go on for seconds. */
enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 4096 };

/* What one thread needs to match; kept for the next that does. */
struct matcher {
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

struct pattern_state {
    _Atomic(pcre2_code *) code;
    _Atomic(struct matcher *) spare;
    atomic_bool malformed;
};

struct pattern {
    const struct node *text;
    const char *file;
    struct pattern_state *state; /* behind a pointer, so that a constant pattern can be compiled when it is needed */
};

struct pattern *pattern_new(const struct node *text, const char *file, struct arena *arena)
{
    struct pattern *pattern = arena_alloc(arena, sizeof(*pattern));
    *pattern = (struct pattern){text, file, arena_alloc(arena, sizeof(struct pattern_state))};
    return pattern;
}

static void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->limits);
    free(matcher);
}

void pattern_done(struct pattern *pattern)
{
    pcre2_code_free(atomic_exchange(&pattern->state->code, NULL));
    matcher_free(atomic_exchange(&pattern->state->spare, NULL));
}

/* ---- compiling ------------------------------------------------------------------------------------------------- */

static pcre2_code *compile(const struct pattern *pattern, struct err *err)
{
    int code = 0;
    size_t offset = 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern->text->text, pattern->text->length,
                                         PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);
    if (compiled) {
        (void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without it the same, only slower */
        return compiled;
    }
    char message[128] = "";
    (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof(message));
    (void)strict_error(pattern->file, pattern->text, err, "the pattern is malformed at its character %zu: %s", offset + 1,
                       message);
    return NULL;
}

/* The compiled pattern, or NULL; of two threads that compile at once one throws its own away. */
static const pcre2_code *code_of(const struct pattern *pattern, struct err *err)
{
    struct pattern_state *state = pattern->state;
    pcre2_code *known = atomic_load_explicit(&state->code, memory_order_acquire);
    if (known || (!err && atomic_load(&state->malformed)))
        return known;
    pcre2_code *fresh = compile(pattern, err);
    if (!fresh) {
        atomic_store(&state->malformed, true);
        return NULL;
    }
    if (atomic_compare_exchange_strong(&state->code, &known, fresh))
        return fresh;
    pcre2_code_free(fresh);
    return known;
}

int pattern_compile(const struct pattern *pattern, struct err *err)
{
    return code_of(pattern, err) ? 0 : -EINVAL;
}

/* ---- matching -------------------------------------------------------------------------------------------------- */

static struct matcher *matcher_new(void)
{
    struct matcher *matcher = mem_zero(1, sizeof(*matcher));
    matcher->data = pcre2_match_data_create(1, NULL);
    matcher->limits = pcre2_match_context_create(NULL);
    if (!matcher->data || !matcher->limits)
        abort();
    (void)pcre2_set_match_limit(matcher->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(matcher->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(matcher->limits, HEAP_LIMIT_KIB);
    return matcher;
}

/* Each window has limits of its own, so that what stands before cannot use them up for what stands behind. A pattern sees
 * what stands before its window, as far as it looks back; the end of a window is not the end of a line. */
static bool matches_window(const pcre2_code *code, const struct matcher *matcher, const char *text, size_t length,
                           size_t start)
{
    bool last = length - start <= PATTERN_WINDOW;
    size_t end = last ? length : start + PATTERN_WINDOW;
    return pcre2_match(code, (PCRE2_SPTR)text, end, start, last ? 0 : PCRE2_NOTEOL, matcher->data, matcher->limits) >= 0;
}

static bool matches_any_window(const pcre2_code *code, const struct matcher *matcher, const char *text, size_t length)
{
    size_t start = 0;
    while (!matches_window(code, matcher, text, length, start)) {
        if (length - start <= PATTERN_WINDOW)
            return false;
        start += PATTERN_WINDOW - PATTERN_OVERLAP;
    }
    return true;
}

bool pattern_matches(const struct pattern *pattern, const char *text, size_t length)
{
    const pcre2_code *code = code_of(pattern, NULL);
    if (!code)
        return false;
    struct matcher *matcher = atomic_exchange(&pattern->state->spare, NULL);
    matcher = matcher ? matcher : matcher_new();
    size_t looked_at = length < PATTERN_TEXT_MAX ? length : PATTERN_TEXT_MAX;
    bool matches = matches_any_window(code, matcher, text, looked_at);
    matcher_free(atomic_exchange(&pattern->state->spare, matcher));
    return matches;
}
