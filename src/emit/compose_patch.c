/* An override file for Docker Compose that makes a service fit its recording: docker compose -f compose.yaml -f FILE up. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/human.h"
#include "base/yaml_out.h"
#include "emit/formats.h"
#include "model/capability.h"

struct service {
    struct yaml_out yaml;
    const struct emit_input *input;
    const struct fitting *fitting;
    const struct workload_needs *needs;
};

static bool mounts_places(const struct fitting *fitting)
{
    return fitting->read_only_root && fitting->places.count > 0;
}

static void write_advice(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    yaml_out_commentf(yaml, "Override for the service %s: docker compose -f compose.yaml -f FILE up. Before: the AppArmor profile %s is loaded "
                            "(apparmor_parser -r -W FILE), and %s lies in the project's directory.",
                      service->fitting->target->container, service->input->name, service->fitting->target->seccomp_file);
    yaml_out_comment(yaml, "Lists are joined: what cap_add, devices and security_opt hold in the file that is overridden stays, and is to be taken out there.");
    if (!service->needs->complete)
        yaml_out_comment(yaml, "The recording is INCOMPLETE: what was lost is missing here.");
    if (!service->needs->served)
        yaml_out_comment(yaml, "No serving was recorded, only start-up, or a program that comes to an end: what it does while it serves is not known.");
    for (size_t i = 0; i < service->fitting->note_count; i++)
        yaml_out_commentf(yaml, "Note: %s.", service->fitting->notes[i]);
}

/* Compose puts the value of a variable in the place of $NAME, and one dollar sign in that of two. */
static void write_item(struct yaml_out *yaml, const char *text)
{
    AUTO_BUF struct buf item = BUF_INIT;
    for (; *text; text++)
        buf_printf(&item, *text == '$' ? "$%c" : "%c", *text);
    yaml_out_item_text(yaml, buf_text(&item));
}

static void write_security(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    const char *file = service->fitting->target->seccomp_file;
    AUTO_FREE char *seccomp = mem_printf("seccomp:%s%s", strchr(file, '/') ? "" : "./", file);
    AUTO_FREE char *apparmor = mem_printf("apparmor:%s", service->input->name);
    yaml_out_comment(yaml, "the system calls that were recorded; what is dangerous and was not recorded denied");
    yaml_out_open(yaml, "security_opt");
    write_item(yaml, seccomp);
    write_item(yaml, apparmor);
    if (service->fitting->may_gain) {
        AUTO_FREE char *evidence = fitting_evidence(&service->needs->gains_privilege);
        yaml_out_commentf(yaml, "no no-new-privileges: a set-user-ID program ran: %s", evidence);
    } else {
        yaml_out_comment(yaml, "no set-user-ID program and none with file capabilities ran");
        yaml_out_item_text(yaml, "no-new-privileges:true");
    }
    yaml_out_end(yaml);
}

static void write_capabilities(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    const struct workload_needs *needs = service->needs;
    if (needs->sets_kernel.what) {
        yaml_out_comment(yaml, "privileged is left as it is: see the notes above");
    } else {
        yaml_out_comment(yaml, "privileged, it would have all capabilities and devices, and no profile");
        yaml_out_bool(yaml, "privileged", false);
    }
    yaml_out_flow(yaml, "cap_drop", (const char *const[]){"ALL"}, 1);
    if (needs->capability_count == 0) {
        yaml_out_comment(yaml, "no call needed any capability");
        return;
    }
    yaml_out_open(yaml, "cap_add");
    for (size_t i = 0; i < needs->capability_count; i++) {
        const struct need_capability *need = &needs->capabilities[i];
        const struct data_capabilities *known = capability_get(need->number);
        AUTO_FREE char *evidence = fitting_evidence(&need->evidence);
        yaml_out_commentf(yaml, "%s%s%s%s", evidence, need->evidence.why ? ": " : "", need->evidence.why ? need->evidence.why : "",
                          known ? "" : "; a capability without a name, which is left out");
        if (known)
            yaml_out_item_text(yaml, known->capability + strlen("CAP_"));
    }
    yaml_out_end(yaml);
}

static void write_user(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    const struct need_user *user = &service->needs->user;
    AUTO_FREE char *name = mem_printf("%" PRIu32 ":%" PRIu32, user->id, user->group);
    if (!user->known)
        yaml_out_comment(yaml, "the user is left as it is: the runs were not all made as the same one");
    else if (!user->root)
        yaml_out_commentf(yaml, "recorded as user %" PRIu32 " and group %" PRIu32, user->id, user->group);
    else if (user->root_needed && fitting_binds_only(service->needs))
        yaml_out_comment(yaml, "recorded as root, and needed that for a port below 1024 alone, which Docker lets any user have: another user may do");
    else if (user->root_needed)
        yaml_out_commentf(yaml, "recorded as root, and needed that: see cap_add, which no other user of a container has%s",
                          user->becomes_another ? "; it then takes another user by itself" : "");
    else
        yaml_out_comment(yaml, "the user is left as it is: it was recorded as root, and no call needed that, but which files another user may "
                               "read it does not show. Record it as the user it is to be, and the next file says so.");
    if (user->known && (!user->root || user->root_needed))
        yaml_out_text(yaml, "user", name);
}

