/*
 * Questions about whole AppArmor files, made of their own patterns, and what profgen's evaluator answers.
 *
 *   aa_corpus cases RULES FILE...           for aa_query: for each profile of each file paths that up to RULES of its patterns match, or nearly
 *                                           do, those of profiles/apparmor-probes.csv, and kinds of sockets. The compiled FILE number I is /policy/I.
 *   aa_corpus check CASES ANSWERS FILE...   the answers of aa_query are the evaluator's, permission by permission
 */
#include "aa_case.h"

#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "data.h"
#include "model/apparmor_file.h"
#include "pattern_sample.h"

enum { SHOWN = 10, QUESTION_MAX = 1000 };

/* ---- sockets ------------------------------------------------------------------------------------------------- */

struct word_number {
    const char *word;
    unsigned number;
};

static const struct word_number families[] = {
    {"unix", AF_UNIX},     {"inet", AF_INET},     {"inet6", AF_INET6}, {"appletalk", AF_APPLETALK}, {"key", AF_KEY},
    {"netlink", AF_NETLINK}, {"packet", AF_PACKET}, {"rds", AF_RDS},   {"can", AF_CAN},
    {"bluetooth", AF_BLUETOOTH}, {"alg", AF_ALG}, {"vsock", AF_VSOCK}, {"xdp", AF_XDP},
};
static const struct word_number types[] = {
    {"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"raw", SOCK_RAW},
    {"rdm", SOCK_RDM},       {"seqpacket", SOCK_SEQPACKET}, {"packet", SOCK_PACKET},
};

/* The word of a number; NULL when it is none of them. */
static const char *word_of(const struct word_number *words, size_t count, unsigned number)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].number == number)
            return words[i].word;
    return NULL;
}

/* ---- cases --------------------------------------------------------------------------------------------------- */

static void print_encoded(const char *bytes, size_t length, char end)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (isalnum(byte) || strchr("/._-", byte))
            (void)putchar(byte);
        else
            (void)printf("%%%02X", byte);
    }
    (void)putchar(end);
}

static void print_question(const struct apparmor_policy *policy, const char *path, size_t length)
{
    bool is_path = length > 0 && length < QUESTION_MAX && path[0] == '/' && !memchr(path, '\0', length);
    if (!is_path)
        return;
    print_encoded(policy->name, strlen(policy->name), ' ');
    print_encoded(path, length, '\n');
}

static void print_rule(uint64_t *seed, const struct apparmor_policy *policy, const struct aa_file_rule *rule)
{
    AUTO_BUF struct buf path = BUF_INIT;
    sample_member(seed, rule->pattern, rule->pattern + strlen(rule->pattern), &path);
    print_question(policy, path.data, path.length);
    sample_near(seed, &path);
    print_question(policy, path.data, path.length);
}

static void print_sockets(const struct apparmor_policy *policy)
{
    for (size_t i = 0; i < ARRAY_COUNT(families); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(types); k++) {
            (void)fputs("# ", stdout);
            print_encoded(policy->name, strlen(policy->name), ' ');
            (void)printf("%u %u\n", families[i].number, types[k].number);
        }
    }
}

static void print_profile(uint64_t *seed, const struct apparmor_policy *policy, size_t rules)
{
    print_sockets(policy);
    for (size_t i = 0; i < data_apparmor_probes_count; i++)
        print_question(policy, data_apparmor_probes[i].path, strlen(data_apparmor_probes[i].path));
    for (size_t i = 0; i < policy->file_count; i++)
        if (policy->file_count <= rules || sample_random(seed, (uint32_t)policy->file_count) < rules)
            print_rule(seed, policy, &policy->files[i]);
}

