#include "audit/context.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "audit/profile_pool.h"
#include "base/buf.h"
#include "base/intern.h"

struct context {
    pthread_mutex_t *lock; /* behind a pointer, so that asking a const context can lock */
    struct intern *keys;   /* fact, namespace, NUL, name */
    struct intern *values; /* never freed one by one: what context_find gave stays good */
    uint32_t *value_of;    /* by the number of the key */
    size_t capacity;
    struct profile_pool *profiles;
    bool any[CONTEXT_FACT_COUNT];
};

struct context *context_new(void)
{
    struct context *context = mem_zero(1, sizeof(*context));
    context->lock = mem_zero(1, sizeof(*context->lock));
    (void)pthread_mutex_init(context->lock, NULL); /* cannot fail without attributes */
    context->keys = intern_new();
    context->values = intern_new();
    context->profiles = profile_pool_new();
    return context;
}

void context_free(struct context *context)
{
    if (!context)
        return;
    (void)pthread_mutex_destroy(context->lock);
    free(context->lock);
    intern_free(context->keys);
    intern_free(context->values);
    profile_pool_free(context->profiles);
    free(context->value_of);
    free(context);
}

static void make_key(struct buf *key, enum context_fact fact, const char *namespace_, const char *name)
{
    buf_add_char(key, (char)fact);
    buf_add_text(key, namespace_);
    buf_add_char(key, '\0');
    buf_add_text(key, name);
}

/* Threads add in any order, and the answer must not depend on it: of several values the smallest counts. */
static void keep_smaller(struct context *context, uint32_t number, const char *value)
{
    const char *kept = intern_get(context->values, context->value_of[number], NULL);
    if (strcmp(value, kept) < 0)
        context->value_of[number] = intern_add(context->values, value, strlen(value));
}

static void add_new(struct context *context, uint32_t number, const char *value)
{
    if (number >= context->capacity) {
        context->capacity = context->capacity ? context->capacity * 2 : 64;
        context->value_of = mem_resize(context->value_of, context->capacity, sizeof(*context->value_of));
    }
    context->value_of[number] = intern_add(context->values, value, strlen(value));
}

void context_add(struct context *context, enum context_fact fact, const char *namespace_, const char *name,
                 const char *value)
{
    AUTO_BUF struct buf key = BUF_INIT;
    make_key(&key, fact, namespace_, name);
    (void)pthread_mutex_lock(context->lock);
    context->any[fact] = true;
    uint32_t known = intern_count(context->keys);
    uint32_t number = intern_add(context->keys, key.data, key.length);
    if (number < known)
        keep_smaller(context, number, value);
    else
        add_new(context, number, value);
    (void)pthread_mutex_unlock(context->lock);
}

bool context_find(const struct context *context, enum context_fact fact, const char *namespace_, const char *name,
                  const char **ret_value)
{
    AUTO_BUF struct buf key = BUF_INIT;
    make_key(&key, fact, namespace_, name);
    (void)pthread_mutex_lock(context->lock);
    uint32_t number = intern_find(context->keys, key.data, key.length);
    if (number != INTERN_NONE && ret_value)
        *ret_value = intern_get(context->values, context->value_of[number], NULL);
    (void)pthread_mutex_unlock(context->lock);
    return number != INTERN_NONE;
}

bool context_has_any(const struct context *context, enum context_fact fact)
{
    (void)pthread_mutex_lock(context->lock);
    bool any = context->any[fact];
    (void)pthread_mutex_unlock(context->lock);
    return any;
}

struct profile_pool *context_profiles(const struct context *context)
{
    return context->profiles;
}
