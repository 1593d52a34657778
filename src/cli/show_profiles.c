#include "cli/show.h"

#include <errno.h>
#include <string.h>

#include "base/strings.h"
#include "cli/command.h"
#include "emit/formats.h"
#include "model/capability.h"
#include "model/default_profile.h"
#include "report/breadth_report.h"

/* Everything that is judged. */
struct gathered {
    struct seccomp_context context;
    struct breadth_entry *entries;
    size_t count;
    size_t capacity;
    char **texts; /* names made up for entries */
    size_t text_count;
};

static void gathered_done(struct gathered *gathered)
{
    for (size_t i = 0; i < gathered->count; i++)
        breadth_done(&gathered->entries[i].breadth);
    free(gathered->entries);
    strings_free(&gathered->texts, &gathered->text_count);
}

static struct breadth_entry *add_entry(struct gathered *gathered, const char *name, const char *about, bool is_apparmor)
{
    MEM_GROW(gathered->entries, gathered->count, gathered->capacity);
    struct breadth_entry *entry = &gathered->entries[gathered->count++];
    *entry = (struct breadth_entry){.name = name, .about = about, .is_apparmor = is_apparmor};
    return entry;
}

/* Borrowed from gathered. */
static const char *keep(struct gathered *gathered, const char *text)
{
    strings_add(&gathered->texts, &gathered->text_count, text);
    return gathered->texts[gathered->text_count - 1];
}

static int add_seccomp(struct gathered *gathered, const char *name, const char *about, const struct seccomp_policy *policy, struct err *err)
{
    struct breadth breadth;
    int r = breadth_of_seccomp(policy, &gathered->context, &breadth, err);
    if (r == 0)
        add_entry(gathered, name, about, false)->breadth = breadth;
    return r;
}

static void add_apparmor(struct gathered *gathered, const char *name, const char *about, const struct apparmor_policy *policy)
{
    struct breadth_entry *entry = add_entry(gathered, name, about, true);
    breadth_of_apparmor(policy, gathered->context.capabilities, &entry->breadth);
}

/* Each profile of the file; where there are several, by both names. */
static int add_apparmor_file(struct gathered *gathered, const char *name, const struct apparmor_file *file, struct err *err)
{
    if (file->profile_count == 0)
        return err_set(err, -EINVAL, "%s: there is no profile", name);
    for (size_t i = 0; i < file->profile_count; i++) {
        const struct apparmor_policy *policy = file->profiles[i];
        bool alone = file->profile_count == 1;
        AUTO_FREE char *words = alone ? mem_printf("the profile %s", policy->name) : mem_printf("%s (%s)", name, policy->name);
        const char *kept = keep(gathered, words);
        add_apparmor(gathered, alone ? name : kept, alone ? kept : NULL, policy);
    }
    return 0;
}

static int add_input(struct gathered *gathered, const char *name, const struct diff_input *input, struct err *err)
{
    if (input->seccomp)
        return add_seccomp(gathered, name, NULL, input->seccomp, err);
    return add_apparmor_file(gathered, name, input->apparmor, err);
}

/* ---- what runtimes ship --------------------------------------------------------------------------------------- */

/* One engine's default of one kind. */
static int add_default(struct gathered *gathered, const struct data_default_profiles *row, bool is_apparmor, bool is_reference, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *seccomp = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *apparmor = NULL;
    AUTO_FREE char *text = mem_printf("%s's default", row->title);
    AUTO_FREE char *source = mem_printf("that of %s", is_apparmor ? row->apparmor_source : row->seccomp_source);
    const char *name = keep(gathered, text), *about = keep(gathered, source);
    int r = is_apparmor ? default_profile_apparmor(row->engine, &apparmor, err) : default_profile_seccomp(row->engine, &seccomp, err);
    if (r == 0 && is_apparmor)
        add_apparmor(gathered, name, about, apparmor);
    else if (r == 0)
        r = add_seccomp(gathered, name, about, seccomp, err);
    if (r == 0)
        gathered->entries[gathered->count - 1].is_reference = is_reference;
    return r;
}

static bool is_asked_for(const struct show *show, const char *engine)
{
    return strings_contain(show->engines, show->engine_count, engine);
}

static bool has_kind(const struct gathered *gathered, bool is_apparmor)
{
    for (size_t i = 0; i < gathered->count; i++)
        if (gathered->entries[i].is_apparmor == is_apparmor)
            return true;
    return false;
}

