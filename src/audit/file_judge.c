#include "audit/file_judge.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/collect.h"
#include "audit/compose.h"
#include "audit/file_sniff.h"
#include "audit/finding_make.h"
#include "audit/named_profile.h"
#include "audit/profile_pool.h"
#include "audit/reason.h"
#include "audit/usage.h"
#include "base/text.h"

/* What the collector of a file hands on. */
struct file_task {
    struct collector collector; /* first, so that its functions find the task */
    struct judge *judge;
    struct judged_file *ret;
    struct finding_maker maker;
    struct verdicts verdicts;
    const char *skip_reason;
    const char *match; /* the recording that is being judged by, as the context will know it; NULL */
};

/* ---- subjects ---------------------------------------------------------------------------------- */

static void put_missing(struct arena *arena, struct node *facts, const char *key, const char *value)
{
    if (value && !node_find(facts, key))
        node_put(arena, facts, key, node_new_text(arena, value, NULL));
}

/* The facts that every subject has. */
static const struct node *complete_facts(struct arena *arena, const struct subject *subject)
{
    struct node *facts = node_copy(arena, subject->facts);
    put_missing(arena, facts, "format", subject->format);
    put_missing(arena, facts, "kind", subject->names.kind);
    put_missing(arena, facts, "namespace", subject->names.namespace_);
    /* So that a sentence about it has a subject: a Dockerfile has no name of its own. */
    put_missing(arena, facts, "name", subject->names.name ? subject->names.name : subject->names.kind);
    return facts;
}

static void add_pod(struct file_task *task, const struct subject *subject)
{
    struct judged_file *ret = task->ret;
    struct judge *judge = task->judge;
    struct pss_pod pod = {.metadata = subject->pod_metadata, .spec = subject->pod_spec};
    enum pss_level level = pss_highest(&pod, judge->request->judge.minor, judge->work);
    MEM_GROW(ret->pods, ret->pod_count, ret->pod_capacity);
    ret->pods[ret->pod_count++] = (struct audit_pod){
        .line = node_origin(subject->where)->line,
        .subject = finding_keep_subject(&task->maker, &subject->names),
        .level = pss_level_name(level),
    };
}

static void depend_on_match(const char *match, struct verdict *verdict)
{
    if (!match)
        return;
    verdict->proviso_fact = CONTEXT_RECORDING;
    verdict->proviso_wants = false;
    verdict->proviso_namespace = "";
    verdict->proviso_name = match;
    verdict->proviso_value = NULL;
}

static void judge_subject(struct file_task *task, const struct subject *given)
{
    struct judge *judge = task->judge;
    struct subject subject = *given;
    subject.facts = complete_facts(judge->work, given);
    task->verdicts.count = 0;
    suppression_annotations(&subject, &task->maker.annotations);
    rule_set_judge(judge->request->rules, &judge->request->judge, &subject, judge->work, &task->verdicts);
    for (size_t i = 0; i < task->verdicts.count; i++) {
        depend_on_match(task->match, &task->verdicts.items[i]);
        finding_make(&task->maker, &subject, &task->verdicts.items[i], &task->ret->findings);
    }
}

/* What stands only if the recording turns out to be of this container. */
static void judge_used(struct file_task *task, const struct subject *container, size_t recording, const char *match)
{
    struct judge *judge = task->judge;
    struct subject subject = *container;
    subject.kind = SUBJECT_RECORDED_CONTAINER;
    subject.facts = usage_facts(&task->collector, container, used_recordings_get(judge->request->recordings, recording));
    task->match = match;
    judge_subject(task, &subject);
    task->match = NULL;
}

static void hold_against_recordings(struct file_task *task, const struct subject *subject)
{
    struct judge *judge = task->judge;
    size_t count = subject->kind == SUBJECT_CONTAINER ? used_recordings_count(judge->request->recordings) : 0;
    bool only = count > 0 && usage_match_enter(judge->match, subject);
    for (size_t i = 0; i < count; i++) {
        const char *match = usage_match_ask(judge->match, i, subject, only, task->maker.path, judge->work);
        if (match)
            judge_used(task, subject, i, match);
    }
}

static void take_subject(struct collector *self, const struct subject *subject)
{
    struct file_task *task = (struct file_task *)self;
    task->ret->file.subjects++;
    named_profile_judge(self, subject);
    if (subject->kind == SUBJECT_POD && subject->pod_spec)
        add_pod(task, subject);
    judge_subject(task, subject);
    hold_against_recordings(task, subject);
}

/* ---- what could not be seen --------------------------------------------------------------------- */