static void write_files(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    const struct fitting *fitting = service->fitting;
    yaml_out_comment(yaml, !fitting->read_only_root      ? "it writes where no tmpfs can be put: see the notes above"
                           : fitting->places.count > 0 ? "it writes to the places below and nowhere else"
                                                       : "it changed nothing outside of mounts");
    yaml_out_bool(yaml, "read_only", fitting->read_only_root);
    if (!mounts_places(fitting))
        return;
    yaml_out_commentf(yaml, "Empty when it starts: what the image has at these places is hidden. At least %dm each, because how fast they fill one "
                            "recording does not show.", FITTING_PLACE_MIB);
    yaml_out_open(yaml, "tmpfs");
    for (size_t i = 0; i < fitting->places.count; i++) {
        const struct need_place *place = &fitting->places.items[i];
        AUTO_FREE char *evidence = fitting_evidence(&place->evidence);
        /* Docker makes every tmpfs noexec that does not say otherwise. */
        struct path_use use;
        workload_needs_path(service->needs, place->path, &(struct need_mounts){0}, &use);
        AUTO_FREE char *mount =
            mem_printf("%s:size=%" PRIu64 "m,mode=1777,nosuid,nodev%s", place->path, fitting->place_mib, use.executed ? ",exec" : "");
        yaml_out_commentf(yaml, "%zu path%s changed here: %s", place->paths, place->paths == 1 ? "" : "s", evidence);
        write_item(yaml, mount);
    }
    yaml_out_end(yaml);
}

static void write_limits(struct service *service)
{
    struct yaml_out *yaml = &service->yaml;
    const struct advice_limits *limits = &service->needs->limits;
    uint64_t in_memory = mounts_places(service->fitting) ? service->fitting->place_mib * service->fitting->places.count : 0;
    if (limits->memory_limit_mib > 0) {
        AUTO_FREE char *memory = mem_printf("%" PRIu64 "m", limits->memory_limit_mib + in_memory);
        char peak[HUMAN_MAX];
        yaml_out_commentf(yaml, "%s at its peak, and %u%% (--margin)%s",
                          human_bytes(service->needs->load.peak_memory_bytes, peak), limits->margin, in_memory ? "; the size of each tmpfs, which counts" : "");
        yaml_out_text(yaml, "mem_limit", memory);
    }
    if (limits->cpu_limit_milli > 0) {
        yaml_out_commentf(yaml, "%" PRIu64 "m in the mean; in whole processors, because bursts were not measured", limits->cpu_mean_milli);
        yaml_out_u64(yaml, "cpus", limits->cpu_limit_milli / 1000);
    }
    if (limits->pids_limit > 0) {
        yaml_out_commentf(yaml, "processes at once: %" PRIu64 ", threads: %" PRIu64 ", and %u%%; at least %d are left free",
                          service->needs->load.peak_processes, service->needs->load.peak_threads, limits->margin, ADVICE_SPARE_TASKS);
        yaml_out_u64(yaml, "pids_limit", limits->pids_limit);
    }
    const struct emit_target *target = service->fitting->target;
    if (target->runtime_class)
        yaml_out_comment(yaml, target->runtime_class_why);
    /* The advice names a RuntimeClass; what Docker calls that runtime is for whoever installed it. */
    if (target->runtime_class && target->runtime_class_asked)
        yaml_out_text(yaml, "runtime", target->runtime_class);
}

static int check_places(const struct fitting *fitting, struct err *err)
{
    for (size_t i = 0; i < fitting->places.count && fitting->read_only_root; i++)
        if (strchr(fitting->places.items[i].path, ':'))
            return err_set(err, -ENOTSUP, "Compose cannot mount a tmpfs at %.200s: it takes what stands behind a colon for options",
                           fitting->places.items[i].path);
    return 0;
}

int emit_compose(const struct emit_input *input, struct buf *out, struct err *err)
{
    struct service service = {.input = input, .fitting = input->fitting, .needs = input->fitting->needs};
    int result = target_check_service(input->fitting->target->container, err);
    if (result == 0)
        result = check_places(input->fitting, err);
    if (result < 0)
        return result;
    emit_origin(input, out);
    yaml_out_init(&service.yaml, out);
    write_advice(&service);
    yaml_out_open(&service.yaml, "services");
    yaml_out_open(&service.yaml, input->fitting->target->container);
    write_security(&service);
    write_capabilities(&service);
    write_user(&service);
    write_files(&service);
    write_limits(&service);
    yaml_out_end(&service.yaml);
    yaml_out_end(&service.yaml);
    return 0;
}
