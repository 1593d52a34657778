/*
 * Whatever a recording holds, the pod patch and the Compose override made of it read back as YAML and give what it needs, and
 * the lists for the operator's AppArmorProfile allow what it did.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "emit/formats.h"
#include "emit/proof.h"
#include "emit/spo_abstract.h"
#include "model/apparmor_derive.h"
#include "model/recording_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { PATHS_MAX = 100 }; /* deriving a policy is not what is tried here */

static void check(int result, const struct err *err)
{
    if (result == 0 || result == -ENOTSUP)
        return;
    (void)fprintf(stderr, "%s\n", err->sentence);
    abort();
}

static void emit(const struct emit_input *input, emit_function *write, emit_check_function *prove)
{
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    int result = write(input, &out, &err);
    check(result, &err);
    if (result == 0)
        check(prove(input, &out, &err), &err);
}

static void try_lists(const struct recording *recording)
{
    struct apparmor_derive_options options = APPARMOR_DERIVE_OPTIONS_DEFAULT;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *made = NULL;
    AUTO(spo_abstract_done) struct spo_abstract abstract = {0};
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    options.mode = APPARMOR_ALLOW_LIST;
    if (recording->path_count > PATHS_MAX || apparmor_derive(recording, &options, &policy, &err) < 0 ||
        apparmor_policy_check(policy, recording, NULL, &err) < 0)
        return;
    int result = spo_abstract_make(policy, recording, &abstract, &err);
    check(result, &err);
    if (result < 0)
        return;
    spo_abstract_profile(&abstract, "x", &text);
    check(apparmor_policy_parse("x", buf_text(&text), text.length, &made, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    if (recording_parse("input", (const char *)bytes, length, &recording, NULL) < 0 || recording->run_count == 0)
        return 0;
    const struct emit_target target = {.kind = workload_kind_find("CronJob"), .container = "x", .seccomp_file = "seccomp.json",
                                       .seccomp_profile = "profiles/x.json"};
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    AUTO(fitting_free_cleanup) struct fitting *fitting = fitting_new(needs, &target);
    const struct emit_input input = {.fitting = fitting, .name = "x"};
    emit(&input, emit_pod_patch, proof_pod_patch);
    emit(&input, emit_compose, proof_compose);
    try_lists(recording);
    return 0;
}
