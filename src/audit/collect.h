/*
 * From documents to subjects: one file and one row for each kind of document.
 *
 * Adding a kind is a file with a `const struct document_kind` and a row in document_kinds[] (document_kind.c).
 */
#pragma once

#include "audit/context.h"
#include "audit/subject.h"
#include "base/node.h"

struct profile_shelf;
struct source;

/* Takes what a document holds, in the order of the file. */
struct collector {
    struct arena *arena;           /* of the file: everything derived lives here */
    struct context *context;       /* what is known across files; locks itself */
    uint32_t file;                 /* its number, by which it may be judged again (profile_pool.h) */
    bool wants;                    /* profiles that are not there, and that other files may have */
    const char *path;              /* of the file, for references to files beside it */
    struct source *source;         /* its bytes, from which places in text within text are told; NULL: unknown */
    const char *replaced;          /* a file that is to be written anew, and so is no part of a Compose project; NULL: none */
    const char *profile_root;      /* where the profiles of a node lie; NULL: beside the file */
    struct profile_shelf *shelf;   /* profile_source.c: the profiles that were opened for this file; NULL: none yet */
    struct node *named_profiles;   /* named_profile.c: those that were judged for this file; NULL: none yet */
    void (*add)(struct collector *self, const struct subject *subject);
    /* Something of the document could not be seen (an unresolved include, a template): the file becomes FILE_ERROR
     * with this reason, and what could be seen is judged all the same. where may be NULL. */
    void (*miss)(struct collector *self, const struct node *where, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    /* The document is understood and there is nothing in it to judge here (an image's description; a file that is judged
     * as part of another): FILE_SKIPPED with this reason unless the file holds something else. May be NULL. */
    void (*skip)(struct collector *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
};

struct document_kind {
    const char *name; /* "kubernetes": audit_file.kind */
    /* From the content alone, never from the file's name; of the first few keys, since it is asked of every document. */
    bool (*recognises)(const struct node *root);
    /* Before any document of the file is collected: puts the profiles that the document brings on the file's shelf (profile_shelf.h). May be NULL. */
    void (*offer)(struct collector *collector, const struct node *root);
    /* Calls add for every subject, and tells context what other files may need. */
    void (*collect)(struct collector *collector, const struct node *root);
};

/* The first that recognises the root, or NULL. */
const struct document_kind *document_kind_of(const struct node *root);

extern const struct document_kind document_kind_kubernetes; /* kubernetes*.c */
extern const struct document_kind document_kind_compose;    /* compose*.c */
extern const struct document_kind document_kind_daemon;     /* docker_daemon.c */
extern const struct document_kind document_kind_inspect;    /* docker_inspect.c: Docker's and Podman's */
extern const struct document_kind document_kind_oci;        /* oci_config.c */
extern const struct document_kind document_kind_dockerfile; /* dockerfile.c: from the tree of dockerfile_read */
extern const struct document_kind document_kind_lxc;        /* lxc.c: from the tree of lxc_read */
extern const struct document_kind document_kind_runtime_table; /* runtime_table.c: containerd's and CRI-O's TOML */
extern const struct document_kind document_kind_seccomp;    /* profile_document.c */
extern const struct document_kind document_kind_apparmor;   /* apparmor_document.c: from the tree of apparmor_read */
extern const struct document_kind document_kind_recording;  /* profile_document.c: profgen's own */

/* ---- derived values that several of them need (facts.c) ------------------------------------------------------ */

/* "registry:5000/team/app:1.2@sha256:…" taken apart as the distribution reference grammar does; a registry is the part
 * before the first slash when it has a dot, a colon, or is localhost. */
struct node *facts_image(struct arena *arena, const struct node *reference);
/* A Kubernetes quantity ("1.5Gi", "500m", "1e3") in thousandths; false when it is none. */
bool facts_quantity(const char *text, int64_t *ret_thousandths);
/* A Docker size ("512m", "1gb", "64KiB" or an integer) in bytes; false when it is none. */
bool facts_bytes(const char *text, int64_t *ret);
/* "CAP_SYS_ADMIN", "sys_admin" → "SYS_ADMIN". */
struct node *facts_capability(struct arena *arena, const struct node *name);
/* Fills capabilities.effective from add and drop; the default set is of "docker", "podman", "cri-o", "containerd" or "lxc"
 * (profiles/default_capabilities.csv). */
void facts_effective_capabilities(struct arena *arena, struct node *capabilities, const char *engine, bool privileged);
/* An absolute path without ".", "..", "//" and a trailing slash; other text as it is. */
const char *facts_path(struct arena *arena, const char *path);
/* Strings of a list (or one scalar, split by blanks) joined with blanks. */
struct node *facts_command(struct arena *arena, const struct node *one, const struct node *two);
