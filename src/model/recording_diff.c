#include "model/recording_diff.h"

#include <string.h>

#include "base/buf.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/capability.h"
#include "model/syscall.h"

/* One thing that was done, by however many images. */
struct deed {
    enum diff_kind kind;
    enum abi abi;      /* DIFF_SYSCALL; else ABI_NONE */
    char *subject;     /* escaped */
    access_mask did;   /* DIFF_FILE */
    const char *image; /* of the first that did it; borrowed, may be NULL */
    const char *name;  /* of the capability or call for its risk; borrowed from tables, may be NULL */
    enum risk_level risk;
    const char *why;
};

struct deeds {
    const struct recording *recording;
    struct deed *items; /* by kind, subject and ABI once they are united */
    size_t count;
    size_t capacity;
};

static void deeds_done(struct deeds *deeds)
{
    for (size_t i = 0; i < deeds->count; i++)
        free(deeds->items[i].subject);
    free(deeds->items);
    *deeds = (struct deeds){0};
}

static void add_deed(struct deeds *deeds, const struct deed *deed)
{
    MEM_GROW(deeds->items, deeds->count, deeds->capacity);
    deeds->items[deeds->count++] = *deed;
}

static const char *path_of_image(const struct recording *recording, uint32_t image)
{
    return image < recording->image_count ? recording_text(recording, recording->images[image].path) : NULL;
}

/* ---- collecting ---------------------------------------------------------------------------------- */

static void collect_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    struct deeds *deeds = context;
    char buffer[SYSCALL_NAME_MAX];
    const struct syscall *known = syscall_by_number(abi, call->number);
    struct risk risk = {.why = ""};
    if (known)
        risk = risk_of_call(known->name, call);
    add_deed(deeds, &(struct deed){
                        .kind = DIFF_SYSCALL,
                        .abi = abi,
                        .subject = mem_strdup(syscall_name(abi, call->number, buffer)),
                        .image = recording_text(deeds->recording, image->path),
                        .name = known ? known->name : NULL,
                        .risk = risk.level,
                        .why = risk.why,
                    });
}

static void collect_path(struct deeds *deeds, const struct path_record *path)
{
    AUTO_BUF struct buf subject = BUF_INIT;
    size_t length;
    const char *bytes = intern_get(deeds->recording->strings, path->path, &length);
    text_escape(&subject, bytes, length);
    add_deed(deeds, &(struct deed){.kind = DIFF_FILE, .abi = ABI_NONE, .subject = buf_take(&subject),
                                   .did = path->did[PHASE_STARTUP] | path->did[PHASE_SERVING],
                                   .image = path_of_image(deeds->recording, path->image)});
}

static void add_string(struct buf *out, const struct recording *recording, uint32_t string, const char *before)
{
    if (string == STRING_NONE)
        return;
    size_t length;
    const char *bytes = intern_get(recording->strings, string, &length);
    buf_add_text(out, before);
    text_escape(out, bytes, length);
}

/* "connect inet 10.0.0.1:80", "mount /mnt of tmpfs". */
static void collect_fact(struct deeds *deeds, const struct fact *fact)
{
    AUTO_BUF struct buf subject = BUF_INIT;
    struct deed deed = {.kind = DIFF_FACT, .abi = ABI_NONE, .image = path_of_image(deeds->recording, fact->image)};
    const struct data_capabilities *capability =
        fact->kind == FACT_CAPABILITY && fact->value < 64 ? capability_get((int)fact->value) : NULL;
    if (capability) {
        deed.kind = DIFF_CAPABILITY;
        deed.name = capability->capability;
        buf_add_text(&subject, capability->capability);
    } else if (fact->kind == FACT_CAPABILITY) {
        buf_printf(&subject, "capability %llu", (unsigned long long)fact->value);
    } else {
        buf_add_text(&subject, fact_kind_name(fact->kind));
        add_string(&subject, deeds->recording, fact->subject, " ");
        add_string(&subject, deeds->recording, fact->object, " of ");
    }
    deed.subject = buf_take(&subject);
    add_deed(deeds, &deed);
}

static int compare_keys(const struct deed *a, const struct deed *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = strcmp(a->subject, b->subject);
    return order ? order : (int)a->abi - (int)b->abi;
}

static int compare_deeds(const void *left, const void *right)
{
    const struct deed *a = left;
    const struct deed *b = right;
    int order = compare_keys(a, b);
    return order ? order : strcmp(a->image ? a->image : "", b->image ? b->image : "");
}

