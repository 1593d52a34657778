#include "audit/audit.h"

#include <pthread.h>
#include <unistd.h>

#include "audit/audit_recordings.h"
#include "audit/audit_window.h"
#include "audit/file_record.h"
#include "audit/profile_pool.h"

enum { THREADS_MAX = 16 };

struct audit_job {
    const struct audit_request *request;
    struct context *context;
    struct usage_match *match;
    struct audit_window *window; /* NULL: files are judged again, and records replaced in */
    struct audit_store *store;
    pthread_mutex_t lock; /* of all below, and of the store */
    int failed;
    struct err *err;
    struct file_walk *walk;
    struct walked_file next;
    bool has_next;
    uint64_t taken;
    pthread_t threads[THREADS_MAX];
    unsigned thread_count, thread_limit;
};

static void *run_thread(void *argument);

/* One thread more for as long as there is something for it to do; one that cannot be started leaves its share to the others. */
static void add_thread(struct audit_job *job)
{
    if (!job->has_next || job->thread_count + 1 >= job->thread_limit)
        return;
    if (pthread_create(&job->threads[job->thread_count], NULL, run_thread, job) == 0)
        job->thread_count++;
    else
        job->thread_limit = 0;
}

/* The second time only what wants a profile that another file was found to have. */
static void pass_over(struct audit_job *job)
{
    const struct profile_pool *pool = context_profiles(job->context);
    while (!job->window && job->has_next &&
           !profile_pool_is_wanter(pool, &(struct profile_wanter){.file = (uint32_t)job->taken, .path = job->next.path})) {
        walked_file_done(&job->next);
        job->taken++;
        job->has_next = file_walk_next(job->walk, &job->next);
    }
}

/* False when there are no more files. */
static bool take_file(struct audit_job *job, struct walked_file *ret, uint64_t *ret_number)
{
    (void)pthread_mutex_lock(&job->lock);
    bool taken = job->has_next;
    if (taken) {
        *ret = job->next;
        *ret_number = job->taken++;
        job->has_next = file_walk_next(job->walk, &job->next);
        pass_over(job);
        add_thread(job);
    }
    (void)pthread_mutex_unlock(&job->lock);
    return taken;
}

/* So that the others stop too. */
static void take_all(struct audit_job *job)
{
    (void)pthread_mutex_lock(&job->lock);
    if (job->has_next)
        walked_file_done(&job->next);
    job->has_next = false;
    (void)pthread_mutex_unlock(&job->lock);
}

static bool put_again(struct audit_job *job, uint64_t number, const struct buf *record)
{
    (void)pthread_mutex_lock(&job->lock);
    if (job->failed == 0)
        job->failed = audit_store_replace(job->store, number, record, job->err);
    bool put = job->failed == 0;
    (void)pthread_mutex_unlock(&job->lock);
    return put;
}

static void *run_thread(void *argument)
{
    struct audit_job *job = argument;
    AUTO(arena_free_cleanup) struct arena *work = arena_new();
    AUTO(arena_free_cleanup) struct arena *kept = arena_new();
    AUTO(judged_file_done) struct judged_file judged = {0};
    AUTO_BUF struct buf record = BUF_INIT;
    struct judge judge = {.request = job->request, .context = job->context, .match = job->match, .work = work, .kept = kept};
    for (struct walked_file file; take_file(job, &file, &judge.number);) {
        judge.kept_input = job->window ? NULL : profile_pool_kept(context_profiles(job->context), judge.number);
        file_judge(&judge, &file, &judged);
        buf_clear(&record);
        file_record_write(&judged, job->request->rules, &record);
        walked_file_done(&file);
        if (!(job->window ? audit_window_put(job->window, judge.number, &record) : put_again(job, judge.number, &record)))
            take_all(job);
    }
    return NULL;
}

static unsigned thread_limit(const struct audit_request *request)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = request->threads ? request->threads : processors > 0 ? (size_t)processors : 1;
    return count > THREADS_MAX ? THREADS_MAX : (unsigned)count;
}

/* This thread works too. When its work is done no thread is started any more. */
static void run_job(struct audit_job *job)
{
    (void)pthread_mutex_init(&job->lock, NULL); /* cannot fail without attributes */
    job->has_next = file_walk_next(job->walk, &job->next);
    pass_over(job);
    (void)run_thread(job);
    for (unsigned i = 0; i < job->thread_count; i++)
        (void)pthread_join(job->threads[i], NULL);
    (void)pthread_mutex_destroy(&job->lock);
}

static int judge_all(const struct audit_request *request, struct usage_match *match, struct audit_store *store, struct err *err)
{
    AUTO(file_walk_free_cleanup) struct file_walk *walk =
        file_walk_new(request->paths, request->path_count, request->excludes, request->exclude_count);
    AUTO(audit_window_free_cleanup) struct audit_window *window = audit_window_new(store);
    struct audit_job job = {.request = request, .context = audit_store_context(store), .match = match, .window = window, .walk = walk,
                            .thread_limit = thread_limit(request)};
    run_job(&job);
    usage_match_resolve(match, job.context);
    return audit_window_check(window, err);
}

/* Files that name profiles which other files turned out to have, now that all were read. */
static int judge_again(const struct audit_request *request, struct usage_match *match, struct audit_store *store, struct err *err)
{
    struct context *context = audit_store_context(store);
    profile_pool_close(context_profiles(context));
    if (!profile_pool_has_wanters(context_profiles(context)))
        return 0;
    AUTO(file_walk_free_cleanup) struct file_walk *walk =
        file_walk_new(request->paths, request->path_count, request->excludes, request->exclude_count);
    struct audit_job job = {.request = request, .context = context, .match = match, .store = store, .walk = walk, .err = err,
                            .thread_limit = thread_limit(request)};
    run_job(&job);
    return job.failed;
}

int audit_run(const struct audit_request *request, struct audit_result *ret, struct err *err)
{
    AUTO(audit_store_free_cleanup) struct audit_store *store = audit_store_new(request);
    AUTO(usage_match_free_cleanup) struct usage_match *match = usage_match_new(request->recordings);
    int failed = judge_all(request, match, store, err);
    if (failed == 0)
        failed = judge_again(request, match, store, err);
    if (failed == 0)
        failed = audit_store_result(store, ret, err);
    if (failed < 0) {
        *ret = (struct audit_result){0};
        return failed;
    }
    store = NULL;
    ret->recordings = audit_recordings_new(match, &ret->recording_count);
    return 0;
}

int audit_result_check(const struct audit_result *result, struct err *err)
{
    return result->store ? audit_store_check(result->store, err) : 0;
}

void audit_result_free(struct audit_result *result)
{
    audit_recordings_free(result->recordings, result->recording_count);
    audit_store_free(result->store);
    *result = (struct audit_result){0};
}
