/*
 * A matrix of generated profiles and calls, put to a kernel and to profgen's evaluator.
 *
 *   seccomp_matrix make PROFILES >FILE             for seccomp_try: what libseccomp compiles of each profile once its conditions are decided
 *   seccomp_matrix check PROFILES x32|- ANSWERS    what seccomp_try printed is what the evaluator says of the profiles as they are written;
 *                                                  with x32, this kernel serves x32 calls too
 *
 * Both generate the same. The errno of an answer tells which rule gave it (random_profile.h).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/seccomp_filter.h"
#include "seccomp_try.h"
#include "support/random_profile.h"

enum { CALLS = 40, LAST_CALLS = 6, ATTEMPTS = 4000, EXIT_GROUP = 231, EPERM_ALONE = 1, RULES_MAX = 64 };

/* Calls that do no harm with any arguments, whatever they are let do. */
static const char *const names[] = {
    "getpid",  "getppid",      "socket",      "getpriority", "getsid", "umask",   "accept4",     "connect",     "personality",
    "socketcall", "getpgid", "sched_getscheduler", "getuid", "shmdt",  "shutdown", "getsockname", "sched_yield", "access",
};
/* Named by profiles, never called. */
static const char *const uncalled[] = {"semop", "no_such_call", "mmap2", "arch_prctl"};

static const enum seccomp_action actions[] = {
    SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_ERRNO,        SECCOMP_ALLOW,       SECCOMP_ALLOW, SECCOMP_LOG,
    SECCOMP_TRACE, SECCOMP_TRAP,  SECCOMP_KILL_PROCESS, SECCOMP_KILL_THREAD,
};

static bool is_harmless(enum abi abi, uint64_t number)
{
    const struct syscall *known = number < 1024 ? syscall_by_number(abi, number) : NULL;
    for (size_t i = 0; known && i < ARRAY_COUNT(names); i++)
        if (syscall_by_name(names[i]) == known)
            return true;
    return false;
}

/* ---- one profile with its calls ------------------------------------------------------------------------------- */

struct matrix_call {
    struct try_call call;
    enum abi abi;
    struct seccomp_verdict verdict;
};

struct matrix {
    struct random_profile profile;
    struct seccomp_policy *policy; /* of the text */
    struct seccomp_evaluator *evaluator;
    struct buf program;
    struct matrix_call calls[CALLS];
    size_t count;
};

static void matrix_done(struct matrix *matrix)
{
    random_profile_done(&matrix->profile);
    seccomp_evaluator_free(matrix->evaluator);
    seccomp_policy_free(matrix->policy);
    buf_done(&matrix->program);
}

static bool kills(struct seccomp_verdict verdict)
{
    return verdict.action == SECCOMP_KILL_PROCESS || verdict.action == SECCOMP_KILL_THREAD || verdict.action == SECCOMP_TRAP;
}

static void choose_calls(struct random *random, const struct policy_words *words, struct matrix *matrix)
{
    static const enum raw_door doors[] = {[ABI_X86_64] = RAW_X86_64, [ABI_I386] = RAW_I386, [ABI_X32] = RAW_X32};
    size_t last = 0;
    for (size_t i = 0; i < ATTEMPTS && matrix->count < CALLS; i++) {
        struct matrix_call *made = &matrix->calls[matrix->count];
        random_call(random, matrix->policy, words, &made->abi, &made->call.number, made->call.args);
        if (!is_harmless(made->abi, made->call.number))
            continue;
        made->verdict = seccomp_evaluator_ask(matrix->evaluator, made->abi, made->call.number, made->call.args);
        made->call.door = doors[made->abi];
        made->call.is_last = kills(made->verdict);
        if (made->call.is_last && last == LAST_CALLS)
            continue;
        last += made->call.is_last;
        matrix->count++;
    }
}

