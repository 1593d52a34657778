#include "audit/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/file_judge.h"

enum { THREADS_MAX = 16 };

/* What the result points into. */
struct audit_memory {
    struct file_list list;
    struct arena *kept[THREADS_MAX];
    const struct rule_info **rules;
    char version[16];
};

struct audit_job {
    const struct audit_request *request;
    const struct file_list *list;
    struct context *context;
    struct judged_file *judged; /* one for each file */
    atomic_size_t next;
};

struct audit_thread {
    struct audit_job *job;
    struct arena *kept;
    pthread_t thread;
    bool started;
};

static void *run_thread(void *argument)
{
    struct audit_thread *self = argument;
    struct audit_job *job = self->job;
    AUTO(arena_free_cleanup) struct arena *work = arena_new();
    struct judge judge = {.request = job->request, .context = job->context, .work = work, .kept = self->kept};
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->list->count;)
        file_judge(&judge, &job->list->items[i], (uint32_t)i, &job->judged[i]);
    return NULL;
}

static unsigned thread_count(const struct audit_request *request, size_t files)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = request->threads ? request->threads : processors > 0 ? (size_t)processors : 1;
    if (count > files)
        count = files;
    if (count > THREADS_MAX)
        count = THREADS_MAX;
    return count > 0 ? (unsigned)count : 1;
}

/* This thread works too; one that cannot be started leaves its share to the others. */
static void run_job(struct audit_job *job, struct audit_memory *memory)
{
    struct audit_thread threads[THREADS_MAX] = {0};
    unsigned count = thread_count(job->request, job->list->count);
    for (unsigned i = 0; i < count; i++) {
        memory->kept[i] = arena_new();
        threads[i] = (struct audit_thread){.job = job, .kept = memory->kept[i]};
        threads[i].started = i > 0 && pthread_create(&threads[i].thread, NULL, run_thread, &threads[i]) == 0;
    }
    (void)run_thread(&threads[0]);
    for (unsigned i = 1; i < count; i++)
        if (threads[i].started)
            (void)pthread_join(threads[i].thread, NULL);
}

/* ---- from judged files to the result -------------------------------------------------------------------- */

static void take_findings(struct judged_file *judged, const struct context *context, struct audit_result *ret)
{
    size_t first = ret->finding_count;
    for (size_t i = 0; i < judged->findings.count; i++)
        if (proviso_holds(&judged->findings.items[i].proviso, context))
            ret->findings[ret->finding_count++] = judged->findings.items[i].finding;
    findings_sort(ret->findings + first, ret->finding_count - first);
    finding_list_done(&judged->findings);
}

static void take_pods(struct judged_file *judged, const char *version, struct audit_result *ret)
{
    for (size_t i = 0; i < judged->pod_count; i++) {
        ret->pods[ret->pod_count] = judged->pods[i];
        ret->pods[ret->pod_count++].version = version;
    }
    free(judged->pods);
}

static void take_judged(struct audit_job *job, struct audit_memory *memory, struct audit_result *ret)
{
    size_t findings = 0;
    size_t pods = 0;
    for (size_t i = 0; i < job->list->count; i++) {
        findings += job->judged[i].findings.count;
        pods += job->judged[i].pod_count;
    }
    ret->files = mem_zero(job->list->count, sizeof(*ret->files));
    ret->findings = mem_zero(findings, sizeof(*ret->findings));
    ret->pods = mem_zero(pods, sizeof(*ret->pods));
    for (size_t i = 0; i < job->list->count; i++) {
        ret->files[ret->file_count++] = job->judged[i].file;
        take_findings(&job->judged[i], job->context, ret);
        take_pods(&job->judged[i], memory->version, ret);
    }
    findings_tell_apart(ret->findings, ret->finding_count);
}

static void list_rules(const struct rule_set *rules, struct audit_memory *memory, struct audit_result *ret)
{
    ret->rule_count = rule_set_count(rules);
    memory->rules = mem_zero(ret->rule_count, sizeof(*memory->rules));
    for (size_t i = 0; i < ret->rule_count; i++)
        memory->rules[i] = &rule_set_get(rules, i)->info;
    ret->rules = memory->rules;
}

void audit_run(const struct audit_request *request, struct audit_result *ret)
{
    struct audit_memory *memory = mem_zero(1, sizeof(*memory));
    AUTO(context_free_cleanup) struct context *context = context_new();
    *ret = (struct audit_result){.memory = memory};
    (void)snprintf(memory->version, sizeof(memory->version), "v1.%u", request->judge.minor);
    file_walk(request->paths, request->path_count, request->excludes, request->exclude_count, &memory->list);
    AUTO_FREE struct judged_file *judged = mem_zero(memory->list.count, sizeof(*judged));
    struct audit_job job = {.request = request, .list = &memory->list, .context = context, .judged = judged};
    run_job(&job, memory);
    take_judged(&job, memory, ret);
    list_rules(request->rules, memory, ret);
}

void audit_result_free(struct audit_result *result)
{
    struct audit_memory *memory = result->memory;
    if (!memory)
        return;
    free(result->files);
    free(result->findings);
    free(result->pods);
    file_list_done(&memory->list);
    for (size_t i = 0; i < THREADS_MAX; i++)
        arena_free(memory->kept[i]);
    free(memory->rules);
    free(memory);
    *result = (struct audit_result){0};
}
