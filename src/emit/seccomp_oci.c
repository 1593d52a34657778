#include "emit/formats.h"
#include "emit/seccomp_object.h"

int emit_seccomp_oci(const struct emit_input *input, struct buf *out, struct err *err)
{
    (void)err;
    struct seccomp_context context = emit_context(input);
    seccomp_object_write(input->seccomp, &context, out);
    return 0;
}
