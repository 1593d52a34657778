#include "cli/tracing.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"

/* What the signal handler leaves for the tracer; negative when the keyboard sent it, which reaches the
 * workload by itself. */
static volatile sig_atomic_t received_signal;

/* ---- hooks -------------------------------------------------------------------------------------------- */

void tracing_clear_progress(struct tracing *tracing)
{
    if (tracing->progress_shown)
        (void)fputs("\r\033[K", stderr);
    tracing->progress_shown = false;
}

static void on_note(void *context, const char *sentence)
{
    tracing_clear_progress(context);
    say_note("%s", sentence);
}

static void on_progress(void *context, const struct trace_progress *progress)
{
    struct tracing *tracing = context;
    char line[160];
    int length = snprintf(line, sizeof(line), "tracing %.0f s: %llu system calls, %zu paths, %zu threads%s",
                          (double)progress->elapsed_ns / 1e9, (unsigned long long)progress->calls,
                          progress->paths, progress->threads,
                          progress->phase == PHASE_SERVING ? ", serving" : "");
    unsigned width = say_width(stderr);
    if (length >= (int)width && width > 0)
        line[width - 1] = '\0';
    (void)fprintf(stderr, "\r\033[K%s", line);
    (void)fflush(stderr);
    tracing->progress_shown = true;
}

/* ---- signals ------------------------------------------------------------------------------------------- */

static void on_signal(int signal, siginfo_t *info, void *unused)
{
    (void)unused;
    received_signal = info->si_code == SI_KERNEL ? -signal : signal;
}

static void catch_signals(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1};
    /* Without SA_RESTART, so that the wait for the workload is interrupted. */
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    for (size_t i = 0; i < ARRAY_COUNT(caught); i++) {
        struct sigaction old;
        if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(caught[i], &action, NULL);
    }
}

/* ---- the run ------------------------------------------------------------------------------------------- */

int tracing_run(struct tracing *tracing, struct recording **ret, struct err *err)
{
    struct trace_hooks *hooks = &tracing->options.hooks;
    catch_signals();
    tracing->options.signal = &received_signal;
    hooks->context = tracing;
    hooks->note = on_note;
    if (!tracing->quiet && isatty(STDERR_FILENO))
        hooks->progress = on_progress;
    int rc = trace_run(&tracing->options, ret, err);
    tracing_clear_progress(tracing);
    return rc;
}

int tracing_status_of_failure(const struct err *err)
{
    switch (err->code) {
    case -ENOENT:
        return STATUS_NOT_FOUND;
    case -EACCES:
    case -ENOEXEC:
        return STATUS_NOT_EXECUTABLE;
    default:
        return STATUS_RUN_FAILED;
    }
}

int tracing_status_of_run(const struct run *run)
{
    switch (run->end) {
    case END_SIGNALED:
        return 128 + run->end_value;
    case END_EXITED:
    case END_TIMEOUT:
    case END_INTERRUPTED:
        return run->end_value;
    case END_RUNNING:
    case END_DETACHED:
    case END_COUNT:
        break;
    }
    return STATUS_CLEAN;
}
