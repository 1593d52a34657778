#include "cli/emit_target.h"

#include <errno.h>
#include <string.h>

#include "base/label.h"
#include "cli/emit_manifest.h"

void emit_target_done(struct emit_target_made *made)
{
    fitting_free(made->fitting);
    workload_needs_free(made->needs);
    advice_free(made->advice);
    source_done(&made->source);
    arena_free(made->arena);
}

static const struct emit_output *find_output(const struct emit_outputs *outputs, const char *format)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(outputs->items[i].emitter->name, format) == 0)
            return &outputs->items[i];
    return NULL;
}

/* The program's, as a label: "redis-server" of /usr/bin/redis-server. */
static char *default_container(const struct recording *recording)
{
    const char *command = NULL;
    if (recording->run_count > 0 && recording->runs[0].command_count > 0)
        command = recording_text(recording, recording->runs[0].command[0]);
    const char *slash = command ? strrchr(command, '/') : NULL;
    return label_of(slash ? slash + 1 : command ? command : "", LABEL_MAX, "workload");
}

static int read_manifest(const struct emit_target_options *options, const struct emit_outputs *outputs, struct emit_target_made *made,
                         struct err *err)
{
    if (!options->manifest)
        return 0;
    const struct emit_output *compose = find_output(outputs, "compose");
    const struct manifest_wish wish = {.path = options->manifest,
                                       .workload = options->workload,
                                       .container = options->container,
                                       .compose = compose,
                                       .replaced = compose ? compose->path : NULL,
                                       .kubernetes = find_output(outputs, "pod-patch")};
    return manifest_read(&wish, made->arena, &made->source, &made->target, err);
}

/* Without a manifest --workload is all that is known. */
static int name_workload(const struct emit_target_options *options, struct emit_target_made *made, struct err *err)
{
    struct emit_target *target = &made->target;
    const char *workload = options->workload ? options->workload : "Deployment";
    const char *slash = strchrnul(workload, '/');
    if (target->kind || (options->manifest && !options->workload)) {
        target->kind = target->kind ? target->kind : workload_kind_find("Deployment");
        return 0;
    }
    target->kind = workload_kind_find(arena_dup(made->arena, workload, (size_t)(slash - workload)));
    if (!target->kind)
        return err_set(err, -EINVAL, "--workload takes a kind of Kubernetes such as Deployment or CronJob, and behind a slash a name, not '%.80s'", workload);
    if (*slash && !target_is_subdomain(slash + 1))
        return err_set(err, -EINVAL, "a %s cannot be called '%.80s'", target->kind->name, slash + 1);
    target->name = *slash ? slash + 1 : NULL;
    return 0;
}

static int choose_runtime(const struct emit_target_options *options, struct emit_target_made *made, struct err *err)
{
    const struct advice_choice *choice = &made->advice->choice;
    if (options->runtime_class && *options->runtime_class && !target_is_subdomain(options->runtime_class))
        return err_set(err, -EINVAL, "a RuntimeClass cannot be called '%.80s'", options->runtime_class);
    if (options->runtime_class) {
        made->target.runtime_class = *options->runtime_class ? options->runtime_class : NULL;
        made->target.runtime_class_why = "asked for with --runtime-class";
        made->target.runtime_class_asked = true;
    } else if (choice->platform && choice->platform->class[0]) {
        made->target.runtime_class = choice->platform->class;
        made->target.runtime_class_why = choice->why;
    }
    return 0;
}

/* Where the profiles lie, as the artefacts are to say. The operator installs what it is given under its own name. */
static void name_profiles(const struct emit_outputs *outputs, const char *name, struct emit_target_made *made)
{
    const struct emit_output *seccomp = find_output(outputs, "seccomp");
    bool on_disk = seccomp && strcmp(seccomp->path, "-") != 0;
    made->target.seccomp_file = on_disk ? seccomp->path : "seccomp.json";
    made->target.by_operator = find_output(outputs, "spo");
    made->target.seccomp_profile = arena_printf(made->arena, "%s/%s.json", made->target.by_operator ? "operator" : "profiles", name);
}

int emit_target_make(const struct emit_target_options *options, const struct recording *recording, const struct emit_outputs *outputs,
                     const char *name, struct emit_target_made *ret, struct err *err)
{
    *ret = (struct emit_target_made){.arena = arena_new()};
    int result = read_manifest(options, outputs, ret, err);
    if (result == 0)
        result = name_workload(options, ret, err);
    if (result < 0)
        return result;
    AUTO_FREE char *container = default_container(recording);
    if (!ret->target.container)
        ret->target.container = options->container ? options->container : arena_strdup(ret->arena, container);
    const struct recording *recordings[] = {recording};
    ret->advice = advice_new(recordings, 1, options->margin);
    result = choose_runtime(options, ret, err);
    if (result < 0)
        return result;
    name_profiles(outputs, name, ret);
    ret->needs = workload_needs_new(recording, options->margin);
    ret->fitting = fitting_new(ret->needs, &ret->target);
    return 0;
}
