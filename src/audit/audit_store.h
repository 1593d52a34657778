/*
 * What one audit remembers: a record of every file (file_record.h) in a spool, and what files must know of each other.
 *
 * Records come in the order of the input. Once all are there the context is complete, and a result can be walked.
 */
#pragma once

#include "audit/audit.h"
#include "audit/context.h"
#include "base/buf.h"

struct audit_store;

struct audit_store *audit_store_new(const struct audit_request *request);
void audit_store_free(struct audit_store *store);
MEM_DEFINE_CLEANUP(struct audit_store *, audit_store_free)

struct context *audit_store_context(struct audit_store *store);
/* The record of the next file. */
int audit_store_add(struct audit_store *store, const struct buf *record, struct err *err);
/* For a file that is judged again when all others have been seen: this is its record from now on. number counts the files of
 * the input from 0 (struct judge has it while the file is judged); one that was not added is passed over. Not while the store is walked. */
int audit_store_replace(struct audit_store *store, uint64_t number, const struct buf *record, struct err *err);
/* A result that owns the store, its summary made. Fails when the store cannot be read, which
 * it then does not own. */
int audit_store_result(struct audit_store *store, struct audit_result *ret, struct err *err);
/* Why a walk ended before the last file: 0 when none has. */
int audit_store_check(const struct audit_store *store, struct err *err);
