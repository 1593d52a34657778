#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_fill(struct err *err, int code, const char *format, ...)
{
    assert(code < 0);
    if (!err)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->sentence, sizeof(err->sentence), format, args);
    va_end(args);
    err->code = code;
}

int err_prefix(struct err *err, const char *format, ...)
{
    assert(err && err->code < 0);
    char old[ERR_SENTENCE_MAX];
    memcpy(old, err->sentence, sizeof(old));
    va_list args;
    va_start(args, format);
    int length = vsnprintf(err->sentence, sizeof(err->sentence), format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof(err->sentence))
        (void)snprintf(err->sentence + length, sizeof(err->sentence) - (size_t)length, ": %s", old);
    return err->code;
}
