#include "emit/confinement.h"

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/apparmor.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "emit/seccomp_filter.h"
#include "emit/seccomp_stub.h"

int confinement_context(bool runc, struct seccomp_context *ret, struct err *err)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    struct utsname host;
    if (syscall(SYS_capget, &header, data) < 0)
        return err_set(err, -errno, "cannot read the capabilities of this process: %s", strerror(errno));
    if (uname(&host) < 0)
        return err_set(err, -errno, "cannot read the kernel's version: %s", strerror(errno));
    *ret = (struct seccomp_context){.capabilities = (uint64_t)data[1].permitted << 32 | data[0].permitted,
                                    .kernel = kernel_version_parse(host.release),
                                    .native = arch_native(),
                                    .runc_stub = runc};
    return 0;
}

/* ---- the filter ------------------------------------------------------------------------------------- */

static bool is_handed_on(enum seccomp_action action)
{
    return action == SECCOMP_NOTIFY || action == SECCOMP_TRACE;
}

static int refuse_handed_on(const struct seccomp_policy *policy, const struct seccomp_context *context,
                            struct err *err)
{
    enum seccomp_action action = policy->default_action;
    for (size_t i = 0; i < policy->rule_count && !is_handed_on(action); i++)
        if (seccomp_rule_applies(&policy->rules[i], context))
            action = policy->rules[i].action;
    if (is_handed_on(action))
        return err_set(err, -ENOTSUP, "the profile hands calls to another program (%s), and none stands by to decide",
                       seccomp_action_name(action));
    if (policy->listener_path)
        return err_set(err, -ENOTSUP, "the profile hands calls to the listener %.200s, which is a runtime's to do",
                       policy->listener_path);
    return 0;
}

int confinement_filter(const struct seccomp_policy *policy, const struct seccomp_context *context, struct buf *program,
                       struct confinement_notes *notes, struct err *err)
{
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    struct seccomp_filter_options options = {.prechecked = true};
    struct seccomp_filter_notes found;
    int r = refuse_handed_on(policy, context, err);
    r = r < 0 ? r : seccomp_evaluator_new(policy, context, &evaluator, err);
    r = r < 0 ? r : seccomp_filter_new(policy, context, &options, &filter, &found, err);
    if (r < 0)
        return r;
    seccomp_stub_program(evaluator, program);
    r = seccomp_filter_program(filter, program, err);
    if (r < 0)
        return r;
    if (program->length / sizeof(struct sock_filter) > BPF_MAXINSNS)
        return err_set(err, -E2BIG, "the filter with runc's stub is longer than the %d instructions that the kernel takes",
                       BPF_MAXINSNS);
    *notes = (struct confinement_notes){.by_number = found.first_by_number, .left_out = found.first_left_out,
                                        .unknown = found.first_unknown, .unknown_count = found.unknown};
    return 0;
}

/* runc allows speculation unless the profile has flags of its own. WAIT_KILLABLE_RECV is about listeners, which are
 * refused; all threads of this process are this one. */
static unsigned flags_of(const struct seccomp_policy *policy)
{
    static const struct {
        const char *name;
        unsigned flag;
    } known[] = {
        {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
        {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    };
    unsigned flags = policy->has_flags ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    for (size_t i = 0; i < policy->flag_count; i++)
        for (size_t k = 0; k < ARRAY_COUNT(known); k++)
            if (strcmp(policy->flags[i], known[k].name) == 0)
                flags |= known[k].flag;
    return flags;
}

int confinement_load(const struct seccomp_policy *policy, const struct buf *program, struct err *err)
{
    struct sock_fprog loaded = {.len = (unsigned short)(program->length / sizeof(struct sock_filter)),
                                .filter = (struct sock_filter *)(void *)program->data};
    unsigned flags = flags_of(policy);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &loaded) == 0)
        return 0;
    if (errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_set(err, -errno, "cannot set no_new_privs: %s", strerror(errno));
    if (errno != EACCES || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &loaded) < 0)
        return err_set(err, -errno, "the kernel does not load the filter: %s", strerror(errno));
    return 0;
}

/* ---- AppArmor ----------------------------------------------------------------------------------------- */

static int refuse_apparmor(const char *profile, struct err *err)
{
    switch (errno) {
    case ECANCELED:
        return err_set(err, -ENOTSUP, "cannot use the AppArmor profile %s: AppArmor was turned off when this kernel was "
                       "started (apparmor=1 security=apparmor turns it on)", profile);
    case ENOENT:
        return err_set(err, -ENOTSUP, "cannot use the AppArmor profile %s: the kernel has AppArmor, but securityfs is not "
                       "mounted at /sys/kernel/security", profile);
    case EACCES:
    case EPERM:
        return err_set(err, -EPERM, "cannot use the AppArmor profile %s: this process may not look whether AppArmor is on",
                       profile);
    default:
        return err_set(err, -ENOTSUP, "cannot use the AppArmor profile %s: this kernel has no AppArmor", profile);
    }
}

int confinement_apparmor(const char *profile, struct err *err)
{
    if (!aa_is_enabled())
        return refuse_apparmor(profile, err);
    if (aa_change_onexec(profile) == 0)
        return 0;
    if (errno == ENOENT)
        return err_set(err, -ENOENT, "no AppArmor profile %s is loaded; apparmor_parser -r FILE loads the one in FILE",
                       profile);
    return err_set(err, -errno, "AppArmor does not let this process change to the profile %s: %s", profile,
                   strerror(errno));
}
