#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = BUF_INIT;
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t extra)
{
    if (buf->data && buf->capacity - buf->length > extra)
        return;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity - buf->length <= extra)
        capacity *= 2;
    buf->data = mem_resize(buf->data, capacity, 1);
    buf->capacity = capacity;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    buf_reserve(buf, length);
    if (length)
        memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_add_char(struct buf *buf, char byte)
{
    buf_reserve(buf, 1);
    buf->data[buf->length++] = byte;
    buf->data[buf->length] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    /* Most texts fit into what is left, and need not be made twice. */
    buf_reserve(buf, 0);
    size_t room = buf->capacity - buf->length;
    int length = vsnprintf(buf->data + buf->length, room, format, args);
    va_end(args);
    if (length > 0 && (size_t)length >= room) {
        buf_reserve(buf, (size_t)length);
        (void)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    buf->length += length > 0 ? (size_t)length : 0;
    buf->data[buf->length] = '\0';
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
    buf_reserve(buf, 0);
    buf->data[buf->length] = '\0';
    char *data = buf->data;
    *buf = BUF_INIT;
    return data;
}
