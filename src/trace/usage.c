#include "trace/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trace/thread.h"

static uint64_t field(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void raise_to(uint64_t *peak, uint64_t value)
{
    if (value > *peak)
        *peak = value;
}

/* The task's own file: the process's would count children that were waited for a second time. */
static void add_bytes(struct tracer *tracer, struct thread *thread)
{
    char name[48];
    char text[512];
    (void)snprintf(name, sizeof(name), "task/%d/io", thread->tid);
    if (thread_proc_read(tracer, thread, name, text, sizeof(text)) < 0)
        return;
    tracer->run->resources.read_bytes += field(text, "rchar: ");
    tracer->run->resources.written_bytes += field(text, "\nwchar: ");
}

/* utime and stime are the 14th and 15th field of /proc/PID/stat; the second, in parentheses, may hold
 * anything (proc(5)). */
static void add_cpu(struct tracer *tracer, struct thread *thread)
{
    char text[1024];
    unsigned long user = 0;
    unsigned long system = 0;
    if (thread_proc_read(tracer, thread, "stat", text, sizeof(text)) < 0)
        return;
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return;
    uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    tracer->run->resources.cpu_user_ns += user * tick_ns;
    tracer->run->resources.cpu_system_ns += system * tick_ns;
}

static void note_memory(struct tracer *tracer, struct thread *thread)
{
    char text[4096];
    if (thread_proc_read(tracer, thread, "status", text, sizeof(text)) > 0)
        raise_to(&tracer->run->resources.peak_memory_bytes, field(text, "\nVmHWM:") * 1024);
}

void usage_thread_exits(struct tracer *tracer, struct thread *thread)
{
    if (!thread->recording)
        return;
    add_bytes(tracer, thread);
    if (thread->exiting)
        return;
    thread->exiting = true;
    if (++thread->process->exiting < thread->process->threads)
        return;
    note_memory(tracer, thread);
    add_cpu(tracer, thread);
}

static uint64_t resident_bytes(struct tracer *tracer, struct thread *thread)
{
    char text[128];
    uint64_t pages = 0;
    if (thread_proc_read(tracer, thread, "statm", text, sizeof(text)) <= 0 ||
        sscanf(text, "%*u %" SCNu64, &pages) != 1)
        return 0;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void usage_sample(struct tracer *tracer)
{
    uint64_t total = 0;
    for (size_t i = 0; i < tracer->thread_slots; i++) {
        struct thread *thread = tracer->threads[i];
        if (!thread || thread->tid != thread->process->pid)
            continue;
        uint64_t resident = resident_bytes(tracer, thread);
        raise_to(&tracer->run->resources.peak_memory_bytes, resident);
        total += resident;
    }
    raise_to(&tracer->run->resources.total_memory_bytes, total);
}

static uint64_t nanoseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

/* /proc counts in ticks of 10 ms, too coarse for short processes; getrusage counts exactly, but only what
 * was waited for by its parents. The larger is the truer. */
void usage_finish(struct tracer *tracer)
{
    struct rusage children;
    struct resources *resources = &tracer->run->resources;
    raise_to(&resources->total_memory_bytes, resources->peak_memory_bytes);
    if (tracer->root_pid == 0 || getrusage(RUSAGE_CHILDREN, &children) < 0)
        return;
    raise_to(&resources->cpu_user_ns, nanoseconds(children.ru_utime));
    raise_to(&resources->cpu_system_ns, nanoseconds(children.ru_stime));
}
