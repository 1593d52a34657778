#include "audit/pss.h"

#include <limits.h>
#include <string.h>

#include "audit/pss_run.h"
#include "base/num.h"

/* Since and as long as there is a standard. */
#define ALWAYS 0, PSS_VERSION_NEWEST

/*
 * The checks of kubernetes/pod-security-admission v0.37 (policy/check_*.go), in the order of its registry: baseline,
 * then restricted, each sorted by the bytes of the id.
 */
static const struct pss_check_row checks[] = {
    {"appArmorProfile", PSS_BASELINE, ALWAYS, .judge = pss_check_app_armor},
    {"capabilities_baseline", PSS_BASELINE, ALWAYS, .judge = pss_check_capabilities_baseline},
    {"hostNamespaces", PSS_BASELINE, ALWAYS, .judge = pss_check_host_namespaces},
    {"hostPathVolumes", PSS_BASELINE, ALWAYS, .judge = pss_check_host_path_volumes},
    {"hostPorts", PSS_BASELINE, ALWAYS, .judge = pss_check_host_ports},
    {"hostProbesAndHostLifecycle", PSS_BASELINE, 34, PSS_VERSION_NEWEST, .judge = pss_check_host_probes},
    {"privileged", PSS_BASELINE, ALWAYS, .judge = pss_check_privileged},
    {"procMount", PSS_BASELINE, ALWAYS, .user_namespace_from = 35, .judge = pss_check_proc_mount},
    {"seLinuxOptions", PSS_BASELINE, ALWAYS, .judge = pss_check_se_linux_options},
    {"seccompProfile_baseline", PSS_BASELINE, ALWAYS, .judge = pss_check_seccomp_baseline},
    {"sysctls", PSS_BASELINE, ALWAYS, .judge = pss_check_sysctls},
    {"windowsHostProcess", PSS_BASELINE, ALWAYS, .judge = pss_check_windows_host_process},
    {"allowPrivilegeEscalation", PSS_RESTRICTED, 8, PSS_VERSION_NEWEST, .windows_from = 25,
     .judge = pss_check_allow_privilege_escalation},
    {"capabilities_restricted", PSS_RESTRICTED, 22, PSS_VERSION_NEWEST, .windows_from = 25,
     .overrides = "capabilities_baseline", .judge = pss_check_capabilities_restricted},
    {"procMount_restricted", PSS_RESTRICTED, 35, PSS_VERSION_NEWEST, .overrides = "procMount",
     .judge = pss_check_proc_mount},
    {"restrictedVolumes", PSS_RESTRICTED, ALWAYS, .overrides = "hostPathVolumes",
     .judge = pss_check_restricted_volumes},
    {"runAsNonRoot", PSS_RESTRICTED, ALWAYS, .user_namespace_from = 35, .judge = pss_check_run_as_non_root},
    {"runAsUser", PSS_RESTRICTED, 23, PSS_VERSION_NEWEST, .user_namespace_from = 35,
     .judge = pss_check_run_as_user},
    {"seccompProfile_restricted", PSS_RESTRICTED, 19, PSS_VERSION_NEWEST, .windows_from = 25,
     .overrides = "seccompProfile_baseline", .judge = pss_check_seccomp_restricted},
};

size_t pss_checks(const struct pss_check_row **ret)
{
    *ret = checks;
    return ARRAY_COUNT(checks);
}

/* ---- levels and versions ------------------------------------------------------------------------- */

static const char *const level_names[] = {
    [PSS_PRIVILEGED] = "privileged",
    [PSS_BASELINE] = "baseline",
    [PSS_RESTRICTED] = "restricted",
};

const char *pss_level_name(enum pss_level level)
{
    return level_names[level];
}

static unsigned clamp(unsigned minor)
{
    return minor > PSS_VERSION_NEWEST ? PSS_VERSION_NEWEST : minor;
}

