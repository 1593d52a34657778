/*
 * Seccomp profiles and recordings among the files: read, so that a pod that names a profile can be held against what is there.
 *
 * The kubelet's name of a seccomp profile is a path under a directory of the node, which the input need not show, so a
 * file is known by its path and by every part of it from a slash on.
 */
#include <string.h>

#include "audit/profile_pool.h"
#include "audit/seccomp_breadth.h"

static const char recording_schema[] = "profgen-recording/";

/* ---- seccomp ------------------------------------------------------------------------------------- */

static bool is_seccomp(const struct node *root)
{
    const char *action = node_text_at(root, "defaultAction");
    return action && strncmp(action, "SCMP_ACT_", 9) == 0;
}

static void judge_seccomp(struct collector *collector, const struct node *root)
{
    struct node *facts = NULL;
    struct err err = ERR_INIT;
    if (seccomp_breadth_facts(collector->arena, collector->path, root, &facts, &err) < 0) {
        collector->miss(collector, root, "runtimes refuse this profile: %s", err.sentence);
        return;
    }
    const struct subject subject = {.kind = SUBJECT_SECCOMP_PROFILE, .names.kind = "seccomp profile", .format = "seccomp",
                                    .facts = facts, .where = root};
    collector->add(collector, &subject);
}

static void collect_seccomp(struct collector *collector, const struct node *root)
{
    judge_seccomp(collector, root);
    const char *name = collector->path;
    while (name) {
        name += strspn(name, "/");
        if (*name && strncmp(name, "./", 2) != 0)
            context_add(collector->context, CONTEXT_SECCOMP_PROFILE, "", name, "");
        name = strchr(name, '/');
    }
}

static void offer_seccomp(struct collector *collector, const struct node *root)
{
    const char *const names[] = {collector->path};
    if (strcmp(collector->path, "-") != 0)
        profile_pool_add(context_profiles(collector->context), &(struct profile_offer){.kind = PROFILE_SECCOMP, .by = OFFER_BY_FILE, .names = names,
                                                                .name_count = 1, .path = collector->path, .line = root->line});
}

const struct document_kind document_kind_seccomp = {
    .name = "seccomp", .recognises = is_seccomp, .offer = offer_seccomp, .collect = collect_seccomp};

/* ---- recordings ----------------------------------------------------------------------------------- */

static bool is_recording(const struct node *root)
{
    const char *schema = node_text_at(root, "schema");
    return schema && strncmp(schema, recording_schema, strlen(recording_schema)) == 0;
}

static void collect_nothing(struct collector *collector, const struct node *root)
{
    (void)root;
    if (collector->skip)
        collector->skip(collector, "a recording");
}

const struct document_kind document_kind_recording = {
    .name = "recording", .recognises = is_recording, .collect = collect_nothing};