/* False when no runtime would load it, or the process could not leave under it. */
static bool prepare(struct random *random, const struct policy_words *words, struct matrix *matrix)
{
    const struct seccomp_context bare = {.native = ABI_X86_64};
    const uint64_t any[6] = {0};
    struct err err = ERR_INIT;
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    random_profile_init(random, words, "exit_group", &matrix->profile);
    const struct random_profile *profile = &matrix->profile;
    if (seccomp_policy_parse("generated", profile->text.data, profile->text.length, &matrix->policy, &err) < 0) {
        (void)fprintf(stderr, "%s\n%.*s\n", err.sentence, (int)profile->text.length, profile->text.data);
        exit(2);
    }
    if (seccomp_evaluator_new(matrix->policy, &profile->context, &matrix->evaluator, &err) < 0 ||
        seccomp_evaluator_ask(matrix->evaluator, ABI_X86_64, EXIT_GROUP, any).action != SECCOMP_ALLOW)
        return false;
    if (seccomp_filter_new(profile->decided, &bare, NULL, &filter, NULL, &err) < 0 ||
        seccomp_filter_program(filter, &matrix->program, &err) < 0) {
        (void)fprintf(stderr, "%s\n%.*s\n", err.sentence, (int)profile->text.length, profile->text.data);
        exit(2);
    }
    choose_calls(random, words, matrix);
    return true;
}

static struct matrix matrix_make(unsigned seed, bool *ret_loads)
{
    static const char *all[ARRAY_COUNT(names) + ARRAY_COUNT(uncalled)];
    static const int errnos[] = {-1};
    struct random random = {.state = seed};
    struct matrix matrix = {.program = BUF_INIT};
    memcpy(all, names, sizeof(names));
    memcpy(all + ARRAY_COUNT(names), uncalled, sizeof(uncalled));
    const struct policy_words words = {.names = all, .name_count = ARRAY_COUNT(all), .actions = actions,
                                       .action_count = ARRAY_COUNT(actions), .errnos = errnos, .errno_count = 1};
    *ret_loads = prepare(&random, &words, &matrix);
    return matrix;
}

/* ---- make ------------------------------------------------------------------------------------------------------ */

static int make(unsigned profiles)
{
    bool written = true;
    for (unsigned seed = 1; seed <= profiles && written; seed++) {
        bool loads = false;
        AUTO(matrix_done) struct matrix matrix = matrix_make(seed, &loads);
        struct try_filter head = {.instructions = (uint32_t)(matrix.program.length / 8), .calls = (uint32_t)matrix.count};
        if (!loads)
            continue;
        written = fwrite(&head, sizeof(head), 1, stdout) == 1 &&
                  fwrite(matrix.program.data, 1, matrix.program.length, stdout) == matrix.program.length;
        for (size_t i = 0; i < matrix.count && written; i++)
            written = fwrite(&matrix.calls[i].call, sizeof(matrix.calls[i].call), 1, stdout) == 1;
    }
    return fflush(stdout) == 0 && written ? 0 : 2;
}

/* ---- check ----------------------------------------------------------------------------------------------------- */

struct tally {
    size_t profiles;
    size_t refused; /* profiles that nobody would load */
    size_t let_in[ABI_COUNT];
    size_t turned_away[ABI_COUNT];
    size_t killed[ABI_COUNT];
    size_t failed;
};

static bool is_marked(long result)
{
    return -result >= RANDOM_ERRNO_DEFAULT && -result < RANDOM_ERRNO_FIRST + RULES_MAX;
}

/* Whether the answer is the one that the verdict promises. */
static bool is_promised(const struct matrix_call *made, const char *answer, bool has_x32)
{
    char *end = NULL;
    long result = strtol(answer, &end, 10);
    if (kills(made->verdict))
        return strcmp(answer, "SIGSYS") == 0;
    if (end == answer || *end)
        return false;
    if (made->verdict.action == SECCOMP_ERRNO)
        return result == -made->verdict.error;
    if (made->verdict.action == SECCOMP_TRACE || made->verdict.action == SECCOMP_NOTIFY) /* and nobody traces */
        return result == -ENOSYS;
    /* The kernel's own: all of these calls exist, and none says EPERM. */
    bool served = made->abi != ABI_X32 || has_x32;
    return !is_marked(result) && result != -EPERM_ALONE && (result == -ENOSYS) == !served;
}

