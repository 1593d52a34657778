/*
 * Asks profgen's own evaluator the questions that aa_try asks the kernel, in the same form.
 *
 *   aa_verdicts DIRECTORY <CASES        the profile NAME is read from DIRECTORY/NAME
 */
#include "aa_case.h"

#include "base/err.h"
#include "model/apparmor_policy.h"

enum { PROFILES_MAX = 64, PROFILE_BYTES_MAX = 1 << 20 };

struct loaded {
    char name[128];
    struct apparmor_policy *policy;
};

static struct apparmor_policy *load(const char *directory, const char *name)
{
    static char bytes[PROFILE_BYTES_MAX];
    char path[PATH_MAX];
    struct err err = ERR_INIT;
    struct apparmor_policy *policy = NULL;
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *in = fopen(path, "re");
    if (!in) {
        perror(path);
        exit(2);
    }
    size_t length = fread(bytes, 1, sizeof(bytes), in);
    (void)fclose(in);
    if (apparmor_policy_parse(path, bytes, length, &policy, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        exit(2);
    }
    return policy;
}

static const struct apparmor_policy *find(struct loaded *loaded, const char *directory, const char *name)
{
    size_t i = 0;
    while (i < PROFILES_MAX && loaded[i].policy && strcmp(loaded[i].name, name) != 0)
        i++;
    if (i == PROFILES_MAX) {
        (void)fputs("aa_verdicts: too many profiles\n", stderr);
        exit(2);
    }
    if (!loaded[i].policy) {
        (void)snprintf(loaded[i].name, sizeof(loaded[i].name), "%s", name);
        loaded[i].policy = load(directory, name);
    }
    return loaded[i].policy;
}

static aa_mask wanted(const char *access)
{
    if (access[1])
        return AA_READ | AA_WRITE;
    switch (access[0]) {
    case 'w':
        return AA_WRITE;
    case 'a':
        return AA_APPEND;
    case 'k':
        return AA_READ | AA_LOCK;
    case 'm':
        return AA_READ | AA_MAP_EXEC;
    case 'x':
        return AA_EXEC;
    default:
        return AA_READ;
    }
}

int main(int argc, char **argv)
{
    static struct loaded loaded[PROFILES_MAX];
    struct aa_case asked;
    int got;
    if (argc != 2) {
        (void)fputs("usage: aa_verdicts DIRECTORY <CASES\n", stderr);
        return 2;
    }
    while ((got = aa_case_read(stdin, &asked)) == 1) {
        const struct apparmor_policy *policy = find(loaded, argv[1], asked.profile);
        aa_mask refused = apparmor_policy_evaluate(policy, asked.path, strlen(asked.path), wanted(asked.access),
                                                   asked.owner, NULL);
        aa_case_print(&asked, refused ? "refused" : "allowed");
    }
    for (size_t i = 0; i < PROFILES_MAX; i++)
        apparmor_policy_free(loaded[i].policy);
    return got < 0 ? 2 : 0;
}
