/*
 * Text of a result as Markdown that GitHub and GitLab render, so that it stands there as it is and does nothing.
 */
#pragma once

#include "base/buf.h"

/* Escapes text (audit_escape, lines kept) and everything in it that Markdown or HTML would read; a line end becomes
 * <br>, so that all of it can stand in a cell of a table. An @ pages nobody. */
void audit_add_markdown(struct buf *out, const char *text);
/* The same within <code>. */
void audit_add_code(struct buf *out, const char *text);
/* A fenced block of its own lines. */
void audit_add_code_block(struct buf *out, const char *text);
