/*
 * Whatever the reader of recordings accepts is written, read and written again to the same bytes, and
 * can be merged.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/recording_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct recording *parse_own(const struct buf *text)
{
    struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (recording_parse("own", buf_text(text), text->length, &recording, &err) < 0)
        abort();
    return recording;
}

static void write_again(const struct recording *recording, const struct buf *expected)
{
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    if (text.length != expected->length || memcmp(text.data, expected->data, text.length) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (recording_parse("input", (const char *)bytes, length, &recording, &err) < 0) {
        if (err.sentence[0] == '\0')
            abort();
        return 0;
    }
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    AUTO(recording_free_cleanup) struct recording *again = parse_own(&text);
    write_again(again, &text);
    AUTO(recording_free_cleanup) struct recording *merged = recording_new();
    recording_merge(merged, recording);
    write_again(merged, &text);
    recording_merge(merged, again);
    return 0;
}