static void unite(struct deeds *deeds)
{
    size_t kept = 0;
    if (deeds->count)
        qsort(deeds->items, deeds->count, sizeof(*deeds->items), compare_deeds);
    for (size_t i = 0; i < deeds->count; i++) {
        struct deed *last = kept ? &deeds->items[kept - 1] : NULL;
        struct deed *deed = &deeds->items[i];
        if (!last || compare_keys(last, deed) != 0) {
            deeds->items[kept++] = *deed;
            continue;
        }
        last->did |= deed->did;
        if (deed->risk > last->risk) {
            last->risk = deed->risk;
            last->why = deed->why;
        }
        free(deed->subject);
    }
    deeds->count = kept;
}

static struct deeds deeds_of(const struct recording *recording)
{
    struct deeds deeds = {.recording = recording};
    recording_each_call(recording, collect_call, &deeds);
    for (size_t i = 0; i < recording->path_count; i++)
        collect_path(&deeds, &recording->paths[i]);
    for (size_t i = 0; i < recording->fact_count; i++)
        collect_fact(&deeds, &recording->facts[i]);
    unite(&deeds);
    return deeds;
}

/* ---- comparing ----------------------------------------------------------------------------------- */

static char *words_of_deed(const struct deed *deed)
{
    AUTO_BUF struct buf out = BUF_INIT;
    if (!deed)
        return mem_strdup("not done");
    for (unsigned bit = 0; bit < ACCESS_BITS; bit++)
        if (deed->did >> bit & 1)
            buf_printf(&out, "%s%s", out.length ? "," : "", access_name(bit));
    if (deed->kind != DIFF_FILE)
        buf_add_text(&out, "done");
    if (deed->image) {
        buf_add_text(&out, " by ");
        text_escape(&out, deed->image, strlen(deed->image));
    }
    return buf_take(&out);
}

static void add_row(struct diff *diff, enum diff_side side, const struct deed *a, const struct deed *b)
{
    const struct deed *more = side == DIFF_WIDER ? b : a;
    struct diff_row row = {
        .side = side,
        .kind = more->kind,
        .abis = more->abi < ABI_COUNT ? 1u << more->abi : 0,
        .subject = mem_strdup(more->subject),
        .a = words_of_deed(a),
        .b = words_of_deed(b),
    };
    if (more->kind == DIFF_CAPABILITY)
        diff_row_judge_capability(&row, more->subject);
    if (more->kind == DIFF_SYSCALL && more->name) {
        diff_row_judge_call(&row, more->name);
        row.risk = more->risk;
        row.why = more->why[0] ? more->why : NULL;
        row.cves = row.risk >= RISK_MEDIUM ? row.cves : NULL;
    }
    diff_add(diff, &row);
}

static void compare_did(struct diff *diff, const struct deed *a, const struct deed *b)
{
    if (b->did & ~a->did)
        add_row(diff, DIFF_WIDER, a, b);
    if (a->did & ~b->did)
        add_row(diff, DIFF_NARROWER, a, b);
}

static void note_losses(struct diff *diff, const struct recording *recording, const char *name)
{
    if (recording_complete(recording))
        return;
    AUTO_FREE char *note = mem_printf("%s did not see all of its workload (profgen show tells what is missing), so what "
                                      "it lacks may have been done all the same", name);
    strings_add(&diff->notes, &diff->note_count, note);
}

struct diff *recording_diff(const struct recording *a, const struct recording *b)
{
    struct diff *diff = diff_new();
    AUTO(deeds_done) struct deeds first = deeds_of(a);
    AUTO(deeds_done) struct deeds second = deeds_of(b);
    for (size_t i = 0, k = 0; i < first.count || k < second.count;) {
        int order = i == first.count ? 1 : k == second.count ? -1 : compare_keys(&first.items[i], &second.items[k]);
        if (order == 0)
            compare_did(diff, &first.items[i], &second.items[k]);
        else if (order < 0)
            add_row(diff, DIFF_NARROWER, &first.items[i], NULL);
        else
            add_row(diff, DIFF_WIDER, NULL, &second.items[k]);
        i += order <= 0;
        k += order >= 0;
    }
    note_losses(diff, a, "A");
    note_losses(diff, b, "B");
    diff_sort(diff);
    return diff;
}
