/* The profiles that objects carry: values of ConfigMaps, and the objects of the Security Profiles Operator. */
#include <string.h>

#include "audit/apparmor_document.h"
#include "audit/embedded_text.h"
#include "audit/kubernetes.h"
#include "audit/operator_apparmor.h"
#include "audit/profile_find.h"
#include "audit/seccomp_breadth.h"
#include "audit/source_syntax.h"
#include "base/node_json.h"

/* ---- offering ---------------------------------------------------------------------------------------- */

static struct shelf_offer new_offer(const struct kubernetes_object *object, enum profile_kind kind, enum profile_offer_by by,
                                    const struct node *where)
{
    return (struct shelf_offer){
        .offer = {.kind = kind, .by = by, .namespace_ = object->names.namespace_, .path = object->walk->collector->path,
                  .line = node_origin(where)->line},
        .names = object->names,
        .object = object->root,
        .metadata = object->metadata,
        .where = where,
    };
}

static const char *const *one_name(struct arena *arena, const char *name)
{
    const char **names = arena_alloc(arena, sizeof(*names));
    *names = name;
    return names;
}

/* Nodes share profiles whatever namespace an object is in. */
static void tell(const struct kubernetes_object *object, enum context_fact fact, const char *name)
{
    context_add(object->walk->collector->context, fact, "", name, "");
}

static bool has_room(const struct kubernetes_object *object, size_t length, const struct node *where)
{
    return profile_shelf_has_room(object->walk->collector, length, where);
}

static void put_apparmor(const struct kubernetes_object *object, struct shelf_offer *offer)
{
    struct profile_offer *what = &offer->offer;
    what->names = apparmor_document_names(object->walk->arena, offer->statements, &what->name_count);
    for (size_t i = 0; i < what->name_count && !offer->off; i++)
        tell(object, CONTEXT_APPARMOR_PROFILE, what->names[i]);
    if (what->name_count > 0)
        profile_shelf_offer(object->walk->collector, offer);
}

/* ---- ConfigMap ----------------------------------------------------------------------------------------- */

static bool looks_like_seccomp(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '{' && strstr(text, "\"defaultAction\"") && strstr(text, "SCMP_ACT_");
}

/* Other configuration has blocks behind paths and includes too: only text that says `profile`, or includes what AppArmor ships, is taken for it. */
static bool looks_like_apparmor(const char *text, size_t length)
{
    static const char *const marks[] = {"include <", "abi <", "\nprofile "};
    bool marked = strncmp(text, "profile ", 8) == 0;
    for (size_t i = 0; i < ARRAY_COUNT(marks); i++)
        marked |= strstr(text, marks[i]) != NULL;
    return marked && apparmor_recognises(text, length);
}

static void offer_seccomp_text(const struct kubernetes_object *object, const struct node *value, const char *key)
{
    struct collector *collector = object->walk->collector;
    struct shelf_offer offer = new_offer(object, PROFILE_SECCOMP, OFFER_BY_KEY, value);
    struct err err = ERR_INIT;
    offer.offer.names = one_name(collector->arena, key);
    offer.offer.name_count = 1;
    offer.offer.text = value->text;
    offer.offer.length = value->length;
    tell(object, CONTEXT_SECCOMP_PROFILE, key);
    if (embedded_json(collector, value, key, &offer.root, &err) < 0)
        collector->miss(collector, value, "the seccomp profile in it is not read: %s", err.sentence);
    else
        profile_shelf_offer(collector, &offer);
}

static void offer_apparmor_text(const struct kubernetes_object *object, const struct node *value, const char *key)
{
    struct collector *collector = object->walk->collector;
    struct shelf_offer offer = new_offer(object, PROFILE_APPARMOR, OFFER_BY_NAME, value);
    struct err err = ERR_INIT;
    offer.offer.text = value->text;
    offer.offer.length = value->length;
    int failed = embedded_apparmor(collector, value, key, &offer.statements, &err);
    put_apparmor(object, &offer);
    if (failed < 0 && offer.offer.name_count > 0)
        collector->miss(collector, value, "the AppArmor profile in it is not read to its end: %s", err.sentence);
}

static void offer_value(const struct kubernetes_object *object, const struct node *value)
{
    const char *text = kubernetes_text(value);
    bool seccomp = text && looks_like_seccomp(text);
    if (!seccomp && !(text && looks_like_apparmor(text, value->length)))
        return;
    if (!has_room(object, value->length, value))
        return;
    if (seccomp)
        offer_seccomp_text(object, value, value->key);
    else
        offer_apparmor_text(object, value, value->key);
}

