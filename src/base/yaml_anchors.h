/*
 * The anchors of a YAML document: what an alias stands for, and how much it unfolds to.
 */
#pragma once

#include "base/intern.h"
#include "base/node.h"

#define YAML_NO_ANCHOR INTERN_NONE

struct yaml_anchor {
    const struct node *node;
    size_t document;
    size_t unfolded; /* nodes, aliases inside unfolded */
    unsigned height; /* levels: 0 of a scalar */
    bool ended;      /* an alias may stand for it only then */
};

struct yaml_anchors;

struct yaml_anchors *yaml_anchors_new(void);
void yaml_anchors_free(struct yaml_anchors *anchors);
MEM_DEFINE_CLEANUP(struct yaml_anchors *, yaml_anchors_free)
/* A document ends, and its anchors with it. */
void yaml_anchors_forget(struct yaml_anchors *anchors);
/* A scalar. A name that is there already now means this one. */
void yaml_anchors_set(struct yaml_anchors *anchors, const char *name, const struct node *scalar);
/* A list or map begins; gives a number for its end. */
uint32_t yaml_anchors_begin(struct yaml_anchors *anchors, const char *name, const struct node *node);
/* The list or map ends. Nothing happens for YAML_NO_ANCHOR, or when the name has come to mean something else. */
void yaml_anchors_end(struct yaml_anchors *anchors, uint32_t number, const struct node *node, size_t unfolded,
                      unsigned height);
/* NULL when there is none in this document. */
const struct yaml_anchor *yaml_anchors_find(const struct yaml_anchors *anchors, const char *name);
