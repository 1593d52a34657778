#include "audit/audit_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit/file_record.h"
#include "base/spool.h"

/* Ten thousand files without findings fit. */
enum { MEMORY_MAX = 2 << 20 };

struct audit_store {
    const struct rule_set *rules;
    const struct rule_info **infos; /* of the rules */
    struct context *context;
    struct spool *spool;
    char version[16];
    struct err failure; /* of the first walk that could not go on */
};

struct store_walk {
    struct audit_store *store;
    struct spool_reader spool;
    struct file_record_reader records;
};

struct audit_store *audit_store_new(const struct audit_request *request)
{
    struct audit_store *store = mem_zero(1, sizeof(*store));
    size_t count = rule_set_count(request->rules);
    store->rules = request->rules;
    store->infos = mem_zero(count, sizeof(*store->infos));
    for (size_t i = 0; i < count; i++)
        store->infos[i] = &rule_set_get(request->rules, i)->info;
    store->context = context_new();
    store->spool = spool_new(request->spool_directory ? request->spool_directory : "/tmp", MEMORY_MAX);
    (void)snprintf(store->version, sizeof(store->version), "v1.%u", request->judge.minor);
    return store;
}

void audit_store_free(struct audit_store *store)
{
    if (!store)
        return;
    spool_free(store->spool);
    context_free(store->context);
    free(store->infos);
    free(store);
}

struct context *audit_store_context(struct audit_store *store)
{
    return store->context;
}

int audit_store_add(struct audit_store *store, const struct buf *record, struct err *err)
{
    return spool_add(store->spool, record->data, record->length, err);
}

int audit_store_replace(struct audit_store *store, uint64_t number, const struct buf *record, struct err *err)
{
    if (number >= spool_count(store->spool))
        return 0; /* there since the files were first listed */
    return spool_replace(store->spool, number, record->data, record->length, err);
}

int audit_store_check(const struct audit_store *store, struct err *err)
{
    if (store->failure.code < 0)
        *err = store->failure;
    return store->failure.code;
}

/* ---- walking --------------------------------------------------------------------------------------- */

static void *open_walk(void *self)
{
    struct audit_store *store = self;
    struct store_walk *walk = mem_zero(1, sizeof(*walk));
    walk->store = store;
    walk->spool = spool_reader_init(store->spool);
    walk->records = (struct file_record_reader){
        .rules = store->rules, .context = store->context, .version = store->version};
    return walk;
}

static struct audit_entry *next_entry(void *self)
{
    struct store_walk *walk = self;
    const char *bytes = NULL;
    size_t length = 0;
    struct err err = ERR_INIT;
    int got = spool_read(&walk->spool, &bytes, &length, &err);
    if (got < 0 && walk->store->failure.code == 0)
        walk->store->failure = err;
    return got > 0 ? file_record_read(&walk->records, bytes) : NULL;
}

static void close_walk(void *self)
{
    struct store_walk *walk = self;
    spool_reader_done(&walk->spool);
    file_record_reader_done(&walk->records);
    free(walk);
}

int audit_store_result(struct audit_store *store, struct audit_result *ret, struct err *err)
{
    *ret = (struct audit_result){
        .rules = store->infos,
        .rule_count = rule_set_count(store->rules),
        .store = store,
        .open = open_walk,
        .next = next_entry,
        .close = close_walk,
    };
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(ret);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        audit_summary_add(&ret->summary, entry);
    return audit_store_check(store, err);
}
