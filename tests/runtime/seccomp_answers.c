/*
 * What profgen's evaluator says of the calls that probe_rows makes.
 *
 *   seccomp_answers cases                              the rows of profiles/seccomp-probes.csv as cases, through each ABI that has the call
 *   seccomp_answers check PROFILE LOADER FREE CONFINED   compares: FREE is what probe_rows printed unconfined, CONFINED what it printed under
 *                                                      PROFILE, loaded by LOADER (runc or crun), with the same capabilities
 *
 * A call that the evaluator lets through must give the answer that it gives unconfined, one that it refuses the errno that it
 * says, one that it kills SIGSYS. The last line counts them.
 */
#include "probe_row.h"

#include <stdlib.h>

#include "base/err.h"
#include "data.h"
#include "model/seccomp_policy.h"

enum { ROWS_MAX = 4096 };

static const enum abi abis[] = {ABI_X86_64, ABI_I386, ABI_X32};

/* ---- cases ------------------------------------------------------------------------------------------------------ */

static void read_arguments(const char *probe, const char *text, uint64_t args[static 6])
{
    memset(args, 0, 6 * sizeof(*args));
    while (*text) {
        char *end = NULL;
        unsigned long index = strtoul(text, &end, 10);
        if (end == text || *end != '=' || index > 5) {
            (void)fprintf(stderr, "%s: '%s' is no argument\n", probe, text);
            exit(2);
        }
        args[index] = strtoull(end + 1, &end, 0);
        text = end + strspn(end, " ");
    }
}

static void print_case(const struct data_seccomp_probes *probe, const char *variant, enum abi abi, const char *call,
                       const uint64_t args[static 6])
{
    struct probe_row row = {.number = (unsigned)syscall_number(abi, call)};
    (void)snprintf(row.probe, sizeof(row.probe), "%s", probe->probe);
    (void)snprintf(row.variant, sizeof(row.variant), "%s", variant);
    (void)snprintf(row.abi, sizeof(row.abi), "%s", arch_get(abi)->name);
    memcpy(row.args, args, sizeof(row.args));
    probe_row_print(&row, "");
}

static int print_cases(void)
{
    size_t none = 0;
    for (size_t i = 0; i < data_seccomp_probes_count; i++) {
        const struct data_seccomp_probes *probe = &data_seccomp_probes[i];
        uint64_t args[6];
        size_t before = none;
        read_arguments(probe->probe, probe->arguments, args);
        for (size_t k = 0; k < ARRAY_COUNT(abis); k++) {
            if (syscall_number(abis[k], probe->call) == SYSCALL_NONE)
                none++;
            else
                print_case(probe, "exact", abis[k], probe->call, args);
        }
        if (none - before == ARRAY_COUNT(abis)) {
            (void)fprintf(stderr, "%s: no ABI has the call %s\n", probe->probe, probe->call);
            return 2;
        }
        if (strcmp(probe->call, "socket") == 0)
            print_case(probe, "multiplexed", ABI_I386, "socketcall", (const uint64_t[6]){1, args[0], args[1], args[2]});
    }
    (void)fprintf(stderr, "%zu probes; %zu times an ABI has no such call\n", data_seccomp_probes_count, none);
    return 0;
}

/* ---- check ------------------------------------------------------------------------------------------------------ */

struct run {
    struct probe_row rows[ROWS_MAX];
    size_t count;
    struct seccomp_context context; /* of the process that ran */
};

/* The line "# CAPABILITIES RELEASE", then rows. */
static void read_run(const char *path, struct run *ret)
{
    char line[512];
    char release[128];
    unsigned long long capabilities = 0;
    FILE *in = fopen(path, "re");
    if (!in || !fgets(line, sizeof(line), in) || sscanf(line, "# %llx %127s", &capabilities, release) != 2) {
        (void)fprintf(stderr, "%s: not what probe_rows prints\n", path);
        exit(2);
    }
    ret->context = (struct seccomp_context){
        .capabilities = capabilities, .kernel = kernel_version_parse(release), .native = ABI_X86_64};
    while (fgets(line, sizeof(line), in)) {
        if (ret->count == ROWS_MAX || !probe_row_parse(line, &ret->rows[ret->count])) {
            (void)fprintf(stderr, "%s: %s", path, line);
            exit(2);
        }
        ret->count++;
    }
    (void)fclose(in);
}

