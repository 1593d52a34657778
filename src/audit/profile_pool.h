/*
 * The profiles that the files of the input bring, and which files want which: files are judged one by one, on threads, and forgotten, so a profile
 * that stands in a later file is not there yet when a pod names it.
 *
 * While files are read, profiles are added and wants are noted; then the pool is closed, and the files that want what is there are judged
 * again. What is kept, and what is found, does not depend on the order in which threads come: of more than 16 MiB those of the first files (by their
 * paths) are kept, and none of more than 1 MiB, which no ConfigMap can have. Adding and wanting lock; the rest is for after.
 */
#pragma once

#include "audit/profile_offer.h"
#include "base/buf.h"
#include "base/mem.h"

enum { PROFILE_POOL_BYTES_MAX = 16 << 20, PROFILE_POOL_INPUT_MAX = 64 << 20 };

struct profile_pool;

struct profile_pool *profile_pool_new(void);
void profile_pool_free(struct profile_pool *pool);
MEM_DEFINE_CLEANUP(struct profile_pool *, profile_pool_free)

/* Copies it. Nothing happens when the pool is closed. */
void profile_pool_add(struct profile_pool *pool, const struct profile_offer *offer);
struct profile_wanter {
    uint32_t file; /* its number in the input */
    const char *path;
};
void profile_pool_want(struct profile_pool *pool, const struct profile_wanter *wanter, enum profile_kind kind, const char *wanted);
/* Keeps what a wanting file held that cannot be read twice. False when it is too much. */
bool profile_pool_keep(struct profile_pool *pool, uint64_t file, const struct buf *bytes);
/* No more profiles and wants. */
void profile_pool_close(struct profile_pool *pool);
/* Once closed: does any file want what is there? And this one? (The input is walked again; a number that has come to another path since is none. Of more
 * than a million wants the rest is not noted one by one: all files from the first of those on count as wanting.) */
bool profile_pool_has_wanters(const struct profile_pool *pool);
bool profile_pool_is_wanter(const struct profile_pool *pool, const struct profile_wanter *wanter);
/* What was kept of a file; NULL: it can be read again. */
const struct buf *profile_pool_kept(const struct profile_pool *pool, uint64_t file);

/* Once closed: the profile for that name that stands nearest to the file `near`; borrowed. NULL: there is none, or the pool is open. */
const struct profile_offer *profile_pool_find(const struct profile_pool *pool, enum profile_kind kind, const char *wanted, const char *near);
/* Some had no room. */
bool profile_pool_is_cut(const struct profile_pool *pool);