static bool parse_level(const char *text, size_t length, enum pss_level *ret)
{
    for (size_t i = 0; i < ARRAY_COUNT(level_names); i++)
        if (strlen(level_names[i]) == length && memcmp(level_names[i], text, length) == 0) {
            *ret = (enum pss_level)i;
            return true;
        }
    return false;
}

/* latest, 1.29, v1.29; upstream's expression ^v1\.([0-9]|[1-9][0-9]*)$ with the v left to choice. */
static bool parse_version(const char *text, unsigned *ret)
{
    if (strcmp(text, "latest") == 0) {
        *ret = PSS_VERSION_NEWEST;
        return true;
    }
    text += *text == 'v';
    if (strncmp(text, "1.", 2) != 0)
        return false;
    const char *digits = text + 2;
    uint64_t minor = 0;
    if (!*digits || digits[strspn(digits, "0123456789")] || (digits[0] == '0' && digits[1]) ||
        !num_parse_u64(digits, UINT64_MAX, &minor))
        return false;
    *ret = minor > UINT_MAX ? UINT_MAX : (unsigned)minor;
    return true;
}

bool pss_parse(const char *text, enum pss_level *ret_level, unsigned *ret_minor)
{
    size_t length = strcspn(text, "@");
    enum pss_level level;
    unsigned minor = PSS_VERSION_NEWEST;
    if (!parse_level(text, length, &level) || (text[length] && !parse_version(text + length + 1, &minor)))
        return false;
    *ret_level = level;
    *ret_minor = minor;
    return true;
}

/* ---- running --------------------------------------------------------------------------------------- */

static bool is_active(const struct pss_check_row *row, unsigned minor)
{
    return row->first_minor <= minor && minor <= row->last_minor;
}

static bool is_overridden(const char *id, unsigned minor)
{
    for (size_t i = 0; i < ARRAY_COUNT(checks); i++)
        if (checks[i].overrides && strcmp(checks[i].overrides, id) == 0 && is_active(&checks[i], minor))
            return true;
    return false;
}

static bool is_run(const struct pss_check_row *row, enum pss_level level, unsigned minor)
{
    return row->level <= level && is_active(row, minor) &&
           !(level == PSS_RESTRICTED && is_overridden(row->id, minor));
}

static bool is_exempt(const struct pss_check_row *row, const struct pss_run *run)
{
    if (row->windows_from && run->minor >= row->windows_from && node_is_text(node_at(run->spec, "os.name"), "windows"))
        return true;
    return row->user_namespace_from && run->minor >= row->user_namespace_from &&
           node_is_false(node_get(run->spec, "hostUsers"));
}

/* Runs the checks of a level; the first that finds anything is the last when only that is asked. */
static bool run_checks(struct pss_run *run, enum pss_level level)
{
    bool found = false;
    for (size_t i = 0; i < ARRAY_COUNT(checks) && !(found && run->only_whether); i++) {
        if (!is_run(&checks[i], level, run->minor) || is_exempt(&checks[i], run))
            continue;
        run->check = &checks[i];
        run->check_first = run->count;
        run->place_count = 0;
        checks[i].judge(run);
        found = found || run->place_count;
    }
    return found;
}

size_t pss_check(const struct pss_pod *pod, enum pss_level level, unsigned minor, struct arena *arena,
                 const struct pss_violation **ret)
{
    struct pss_run run;
    pss_run_init(&run, pod, clamp(minor), arena);
    (void)run_checks(&run, level);
    *ret = run.violations;
    return run.count;
}

enum pss_level pss_highest(const struct pss_pod *pod, unsigned minor, struct arena *arena)
{
    struct pss_run run;
    pss_run_init(&run, pod, clamp(minor), arena);
    run.only_whether = true;
    enum pss_level level = PSS_RESTRICTED;
    while (level > PSS_PRIVILEGED && run_checks(&run, level))
        level--;
    return level;
}