struct counts {
    size_t same;
    size_t refused;
    size_t killed;
    size_t failed;
};

/* What the row must say, where the verdict alone decides; NULL where the kernel's own answer is due. */
static const char *promise(struct seccomp_verdict verdict, char *text, size_t size)
{
    switch (verdict.action) {
    case SECCOMP_ALLOW:
    case SECCOMP_LOG:
        return NULL;
    case SECCOMP_ERRNO:
        (void)snprintf(text, size, "errno-%d", verdict.error);
        return text;
    case SECCOMP_KILL_PROCESS:
    case SECCOMP_KILL_THREAD:
    case SECCOMP_TRAP:
        return "SIGSYS";
    case SECCOMP_NOTIFY:
    case SECCOMP_TRACE:
    case SECCOMP_ACTION_COUNT:
        break;
    }
    return "a profile that this test is not for";
}

static void check_row(const struct seccomp_evaluator *evaluator, const struct probe_row *free_row,
                      const struct probe_row *row, struct counts *counts)
{
    char text[32];
    struct seccomp_verdict verdict = seccomp_evaluator_ask(evaluator, arch_from_name(row->abi), row->number, row->args);
    const char *wanted = promise(verdict, text, sizeof(text));
    bool is_own = !wanted;
    if (is_own)
        wanted = free_row->result;
    if (!probe_row_is_same(free_row, row) || strcmp(row->result, wanted) != 0) {
        (void)printf("FAIL: the evaluator says %s, so %s is due (unconfined: %s): ", seccomp_action_name(verdict.action),
                     wanted, free_row->result);
        probe_row_print(row, row->result);
        counts->failed++;
    } else if (is_own) {
        counts->same++;
    } else if (verdict.action == SECCOMP_ERRNO) {
        counts->refused++;
    } else {
        counts->killed++;
    }
}

static int check(const char *profile, bool is_runc, const char *free_path, const char *confined_path)
{
    static struct run unconfined;
    static struct run confined;
    struct counts counts = {0};
    struct err err = ERR_INIT;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    read_run(free_path, &unconfined);
    read_run(confined_path, &confined);
    confined.context.runc_stub = is_runc;
    if (seccomp_policy_read(profile, &policy, &err) < 0 ||
        seccomp_evaluator_new(policy, &confined.context, &evaluator, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return 2;
    }
    bool comparable = unconfined.count == confined.count && unconfined.count > 0 &&
                      unconfined.context.capabilities == confined.context.capabilities;
    if (!comparable)
        (void)printf("FAIL: %zu calls with capabilities %llx unconfined, %zu with %llx confined\n", unconfined.count,
                     (unsigned long long)unconfined.context.capabilities, confined.count,
                     (unsigned long long)confined.context.capabilities);
    for (size_t i = 0; i < confined.count && comparable; i++)
        check_row(evaluator, &unconfined.rows[i], &confined.rows[i], &counts);
    (void)printf("%zu calls: %zu answered by the kernel, %zu refused, %zu killed, %zu not as evaluated\n", confined.count,
                 counts.same, counts.refused, counts.killed, counts.failed);
    return !comparable || counts.failed > 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "cases") == 0)
        return print_cases();
    if (argc == 6 && strcmp(argv[1], "check") == 0)
        return check(argv[2], strcmp(argv[3], "runc") == 0, argv[4], argv[5]);
    (void)fputs("usage: seccomp_answers cases\n"
                "       seccomp_answers check PROFILE runc|crun FREE CONFINED\n", stderr);
    return 2;
}