static void count(const struct matrix_call *made, struct tally *tally)
{
    if (kills(made->verdict))
        tally->killed[made->abi]++;
    else if (made->verdict.action == SECCOMP_ALLOW || made->verdict.action == SECCOMP_LOG)
        tally->let_in[made->abi]++;
    else
        tally->turned_away[made->abi]++;
}

static void report(const struct matrix *matrix, const struct matrix_call *made, unsigned seed, const char *answer)
{
    (void)printf("FAIL: profile %u, capabilities %" PRIx64 ", kernel %u: %s %" PRIu64 "(", seed,
                 matrix->profile.context.capabilities, matrix->profile.context.kernel, arch_get(made->abi)->name,
                 made->call.number);
    for (unsigned i = 0; i < 6; i++)
        (void)printf("%#" PRIx64 "%s", made->call.args[i], i < 5 ? ", " : ") ");
    (void)printf("evaluated %s %d, the kernel says %s\n%.*s\n", seccomp_action_name(made->verdict.action),
                 made->verdict.error, answer, (int)matrix->profile.text.length, matrix->profile.text.data);
}

static void check_profile(const struct matrix *matrix, unsigned seed, bool has_x32, FILE *answers, struct tally *tally)
{
    char line[64];
    for (size_t i = 0; i < matrix->count; i++) {
        if (!fgets(line, sizeof(line), answers))
            (void)snprintf(line, sizeof(line), "no answer");
        line[strcspn(line, "\n")] = '\0';
        count(&matrix->calls[i], tally);
        if (is_promised(&matrix->calls[i], line, has_x32))
            continue;
        if (tally->failed++ < 5)
            report(matrix, &matrix->calls[i], seed, line);
    }
}

static int check(unsigned profiles, bool has_x32, const char *path)
{
    struct tally tally = {0};
    char rest[64];
    size_t total = 0;
    bool varied = true;
    FILE *answers = fopen(path, "re");
    if (!answers) {
        perror(path);
        return 2;
    }
    for (unsigned seed = 1; seed <= profiles; seed++) {
        bool loads = false;
        AUTO(matrix_done) struct matrix matrix = matrix_make(seed, &loads);
        tally.profiles += loads;
        tally.refused += !loads;
        if (loads)
            check_profile(&matrix, seed, has_x32, answers, &tally);
    }
    bool longer = fgets(rest, sizeof(rest), answers) != NULL;
    (void)fclose(answers);
    for (enum abi abi = ABI_X86_64; abi <= ABI_X32; abi++) {
        (void)printf("%s: %zu let in, %zu answered by the filter, %zu killed\n", arch_get(abi)->name, tally.let_in[abi],
                     tally.turned_away[abi], tally.killed[abi]);
        total += tally.let_in[abi] + tally.turned_away[abi] + tally.killed[abi];
        varied = varied && tally.let_in[abi] > 0 && tally.turned_away[abi] > 0 && tally.killed[abi] > 0;
    }
    (void)printf("%zu profiles (%zu more are loaded by nobody), %zu calls, %zu not answered as evaluated\n", tally.profiles,
                 tally.refused, total, tally.failed);
    if (longer || !varied)
        (void)printf("FAIL: %s\n", longer ? "there are more answers than calls" : "some kind of answer never came up");
    return tally.failed > 0 || longer || !varied;
}

int main(int argc, char **argv)
{
    unsigned profiles = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    if (argc == 3 && strcmp(argv[1], "make") == 0 && profiles > 0)
        return make(profiles);
    if (argc == 5 && strcmp(argv[1], "check") == 0 && profiles > 0)
        return check(profiles, strcmp(argv[3], "x32") == 0, argv[4]);
    (void)fputs("usage: seccomp_matrix make PROFILES >FILE\n"
                "       seccomp_matrix check PROFILES x32|- ANSWERS\n", stderr);
    return 2;
}
