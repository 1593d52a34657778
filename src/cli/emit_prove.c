#include "cli/emit_prove.h"

#include <errno.h>
#include <string.h>

#include "emit/apparmor_parser.h"
#include "emit/seccomp_filter.h"
#include "model/profile_check.h"

/* For a machine of each family the profile is for: libseccomp compiles for any. */
static int compile(const struct profile *profile, const struct seccomp_policy *policy, const char *name,
                   struct err *err)
{
    bool seen[ABI_COUNT] = {false};
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        enum abi native = arch_get(abi)->family;
        if (!profile->abis[abi] || seen[native])
            continue;
        seen[native] = true;
        struct seccomp_context context = {.native = native};
        scmp_filter_ctx filter __attribute__((cleanup(seccomp_filter_cleanup))) = NULL;
        if (seccomp_filter_new(policy, &context, NULL, &filter, NULL, err) < 0)
            return err_prefix(err, "libseccomp does not take the %s profile", name);
    }
    return 0;
}

static int prove_seccomp(const struct profile *profile, const char *name, const struct buf *bytes, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    int result = profile_check_seccomp(profile, name, bytes->data, bytes->length, err);
    if (result == 0)
        result = seccomp_policy_parse(name, bytes->data, bytes->length, &policy, err);
    return result < 0 ? result : compile(profile, policy, name, err);
}

/* The other formats are made from the same policy, so the policy itself is always proved in its JSON form. */
static int prove_policy(const struct emit_input *input, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    const struct emitter *json = emitter_by_name("seccomp");
    int result = json->emit(input, &bytes, err);
    return result < 0 ? result : prove_seccomp(input->profile, json->name, &bytes, err);
}

/* The emitter has asked the text about everything recorded; here the real parser has its say. */
static int prove_apparmor(const struct buf *bytes, struct err *err)
{
    bool asked;
    return apparmor_parser_check(buf_text(bytes), bytes->length, &asked, err);
}

int emit_prove(const struct emit_input *input, const struct emit_outputs *outputs, struct err *err)
{
    int result = emit_outputs_needs(outputs) & EMIT_NEEDS_SECCOMP ? prove_policy(input, err) : 0;
    for (size_t i = 0; i < outputs->count && result == 0; i++) {
        const struct emit_output *output = &outputs->items[i];
        if (output->emitter->needs & EMIT_NEEDS_APPARMOR)
            result = prove_apparmor(&output->bytes, err);
        else if (*buf_text(&output->bytes) == '{')
            result = prove_seccomp(input->profile, output->emitter->name, &output->bytes, err);
    }
    return result;
}
