#include "base/json_in.h"

#include <errno.h>
#include <stdbool.h>

/* jansson itself stops at 2,048 levels; no format read here nests deeper than a few dozen, and a
 * shallow limit keeps recursive readers small on the stack. */
#define DEPTH_LIMIT 200

/* Brackets are counted outside strings only; malformed text is left for the parser to name. */
static size_t nesting_depth(const char *bytes, size_t length)
{
    size_t depth = 0;
    size_t deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"')
            in_string = true;
        else if ((c == '[' || c == '{') && ++depth > deepest)
            deepest = depth;
        else if ((c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return deepest;
}

int json_in_parse(const char *name, const char *bytes, size_t length, json_t **ret, struct err *err)
{
    if (nesting_depth(bytes, length) > DEPTH_LIMIT)
        return err_set(err, -EINVAL, "%s: JSON nests deeper than %d levels", name, DEPTH_LIMIT);
    json_error_t why;
    json_t *tree = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &why);
    if (!tree)
        return err_set(err, -EINVAL, "%s:%d:%d: not valid JSON: %s", name, why.line, why.column, why.text);
    *ret = tree;
    return 0;
}
