/* Where an artefact comes from, for formats whose comments are lines that begin with #. */
#include <string.h>

#include "emit/formats.h"
#include "model/provenance.h"

void emit_origin(const struct emit_input *input, struct buf *out)
{
    if (!input->profile)
        return;
    AUTO_BUF struct buf line = BUF_INIT;
    provenance_describe(input->profile->recording, &line);
    for (const char *at = buf_text(&line); *at;) {
        const char *end = strstr(at, "; ");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        buf_printf(out, "# %.*s\n", (int)length, at);
        at += length + (end ? 2 : 0);
    }
}
