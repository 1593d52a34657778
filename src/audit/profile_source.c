#include "audit/profile_source.h"

#include <errno.h>
#include <string.h>

#include "audit/apparmor_rules.h"
#include "audit/profile_find.h"
#include "audit/profile_places.h"
#include "audit/source.h"
#include "base/node_json.h"

static struct profile_source *put(struct collector *collector, const char *key, const struct profile_source *source)
{
    struct profile_shelf *shelf = profile_shelf_of(collector);
    struct profile_source *kept = arena_alloc(collector->arena, sizeof(*kept));
    ARENA_GROW(collector->arena, shelf->items, shelf->count, shelf->capacity);
    shelf->items[shelf->count++] = kept;
    *kept = *source;
    kept->number = (unsigned)shelf->count;
    if (key)
        node_put(collector->arena, shelf->numbers, key, node_new_int(collector->arena, (int64_t)shelf->count, NULL));
    return kept;
}

static void __attribute__((format(printf, 3, 4)))
refuse(struct collector *collector, struct profile_source *source, const char *format, ...)
{
    char words[ERR_SENTENCE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    source->state = PROFILE_UNREADABLE;
    source->why = arena_strdup(collector->arena, words);
}

/* ---- opening ------------------------------------------------------------------------------------------ */

static void open_tree(struct collector *collector, struct profile_source *source, const char *text, size_t length)
{
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    profile_shelf_of(collector)->spent += length;
    source->state = PROFILE_OPEN;
    if (json_read(source->name, text, length, collector->arena, &stream, &err) < 0)
        refuse(collector, source, "%s", err.sentence);
    else if (stream.count != 1)
        refuse(collector, source, "it is not one JSON object");
    else
        source->root = stream.documents[0];
}

static bool has_room(struct collector *collector, struct profile_source *source)
{
    if (profile_shelf_of(collector)->spent <= SHELF_BYTES_MAX)
        return true;
    refuse(collector, source, "the profiles before it have %d MiB, which is more than is read for one file", SHELF_BYTES_MAX >> 20);
    return false;
}

static void open_json(struct collector *collector, struct profile_source *source)
{
    AUTO_SOURCE struct source file = SOURCE_INIT;
    struct err err = ERR_INIT;
    if (!has_room(collector, source))
        return;
    if (source_load_named(&file, source->path, SECCOMP_POLICY_BYTES_MAX, &err) < 0)
        refuse(collector, source, "%s", err.sentence);
    else
        open_tree(collector, source, buf_text(&file.bytes), file.bytes.length);
}

/* The profile of that name among the statements. */
static bool pick(struct collector *collector, struct profile_source *source, const struct node *statements, const char *name)
{
    struct apparmor_head head;
    for (const struct node *one = node_first(statements); one; one = one->next) {
        if (!apparmor_head_read(collector->arena, one, &head) || strcmp(head.name, name) != 0)
            continue;
        source->statements = statements;
        source->block = one;
        source->head = head;
        source->state = PROFILE_OPEN;
        return true;
    }
    return false;
}

/* False when the file has no such profile: a program may well be called as its profile is. */
static bool open_text(struct collector *collector, struct profile_source *source, const char *path, const char *name)
{
    AUTO_SOURCE struct source file = SOURCE_INIT;
    struct err err = ERR_INIT;
    struct node *statements = node_new_list(collector->arena, NULL);
    if (!has_room(collector, source) || source_load_named(&file, path, SECCOMP_POLICY_BYTES_MAX, &err) < 0)
        return false;
    profile_shelf_of(collector)->spent += file.bytes.length;
    int failed = apparmor_statements(collector->arena, name, buf_text(&file.bytes), file.bytes.length, statements, NULL, &err);
    if (!pick(collector, source, statements, name))
        return false;
    source->path = path;
    if (failed < 0)
        refuse(collector, source, "%s", err.sentence);
    return true;
}

/* In an object of the input, or in another file of it. */
static void open_brought_apparmor(struct collector *collector, struct profile_source *source, const char *name, const struct node *where)
{
    const struct node *statements = NULL;
    struct err err = ERR_INIT;
    int found = profile_find_apparmor(collector, name, where, &statements, &source->path, &err);
    if (found < 0)
        refuse(collector, source, "%s", err.sentence);
    else if (found == 1)
        (void)pick(collector, source, statements, name);
}

static void open_apparmor(struct collector *collector, struct profile_source *source, const char *name, const struct node *where)
{
    struct profile_places places;
    profile_places_of_apparmor(&places, collector, name);
    for (const char *path; (path = profile_places_next(&places));)
        if (open_text(collector, source, path, name))
            return;
    open_brought_apparmor(collector, source, name, where);
}

static void open_brought_seccomp(struct collector *collector, struct profile_source *source, const char *name, const struct node *where)
{
    struct err err = ERR_INIT;
    int found = profile_find_seccomp(collector, name, where, &source->root, &err);
    if (found < 0)
        refuse(collector, source, "%s", err.sentence);
    else if (found == 1)
        source->state = PROFILE_OPEN;
}

/* ---- finding ------------------------------------------------------------------------------------------ */

struct wanted {
    struct collector *collector;
    const struct subject *subject;
    const struct node *fact; /* seccomp or apparmor of the container */
    const char *name;        /* NULL: it has none */
};

/* Opened before, or refused because there are too many. NULL: it is to be opened. */
static struct profile_source *known(struct collector *collector, const char *key, const struct profile_source *source)
{
    struct profile_shelf *shelf = profile_shelf_of(collector);
    const struct node *number = node_get(shelf->numbers, key);
    if (number)
        return shelf->items[number->integer - 1];
    if (node_count(shelf->numbers) < SHELF_OPENED_MAX)
        return NULL;
    struct profile_source many = *source;
    refuse(collector, &many, "the file names more profiles than are opened");
    return put(collector, NULL, &many);
}

static struct profile_source *seccomp_file(const struct wanted *wanted, const char *path)
{
    struct collector *collector = wanted->collector;
    struct profile_source source = {.kind = PROFILE_SECCOMP, .name = wanted->name, .path = path};
    const char *key = arena_printf(collector->arena, "seccomp %s", path ? path : wanted->name);
    struct profile_source *before = known(collector, key, &source);
    if (before)
        return before;
    if (path)
        open_json(collector, &source);
    else
        open_brought_seccomp(collector, &source, wanted->name, wanted->fact);
    if (source.state != PROFILE_ABSENT)
        context_add(collector->context, CONTEXT_SECCOMP_PROFILE, "", wanted->name, "");
    return put(collector, key, &source);
}

/* docker inspect: "seccomp={…}", on the line that the whole option stands on. */
static struct profile_source *seccomp_option(const struct wanted *wanted)
{
    struct collector *collector = wanted->collector;
    const char *option = node_text(node_origin(wanted->fact)), *text = option ? strchr(option, '{') : NULL;
    struct profile_source source = {.kind = PROFILE_SECCOMP, .name = "in the option itself"};
    if (!text)
        return NULL;
    const char *key = arena_printf(collector->arena, "option %s", text);
    struct profile_source *before = known(collector, key, &source);
    if (before)
        return before;
    if (has_room(collector, &source))
        open_tree(collector, &source, text, strlen(text));
    return put(collector, key, &source);
}

static struct profile_source *seccomp_object(const struct wanted *wanted)
{
    struct profile_source source = {.kind = PROFILE_SECCOMP, .state = PROFILE_OPEN, .name = "in the file itself",
                                    .root = node_at(node_get(wanted->subject->facts, "raw"), "linux.seccomp")};
    return put(wanted->collector, NULL, &source);
}

static struct profile_source *find_seccomp(const struct wanted *wanted)
{
    const char *format = wanted->subject->format;
    if (strcmp(format, "oci") == 0)
        return seccomp_object(wanted);
    if (strcmp(format, "inspect") == 0)
        return seccomp_option(wanted);
    if (!wanted->name)
        return NULL;
    if (strcmp(format, "compose") == 0)
        return seccomp_file(wanted, profile_places_of_compose(wanted->collector, wanted->name));
    if (strcmp(format, "kubernetes") == 0)
        return seccomp_file(wanted, profile_places_of_kubernetes(wanted->collector, wanted->name));
    return NULL;
}

static struct profile_source *find_apparmor(const struct wanted *wanted)
{
    struct collector *collector = wanted->collector;
    if (!wanted->name)
        return NULL;
    struct profile_source source = {.kind = PROFILE_APPARMOR, .name = wanted->name};
    const char *key = arena_printf(collector->arena, "apparmor %s", wanted->name);
    struct profile_source *before = known(collector, key, &source);
    if (before)
        return before;
    open_apparmor(collector, &source, wanted->name, wanted->fact);
    if (source.state != PROFILE_ABSENT)
        context_add(collector->context, CONTEXT_APPARMOR_PROFILE, "", wanted->name, "");
    return put(collector, key, &source);
}

struct profile_source *profile_source_of(struct collector *collector, const struct subject *subject, enum profile_kind kind)
{
    const struct node *fact = node_get(subject->facts, kind == PROFILE_SECCOMP ? "seccomp" : "apparmor");
    const struct wanted wanted = {
        .collector = collector, .subject = subject, .fact = fact, .name = node_text_at(fact, "profile")};
    if (subject->kind != SUBJECT_CONTAINER || !node_is_text(node_get(fact, "type"), "localhost"))
        return NULL;
    return kind == PROFILE_SECCOMP ? find_seccomp(&wanted) : find_apparmor(&wanted);
}

/* ---- as policies --------------------------------------------------------------------------------------- */

int profile_source_policy_of(const char *name, const struct node *root, struct seccomp_policy **ret, struct err *err)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (!node_json(root, &text))
        return err_set(err, -E2BIG, "%s: the profile is nested too deep", name);
    return seccomp_policy_parse(name, buf_text(&text), text.length, ret, err);
}

int profile_source_seccomp(const struct profile_source *source, struct seccomp_policy **ret, struct err *err)
{
    return profile_source_policy_of(source->name, source->root, ret, err);
}

void profile_source_apparmor(struct collector *collector, const struct profile_source *source, struct apparmor_policy **ret, bool *ret_partial)
{
    struct apparmor_source file;
    struct apparmor_rules rules;
    apparmor_source_start(&file, collector->arena, source->path, source->statements);
    apparmor_rules_start(&rules, &file, node_get(source->block, "body"));
    *ret = apparmor_rules_policy(&rules, source->head.name, ret_partial);
    apparmor_rules_done(&rules);
}
