/*
 * Records kept in order, in memory while they are few and then in a file that nobody else sees.
 *
 * What is known of thousands of files is written down as it comes and read again from the first on, as often as need be; only
 * so much of it as was said is ever in memory. One thread at a time adds; once nothing more is added, any number may read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct spool;

/* directory is where the file is made if one is needed (borrowed); memory_max: bytes that are kept in memory at most. */
struct spool *spool_new(const char *directory, size_t memory_max);
void spool_free(struct spool *spool);
MEM_DEFINE_CLEANUP(struct spool *, spool_free)

/* Records are numbered from 0 in the order in which they were added. Fails when there is no room for the file: the errno of what
 * failed, with a sentence that names the directory. */
int spool_add(struct spool *spool, const void *bytes, size_t length, struct err *err);
/* From now on these bytes are the record of that number, which must be there. Costs a few bytes of memory each. */
int spool_replace(struct spool *spool, uint64_t number, const void *bytes, size_t length, struct err *err);
uint64_t spool_count(const struct spool *spool);
/* True once there is a file. */
bool spool_has_file(const struct spool *spool);

/* Reads from the first record on. */
struct spool_reader {
    const struct spool *spool;
    uint64_t number;     /* of the record that comes next */
    uint64_t place;      /* where it was added */
    size_t replacements; /* of those before it */
    struct buf chunk;    /* what was read of the file at once */
    uint64_t chunk_place;
    struct buf replaced;
};
#define AUTO_SPOOL_READER AUTO(spool_reader_done)

struct spool_reader spool_reader_init(const struct spool *spool);
void spool_reader_done(struct spool_reader *reader);
/* 1 and the record, borrowed until the next one is read; 0 behind the last; or the errno of reading the file. */
int spool_read(struct spool_reader *reader, const char **ret_bytes, size_t *ret_length, struct err *err);