/* Beside profiles of a kind: those of the runtimes, and none. */
static int add_references(struct gathered *gathered, const struct show *show, bool is_apparmor, struct err *err)
{
    if (!has_kind(gathered, is_apparmor))
        return 0;
    for (size_t i = 0; i < data_default_profiles_count; i++) {
        int r = is_asked_for(show, data_default_profiles[i].engine)
                    ? 0
                    : add_default(gathered, &data_default_profiles[i], is_apparmor, true, err);
        if (r < 0)
            return r;
    }
    struct breadth_entry *entry = add_entry(gathered, "unconfined", NULL, is_apparmor);
    entry->is_reference = true;
    if (is_apparmor)
        breadth_of_unconfined_apparmor(gathered->context.capabilities, &entry->breadth);
    else
        breadth_of_unconfined_seccomp(&gathered->context, &entry->breadth);
    return 0;
}

static int gather(struct gathered *gathered, const struct show *show, const struct diff_input *inputs, struct err *err)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < show->file_count; i++)
        r = add_input(gathered, show->files[i], &inputs[i], err);
    for (size_t i = 0; r == 0 && i < show->engine_count; i++) {
        const struct data_default_profiles *row = default_profile_of(show->engines[i]);
        r = add_default(gathered, row, false, false, err);
        r = r == 0 ? add_default(gathered, row, true, false, err) : r;
    }
    r = r == 0 ? add_references(gathered, show, false, err) : r;
    return r == 0 ? add_references(gathered, show, true, err) : r;
}

/* ---- printing --------------------------------------------------------------------------------------------------- */

static const char *capabilities_in_words(const char *typed, struct buf *out)
{
    if (strcmp(typed, "docker") == 0)
        return "Docker's default capabilities";
    if (strcmp(typed, "none") == 0)
        return "no capability";
    if (strcmp(typed, "all") == 0)
        return "all capabilities";
    buf_printf(out, "the capabilities %s", typed);
    return buf_text(out);
}

static int judge(const struct show *show, const struct diff_input *inputs)
{
    AUTO(gathered_done) struct gathered gathered = {.context = {.native = ABI_X86_64}};
    AUTO_BUF struct buf words = BUF_INIT;
    struct err err = ERR_INIT;
    if (capability_set_parse(show->capabilities, &gathered.context.capabilities, &err) < 0 || gather(&gathered, show, inputs, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    const struct breadth_report report = {.entries = gathered.entries, .count = gathered.count, .capabilities = gathered.context.capabilities,
                                          .capabilities_as = capabilities_in_words(show->capabilities, &words)};
    if (show->format == SHOW_JSON)
        breadth_json(&report, stdout);
    else
        breadth_text(&report, &sheet);
    return STATUS_CLEAN;
}

/* ---- as a file ---------------------------------------------------------------------------------------------------- */

static int print_seccomp(const struct seccomp_policy *policy, struct err *err)
{
    AUTO_BUF struct buf text = BUF_INIT;
    const struct emit_input input = {.seccomp = policy};
    int r = emit_seccomp_json(&input, &text, err);
    if (r == 0)
        (void)fwrite(text.data, 1, text.length, stdout);
    return r;
}

static int print_apparmor(const struct apparmor_policy *policy)
{
    AUTO_BUF struct buf text = BUF_INIT;
    apparmor_policy_write(policy, &text);
    (void)fwrite(text.data, 1, text.length, stdout);
    return 0;
}

static int print_apparmor_file(const struct apparmor_file *file)
{
    AUTO_BUF struct buf text = BUF_INIT;
    apparmor_file_write(file, &text);
    (void)fwrite(text.data, 1, text.length, stdout);
    return 0;
}

static int print_default(const struct show *show, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *seccomp = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *apparmor = NULL;
    if (show->format == SHOW_APPARMOR) {
        int r = default_profile_apparmor(show->engines[0], &apparmor, err);
        return r < 0 ? r : print_apparmor(apparmor);
    }
    int r = default_profile_seccomp(show->engines[0], &seccomp, err);
    return r < 0 ? r : print_seccomp(seccomp, err);
}

static int print_file(const struct show *show, const struct diff_input *inputs)
{
    struct err err = ERR_INIT;
    if (show->file_count + show->engine_count != 1) {
        say_error("--format seccomp and --format apparmor print one profile");
        return STATUS_FAILED;
    }
    int r = -1;
    if (show->engine_count)
        r = print_default(show, &err);
    else if (show->format == SHOW_SECCOMP && inputs[0].seccomp)
        r = print_seccomp(inputs[0].seccomp, &err);
    else if (show->format == SHOW_APPARMOR && inputs[0].apparmor)
        r = print_apparmor_file(inputs[0].apparmor);
    else
        (void)err_set(&err, -EINVAL, "%s is no %s profile", show->files[0], show->format == SHOW_SECCOMP ? "seccomp" : "AppArmor");
    return r < 0 ? say_failure(&err, STATUS_FAILED) : STATUS_CLEAN;
}

int show_profiles(const struct show *show, const struct diff_input *inputs)
{
    return show->format == SHOW_SECCOMP || show->format == SHOW_APPARMOR ? print_file(show, inputs) : judge(show, inputs);
}
