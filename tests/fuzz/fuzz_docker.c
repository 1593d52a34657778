/*
 * Whatever JSON or YAML holds, the output of docker inspect and daemon.json in it give subjects that keep their promises.
 */
#include <stdint.h>

#include "base/node_in.h"
#include "subject_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    struct node_stream stream = {0};
    bool json = length > 0 && (bytes[0] == '{' || bytes[0] == '[');
    (void)(json ? json_read : yaml_read)("input", (const char *)bytes, length, arena, &stream, NULL);
    for (size_t i = 0; i < stream.count; i++) {
        subject_check_document(&document_kind_inspect, "input", stream.documents[i], arena, context);
        subject_check_document(&document_kind_daemon, "input", stream.documents[i], arena, context);
    }
    return 0;
}
