#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/yaml_part.h"

/* libyaml looks at most this many characters ahead for the ':' of a key (scanner.c, yaml_parser_stale_simple_keys). */
enum { KEY_LENGTH_MAX = 1024 };

int yaml_fail_at(struct yaml_in *in, int code, uint32_t line, uint32_t column, const char *format, ...)
{
    char why[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    in->error_line = line;
    in->error_column = column;
    return err_set(in->err, code, "%s:%u:%u: %s", in->name, line, column, why);
}

/* At the end of a file whose last line does not end, libyaml speaks of the line behind it. */
void yaml_find_place(struct yaml_in *in, struct yaml_place *place, const yaml_mark_t *mark, uint32_t *ret_line,
                     uint32_t *ret_column)
{
    if (in->text.is_ascii && mark->index < in->text.length) {
        *ret_line = (uint32_t)mark->line + 1;
        *ret_column = (uint32_t)mark->column + 1;
        return;
    }
    yaml_text_advance(&in->text, place, mark->index);
    *ret_line = place->line + 1;
    *ret_column = (uint32_t)(place->byte - place->line_start) + 1;
}

static int begin_document(struct yaml_in *in, const yaml_event_t *event)
{
    if (in->count + in->empty_count == NODE_DOCUMENTS_MAX)
        return yaml_fail(in, -E2BIG, &event->start_mark, "more than %d documents", NODE_DOCUMENTS_MAX);
    in->root = NULL;
    yaml_anchors_forget(in->anchors);
    return 0;
}

static int end_document(struct yaml_in *in, const yaml_event_t *event)
{
    in->ended = !event->data.document_end.implicit;
    if (in->root->kind == NODE_NULL) {
        in->empty_count++;
        return 0;
    }
    MEM_GROW(in->documents, in->count, in->capacity);
    in->documents[in->count++] = in->root;
    return 0;
}

static int take_event(struct yaml_in *in, const yaml_event_t *event)
{
    if (event->type == YAML_DOCUMENT_START_EVENT)
        return begin_document(in, event);
    if (event->type == YAML_DOCUMENT_END_EVENT)
        return end_document(in, event);
    return yaml_tree_take(in, event);
}

/* Behind a key that is too long libyaml misses the colon, or does not expect it. */
static bool is_long_key(const yaml_parser_t *parser, const struct yaml_text *text, const struct yaml_place *place)
{
    if (strcmp(parser->problem, "could not find expected ':'") == 0)
        return parser->problem_mark.index > parser->context_mark.index + KEY_LENGTH_MAX;
    return parser->problem_mark.column > KEY_LENGTH_MAX && place->byte < text->length &&
           text->bytes[place->byte] == ':';
}

static int parser_error(struct yaml_in *in)
{
    const yaml_parser_t *parser = &in->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        abort();
    struct yaml_place place = {0};
    yaml_text_advance(&in->text, &place, parser->problem_mark.index);
    const char *hint = is_long_key(parser, &in->text, &place)
                           ? "; a key may have at most 1,024 characters unless the file is JSON"
                           : "";
    return yaml_fail_at(in, -EINVAL, place.line + 1, (uint32_t)(place.byte - place.line_start) + 1,
                        "not valid YAML: %s%s%s%s", parser->problem, parser->context ? " " : "",
                        parser->context ? parser->context : "", hint);
}

static int read_events(struct yaml_in *in)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&in->parser, &event))
            return parser_error(in);
        bool last = event.type == YAML_STREAM_END_EVENT;
        int rc = take_event(in, &event);
        yaml_event_delete(&event);
        if (rc < 0 || last)
            return rc;
    }
}

/* The file was read up to a byte that cannot be. The document before it is not whole unless it was ended, and an error
 * where reading stopped comes from stopping there. */
static int wrong_byte(struct yaml_in *in, int rc)
{
    struct yaml_place place = {0};
    yaml_text_advance(&in->text, &place, SIZE_MAX);
    uint32_t line = place.line + 1;
    uint32_t column = (uint32_t)(place.byte - place.line_start) + 1;
    if (rc < 0 && (in->error_line < line || (in->error_line == line && in->error_column < column)))
        return rc;
    if (rc == 0 && !in->ended && in->root && in->root->kind == NODE_NULL)
        in->empty_count--;
    else if (rc == 0 && !in->ended && in->root)
        in->count--;
    return yaml_fail_at(in, -EINVAL, line, column, "not valid YAML: here is %s", in->text.wrong);
}

static int read_text(struct yaml_in *in)
{
    if (!yaml_parser_initialize(&in->parser))
        abort();
    yaml_parser_set_encoding(&in->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&in->parser, (const unsigned char *)in->text.bytes, in->text.length);
    int rc = read_events(in);
    yaml_parser_delete(&in->parser);
    if (in->text.wrong)
        rc = wrong_byte(in, rc);
    return rc;
}

int yaml_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err)
{
    *ret = (struct node_stream){0};
    if (length > NODE_BYTES_MAX)
        return err_set(err, -E2BIG, "%s: larger than %d MiB", name, NODE_BYTES_MAX >> 20);
    struct yaml_in in = {.name = name, .arena = arena, .err = err, .keys = {.arena = arena}};
    yaml_text_init(&in.text, bytes, length);
    in.anchors = yaml_anchors_new();
    int rc = read_text(&in);
    ret->documents = arena_alloc(arena, in.count * sizeof(*ret->documents));
    if (in.count > 0)
        memcpy(ret->documents, in.documents, in.count * sizeof(*ret->documents));
    ret->count = in.count;
    /* A file of nothing but comments is one that holds nothing. */
    ret->empty_count = in.empty_count + (rc == 0 && in.count + in.empty_count == 0);
    ret->duplicates = in.keys.duplicates;
    ret->error_line = in.error_line;
    ret->error_column = in.error_column;
    free(in.documents);
    yaml_anchors_free(in.anchors);
    node_keys_done(&in.keys);
    yaml_text_done(&in.text);
    return rc;
}