static const char *__attribute__((format(printf, 2, 0)))
keep_words(struct judge *judge, const char *format, va_list arguments)
{
    char words[ERR_SENTENCE_MAX];
    AUTO_BUF struct buf plain = BUF_INIT;
    (void)vsnprintf(words, sizeof(words), format, arguments);
    text_escape(&plain, words, strlen(words));
    return arena_strdup(judge->kept, buf_text(&plain));
}

/* The first reason is the one that is told. */
static void set_error(struct file_task *task, const struct reason *reason)
{
    struct audit_file *file = &task->ret->file;
    if (file->status != FILE_ERROR) {
        file->reason = reason->words;
        file->reason_line = reason->line;
        file->reason_column = reason->column;
    }
    file->status = FILE_ERROR;
}

static void set_failure(struct file_task *task, const struct walked_file *walked, const struct err *err)
{
    const struct reason reason = reason_of(task->judge->kept, source_name(walked->path), err->sentence);
    set_error(task, &reason);
}

static void __attribute__((format(printf, 3, 4)))
take_miss(struct collector *self, const struct node *where, const char *format, ...)
{
    struct file_task *task = (struct file_task *)self;
    va_list arguments;
    va_start(arguments, format);
    const struct reason reason = {
        .words = keep_words(task->judge, format, arguments), .line = where ? node_origin(where)->line : 0};
    va_end(arguments);
    set_error(task, &reason);
}

static void __attribute__((format(printf, 2, 3))) take_skip(struct collector *self, const char *format, ...)
{
    struct file_task *task = (struct file_task *)self;
    va_list arguments;
    va_start(arguments, format);
    task->skip_reason = keep_words(task->judge, format, arguments);
    va_end(arguments);
}

/* ---- documents ------------------------------------------------------------------------------------ */

static struct node *duplicates_of(struct file_task *task, const struct node_stream *stream)
{
    struct arena *arena = task->judge->work;
    struct node *list = node_new_list(arena, NULL);
    for (const struct node_duplicate *one = stream->duplicates; one; one = one->next) {
        struct node *place = arena_alloc(arena, sizeof(*place));
        *place = (struct node){.kind = NODE_MAP, .line = one->line, .column = one->column};
        node_put(arena, place, "key", node_new_text(arena, one->key, place));
        node_put(arena, place, "first_line", node_new_int(arena, one->first_line, place));
        node_append(list, place);
    }
    return list;
}

static struct node *useless_suppressions(struct file_task *task)
{
    struct arena *arena = task->judge->work;
    struct node *list = node_new_list(arena, NULL);
    const struct comment_suppressions *comments = &task->maker.comments;
    for (size_t i = 0; i < comments->count; i++) {
        const struct comment_suppression *comment = &comments->items[i];
        if (comment->reason && comment->rules[0] != '\0')
            continue;
        struct node *place = arena_alloc(arena, sizeof(*place));
        *place = (struct node){.kind = NODE_MAP, .line = comment->line, .column = 1};
        node_put(arena, place, "text", node_new_text(arena, comment->rules, place));
        node_put(arena, place, "problem",
                 node_new_text(arena, comment->reason ? "names no rule" : "gives no reason", place));
        node_append(list, place);
    }
    return list;
}

/* The document itself as a subject; what is said of the whole file is said with its first document. */
static void judge_document(struct file_task *task, const struct source *source, const struct node *root, const char *kind,
                           bool first)
{
    struct arena *arena = task->judge->work;
    struct node *facts = node_new_map(arena, root);
    node_put(arena, facts, "format", node_new_text(arena, kind, NULL));
    node_put(arena, facts, "syntax", node_new_text(arena, source->syntax, NULL));
    node_put(arena, facts, "duplicates",
             first ? duplicates_of(task, &source->stream) : node_new_list(arena, NULL));
    node_put(arena, facts, "suppressions", first ? useless_suppressions(task) : node_new_list(arena, NULL));
    node_put(arena, facts, "raw", node_copy(arena, root));
    struct subject subject = {
        .kind = SUBJECT_DOCUMENT, .names.kind = "document", .format = kind, .facts = facts, .where = root};
    judge_subject(task, &subject);
}

static void take_offers(struct file_task *task, const struct node *root)
{
    const struct document_kind *kind = document_kind_of(root);
    if (kind && kind->offer)
        kind->offer(&task->collector, root);
}

static void take_document(struct file_task *task, const struct source *source, const struct node *root, bool first)
{
    struct audit_file *file = &task->ret->file;
    const struct document_kind *kind = document_kind_of(root);
    file->documents++;
    task->maker.document_line = node_origin(root)->line;
    if (!kind) {
        file->documents_other++;
        return;
    }
    if (file->kind[0] == '\0')
        file->kind = kind->name;
    else if (strcmp(file->kind, kind->name) != 0)
        file->kind = "mixed";
    kind->collect(&task->collector, root);
    judge_document(task, source, root, kind->name, first);
}