static void offer_binary(const struct kubernetes_object *object, const struct node *value)
{
    size_t length = 0;
    const char *text = node_is(value, NODE_STRING) ? embedded_base64(object->walk->arena, value->text, &length) : NULL;
    if (!text || memchr(text, '\0', length))
        return;
    struct node *plain = node_new_text(object->walk->arena, text, value);
    plain->key = value->key;
    plain->key_length = value->key_length;
    offer_value(object, plain);
}

void kubernetes_offer_config_map(const struct kubernetes_object *object)
{
    const struct node *data = node_get(object->root, "data"), *binary = node_get(object->root, "binaryData");
    for (const struct node *entry = kubernetes_entries(data); entry; entry = entry->next)
        offer_value(object, entry);
    for (const struct node *entry = kubernetes_entries(binary); entry; entry = entry->next)
        offer_binary(object, entry);
}

/* ---- the operator's objects ------------------------------------------------------------------------------ */

static bool is_off(const struct node *spec)
{
    return node_is_true(node_get(spec, "disabled")) || node_is_text(node_get(spec, "state"), "Disabled");
}

static void tell_seccomp_names(const struct kubernetes_object *object)
{
    struct arena *arena = object->walk->arena;
    const char *name = object->names.name, *namespace_ = object->names.namespace_;
    size_t length = strlen(name);
    const char *ending = length >= 5 && strcmp(name + length - 5, ".json") == 0 ? "" : ".json";
    if (namespace_)
        tell(object, CONTEXT_SECCOMP_PROFILE, arena_printf(arena, "operator/%s/%s%s", namespace_, name, ending));
    tell(object, CONTEXT_SECCOMP_PROFILE, arena_printf(arena, "operator/%s%s", name, ending));
    tell(object, CONTEXT_SECCOMP_PROFILE, arena_printf(arena, "%s%s", name, ending));
}

void kubernetes_offer_seccomp_profile(const struct kubernetes_object *object)
{
    struct arena *arena = object->walk->arena;
    const struct node *spec = node_get(object->root, "spec");
    AUTO_BUF struct buf text = BUF_INIT;
    if (!object->names.name || !node_is(spec, NODE_MAP) || !node_json(spec, &text) || !has_room(object, text.length, spec))
        return;
    struct shelf_offer offer = new_offer(object, PROFILE_SECCOMP, OFFER_BY_OBJECT, spec);
    offer.root = spec;
    offer.off = is_off(spec);
    offer.offer.names = one_name(arena, object->names.name);
    offer.offer.name_count = 1;
    offer.offer.text = arena_dup(arena, buf_text(&text), text.length);
    offer.offer.length = text.length;
    if (!offer.off)
        tell_seccomp_names(object);
    profile_shelf_offer(object->walk->collector, &offer);
}

void kubernetes_offer_apparmor_profile(const struct kubernetes_object *object)
{
    struct collector *collector = object->walk->collector;
    const struct node *spec = node_get(object->root, "spec");
    struct shelf_offer offer = new_offer(object, PROFILE_APPARMOR, OFFER_BY_NAME, spec ? spec : object->root);
    if (!object->names.name)
        return;
    offer.off = is_off(spec);
    if (!offer.off)
        tell(object, CONTEXT_APPARMOR_PROFILE, object->names.name);
    if (!has_room(object, 0, offer.where))
        return;
    offer.statements = operator_apparmor_read(collector, object->names.name, spec, &offer.offer.text);
    if (!offer.statements)
        return;
    offer.offer.length = strlen(offer.offer.text);
    put_apparmor(object, &offer);
}

/* ---- judging ----------------------------------------------------------------------------------------------- */

static void judge_seccomp(struct collector *collector, const struct shelf_offer *offer)
{
    struct node *facts = NULL;
    struct err err = ERR_INIT;
    const char *name = offer->offer.names[0];
    const struct node *root = profile_find_whole(collector, offer);
    if (seccomp_breadth_facts(collector->arena, name, root, &facts, &err) < 0) {
        collector->miss(collector, offer->where, "runtimes refuse this profile: %s", err.sentence);
        return;
    }
    const struct subject subject = {
        .kind = SUBJECT_SECCOMP_PROFILE,
        .names = {.kind = "seccomp profile", .namespace_ = offer->names.namespace_, .name = name},
        .format = "seccomp",
        .facts = facts,
        .where = node_origin(root),
        .metadata = offer->metadata,
    };
    collector->add(collector, &subject);
}

void kubernetes_judge_profiles(const struct kubernetes_object *object)
{
    struct collector *collector = object->walk->collector;
    for (const struct shelf_offer *one = profile_shelf_of(collector)->offers; one; one = one->next) {
        if (one->object != object->root)
            continue;
        if (one->offer.kind == PROFILE_SECCOMP)
            judge_seccomp(collector, one);
        else
            (void)apparmor_document_profiles(collector, one->statements, &(struct subject){.names = one->names, .metadata = one->metadata});
    }
}
