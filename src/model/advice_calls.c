/* What kernels that are not Linux answer to the calls that were made. */
#include "model/advice_usage.h"

#include <errno.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/mem.h"

static const struct data_gvisor_calls *gvisor_row(const char *name)
{
    for (size_t i = 0; i < data_gvisor_calls_count; i++)
        if (strcmp(data_gvisor_calls[i].call, name) == 0)
            return &data_gvisor_calls[i];
    return NULL;
}

static bool has_fallback(const char *name)
{
    for (size_t i = 0; i < data_fallbacks_count; i++)
        if (strcmp(data_fallbacks[i].call, name) == 0)
            return true;
    return false;
}

/* A call that only ever failed is not lost where it fails as well, when the failure is one that was met, or one that
 * libraries are prepared for. */
static const char *class_of_failed(const struct advice_usage *usage, const struct call_use *use,
                                   const struct data_gvisor_calls *row, const char *answer)
{
    if (strcmp(row->impact, "fallback") == 0)
        return row->impact;
    if (!usage->ended_well)
        return "ended-badly";
    bool met = use->error == ENOSYS || use->error == EPERM || errno_from_name(answer) == use->error;
    return met && use->error_count == use->failed ? "survived" : "other-error";
}

static bool is_gone(const char *support)
{
    return strcmp(support, "error") == 0 || strcmp(support, "caperror") == 0 || strcmp(support, "missing") == 0;
}

/* runsc's io_uring is off by default, and bpf's only programs have no effect, so that both are as good as gone. */
static bool is_gone_in_effect(const struct data_gvisor_calls *row, const char *support)
{
    return is_gone(support) || strcmp(row->impact, "breaks") == 0;
}

/* What "partial" calls of the table answer when they do nothing: the notes say ENOSYS or EINVAL. */
static const char *gvisor_answer(const struct data_gvisor_calls *row, bool arm64)
{
    const char *answer = arm64 ? row->arm64_errno : row->amd64_errno;
    if (strcmp(row->impact, "breaks") == 0 && *answer == '\0')
        return strstr(row->note, "ENOSYS") ? "ENOSYS" : "EINVAL";
    return answer;
}

static const char *gvisor_class(const struct advice_usage *usage, const struct data_gvisor_calls *row,
                                const struct call_use *use, bool arm64)
{
    const char *support = arm64 ? row->arm64 : row->amd64;
    if (call_use_works(use))
        return row->impact;
    if (*row->impact && is_gone_in_effect(row, support))
        return class_of_failed(usage, use, row, gvisor_answer(row, arm64));
    return "";
}

bool advice_gvisor_calls(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    bool arm64 = usage->native == ABI_AARCH64;
    enum abi abi = arm64 ? ABI_AARCH64 : ABI_X86_64;
    static const struct data_gvisor_calls unlisted = {.amd64 = "missing", .amd64_errno = "ENOSYS", .arm64 = "missing",
                                                      .arm64_errno = "ENOSYS", .impact = "breaks",
                                                      .note = "not in the table; default handler answers ENOSYS"};
    for (size_t i = 0; i < syscall_count(); i++) {
        const char *name = syscall_at(i)->name;
        const struct call_use *use = advice_usage_call(usage, abi, name);
        if (!use || call_use_total(use) == 0)
            continue;
        const struct data_gvisor_calls *row = gvisor_row(name);
        row = row ? row : &unlisted;
        if (strcmp(gvisor_class(usage, row, use, arm64), argument) == 0)
            advice_item_add_call(evidence, usage, abi, name, gvisor_answer(row, arm64), row->note);
    }
    return evidence->item_count > 0;
}

/* The column of the platform that the evidence is for. */
static const char *libos_answer(const struct data_libos_calls *row, const char *platform)
{
    if (strncmp(platform, "osv", 3) == 0)
        return row->osv;
    return strncmp(platform, "nanos", 5) == 0 ? row->nanos : row->unikraft;
}

/* Every recording has them: the start of the program, and what the kernel itself puts at the end of a signal handler. */
static bool is_machinery(const char *call)
{
    return strcmp(call, "execve") == 0 || strcmp(call, "rt_sigreturn") == 0 || strcmp(call, "restart_syscall") == 0;
}

static bool libos_matches(const char *answer, const char *call, const char *argument)
{
    if (strcmp(argument, "ignored") == 0)
        return strcmp(answer, "ignored") == 0;
    return (strcmp(answer, "no") == 0 || strcmp(answer, "enosys") == 0) && !has_fallback(call) && !is_machinery(call);
}

bool advice_libos_calls(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    for (size_t i = 0; i < data_libos_calls_count; i++) {
        const struct data_libos_calls *row = &data_libos_calls[i];
        const struct call_use *use = advice_usage_call(usage, ABI_X86_64, row->call);
        if (use && call_use_works(use) &&
            libos_matches(libos_answer(row, evidence->rule->platforms), row->call, argument))
            advice_item_add_call(evidence, usage, ABI_X86_64, row->call, "", "");
    }
    return evidence->item_count > 0;
}
