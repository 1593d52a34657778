/*
 * An AppArmor policy as a file that stands alone: where it comes from, how to load it, and the profile,
 * without includes. Before anything is handed out it is read back from its own bytes and asked about
 * everything that was recorded.
 */
#include <errno.h>
#include <string.h>

#include "emit/formats.h"
#include "model/apparmor_derive.h"
#include "model/provenance.h"

static void write_method(const struct apparmor_policy *policy, struct buf *out)
{
    size_t denied = 0;
    size_t generalised = 0;
    for (size_t i = 0; i < policy->file_count; i++) {
        denied += policy->files[i].deny;
        generalised += policy->files[i].comment && strstr(policy->files[i].comment, "generalised:");
    }
    if (denied > 0)
        buf_printf(out, "# Deny-list: everything is allowed but for what %zu file rules and the rules above them deny, and but for\n"
                        "# executing programs where none are installed.\n",
                   denied);
    else
        buf_printf(out, "# Allow-list: only what was recorded is allowed, in %zu file rules.\n", policy->file_count);
    if (generalised > 0)
        buf_printf(out, "# %zu rules were generalised; each says why (--generalise=none turns it off).\n", generalised);
    buf_printf(out, "# Load it with: apparmor_parser -r -W FILE; use it with: docker run --security-opt apparmor=%s\n",
               policy->name);
}

static int check_own_bytes(const struct emit_input *input, const struct buf *out, size_t start, struct err *err)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *own = NULL;
    int rc = apparmor_policy_parse("the AppArmor profile just written", out->data + start, out->length - start, &own,
                                   err);
    if (rc < 0 || !input->profile)
        return rc;
    return apparmor_policy_check(own, input->profile->recording, NULL, err);
}

int emit_apparmor(const struct emit_input *input, struct buf *out, struct err *err)
{
    size_t start = out->length;
    AUTO_BUF struct buf text = BUF_INIT;
    if (!input->apparmor)
        return err_set(err, -EINVAL, "there is no AppArmor policy to write");
    emit_origin(input, &text);
    write_method(input->apparmor, &text);
    apparmor_policy_write(input->apparmor, &text);
    if (input->profile)
        (void)provenance_stamp(&text);
    buf_add(out, text.data, text.length);
    return check_own_bytes(input, out, start, err);
}
