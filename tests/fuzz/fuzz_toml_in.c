/*
 * Whatever the reader of TOML makes of an input holds to what node.h says.
 */
#include "node_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream;
    struct err err = ERR_INIT;
    int rc = toml_read("input", (const char *)bytes, length, arena, &stream, &err);
    node_check_stream((const char *)bytes, length, rc, &stream, &err);
    return 0;
}
