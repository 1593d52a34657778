#include "audit/apparmor_sample.h"

#include <string.h>

#include "base/buf.h"

/* Past the rest of the alternatives, up to the brace that ends them. */
static const char *skip_alternatives(const char *at)
{
    unsigned depth = 0;
    for (; *at; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && depth-- == 0)
            return at;
    }
    return at;
}

const char *apparmor_sample(struct arena *arena, const char *pattern)
{
    AUTO_BUF struct buf path = BUF_INIT;
    unsigned depth = 0;
    for (const char *at = pattern; *at; at++) {
        if (*at == '\\' && at[1] != '\0') {
            buf_add_char(&path, *++at);
        } else if (*at == '[') {
            bool negated = at[1] == '^';
            buf_add_char(&path, negated || at[1] == '\0' ? 'x' : at[1]);
            at += strcspn(at, "]");
            at -= *at == '\0';
        } else if (*at == '*' || *at == '?') {
            buf_add_char(&path, 'x');
            while (*at == '*' && at[1] == '*')
                at++;
        } else if (*at == '{') {
            depth++;
        } else if (depth > 0 && *at == ',') {
            at = skip_alternatives(at);
            depth--;
            at -= *at == '\0';
        } else if (depth > 0 && *at == '}') {
            depth--;
        } else {
            buf_add_char(&path, *at);
        }
    }
    return arena_strdup(arena, buf_text(&path));
}
