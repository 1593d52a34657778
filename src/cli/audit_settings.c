#include "cli/audit_settings.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/nearest.h"

static const char project_file[] = ".profgen.yaml";

void audit_settings_done(struct audit_settings *settings)
{
    strings_free(&settings->only, &settings->only_count);
    strings_free(&settings->skip, &settings->skip_count);
    strings_free(&settings->rules, &settings->rules_count);
    strings_free(&settings->exclude, &settings->exclude_count);
    strings_free(&settings->recordings, &settings->recordings_count);
    used_recordings_free(settings->used);
    rule_set_free(settings->rule_set);
    arena_free(settings->arena);
    *settings = (struct audit_settings){0};
}

static int read_project(struct audit_settings *settings, struct err *err)
{
    struct stat status;
    if (settings->no_config)
        return 0;
    if (settings->config)
        return project_read(settings->config, settings->arena, &settings->project, err);
    if (stat(project_file, &status) < 0)
        return 0;
    /* Nobody asked for it by name, so nothing may come of it but what a file can hold: a pipe would never end. */
    if (!S_ISREG(status.st_mode))
        return err_set(err, -EINVAL, "cannot read %s: it is no regular file; --no-config does without it", project_file);
    return project_read(project_file, settings->arena, &settings->project, err);
}

static int read_severity(const char *option, const char *text, enum severity *ret, struct err *err)
{
    if (!text || severity_parse(text, ret))
        return 0;
    bool never = strcmp(option, "fail-on") == 0;
    return err_set(err, -EINVAL, "--%s takes info, low, medium, high%s critical%s, not '%s'", option, never ? "," : " or",
                   never ? " or never" : "", text);
}

static int read_levels(struct audit_settings *settings, struct err *err)
{
    const struct project *project = &settings->project;
    const char *fail_on = settings->fail_on ? settings->fail_on : project->fail_on;
    const char *pss = settings->pss ? settings->pss : project->pss;
    settings->fail_from = SEVERITY_HIGH;
    settings->least = SEVERITY_INFO;
    settings->judge = (struct judge_options){.minor = PSS_VERSION_NEWEST};
    int failed = 0;
    if (fail_on && strcmp(fail_on, "never") == 0)
        settings->fail_from = SEVERITY_COUNT;
    else
        failed = read_severity("fail-on", fail_on, &settings->fail_from, err);
    if (failed == 0)
        failed = read_severity("severity", settings->severity ? settings->severity : project->severity, &settings->least, err);
    if (failed < 0 || !pss)
        return failed;
    settings->judge.pss = true;
    /* A level is met or it is not. */
    if (!fail_on)
        settings->fail_from = SEVERITY_INFO;
    if (!pss_parse(pss, &settings->judge.level, &settings->judge.minor))
        return err_set(err, -EINVAL, "--pss takes baseline or restricted, with a version if need be (restricted@1.29), not '%s'", pss);
    if (settings->judge.minor > PSS_VERSION_NEWEST) {
        say_note("the Pod Security Standards are known up to Kubernetes 1.%d, by which pods are judged", PSS_VERSION_NEWEST);
        settings->judge.minor = PSS_VERSION_NEWEST;
    }
    return 0;
}

/* from: "" for an option, else the project file and a colon. */
static int refuse_rule(const struct audit_settings *settings, const char *from, const char *name, struct err *err)
{
    struct nearest nearest = nearest_init(name);
    for (size_t i = 0; i < rule_set_count(settings->rule_set); i++) {
        nearest_offer(&nearest, rule_set_get(settings->rule_set, i)->info.id);
        nearest_offer(&nearest, rule_set_get(settings->rule_set, i)->info.name);
    }
    if (nearest.word)
        return err_set(err, -EINVAL, "%sthere is no rule '%s'; did you mean %s?", from, name, nearest.word);
    return err_set(err, -EINVAL, "%sthere is no rule '%s'; profgen explain --list lists them", from, name);
}

static int add_rules(struct audit_settings *settings, struct err *err)
{
    const struct project *project = &settings->project;
    settings->rule_set = rule_set_new();
    if (project->lists)
        rule_set_add_lists(settings->rule_set, project->lists);
    int failed = rule_set_add_built_in(settings->rule_set, err);
    for (size_t i = 0; i < project->rules_count && failed == 0; i++)
        failed = rule_set_add_directory(settings->rule_set, project->rules[i], err);
    for (size_t i = 0; i < settings->rules_count && failed == 0; i++)
        failed = rule_set_add_directory(settings->rule_set, settings->rules[i], err);
    return failed;
}

static int skip_rules(struct audit_settings *settings, const char *from, char *const *patterns, size_t count,
                      struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!rule_set_skip(settings->rule_set, patterns[i]))
            return refuse_rule(settings, from, patterns[i], err);
    return 0;
}

static int choose_rules(struct audit_settings *settings, struct err *err)
{
    const struct project *project = &settings->project;
    struct rule_set *set = settings->rule_set;
    const char *unknown = NULL;
    AUTO_FREE char *from = project->path ? mem_printf("%s: ", project->path) : NULL;
    for (size_t i = 0; i < project->grade_count; i++)
        if (!rule_set_grade(set, project->grades[i].rule, project->grades[i].severity))
            return refuse_rule(settings, from, project->grades[i].rule, err);
    int failed = skip_rules(settings, from, project->skip, project->skip_count, err);
    if (failed == 0)
        failed = skip_rules(settings, "", settings->skip, settings->skip_count, err);
    if (failed < 0)
        return failed;
    bool own = settings->only_count > 0;
    if ((own || project->only_count > 0) &&
        !rule_set_keep_only(set, own ? settings->only : project->only,
                            own ? settings->only_count : project->only_count, &unknown))
        return refuse_rule(settings, own ? "" : from, unknown, err);
    return 0;
}

/* Those of the command line take the place of the project's. */
static int read_recordings(struct audit_settings *settings, struct err *err)
{
    const struct project *project = &settings->project;
    bool own = settings->recordings_count > 0;
    size_t count = own ? settings->recordings_count : project->recordings_count;
    char *const *specs = own ? settings->recordings : project->recordings;
    if (count == 0)
        return 0;
    settings->used = used_recordings_new();
    for (size_t i = 0; i < count; i++) {
        int failed = used_recordings_add(settings->used, specs[i], err);
        if (failed < 0)
            return failed;
    }
    used_recordings_prepare(settings->used);
    return 0;
}

static int check_profile_root(const struct audit_settings *settings, struct err *err)
{
    struct stat status;
    const char *root = settings->profile_root;
    int failed = !root ? 0 : stat(root, &status) < 0 ? -errno : S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    return failed < 0 ? err_set(err, failed, "cannot look for profiles in %s: %s", root, strerror(-failed)) : 0;
}

int audit_settings_resolve(struct audit_settings *settings, struct err *err)
{
    settings->arena = arena_new();
    int failed = read_project(settings, err);
    if (failed == 0)
        failed = read_levels(settings, err);
    if (failed == 0)
        failed = add_rules(settings, err);
    if (failed == 0)
        failed = choose_rules(settings, err);
    if (failed == 0)
        failed = check_profile_root(settings, err);
    if (failed == 0)
        failed = read_recordings(settings, err);
    if (failed < 0)
        return failed;
    settings->strict = settings->strict || settings->project.strict;
    if (!settings->baseline)
        settings->baseline = settings->project.baseline;
    for (size_t i = 0; i < settings->project.exclude_count; i++)
        strings_add(&settings->exclude, &settings->exclude_count, settings->project.exclude[i]);
    return 0;
}
