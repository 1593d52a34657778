/* Whatever a Dockerfile holds, its tree is whole and its image is described, in memory that does not grow beyond measure. */
#include "collected_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct document_kind *const kinds[] = {&document_kind_dockerfile, NULL};
    (void)dockerfile_recognises((const char *)bytes, length);
    fuzz_collect(bytes, length, dockerfile_read, kinds);
    return 0;
}
