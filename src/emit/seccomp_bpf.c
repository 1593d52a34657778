#include "emit/formats.h"
#include "emit/seccomp_filter.h"

/* A policy made from a profile names hot calls first; any other one is compiled as runtimes do. */
int emit_seccomp_bpf(const struct emit_input *input, struct buf *out, struct err *err)
{
    struct seccomp_context context = emit_context(input);
    struct seccomp_filter_options options = {.hot_first = input->profile != NULL};
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    int r = seccomp_filter_new(input->seccomp, &context, &options, &filter, NULL, err);
    return r < 0 ? r : seccomp_filter_program(filter, out, err);
}
