#include "cli/emit_prove.h"

#include "emit/proof.h"

/* The other formats are made from the same policy, so the policy itself is always proved in its JSON form. */
static int prove_policy(const struct emit_input *input, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    const struct emitter *json = emitter_by_name("seccomp");
    int result = json->emit(input, &bytes, err);
    return result < 0 ? result : proof_seccomp(input->profile, json->name, buf_text(&bytes), bytes.length, err);
}

int emit_prove(const struct emit_input *input, const struct emit_outputs *outputs, struct err *err)
{
    int result = emit_outputs_needs(outputs) & EMIT_NEEDS_SECCOMP ? prove_policy(input, err) : 0;
    for (size_t i = 0; i < outputs->count && result == 0; i++) {
        const struct emit_output *output = &outputs->items[i];
        const char *bytes = buf_text(&output->bytes);
        if (output->emitter->check)
            result = output->emitter->check(input, &output->bytes, err);
        else if (output->emitter->needs & EMIT_NEEDS_APPARMOR) /* the emitter has asked it about everything recorded */
            result = proof_apparmor(bytes, output->bytes.length, err);
        else if (*bytes == '{')
            result = proof_seccomp(input->profile, output->emitter->name, bytes, output->bytes.length, err);
    }
    return result;
}
