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
        counts[profile->calls[i].origin]++;
        filtered += profile->calls[i].origin == ORIGIN_OBSERVED && profile->calls[i].match_count > 0;
    }
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (profile->abis[abi])
            buf_printf(&abis, "%s%s", abis.length ? ", " : "", arch_get(abi)->name);
    say_note("system calls (%s): %zu observed, %zu of them with recorded arguments only; %zu derived, %zu for the "
             "runtime's start-up, %zu base; %zu answer ENOSYS, %zu are refused with EPERM",
             buf_text(&abis), counts[ORIGIN_OBSERVED], filtered, counts[ORIGIN_SIBLING], counts[ORIGIN_STARTUP],
             counts[ORIGIN_BASE], counts[ORIGIN_ENOSYS], counts[ORIGIN_REFUSED]);
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

void emit_summary(const struct profile *profile, const struct saturation *saturation)
{
    say_counts(profile);
    say_trust(profile, saturation);
    for (size_t i = 0; i < profile->note_count; i++)
        say_note("%s", profile->notes[i]);
}
