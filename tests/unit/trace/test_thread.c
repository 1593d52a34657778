#include <criterion/criterion.h>

#include <sched.h>
#include <stdlib.h>

#include "trace/thread.h"

static struct tracer new_tracer(void)
{
    struct tracer tracer = {.recording = recording_new()};
    tracer.run = recording_add_run(tracer.recording);
    return tracer;
}

static void done(struct tracer *tracer)
{
    thread_free_all(tracer);
    recording_free(tracer->recording);
}

/* A deterministic walk of additions and removals, held against a plain array. */
Test(thread, the_table_holds_what_was_put_in)
{
    enum { TIDS = 3000, STEPS = 40000 };
    static bool here[TIDS + 1];
    struct tracer tracer = new_tracer();
    uint32_t state = 12345;
    for (int step = 0; step < STEPS; step++) {
        state = state * 1103515245 + 12345;
        pid_t tid = (pid_t)(state >> 8) % TIDS + 1;
        struct thread *thread = thread_find(&tracer, tid);
        cr_assert_eq(thread != NULL, here[tid], "thread %d after %d steps", tid, step);
        if (thread)
            thread_remove(&tracer, thread);
        else
            (void)thread_add(&tracer, tid);
        here[tid] = !here[tid];
    }
    size_t expected = 0;
    for (pid_t tid = 1; tid <= TIDS; tid++) {
        expected += here[tid];
        cr_assert_eq(thread_find(&tracer, tid) != NULL, here[tid]);
    }
    cr_assert_eq(tracer.thread_count, expected);
    cr_assert_eq(tracer.process_count, expected);
    done(&tracer);
}

Test(thread, a_thread_joins_its_parents_process_and_a_fork_does_not)
{
    struct tracer tracer = new_tracer();
    struct thread *leader = thread_add(&tracer, 100);
    struct thread *thread = thread_add(&tracer, 101);
    struct thread *child = thread_add(&tracer, 102);
    thread_adopt(&tracer, thread, leader, CLONE_THREAD | CLONE_FS);
    thread_adopt(&tracer, child, leader, 0);
    cr_assert_eq(thread->process, leader->process);
    cr_assert_eq(thread->fs, leader->fs);
    cr_assert_neq(child->process, leader->process);
    cr_assert_neq(child->fs, leader->fs);
    cr_assert_eq(tracer.process_count, 2);
    cr_assert_eq(tracer.run->resources.peak_threads, 3);
    done(&tracer);
}

Test(thread, exec_by_a_thread_leaves_only_that_one_under_the_process_id)
{
    struct tracer tracer = new_tracer();
    struct thread *leader = thread_add(&tracer, 200);
    for (pid_t tid = 201; tid < 400; tid++)
        thread_adopt(&tracer, thread_add(&tracer, tid), leader, CLONE_THREAD | CLONE_FS);
    struct thread *former = thread_find(&tracer, 300);
    thread_became_leader(&tracer, former, 200);
    cr_assert_eq(tracer.thread_count, 1);
    cr_assert_eq(thread_find(&tracer, 200), former);
    cr_assert_null(thread_find(&tracer, 300));
    cr_assert_eq(former->process->threads, 1);
    done(&tracer);
}
