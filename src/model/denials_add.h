/* Adding to the list, for src/model/denials*.c alone. */
#pragma once

#include "model/denials.h"

/* Of that kind, certain, of no image and without a time; borrowed until the next one is added. */
struct denial *denials_add(struct denials *denials, enum denial_kind kind);
