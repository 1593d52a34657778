/*
 * The rows of profiles/apparmor-probes.csv, and the profiles that they are put to, for the guest.
 *
 *   aa_probes cases PROFILE...   each row as a case (aa_case.h) under each of the profiles, unconfined first
 *   aa_probes default ENGINE     the AppArmor profile of "docker", "podman" or "containerd", as text
 *   aa_probes count              how many rows there are
 */
#include "aa_case.h"

#include "base/buf.h"
#include "base/err.h"
#include "data.h"
#include "model/apparmor_policy.h"
#include "model/default_profile.h"

static void print_path(const char *path)
{
    for (const char *at = path; *at; at++) {
        if (isalnum((unsigned char)*at) || strchr("/._-", *at))
            (void)putchar(*at);
        else
            (void)printf("%%%02X", (unsigned char)*at);
    }
    (void)putchar('\n');
}

static void print_case(const char *profile, const char *access, const char *path)
{
    (void)printf("%s %s owner ", profile, access);
    print_path(path);
}

static void print_cases(const char *profile)
{
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        const struct data_apparmor_probes *probe = &data_apparmor_probes[i];
        print_case(profile, probe->access, probe->path);
        if (strstr(probe->path, ".sock"))
            print_case(profile, "c", probe->path);
    }
}

static int print_default(const char *engine)
{
    struct err err = ERR_INIT;
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    if (default_profile_apparmor(engine, &policy, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return 2;
    }
    apparmor_policy_write(policy, &text);
    return fwrite(text.data, 1, text.length, stdout) == text.length ? 0 : 2;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "default") == 0)
        return print_default(argv[2]);
    if (argc == 2 && strcmp(argv[1], "count") == 0)
        return printf("%zu\n", data_apparmor_probes_count) < 0;
    if (argc < 3 || strcmp(argv[1], "cases") != 0) {
        (void)fputs("usage: aa_probes cases PROFILE... | default ENGINE | count\n", stderr);
        return 2;
    }
    print_cases("unconfined");
    for (int i = 2; i < argc; i++)
        print_cases(argv[i]);
    return 0;
}
