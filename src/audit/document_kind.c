#include "audit/collect.h"

/* In this order, because a document may look like several: a kind with a narrow mark stands before one that is known
 * by the shape of its content. */
static const struct document_kind *const document_kinds[] = {
    &document_kind_kubernetes,
    &document_kind_compose,
    &document_kind_inspect,
    &document_kind_daemon,
    &document_kind_oci,
    &document_kind_seccomp,
    &document_kind_recording,
    &document_kind_dockerfile,
    &document_kind_lxc,
    &document_kind_apparmor,
    &document_kind_runtime_table,
    NULL,
};

const struct document_kind *document_kind_of(const struct node *root)
{
    for (size_t i = 0; document_kinds[i]; i++)
        if (document_kinds[i]->recognises(root))
            return document_kinds[i];
    return NULL;
}