static struct apparmor_file *read_file(const char *path)
{
    static const char *const roots[] = {"/etc/apparmor.d"};
    const struct apparmor_file_options options = {.roots = roots, .root_count = 1, .open_paths = true};
    struct apparmor_file *file = NULL;
    struct err err = ERR_INIT;
    if (apparmor_file_read(path, &options, &file, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        exit(2);
    }
    return file;
}

static int print_cases(size_t rules, char **files, size_t count)
{
    uint64_t seed = 2026;
    for (size_t i = 0; i < count; i++) {
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(files[i]);
        (void)printf("@ /policy/%zu\n", i);
        for (size_t k = 0; k < file->profile_count; k++)
            print_profile(&seed, file->profiles[k], rules);
    }
    return fflush(stdout) == 0 ? 0 : 2;
}

/* ---- check --------------------------------------------------------------------------------------------------- */

/* security/apparmor/include/perms.h */
static const struct {
    unsigned kernel;
    aa_mask own;
    char letter;
} bits[] = {
    {0x1, AA_EXEC, 'x'},     {0x2, AA_WRITE, 'w'},    {0x4, AA_READ, 'r'},         {0x8, AA_APPEND, 'a'},
    {0x8000, AA_LOCK, 'k'},  {0x10000, AA_MAP_EXEC, 'm'},
};
#define KERNEL_LINK 0x40000u

struct tally {
    size_t files;
    size_t profiles;
    size_t questions;
    size_t permissions;
    size_t allowed;
    size_t owner_only; /* questions with different answers to owner and other */
    size_t sockets;
    size_t sockets_allowed;
    size_t failed;
};

static void compare_one(const struct apparmor_policy *policy, const char *path, bool is_owner, char letter, bool theirs, bool ours,
                        struct tally *tally)
{
    tally->permissions++;
    tally->allowed += theirs;
    if (theirs != ours && tally->failed++ < SHOWN)
        (void)printf("FAIL: %s: %c on %s to %s: the kernel says %s, the evaluator the opposite\n", policy->name, letter, path,
                     is_owner ? "its owner" : "others", theirs ? "allowed" : "refused");
}

/* A link needs the permission for its name and for the pair; its other permissions, which must not exceed those of what it
 * names, are the same here. */
static void compare(const struct apparmor_policy *policy, const char *path, bool is_owner, unsigned kernel, unsigned pair,
                    struct tally *tally)
{
    size_t length = strlen(path);
    aa_mask all = AA_READ | AA_WRITE | AA_APPEND | AA_LOCK | AA_MAP_EXEC | AA_EXEC;
    aa_mask allowed = all & ~apparmor_policy_evaluate(policy, path, length, all, is_owner, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(bits); i++)
        compare_one(policy, path, is_owner, bits[i].letter, kernel & bits[i].kernel, allowed & bits[i].own, tally);
    compare_one(policy, path, is_owner, 'l', kernel & pair & KERNEL_LINK,
                apparmor_policy_allows_link(policy, path, length, path, length, is_owner), tally);
}

static void fail(const char *sentence, const char *what)
{
    (void)printf("FAIL: %s %s\n", sentence, what);
    exit(1);
}

static const struct apparmor_policy *find_profile(const struct apparmor_file *file, const char *encoded)
{
    static char slashed[6 * PATH_MAX + 1];
    static char decoded[6 * PATH_MAX + 1];
    (void)snprintf(slashed, sizeof(slashed), "/%s", encoded);
    const struct apparmor_policy *policy =
        aa_case_decode(slashed, decoded, sizeof(decoded)) ? apparmor_file_find(file, decoded + 1) : NULL;
    if (!policy)
        fail("there is no profile", encoded);
    return policy;
}

static void check_network(const struct apparmor_file *file, const char *line, FILE *answers, struct tally *tally)
{
    static char name[3 * PATH_MAX];
    char answer[64];
    unsigned family = 0;
    unsigned type = 0;
    unsigned kernel = 0;
    if (sscanf(line, "# %12287s %u %u", name, &family, &type) != 3)
        fail("this is no question:", line);
    if (!fgets(answer, sizeof(answer), answers) || sscanf(answer, "%x", &kernel) != 1)
        fail("the kernel did not answer of", line);
    const char *family_word = word_of(families, ARRAY_COUNT(families), family);
    const char *type_word = word_of(types, ARRAY_COUNT(types), type);
    bool allowed = apparmor_policy_allows_network(find_profile(file, name), family_word, type_word);
    tally->sockets++;
    tally->sockets_allowed += kernel != 0;
    if (allowed != (kernel != 0) && tally->failed++ < SHOWN)
        (void)printf("FAIL: %s: network %s %s: the kernel says %#x, the evaluator the opposite\n", name, family_word, type_word,
                     kernel);
}

static void check_path(const struct apparmor_file *file, char *line, FILE *answers, struct tally *tally)
{
    char path[PATH_MAX];
    char answer[64];
    unsigned got[4];
    char *blank = strchr(line, ' ');
    if (!blank || !aa_case_decode(blank + 1, path, sizeof(path)))
        fail("this is no question:", line);
    *blank = '\0';
    const struct apparmor_policy *policy = find_profile(file, line);
    if (!fgets(answer, sizeof(answer), answers) || sscanf(answer, "%x %x %x %x", &got[0], &got[1], &got[2], &got[3]) != 4)
        fail("the kernel did not answer of", path);
    tally->questions++;
    tally->owner_only += got[0] != got[1];
    compare(policy, path, true, got[0], got[2], tally);
    compare(policy, path, false, got[1], got[3], tally);
}

static int check(const char *cases, const char *answers_path, char **files, size_t count)
{
    static char line[6 * PATH_MAX];
    struct tally tally = {0};
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    FILE *in = fopen(cases, "re");
    FILE *answers = fopen(answers_path, "re");
    if (!in || !answers)
        fail("cannot be read:", in ? answers_path : cases);
    while (fgets(line, sizeof(line), in)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            check_network(file, line, answers, &tally);
        else if (line[0] != '@')
            check_path(file, line, answers, &tally);
        if (line[0] != '@')
            continue;
        if (tally.files == count)
            fail("there is no file for", line);
        apparmor_file_free(file);
        file = read_file(files[tally.files++]);
        tally.profiles += file->profile_count;
    }
    bool longer = fgets(line, sizeof(line), answers) != NULL;
    (void)fclose(in);
    (void)fclose(answers);
    (void)printf("%zu files, %zu profiles, %zu paths asked as owner and as other (%zu with different answers): %zu permissions, %zu of "
                 "them allowed; %zu kinds of sockets, %zu allowed; %zu not as evaluated\n", tally.files, tally.profiles, tally.questions, tally.owner_only,
                 tally.permissions, tally.allowed, tally.sockets, tally.sockets_allowed, tally.failed);
    return longer || tally.failed > 0 || tally.files != count || !tally.allowed || !tally.owner_only;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "cases") == 0)
        return print_cases(strtoul(argv[2], NULL, 10), argv + 3, (size_t)argc - 3);
    if (argc > 4 && strcmp(argv[1], "check") == 0)
        return check(argv[2], argv[3], argv + 4, (size_t)argc - 4);
    (void)fputs("usage: aa_corpus cases RULES FILE...\n       aa_corpus check CASES ANSWERS FILE...\n", stderr);
    return 2;
}
