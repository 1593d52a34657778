#include "audit/profile_find.h"

#include <errno.h>
#include <string.h>

#include "audit/embedded_text.h"
#include "audit/profile_pool.h"
#include "audit/seccomp_base.h"
#include "audit/source.h"

/* ---- in other files ------------------------------------------------------------------------------------ */

static bool is_known(const struct collector *collector, enum profile_kind kind, const char *wanted)
{
    enum context_fact fact = kind == PROFILE_SECCOMP ? CONTEXT_SECCOMP_PROFILE : CONTEXT_APPARMOR_PROFILE;
    return context_find(collector->context, fact, "", wanted, NULL) ||
           (kind == PROFILE_SECCOMP && context_find(collector->context, fact, "", profile_offer_base(wanted), NULL));
}

/* What another file offers; until all are read, that it is wanted. */
static int find_elsewhere(struct collector *collector, enum profile_kind kind, const char *wanted, const struct profile_offer **ret,
                          struct err *err)
{
    struct profile_pool *pool = collector->context ? context_profiles(collector->context) : NULL;
    const struct profile_offer *offer = pool ? profile_pool_find(pool, kind, wanted, collector->path) : NULL;
    *ret = offer;
    if (offer)
        return 1;
    if (pool && profile_pool_is_cut(pool) && is_known(collector, kind, wanted))
        return err_set(err, -E2BIG, "the files bring more than %d MiB of profiles, and this one was not kept", PROFILE_POOL_BYTES_MAX >> 20);
    if (pool)
        profile_pool_want(pool, &(struct profile_wanter){.file = collector->file, .path = collector->path}, kind, wanted);
    collector->wants = true;
    return 0;
}

/* The text of an offer, in the arena. */
static const char *text_of(struct collector *collector, const struct profile_offer *offer, size_t *ret_length, struct err *err)
{
    AUTO_SOURCE struct source file = SOURCE_INIT;
    size_t *spent = &profile_shelf_of(collector)->spent;
    int failed = 0;
    if (*spent > SHELF_BYTES_MAX)
        failed = err_set(err, -E2BIG, "the profiles before it have %d MiB, which is more than is read for one file", SHELF_BYTES_MAX >> 20);
    else if (!offer->text && strcmp(offer->path, "-") == 0)
        failed = err_set(err, -EINVAL, "it stood in standard input, which cannot be read twice");
    else if (!offer->text)
        failed = source_load_named(&file, offer->path, SECCOMP_POLICY_BYTES_MAX, err);
    if (failed < 0)
        return NULL;
    *ret_length = offer->text ? offer->length : file.bytes.length;
    *spent += *ret_length;
    return arena_dup(collector->arena, offer->text ? offer->text : buf_text(&file.bytes), *ret_length);
}

static int json_of(struct collector *collector, const struct profile_offer *offer, const struct node *where, const struct node **ret,
                   struct err *err)
{
    struct node_stream stream = {0};
    size_t length = 0;
    const char *text = text_of(collector, offer, &length, err);
    int failed = text ? json_read(offer->path, text, length, collector->arena, &stream, err) : -EINVAL;
    if (failed < 0)
        return failed;
    if (stream.count != 1)
        return err_set(err, -EINVAL, "%s is not one JSON object", offer->path);
    embedded_stands_at(stream.documents[0], where);
    *ret = stream.documents[0];
    return 1;
}

static int statements_of(struct collector *collector, const struct profile_offer *offer, const struct node *where, const struct node **ret,
                         struct err *err)
{
    struct node *list = node_new_list(collector->arena, where);
    size_t length = 0;
    const char *text = text_of(collector, offer, &length, err);
    int failed = text ? apparmor_statements(collector->arena, offer->path, text, length, list, NULL, err) : -EINVAL;
    embedded_stands_at(list, where);
    *ret = list;
    return failed < 0 ? failed : 1;
}

/* ---- anywhere ------------------------------------------------------------------------------------------ */

const struct node *profile_find_whole(struct collector *collector, const struct shelf_offer *offer)
{
    struct shelf_offer *own = (struct shelf_offer *)(uintptr_t)offer; /* of the shelf, which is the collector's */
    if (!own->whole)
        own->whole = own->offer.by == OFFER_BY_OBJECT ? seccomp_base_added(collector, own->root, own->offer.namespace_) : own->root;
    return own->whole;
}

int profile_find_object(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_root, struct err *err)
{
    const struct shelf_offer *own = profile_shelf_find(collector, PROFILE_SECCOMP, wanted);
    const struct profile_offer *other = NULL;
    if (own && own->offer.by == OFFER_BY_OBJECT) {
        *ret_root = own->root;
        return 1;
    }
    int found = find_elsewhere(collector, PROFILE_SECCOMP, wanted, &other, err);
    return found == 1 && other->by != OFFER_BY_OBJECT ? 0 : found == 1 ? json_of(collector, other, where, ret_root, err) : found;
}

int profile_find_seccomp(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_root, struct err *err)
{
    const struct shelf_offer *own = profile_shelf_find(collector, PROFILE_SECCOMP, wanted);
    const struct profile_offer *other = NULL;
    if (own) {
        *ret_root = profile_find_whole(collector, own);
        return 1;
    }
    int found = find_elsewhere(collector, PROFILE_SECCOMP, wanted, &other, err);
    if (found != 1)
        return found;
    found = json_of(collector, other, where, ret_root, err);
    if (found == 1 && other->by == OFFER_BY_OBJECT)
        *ret_root = seccomp_base_added(collector, *ret_root, other->namespace_);
    return found;
}

int profile_find_apparmor(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_statements,
                          const char **ret_path, struct err *err)
{
    const struct shelf_offer *own = profile_shelf_find(collector, PROFILE_APPARMOR, wanted);
    const struct profile_offer *other = NULL;
    *ret_path = collector->path;
    if (own) {
        *ret_statements = own->statements;
        return 1;
    }
    int found = find_elsewhere(collector, PROFILE_APPARMOR, wanted, &other, err);
    if (found != 1)
        return found;
    *ret_path = other->path;
    return statements_of(collector, other, where, ret_statements, err);
}