/* ---- the file ---------------------------------------------------------------------------------------- */

static void close_file(struct file_task *task, const struct source *source)
{
    struct audit_file *file = &task->ret->file;
    bool understood = file->documents > file->documents_other;
    if (file->status == FILE_ERROR || file->subjects > 0 || (understood && !task->skip_reason))
        return;
    file->status = FILE_SKIPPED;
    const char *project = compose_fed(task->judge->work, file->path);
    if (project && file->documents > 0)
        take_skip(&task->collector, "the variables of %s", project);
    if (task->skip_reason)
        file->reason = task->skip_reason;
    else if (file->documents == 0)
        file->reason = strcmp(source->syntax, "binary") == 0 ? "binary" : "empty";
    else
        file->reason = "of no kind that is audited";
}

/* A file that was come upon in a directory and cannot be read is an error only if it looks like something to audit. */
static void judge_source(struct file_task *task, const struct walked_file *walked, struct source *source)
{
    struct judge *judge = task->judge;
    struct err err = ERR_INIT;
    int read = source_parse(source, judge->work, &err);
    suppression_comments(source, judge->work, &task->maker.comments);
    for (size_t i = 0; i < source->stream.count; i++)
        take_offers(task, source->stream.documents[i]);
    for (size_t i = 0; i < source->stream.count; i++)
        take_document(task, source, source->stream.documents[i], i == 0);
    if (read < 0 && (walked->named || task->ret->file.kind[0] != '\0' || file_looks_audited(source))) {
        set_failure(task, walked, &err);
    } else if (read < 0) {
        task->skip_reason = "no configuration";
    } else if (strcmp(source->syntax, "binary") == 0 && file_reads_audited(source)) {
        set_error(task, &(struct reason){.words = "holds bytes that are no text among what looks like a manifest"});
    }
    close_file(task, source);
}

/* What was found in a directory was a regular file; what stands there by now must be one too. */
static int load(const struct judge *judge, const struct walked_file *walked, struct source *source, struct err *err)
{
    if (judge->kept_input) {
        source->path = walked->path;
        buf_add(&source->bytes, judge->kept_input->data, judge->kept_input->length);
        return 0;
    }
    return walked->named ? source_load(source, walked->path, err) : source_load_named(source, walked->path, NODE_BYTES_MAX, err);
}

/* What wants a profile of another file is read again when that is there; a pipe cannot be. */
static void keep_input(struct file_task *task, const struct source *source)
{
    struct stat st;
    bool again = strcmp(source->path, "-") != 0 && stat(source->path, &st) == 0 && S_ISREG(st.st_mode);
    if (!again && !profile_pool_keep(context_profiles(task->judge->context), task->judge->number, &source->bytes))
        set_error(task, &(struct reason){.words = "names profiles, which other files may have, and is too large to be kept for that"});
}

static void load_and_judge(struct file_task *task, const struct walked_file *walked)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct err err = ERR_INIT;
    task->maker.source = task->collector.source = &source;
    int loaded = load(task->judge, walked, &source, &err);
    if (loaded < 0)
        set_failure(task, walked, &err);
    else
        judge_source(task, walked, &source);
    if (loaded == 0 && task->collector.wants && walked->named)
        keep_input(task, &source);
    task->maker.source = task->collector.source = NULL;
}

void judged_file_done(struct judged_file *judged)
{
    finding_list_done(&judged->findings);
    free(judged->pods);
    *judged = (struct judged_file){0};
}

void file_judge(struct judge *judge, const struct walked_file *walked, struct judged_file *ret)
{
    struct file_task task = {
        .collector = {.arena = judge->work, .context = judge->context, .file = (uint32_t)judge->number, .path = walked->path,
                      .profile_root = judge->request->profile_root,
                      .add = take_subject, .miss = take_miss, .skip = take_skip},
        .judge = judge,
        .ret = ret,
        .maker = {.request = judge->request, .kept = judge->kept, .path = walked->path},
    };
    arena_reset(judge->work);
    arena_reset(judge->kept);
    ret->file = (struct audit_file){.path = walked->path, .named = walked->named, .kind = "", .status = FILE_READ};
    ret->copies = walked->copies;
    ret->findings.count = 0;
    ret->pod_count = 0;
    const char *left_out = walked->left_out ? walked->left_out : walked->named ? NULL : file_sniff(walked->path);
    if (left_out) {
        ret->file.status = walked->failed ? FILE_ERROR : FILE_SKIPPED;
        ret->file.reason = left_out;
        return;
    }
    load_and_judge(&task, walked);
    free(task.verdicts.items);
}
