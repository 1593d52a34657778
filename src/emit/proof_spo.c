/* The operator's objects, read back: their profiles are held to what the profiles beside them are held to. */
#include <errno.h>
#include <string.h>

#include "base/node_in.h"
#include "base/node_json.h"
#include "emit/proof.h"
#include "model/apparmor_derive.h"

static int prove_object(const struct emit_input *input, const struct node *object, struct err *err)
{
    const struct node *spec = node_get(object, "spec");
    const char *policy = node_text_at(spec, "policy");
    if (node_is_text(node_get(object, "kind"), "SeccompProfile")) {
        AUTO_BUF struct buf json = BUF_INIT;
        if (!spec || !node_json(spec, &json))
            return err_set(err, -EINVAL, "the SeccompProfile just written has no spec that can be read");
        return proof_seccomp(input->profile, "spo", buf_text(&json), json.length, err);
    }
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *own = NULL;
    if (!policy)
        return err_set(err, -EINVAL, "the AppArmorProfile just written has no policy");
    int result = apparmor_policy_parse("the AppArmorProfile just written", policy, strlen(policy), &own, err);
    if (result == 0 && strcmp(own->name, input->name) != 0)
        result = err_set(err, -EINVAL, "the AppArmorProfile just written holds the profile %.80s instead of %.80s", own->name, input->name);
    if (result == 0)
        result = apparmor_policy_check(own, input->profile->recording, NULL, err);
    return result < 0 ? result : proof_apparmor(policy, strlen(policy), err);
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
