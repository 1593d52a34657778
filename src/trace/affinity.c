#include "trace/affinity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/call.h"
#include "trace/thread.h"

/* A window is long enough for some hundred stops and short enough that a wrong try costs little. */
#define WINDOW_NS 20000000u
/* Below this many stops a second their cost does not matter. */
#define RATE_THAT_MATTERS 1000.0
#define PATIENCE_FIRST 12u
#define PATIENCE_MAX 400u

static void set_thread(struct tracer *tracer, struct thread *thread, bool pinned)
{
    const cpu_set_t *own = thread->mask ? thread->mask : &tracer->affinity.free_mask;
    const cpu_set_t *mask = pinned ? &tracer->affinity.pin_mask : own;
    /* One that may not run on the tracer's processor at all is left where it wants to be. */
    if (pinned && thread->mask) {
        cpu_set_t both;
        CPU_AND(&both, thread->mask, mask);
        if (CPU_COUNT(&both) == 0)
            return;
    }
    (void)sched_setaffinity(thread->tid, sizeof(*mask), mask);
}

static void pin_thread(struct tracer *tracer, struct thread *thread)
{
    set_thread(tracer, thread, true);
}

static void free_thread(struct tracer *tracer, struct thread *thread)
{
    set_thread(tracer, thread, false);
}

static void set_pinned(struct tracer *tracer, bool pinned)
{
    struct affinity *affinity = &tracer->affinity;
    if (affinity->pinned == pinned)
        return;
    if (pinned) {
        int cpu = sched_getcpu();
        if (cpu < 0)
            return;
        CPU_ZERO(&affinity->pin_mask);
        CPU_SET((unsigned)cpu, &affinity->pin_mask);
    }
    affinity->pinned = pinned;
    (void)sched_setaffinity(0, sizeof(cpu_set_t), pinned ? &affinity->pin_mask : &affinity->free_mask);
    thread_each(tracer, pinned ? pin_thread : free_thread);
}

/* The mask is changed for threads that were seized by us alone: one that was attached to would stay pinned
 * if the tracer were killed. */
void affinity_init(struct tracer *tracer)
{
    struct affinity *affinity = &tracer->affinity;
    affinity->patience = PATIENCE_FIRST;
    affinity->usable = !tracer->options->keep_affinity && tracer->options->command &&
                       sched_getaffinity(0, sizeof(cpu_set_t), &affinity->free_mask) == 0 &&
                       CPU_COUNT(&affinity->free_mask) > 1;
    affinity->window_start_ns = clock_now_ns();
    if (affinity->usable)
        set_pinned(tracer, true);
}

/* Keeps the better of the two ways; a confirmed choice is tried again ever more rarely. */
static void decide(struct affinity *affinity, bool *ret_pinned)
{
    bool better = affinity->rate[true] >= affinity->rate[false];
    if (affinity->trying) {
        affinity->trying = false;
        affinity->windows = 0;
        bool confirmed = better != affinity->pinned;
        affinity->patience = confirmed ? affinity->patience * 2 : PATIENCE_FIRST;
        if (affinity->patience > PATIENCE_MAX)
            affinity->patience = PATIENCE_MAX;
        *ret_pinned = better;
    } else if (++affinity->windows >= affinity->patience || affinity->rate[!affinity->pinned] <= 0) {
        affinity->trying = true;
        *ret_pinned = !affinity->pinned;
    }
}

static void end_window(struct tracer *tracer, uint64_t now, uint64_t stops)
{
    struct affinity *affinity = &tracer->affinity;
    double seconds = (double)(now - affinity->window_start_ns) / 1e9;
    double rate = (double)(stops - affinity->window_stops) / seconds;
    bool pinned = affinity->pinned;
    affinity->window_start_ns = now;
    affinity->window_stops = stops;
    affinity->rate[affinity->pinned] = rate;
    if (rate < RATE_THAT_MATTERS) {
        affinity->trying = false;
        affinity->windows = 0;
        pinned = false;
    } else if (tracer->thread_count == 1) {
        affinity->trying = false;
        affinity->rate[false] = 0;
        pinned = true;
    } else {
        decide(affinity, &pinned);
    }
    set_pinned(tracer, pinned);
}

void affinity_stop(struct tracer *tracer, uint64_t stops)
{
    if (!tracer->affinity.usable || stops % 64 != 0)
        return;
    uint64_t now = clock_now_ns();
    if (now - tracer->affinity.window_start_ns >= WINDOW_NS)
        end_window(tracer, now, stops);
}

void affinity_tick(struct tracer *tracer)
{
    uint64_t now = clock_now_ns();
    if (tracer->affinity.usable && now - tracer->affinity.window_start_ns >= WINDOW_NS)
        end_window(tracer, now, tracer->stops);
}

void affinity_release(struct tracer *tracer)
{
    if (tracer->affinity.usable)
        set_pinned(tracer, false);
    tracer->affinity.usable = false;
}

/* ---- the workload's own calls ------------------------------------------------------------------------ */

static struct thread *target_of(struct tracer *tracer, struct thread *thread)
{
    pid_t tid = (pid_t)thread->call.args[0];
    return tid == 0 ? thread : thread_find(tracer, tid);
}

/* For the length of the call the thread it asks about has the processors it chose itself. */
void affinity_call_entry(struct tracer *tracer, struct thread *thread)
{
    struct thread *target = tracer->affinity.pinned ? target_of(tracer, thread) : NULL;
    if (target)
        free_thread(tracer, target);
}

static void read_own_mask(struct thread *target)
{
    if (!target->mask)
        target->mask = mem_zero(1, sizeof(*target->mask));
    if (sched_getaffinity(target->tid, sizeof(*target->mask), target->mask) < 0) {
        free(target->mask);
        target->mask = NULL;
    }
}

void affinity_call_exit(struct tracer *tracer, struct thread *thread)
{
    struct thread *target = tracer->affinity.usable ? target_of(tracer, thread) : NULL;
    if (!target)
        return;
    if (call_succeeded(thread) && strcmp(thread->call.spec->name, "sched_setaffinity") == 0)
        read_own_mask(target);
    if (tracer->affinity.pinned)
        pin_thread(tracer, target);
}
