/*
 * From several threads to one store: records in the order of the input, whichever file is judged first.
 *
 * A record that is early waits for those before it. A thread that is too far ahead of them waits itself, so that no more than a few
 * MiB are ever held.
 */
#pragma once

#include "audit/audit_store.h"

struct audit_window;

struct audit_window *audit_window_new(struct audit_store *store);
void audit_window_free(struct audit_window *window);
MEM_DEFINE_CLEANUP(struct audit_window *, audit_window_free)

/* The record of the file of that number, counted from 0 without a gap; it is taken, and left empty or as it is. False once the
 * store has failed. */
bool audit_window_put(struct audit_window *window, uint64_t number, struct buf *record);
/* 0, or why the store has failed. */
int audit_window_check(struct audit_window *window, struct err *err);
