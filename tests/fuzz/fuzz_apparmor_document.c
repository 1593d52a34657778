/* AppArmor text as a document: every profile in it is judged. */
#include "collected_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct document_kind *const kinds[] = {&document_kind_apparmor, NULL};
    if (length < 64 << 10)
        fuzz_collect(bytes, length, apparmor_read, kinds);
    return 0;
}
