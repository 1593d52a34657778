/* JSON as OCI configurations, profiles and recordings; what begins with a bracket as the TOML of a runtime table. */
#include "collected_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct document_kind *const kinds[] = {&document_kind_oci, &document_kind_seccomp, &document_kind_recording,
                                                        &document_kind_apparmor, &document_kind_runtime_table, NULL};
    if (length > 0 && bytes[0] == '[')
        fuzz_collect(bytes, length, toml_read, kinds);
    else
        fuzz_collect(bytes, length, json_read, kinds);
    return 0;
}
