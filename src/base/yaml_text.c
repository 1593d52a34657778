#include "base/yaml_text.h"

#include <string.h>

#include "base/text.h"

/* A tag directive copies its prefix into every tag that uses it, so few and short ones are taken. */
enum { TAG_DIRECTIVES_MAX = 100, TAG_DIRECTIVE_LENGTH_MAX = 256, BLOCK_SIZE = 32 };

static const char utf8_mark[] = "\xef\xbb\xbf";

void yaml_text_done(struct yaml_text *text)
{
    buf_done(&text->converted);
}

static void add_utf8(struct buf *out, uint32_t character)
{
    if (character < 0x80) {
        buf_add_char(out, (char)character);
        return;
    }
    int more = character >= 0x10000 ? 3 : character >= 0x800 ? 2 : 1;
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    buf_add_char(out, (char)(first[more] | character >> (6 * more)));
    while (more-- > 0)
        buf_add_char(out, (char)(0x80 | (character >> (6 * more) & 0x3f)));
}

/* A surrogate that stands alone comes out as the three bytes that are no valid UTF-8, and is refused as such. */
static void convert_utf16(struct yaml_text *text, const char *bytes, size_t length, bool big)
{
    const unsigned char *in = (const unsigned char *)bytes;
    for (size_t i = 2; i + 1 < length; i += 2) {
        uint32_t unit = (uint32_t)in[i + !big] << 8 | in[i + big];
        if (unit >= 0xd800 && unit < 0xdc00 && i + 3 < length) {
            uint32_t low = (uint32_t)in[i + 2 + !big] << 8 | in[i + 2 + big];
            if (low >= 0xdc00 && low < 0xe000) {
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        add_utf8(&text->converted, unit);
    }
    if (length % 2 != 0)
        add_utf8(&text->converted, 0xd800);
    text->bytes = buf_text(&text->converted);
    text->length = text->converted.length;
}

/* What the YAML specification (5.1) lets stand in a file, as libyaml checks it; characters from U+0080 on. */
static size_t character_length(const char *bytes, size_t length, const char **ret_wrong)
{
    const unsigned char *c = (const unsigned char *)bytes;
    size_t step = text_utf8_length(bytes, length);
    if (step == 0)
        *ret_wrong = "a byte that is not valid UTF-8";
    else if ((c[0] == 0xc2 && c[1] < 0xa0 && c[1] != 0x85) || (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe))
        *ret_wrong = "a control character, which YAML does not allow";
    return step;
}

/* Whether all of BLOCK_SIZE bytes are ASCII that may stand in a file. Without branches, for the compiler to do many at
 * a time: nearly all of nearly every file is such. */
static bool is_plain_block(const char *bytes)
{
    unsigned char wrong = 0;
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        unsigned char c = (unsigned char)bytes[i];
        wrong |= (unsigned char)(((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r')) | (c >= 0x7f));
    }
    return wrong == 0;
}

static void find_wrong_byte(struct yaml_text *text)
{
    text->is_ascii = true;
    for (size_t i = 0; i < text->length;) {
        if (text->length - i >= BLOCK_SIZE && is_plain_block(text->bytes + i)) {
            i += BLOCK_SIZE;
            continue;
        }
        unsigned char c = (unsigned char)text->bytes[i];
        size_t step = 1;
        if (c >= 0x80) {
            text->is_ascii = false;
            step = character_length(text->bytes + i, text->length - i, &text->wrong);
        } else if (c == 0) {
            text->wrong = "a NUL byte: this is not text";
        } else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            text->wrong = "a control character, which YAML does not allow";
        }
        if (text->wrong) {
            text->length = i;
            return;
        }
        i += step;
    }
}

static void find_tag_directives(struct yaml_text *text)
{
    static const char directive[] = "%TAG";
    size_t count = 0;
    const char *end = text->bytes + text->length;
    for (const char *at = text->bytes; (at = memmem(at, (size_t)(end - at), directive, sizeof(directive) - 1));
         at++) {
        if (at > text->bytes && at[-1] != '\n' && at[-1] != '\r')
            continue;
        size_t rest = (size_t)(end - at);
        const char *line_end = memchr(at, '\n', rest);
        size_t length = line_end ? (size_t)(line_end - at) : rest;
        if (++count > TAG_DIRECTIVES_MAX || length > TAG_DIRECTIVE_LENGTH_MAX) {
            text->wrong = count > TAG_DIRECTIVES_MAX ? "the 101st %TAG directive; 100 are read"
                                                     : "a %TAG directive longer than 256 bytes";
            text->length = (size_t)(at - text->bytes);
            return;
        }
    }
}

void yaml_text_init(struct yaml_text *text, const char *bytes, size_t length)
{
    *text = (struct yaml_text){.bytes = bytes, .length = length};
    if (length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        convert_utf16(text, bytes, length, bytes[0] == '\xfe');
    if (text->length >= 3 && memcmp(text->bytes, utf8_mark, 3) == 0) {
        text->bytes += 3;
        text->length -= 3;
    }
    find_wrong_byte(text);
    find_tag_directives(text);
}

void yaml_text_advance(const struct yaml_text *text, struct yaml_place *place, size_t index)
{
    while (place->byte < text->length) {
        char c = text->bytes[place->byte];
        /* The last byte of the character is behind when the next one begins. */
        if ((c & 0xc0) != 0x80 && place->index == index)
            return;
        place->index += (c & 0xc0) != 0x80;
        place->byte++;
        bool breaks = c == '\n' || (c == '\r' && (place->byte == text->length || text->bytes[place->byte] != '\n'));
        if (breaks) {
            place->line++;
            place->line_start = place->byte;
        }
    }
}
