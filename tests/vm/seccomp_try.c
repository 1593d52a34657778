/*
 * Loads seccomp filters and makes calls under them: "seccomp_try FILE", whose content is that of seccomp_try.h.
 *
 * Prints a line for each call, in order: what it returned; "SIGSYS"; or "nothing" when its process ended otherwise. Static, so
 * that it runs in the guest.
 */
#include "seccomp_try.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INSTRUCTIONS_MAX = 4096, CALLS_MAX = 256 };

struct answer {
    bool returned;
    long result;
};

static _Noreturn void leave(int status)
{
    for (;;)
        (void)raw_call_64(SYS_exit_group, (const uint64_t[6]){(uint64_t)status});
}

/* From the filter on nothing but the calls reaches the kernel. */
static _Noreturn void run_confined(const struct sock_fprog *program, const struct try_call *calls, size_t count,
                                   struct answer *answers)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) != 0)
        leave(3);
    for (size_t i = 0; i < count; i++) {
        answers[i].result = raw_call((enum raw_door)calls[i].door, calls[i].number, calls[i].args);
        answers[i].returned = true;
    }
    leave(0);
}

static int status_of(const struct sock_fprog *program, const struct try_call *calls, size_t count, struct answer *answers)
{
    int status = -1;
    memset(answers, 0, count * sizeof(*answers));
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGSYS, SIG_DFL);
        run_confined(program, calls, count, answers);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("seccomp_try: a child");
        exit(2);
    }
    return status;
}

static void print_answer(const struct answer *answer, int status)
{
    if (answer->returned)
        (void)printf("%ld\n", answer->result);
    else
        (void)puts(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? "SIGSYS" : "nothing");
}

/* The calls that should return go through one child, each of the others through its own. */
static void try_calls(const struct sock_fprog *program, const struct try_call *calls, size_t count, struct answer *shared)
{
    static struct try_call returning[CALLS_MAX];
    static struct answer answers[CALLS_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!calls[i].is_last)
            returning[kept++] = calls[i];
    int status = status_of(program, returning, kept, shared);
    memcpy(answers, shared, kept * sizeof(*answers));
    kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (calls[i].is_last)
            print_answer(&shared[0], status_of(program, &calls[i], 1, shared));
        else
            print_answer(&answers[kept++], status);
    }
    (void)fflush(stdout); /* a child must not inherit what is not yet written */
}

int main(int argc, char **argv)
{
    static struct sock_filter instructions[INSTRUCTIONS_MAX];
    static struct try_call calls[CALLS_MAX];
    struct try_filter filter;
    FILE *in = argc == 2 ? fopen(argv[1], "re") : NULL;
    struct answer *shared =
        mmap(NULL, sizeof(*shared) * CALLS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!in || shared == MAP_FAILED) {
        (void)fputs("usage: seccomp_try FILE\n", stderr);
        return 2;
    }
    while (fread(&filter, sizeof(filter), 1, in) == 1) {
        if (filter.instructions > INSTRUCTIONS_MAX || filter.calls > CALLS_MAX ||
            fread(instructions, sizeof(instructions[0]), filter.instructions, in) != filter.instructions ||
            fread(calls, sizeof(calls[0]), filter.calls, in) != filter.calls) {
            (void)fputs("seccomp_try: the file is not what it should be\n", stderr);
            return 2;
        }
        struct sock_fprog program = {.len = (unsigned short)filter.instructions, .filter = instructions};
        try_calls(&program, calls, filter.calls, shared);
    }
    (void)fclose(in);
    return 0;
}
