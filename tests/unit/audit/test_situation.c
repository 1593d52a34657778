#include "audit/situation.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/node_in.h"

#define DOCKER "\"capabilities\":{\"effective\":[\"CHOWN\",\"SYS_ADMIN\",\"SYS_MODULE\"]}"

Test(situation, what_can_be_reached)
{
    static const struct {
        const char *facts;
        bool sys_admin, sys_module, root;
    } rows[] = {
        {"{}", false, false, true},
        {"{" DOCKER "}", true, true, true},
        {"{\"capabilities\":{\"effective\":[\"ALL\"]}}", true, true, true},
        {"{\"privileged\":true}", true, true, true},
        /* Not root: as long as a set-user-ID program gives capabilities back they count. */
        {"{" DOCKER ",\"user\":{\"id\":1000}}", true, true, true},
        {"{" DOCKER ",\"user\":{\"id\":1000},\"no_new_privileges\":false}", true, true, true},
        {"{" DOCKER ",\"user\":{\"id\":1000},\"no_new_privileges\":true}", false, false, false},
        {"{" DOCKER ",\"user\":{\"run_as_non_root\":true},\"no_new_privileges\":true}", false, false, false},
        {"{" DOCKER ",\"user\":{\"id\":0,\"run_as_non_root\":true},\"no_new_privileges\":true}", true, true, true},
        {"{" DOCKER ",\"user\":{\"name\":\"nginx\"},\"no_new_privileges\":true}", true, true, true},
        {"{" DOCKER ",\"user\":{\"id\":0},\"no_new_privileges\":true}", true, true, true},
        {"{" DOCKER ",\"user\":{\"id\":5},\"no_new_privileges\":true,\"raw\":{\"process\":{\"capabilities\":{\"ambient\":[\"CAP_SYS_ADMIN\"]}}}}", true, false, false},
        /* What the kernel honours in the first user namespace alone. */
        {"{" DOCKER ",\"namespaces\":{\"user\":\"private\"}}", true, false, true},
        {"{" DOCKER ",\"namespaces\":{\"user\":\"host\"}}", true, true, true},
        {"{" DOCKER ",\"pod\":{\"host_users\":false}}", true, false, true},
        {"{" DOCKER ",\"pod\":{\"host_users\":true}}", true, true, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        cr_assert_eq(json_read("facts", rows[i].facts, strlen(rows[i].facts), arena, &stream, &err), 0, "%s", err.sentence);
        const struct situation situation = situation_of(stream.documents[0]);
        cr_expect_eq(situation_has(situation.reachable, "SYS_ADMIN"), rows[i].sys_admin, "row %zu", i);
        cr_expect_eq(situation_has(situation.reachable, "CAP_SYS_MODULE"), rows[i].sys_module, "row %zu", i);
        cr_expect_eq(situation.may_be_root, rows[i].root, "row %zu", i);
    }
}

Test(situation, who_else_is_seen)
{
    static const struct {
        const char *facts;
        bool sees;
    } rows[] = {
        {"{}", false},
        {"{\"namespaces\":{\"pid\":\"host\"}}", true},
        {"{\"namespaces\":{\"pid\":\"private\"}}", false},
        {"{\"namespaces\":{\"pid\":\"container:db\"}}", true},
        {"{\"pod\":{\"namespaces\":{\"pid\":\"host\"}}}", true},
        {"{\"pod\":{\"share_process_namespace\":true}}", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        cr_assert_eq(json_read("facts", rows[i].facts, strlen(rows[i].facts), arena, &stream, NULL), 0);
        cr_expect_eq(situation_of(stream.documents[0]).sees_others, rows[i].sees, "row %zu", i);
    }
}
