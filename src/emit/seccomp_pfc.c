#include "emit/formats.h"
#include "emit/seccomp_filter.h"

int emit_seccomp_pfc(const struct emit_input *input, struct buf *out, struct err *err)
{
    struct seccomp_context context = emit_context(input);
    struct seccomp_filter_options options = {.hot_first = input->profile != NULL};
    struct seccomp_filter_notes notes = {0};
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    int r = seccomp_filter_new(input->seccomp, &context, &options, &filter, &notes, err);
    if (r < 0)
        return r;
    emit_origin(input, out);
    if (notes.by_number)
        buf_printf(out, "# %zu calls, %s among them, stand as numbers: the installed libseccomp does not know them.\n",
                   notes.by_number, notes.first_by_number);
    if (notes.left_out)
        buf_printf(out, "# %zu calls, %s on %s among them, are left out: the installed libseccomp does not know them.\n",
                   notes.left_out, notes.first_left_out, arch_get(notes.first_left_out_abi)->name);
    return seccomp_filter_listing(filter, out, err);
}
