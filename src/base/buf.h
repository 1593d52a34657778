/*
 * A growing run of bytes: what writers write into before anything touches a file.
 *
 * data always has a NUL behind its length bytes (except while empty and never grown, where data
 * is NULL), so text can be used as a C string.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t length;
    size_t capacity;
};

#define BUF_INIT ((struct buf){0})
#define AUTO_BUF __attribute__((cleanup(buf_done)))

void buf_done(struct buf *buf);
void buf_clear(struct buf *buf);
/* Makes room for extra more bytes, so that data + length can be written to. */
void buf_reserve(struct buf *buf, size_t extra);
void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_char(struct buf *buf, char byte);
void buf_add_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The bytes as a C string, never NULL; borrowed until the next change. */
const char *buf_text(const struct buf *buf);
/* The bytes as a heap string that is the caller's; buf is left empty. */
char *buf_take(struct buf *buf);
