/*
 * A recording put to profiles: a seccomp profile, an AppArmor profile and a recording, parted by NUL bytes. Whatever is
 * read is judged and reported; a proposed rule is one that AppArmor text can hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/denials.h"
#include "model/recording_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_remedy(const struct denials_remedy *remedy)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = NULL;
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, "profile p {\n");
    apparmor_policy_write_rules(remedy->apparmor, &text);
    buf_add_text(&text, "}\n");
    if (apparmor_policy_parse("remedy", text.data, text.length, &again, NULL) < 0)
        abort();
}

static void check_denials(const struct denials *denials)
{
    for (size_t i = 0; i < denials->count; i++) {
        const struct denial *denial = &denials->items[i];
        if ((denial->outcome == DENIAL_SURE) != (denial->reason == NULL))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *start = (const char *)bytes;
    const char *second = length ? memchr(start, '\0', length) : NULL;
    const char *third = second ? memchr(second + 1, '\0', length - (size_t)(second + 1 - start)) : NULL;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *seccomp = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *apparmor = NULL;
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    AUTO(denials_remedy_done) struct denials_remedy remedy = {0};
    AUTO_DENIALS struct denials denials = {0};
    struct seccomp_context context = {.runc_stub = true};
    if (!third || recording_parse("r", third + 1, length - (size_t)(third + 1 - start), &recording, NULL) < 0)
        return 0;
    denials_note_losses(&denials, recording);
    if (seccomp_policy_parse("s", start, (size_t)(second - start), &seccomp, NULL) == 0)
        (void)denials_add_seccomp(&denials, recording, seccomp, &context, NULL);
    if (apparmor_policy_parse_one("a", second + 1, (size_t)(third - second - 1), NULL, &apparmor, NULL) == 0)
        denials_add_apparmor(&denials, recording, apparmor);
    denials_sort(&denials);
    denials_remedy(&denials, seccomp, apparmor, &remedy);
    check_denials(&denials);
    check_remedy(&remedy);
    return 0;
}
