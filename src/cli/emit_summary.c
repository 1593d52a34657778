#include "cli/emit_summary.h"

#include <string.h>

#include "cli/command.h"
#include "model/provenance.h"

static void say_counts(const struct profile *profile)
{
    size_t counts[ORIGIN_COUNT] = {0};
    size_t filtered = 0;
    AUTO_BUF struct buf abis = BUF_INIT;
    for (size_t i = 0; i < profile->call_count; i++) {
        if (!profile_writes(profile, &profile->calls[i]))
            continue;
        counts[profile->calls[i].origin]++;
        filtered += profile->calls[i].origin == ORIGIN_OBSERVED && profile->calls[i].match_count > 0;
    }
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis[abi])
            buf_printf(&abis, "%s%s", abis.length ? ", " : "", arch_get(abi)->name);
    say_note("system calls (%s): %zu observed, %zu of them with recorded arguments only; %zu derived, %zu for the "
             "runtime's start-up, %zu base; %zu are refused with EPERM, %zu and all that are not named with ENOSYS",
             buf_text(&abis), counts[ORIGIN_OBSERVED], filtered, counts[ORIGIN_SIBLING], counts[ORIGIN_STARTUP],
             counts[ORIGIN_BASE], counts[ORIGIN_REFUSED], counts[ORIGIN_ENOSYS]);
}

static void say_trust(const struct profile *profile, const struct saturation *saturation)
{
    AUTO_BUF struct buf text = BUF_INIT;
    saturation_describe(saturation, &text);
    say_note("%s%s", text.data,
             saturation_reached(saturation) ? "" : ": trace longer, or more of what the workload does");
    if (recording_complete(profile->recording))
        return;
    buf_clear(&text);
    provenance_losses(profile->recording, &text);
    say_note("the recording is INCOMPLETE: %s; what was lost is missing from the profile", buf_text(&text));
}

static void say_apparmor(const struct apparmor_policy *policy)
{
    size_t allowed = 0;
    size_t denied = 0;
    size_t capabilities = 0;
    for (size_t i = 0; i < policy->file_count; i++)
        *(policy->files[i].deny ? &denied : &allowed) += 1;
    for (size_t i = 0; i < policy->capability_count; i++)
        capabilities += policy->capabilities[i].deny;
    say_note("AppArmor (profile %s): %zu file rule%s, %zu deny; %zu capability rules deny", policy->name, allowed,
             allowed == 1 ? " allows" : "s allow",
             denied, capabilities);
}

static void say_fitting(const struct fitting *fitting)
{
    AUTO_BUF struct buf places = BUF_INIT;
    for (size_t i = 0; i < fitting->places.count && fitting->read_only_root; i++)
        buf_printf(&places, "%s%s", i ? ", " : "", fitting->places.items[i].path);
    if (places.length)
        say_note("an empty volume each for %s: what the image has there is hidden, and what is written is gone with the container",
                 buf_text(&places));
    for (size_t i = 0; i < fitting->note_count; i++)
        say_note("%s", fitting->notes[i]);
}

static void say_files(const struct emit_outputs *outputs)
{
    AUTO_BUF struct buf files = BUF_INIT;
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(outputs->items[i].path, "-") != 0)
            buf_printf(&files, "%s%s", files.length ? ", " : "", outputs->items[i].path);
    if (files.length)
        say_note("wrote %s", buf_text(&files));
}

void emit_summary(const struct emit_input *input, const struct emit_outputs *outputs,
                  const struct saturation *saturation)
{
    const struct profile *profile = input->profile;
    unsigned needs = emit_outputs_needs(outputs);
    if (needs & EMIT_NEEDS_SECCOMP)
        say_counts(profile);
    if (needs & EMIT_NEEDS_APPARMOR)
        say_apparmor(input->apparmor);
    say_trust(profile, saturation);
    for (size_t i = 0; i < profile->note_count && needs & EMIT_NEEDS_SECCOMP; i++)
        say_note("%s", profile->notes[i]);
    if (input->fitting)
        say_fitting(input->fitting);
    say_files(outputs);
}
