#include "emit/proof.h"

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

int proof_seccomp(const struct profile *profile, const char *name, const char *bytes, size_t length, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    int result = profile_check_seccomp(profile, name, bytes, length, err);
    if (result == 0)
        result = seccomp_policy_parse(name, bytes, length, &policy, err);
    return result < 0 ? result : compile(profile, policy, name, err);
}

int proof_apparmor(const char *bytes, size_t length, struct err *err)
{
    bool asked;
    return apparmor_parser_check(bytes, length, &asked, err);
}
