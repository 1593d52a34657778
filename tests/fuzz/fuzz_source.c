/* The syntax of any bytes is told, their documents are read, and every line can be shown. */
#include "collected_fuzz.h"

static void check_lines(struct source *source)
{
    size_t total = 0, length = 0;
    for (uint32_t line = 1; source_line(source, line, &length); line++)
        total += length;
    fuzz_check(total <= source->bytes.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_SOURCE struct source source = {.path = "input"};
    struct err err = ERR_INIT;
    buf_add(&source.bytes, bytes, length);
    int rc = source_parse(&source, arena, &err);
    fuzz_check((rc < 0) == (err.sentence[0] != '\0'));
    check_lines(&source);
    for (size_t i = 0; i < source.stream.count; i++) {
        fuzz_check_node(source.stream.documents[i], 0);
        (void)document_kind_of(source.stream.documents[i]);
    }
    return 0;
}
