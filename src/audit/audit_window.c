#include "audit/audit_window.h"

#include <pthread.h>

/* While one thread judges a file of 100 MB, others get through thousands of small ones. */
enum { SLOTS = 4096, BYTES_MAX = 4 << 20 };
/* A smaller record is copied, so that its thread can make the next one in the same memory. */
enum { COPIED_MAX = 64 << 10 };

struct audit_window {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct audit_store *store;
    uint64_t next;            /* the number that the store waits for */
    struct buf early[SLOTS];  /* by number; empty: not there yet, for no record is */
    size_t bytes;             /* in them */
    struct err failure;
};

struct audit_window *audit_window_new(struct audit_store *store)
{
    struct audit_window *window = mem_zero(1, sizeof(*window));
    (void)pthread_mutex_init(&window->lock, NULL); /* cannot fail without attributes */
    (void)pthread_cond_init(&window->moved, NULL);
    window->store = store;
    return window;
}

void audit_window_free(struct audit_window *window)
{
    if (!window)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        buf_done(&window->early[i]);
    (void)pthread_cond_destroy(&window->moved);
    (void)pthread_mutex_destroy(&window->lock);
    free(window);
}

static bool has_failed(const struct audit_window *window)
{
    return window->failure.code < 0;
}

/* The one that the store waits for never waits itself. */
static bool must_wait(const struct audit_window *window, uint64_t number)
{
    return number != window->next && (number - window->next >= SLOTS || window->bytes >= BYTES_MAX);
}

static void store_next(struct audit_window *window, const struct buf *record)
{
    (void)audit_store_add(window->store, record, &window->failure);
    window->next++;
}

static void store_early(struct audit_window *window)
{
    for (struct buf *slot; !has_failed(window) && (slot = &window->early[window->next % SLOTS])->length > 0;) {
        window->bytes -= slot->length;
        store_next(window, slot);
        buf_done(slot);
    }
}

static void keep_early(struct audit_window *window, struct buf *slot, struct buf *record)
{
    window->bytes += record->length;
    if (record->length <= COPIED_MAX) {
        buf_add(slot, record->data, record->length);
        return;
    }
    *slot = *record;
    *record = BUF_INIT;
}

static void put(struct audit_window *window, uint64_t number, struct buf *record)
{
    if (number == window->next) {
        store_next(window, record);
        store_early(window);
        (void)pthread_cond_broadcast(&window->moved);
    } else {
        keep_early(window, &window->early[number % SLOTS], record);
    }
}

bool audit_window_put(struct audit_window *window, uint64_t number, struct buf *record)
{
    (void)pthread_mutex_lock(&window->lock);
    while (!has_failed(window) && must_wait(window, number))
        (void)pthread_cond_wait(&window->moved, &window->lock);
    if (!has_failed(window))
        put(window, number, record);
    bool good = !has_failed(window);
    (void)pthread_mutex_unlock(&window->lock);
    return good;
}

int audit_window_check(struct audit_window *window, struct err *err)
{
    (void)pthread_mutex_lock(&window->lock);
    if (has_failed(window))
        *err = window->failure;
    int code = window->failure.code;
    (void)pthread_mutex_unlock(&window->lock);
    return code;
}
