/* The operator's objects, read back: their profiles are held to what the profiles beside them are held to. */
#include <errno.h>
#include <string.h>

#include "base/node_in.h"
#include "base/node_json.h"
#include "base/strings.h"
#include "emit/proof.h"
#include "emit/spo_abstract.h"
#include "model/apparmor_derive.h"

static int prove_seccomp(const struct emit_input *input, const struct node *spec, struct err *err)
{
    AUTO_BUF struct buf json = BUF_INIT;
    if (!spec || !node_json(spec, &json))
        return err_set(err, -EINVAL, "the SeccompProfile just written has no spec that can be read");
    return proof_seccomp(input->profile, "spo", buf_text(&json), json.length, err);
}

static void read_list(const struct node *list, struct spo_paths *ret)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        strings_add(&ret->items, &ret->count, node_text(item) ? node_text(item) : "");
}

/* The profile that the operator would make of the lists. */
static void read_abstract(const struct node *abstract, const char *name, struct buf *ret)
{
    AUTO(spo_abstract_done) struct spo_abstract lists = {
        .tcp = node_is_true(node_at(abstract, "network.allowedProtocols.allowTcp")),
        .udp = node_is_true(node_at(abstract, "network.allowedProtocols.allowUdp")),
        .raw = node_is_true(node_at(abstract, "network.allowRaw")),
    };
    read_list(node_at(abstract, "executable.allowedExecutables"), &lists.executables);
    read_list(node_at(abstract, "executable.allowedLibraries"), &lists.libraries);
    read_list(node_at(abstract, "filesystem.readOnlyPaths"), &lists.read_only);
    read_list(node_at(abstract, "filesystem.readWritePaths"), &lists.read_write);
    read_list(node_at(abstract, "capability.allowedCapabilities"), &lists.capabilities);
    spo_abstract_profile(&lists, name, ret);
}

static int prove_apparmor(const struct emit_input *input, const struct node *spec, struct err *err)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *own = NULL;
    AUTO_BUF struct buf text = BUF_INIT;
    const char *policy = node_text_at(spec, "policy");
    if (policy)
        buf_add_text(&text, policy);
    else
        read_abstract(node_get(spec, "abstract"), input->name, &text);
    int result = apparmor_policy_parse("the AppArmorProfile just written", buf_text(&text), text.length, &own, err);
    if (result == 0 && strcmp(own->name, input->name) != 0)
        result = err_set(err, -EINVAL, "the AppArmorProfile just written holds the profile %.80s instead of %.80s", own->name, input->name);
    if (result == 0)
        result = apparmor_policy_check(own, input->profile->recording, NULL, err);
    return result < 0 ? result : proof_apparmor(buf_text(&text), text.length, err);
}

static int prove_object(const struct emit_input *input, const struct node *object, struct err *err)
{
    const struct node *spec = node_get(object, "spec");
    if (node_is_text(node_get(object, "kind"), "SeccompProfile"))
        return prove_seccomp(input, spec, err);
    return prove_apparmor(input, spec, err);
}

int proof_spo(const struct emit_input *input, const struct buf *bytes, struct err *err)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream = {0};
    int result = yaml_read("the operator's objects just written", buf_text(bytes), bytes->length, arena, &stream, err);
    if (result == 0 && stream.count != 2)
        result = err_set(err, -EINVAL, "the operator's objects just written are %zu, not 2", stream.count);
    for (size_t i = 0; i < stream.count && result == 0; i++)
        result = prove_object(input, stream.documents[i], err);
    return result;
}
