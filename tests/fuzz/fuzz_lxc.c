/* An LXC configuration, or, when it begins with "config", an instance of Incus. */
#include "collected_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct document_kind *const kinds[] = {&document_kind_lxc, NULL};
    if (length == 0)
        return 0;
    (void)lxc_recognises((const char *)bytes, length);
    if (length > 6 && memcmp(bytes, "config", 6) == 0)
        fuzz_collect(bytes, length, yaml_read, kinds);
    else
        fuzz_collect(bytes, length, lxc_read, kinds);
    return 0;
}
