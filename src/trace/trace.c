#include "trace/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "trace/affinity.h"
#include "trace/launch.h"
#include "trace/phase.h"
#include "trace/resolve.h"
#include "trace/stop.h"
#include "trace/thread.h"
#include "trace/tracer.h"
#include "trace/usage.h"

#define SECOND_NS 1000000000u
#define TICK_NS (SECOND_NS / 10)
#define GRACE_NS (5ull * SECOND_NS)
#define CHECKPOINT_FIRST_NS (2ull * SECOND_NS)

uint64_t clock_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

void trace_note(const struct tracer *tracer, const char *format, ...)
{
    char sentence[1024];
    const struct trace_hooks *hooks = &tracer->options->hooks;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    if (hooks->note)
        hooks->note(hooks->context, sentence);
}

void trace_loss(struct tracer *tracer, enum loss_cause cause, const char *format, ...)
{
    char example[PATH_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(example, sizeof(example), format, args);
    va_end(args);
    recording_loss(tracer->recording, tracer->run, cause, 1, example);
}

const char *trace_image_name(const struct tracer *tracer, const struct thread *thread)
{
    if (thread->process->image == IMAGE_NONE)
        return "a process";
    return recording_text(tracer->recording, tracer->recording->images[thread->process->image].path);
}

/* ---- time passes --------------------------------------------------------------------------------------- */

/* Written ever more rarely when writing takes long, so that it never costs more than a fiftieth of the time. */
static void checkpoint(struct tracer *tracer)
{
    const struct trace_hooks *hooks = &tracer->options->hooks;
    if (!hooks->checkpoint || !tracer->running)
        return;
    uint64_t before = clock_now_ns();
    tracer->run->duration_ns = before - tracer->start_ns;
    hooks->checkpoint(hooks->context, tracer->recording);
    uint64_t after = clock_now_ns();
    uint64_t pause = (after - before) * 50;
    tracer->next_checkpoint_ns = after + (pause > CHECKPOINT_FIRST_NS ? pause : CHECKPOINT_FIRST_NS);
}

static void report_progress(const struct tracer *tracer, uint64_t now)
{
    const struct trace_hooks *hooks = &tracer->options->hooks;
    struct trace_progress progress = {
        .elapsed_ns = now - tracer->start_ns,
        .calls = tracer->calls,
        .threads = tracer->thread_count,
        .paths = tracer->recording->path_count,
        .phase = tracer->phase,
    };
    if (hooks->progress)
        hooks->progress(hooks->context, &progress);
}

static void signal_leader(struct tracer *tracer, struct thread *thread, int signal)
{
    (void)tracer;
    if (thread->tid == thread->process->pid)
        (void)kill(thread->tid, signal);
}

static void terminate_leader(struct tracer *tracer, struct thread *thread)
{
    signal_leader(tracer, thread, SIGTERM);
}

static void kill_leader(struct tracer *tracer, struct thread *thread)
{
    signal_leader(tracer, thread, SIGKILL);
}

/* The recording is to end: a process attached to is let go, a launched one is asked to finish. A negative
 * signal came from the keyboard and has reached the workload too. */
static void begin_ending(struct tracer *tracer, enum run_end why, int signal)
{
    bool again = tracer->ending;
    tracer->ending = true;
    if (!again)
        tracer->ended_by = why;
    if (tracer->root_pid == 0) {
        stop_detach_all(tracer);
        return;
    }
    if (!again)
        tracer->grace_end_ns = clock_now_ns() + GRACE_NS;
    if (why == END_TIMEOUT)
        thread_each(tracer, terminate_leader);
    else if (signal > 0 && thread_find(tracer, tracer->root_pid))
        (void)kill(tracer->root_pid, signal);
    else if (signal > 0 || again)
        thread_each(tracer, terminate_leader);
}

static void take_signal(struct tracer *tracer)
{
    int signal = tracer->options->signal ? (int)*tracer->options->signal : 0;
    if (signal == 0)
        return;
    *tracer->options->signal = 0;
    if (signal == SIGUSR1)
        phase_serve(tracer, "SIGUSR1");
    else
        begin_ending(tracer, END_INTERRUPTED, signal);
}

static void end_by_time(struct tracer *tracer, uint64_t now)
{
    const struct trace_options *options = tracer->options;
    if (options->timeout_ns > 0 && !tracer->ending && now - tracer->start_ns >= options->timeout_ns)
        begin_ending(tracer, END_TIMEOUT, SIGTERM);
    if (!tracer->ending || tracer->root_pid == 0 || now < tracer->grace_end_ns)
        return;
    if (!tracer->killed)
        trace_loss(tracer, LOSS_CUT_SHORT, "the workload did not end within %u s and was killed",
                   (unsigned)(GRACE_NS / SECOND_NS));
    tracer->killed = true;
    thread_each(tracer, kill_leader);
}

static void tick(struct tracer *tracer, uint64_t now)
{
    tracer->next_tick_ns = now + TICK_NS;
    take_signal(tracer);
    end_by_time(tracer, now);
    if (tracer->options->phase_after_ns > 0 && now - tracer->start_ns >= tracer->options->phase_after_ns)
        phase_serve(tracer, "--phase-after");
    affinity_tick(tracer);
    report_progress(tracer, now);
    if (now >= tracer->next_sample_ns) {
        resolve_forget_directories(tracer); /* others may have changed them */
        usage_sample(tracer);
        tracer->next_sample_ns = clock_now_ns() + SECOND_NS + (clock_now_ns() - now) * 50;
    }
    if (now >= tracer->next_checkpoint_ns)
        checkpoint(tracer);
}

/* ---- the loop ------------------------------------------------------------------------------------------- */

static void wake_up(int signal)
{
    (void)signal; /* interrupting waitpid is all it is for */
}

/* A timer interrupts the wait ten times a second, so that a signal which came just before it is seen. */
static void set_timer(bool on, struct sigaction *saved)
{
    struct sigaction action = {.sa_handler = wake_up};
    struct itimerval interval = {{0, on ? TICK_NS / 1000 : 0}, {0, on ? TICK_NS / 1000 : 0}};
    if (on)
        (void)sigaction(SIGALRM, &action, saved);
    (void)setitimer(ITIMER_REAL, &interval, NULL);
    if (!on)
        (void)sigaction(SIGALRM, saved, NULL);
}

static void loop(struct tracer *tracer)
{
    bool was_running = tracer->running;
    while (tracer->thread_count > 0) {
        int status;
        pid_t tid = waitpid(-1, &status, __WALL);
        if (tid > 0)
            stop_handle(tracer, tid, status);
        else if (errno != EINTR)
            break; /* ECHILD: nothing is left to wait for */
        if (tracer->running && !was_running) {
            was_running = true;
            checkpoint(tracer);
        }
        if (tid > 0 && tracer->stops % 256 != 0)
            continue;
        uint64_t now = clock_now_ns();
        if (tid < 0 || now >= tracer->next_tick_ns)
            tick(tracer, now);
    }
}

/* ---- the run -------------------------------------------------------------------------------------------- */

static void describe_start(struct tracer *tracer)
{
    struct utsname host;
    char directory[PATH_MAX];
    struct run *run = tracer->run;
    struct recording *recording = tracer->recording;
    if (uname(&host) == 0) {
        run->kernel = recording_string(recording, host.release);
        run->machine = recording_string(recording, host.machine);
    }
    if (getcwd(directory, sizeof(directory)))
        run->directory = recording_string(recording, directory);
    run->user_id = tracer->own_user = geteuid();
    run->group_id = getegid();
    run->started = (int64_t)time(NULL);
    run->serving_ns = UINT64_MAX;
    char *const *command = tracer->options->command;
    while (command && command[run->command_count])
        run->command_count++;
    run->command = mem_zero(run->command_count, sizeof(*run->command));
    for (size_t i = 0; command && i < run->command_count; i++)
        run->command[i] = recording_string(recording, command[i]);
}

static int shell_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void describe_end(struct tracer *tracer)
{
    struct run *run = tracer->run;
    run->duration_ns = clock_now_ns() - tracer->start_ns;
    if (tracer->root_pid == 0) {
        run->end = tracer->ending ? END_DETACHED : END_EXITED;
        if (tracer->ending)
            trace_loss(tracer, LOSS_CUT_SHORT, "the workload went on after the recording ended");
    } else if (tracer->ending) {
        run->end = tracer->ended_by;
        run->end_value = shell_status(tracer->root_status);
    } else if (WIFSIGNALED(tracer->root_status)) {
        run->end = END_SIGNALED;
        run->end_value = WTERMSIG(tracer->root_status);
    } else {
        run->end = END_EXITED;
        run->end_value = WEXITSTATUS(tracer->root_status);
    }
    usage_finish(tracer);
}

static int start_workload(struct tracer *tracer, int *report_fd, struct err *err)
{
    const char *method = "attach";
    int rc = 0;
    if (tracer->options->command) {
        rc = launch_command(tracer, report_fd, err);
        method = tracer->use_filter ? "seccomp" : "syscall-stops";
    } else {
        rc = launch_attach(tracer, err);
        tracer->running = rc == 0;
    }
    tracer->run->method = recording_string(tracer->recording, method);
    return rc;
}

static void tracer_init(struct tracer *tracer, const struct trace_options *options)
{
    tracer->options = options;
    tracer->recording = recording_new();
    tracer->run = recording_add_run(tracer->recording);
    tracer->start_ns = clock_now_ns();
    tracer->next_sample_ns = tracer->start_ns;
    describe_start(tracer);
    resolve_init(tracer);
}

static int check_kernel(struct err *err)
{
    struct utsname host;
    unsigned major = 0;
    unsigned minor = 0;
    if (uname(&host) == 0 && sscanf(host.release, "%u.%u", &major, &minor) == 2 &&
        (major < 5 || (major == 5 && minor < 3)))
        return err_set(err, -ENOSYS, "cannot trace on Linux %s: PTRACE_GET_SYSCALL_INFO needs 5.3", host.release);
    return 0;
}

int trace_run(const struct trace_options *options, struct recording **ret, struct err *err)
{
    struct tracer tracer = {.root_pid = 0};
    struct sigaction saved;
    AUTO_CLOSE int report_fd = -1;
    int rc = check_kernel(err);
    if (rc < 0)
        return rc;
    tracer_init(&tracer, options);
    set_timer(true, &saved);
    rc = start_workload(&tracer, &report_fd, err);
    if (rc < 0)
        stop_detach_all(&tracer); /* what was attached to before the failure */
    else
        affinity_init(&tracer);
    loop(&tracer);
    set_timer(false, &saved);
    affinity_release(&tracer);
    if (rc == 0 && report_fd >= 0 && !tracer.running)
        rc = launch_result(&tracer, report_fd, err);
    if (rc == 0)
        describe_end(&tracer);
    thread_free_all(&tracer);
    resolve_done(&tracer);
    free(tracer.rights.directory);
    if (rc < 0)
        recording_free(tracer.recording);
    else
        *ret = tracer.recording;
    return rc;
}
