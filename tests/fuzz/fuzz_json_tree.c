/*
 * Whatever the reader of JSON makes of an input holds to what node.h says, and the reader of YAML makes the same of
 * it where it reads it at all.
 */
#include "node_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Numbers are left out: 1e5 is an integer beyond 64 bits, a float or text to one and not to the other. */
static void same(const struct node *json, const struct node *yaml)
{
    if (json->kind == NODE_INT || json->kind == NODE_FLOAT)
        return;
    CHECK(json->kind == yaml->kind);
    if (json->kind != NODE_LIST && json->kind != NODE_MAP) {
        CHECK(json->length == yaml->length && memcmp(json->text, yaml->text, json->length) == 0);
        return;
    }
    CHECK(json->count == yaml->count);
    const struct node *other = yaml->first;
    for (const struct node *item = json->first; item; item = item->next, other = other->next) {
        CHECK(!item->key || (item->key_length == other->key_length && memcmp(item->key, other->key, item->key_length) == 0));
        CHECK(item->line == other->line && item->column == other->column);
        same(item, other);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream json;
    struct node_stream yaml;
    struct err err = ERR_INIT;
    int rc = json_read("input", (const char *)bytes, length, arena, &json, &err);
    node_check_stream((const char *)bytes, length, rc, &json, &err);
    /* Escapes and characters that break lines mean other things in YAML. */
    bool comparable = rc == 0 && json.count == 1 && json.empty_count == 0 && !memchr(bytes, '\\', length);
    for (size_t i = 0; i < length && comparable; i++)
        comparable = bytes[i] < 0x80;
    if (!comparable || yaml_read("input", (const char *)bytes, length, arena, &yaml, NULL) < 0)
        return 0;
    CHECK(yaml.count == 1);
    same(json.documents[0], yaml.documents[0]);
    return 0;
}
