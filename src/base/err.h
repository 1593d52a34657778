/*
 * What went wrong, in one sentence.
 *
 * A function that can fail returns 0 or a negative errno and takes a struct err last. It fills
 * the sentence once, where the failure is understood: what was being done, to what, why it
 * failed, and what the user can do. The struct lives in the caller's frame, so nothing is
 * allocated, leaked or overwritten.
 */
#pragma once

#include <errno.h>

#define ERR_SENTENCE_MAX 512

struct err {
    int code; /* the negative errno that was returned; 0 while nothing failed */
    char sentence[ERR_SENTENCE_MAX];
};

#define ERR_INIT ((struct err){0})

/* Sets the sentence and gives code, which must be negative, so that a caller can
 * `return err_set(err, -EINVAL, "…")`. A NULL err keeps only the code. A macro, because compilers and
 * analyzers then see for themselves that a failure is negative, and code is read before errno can change. */
#define err_set(err, code, ...)                                                                             \
    ({                                                                                                      \
        const int err_code_ = (code);                                                                       \
        err_fill((err), err_code_, __VA_ARGS__);                                                            \
        err_code_ < 0 ? err_code_ : -EIO;                                                                   \
    })
void err_fill(struct err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the sentence that is already there; returns err->code. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
