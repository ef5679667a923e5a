/* SPDX-License-Identifier: MIT */
#include "tiny_call.h"

/*
 * The steps of a free: the extent before is joined, then the one behind; then what came of
 * it goes to a list. Each may find something that is overwritten, or the top: from there
 * on the slow copy goes on, which reports. (One without the call that reports would need
 * no stack.)
 */
typedef struct freed {
    uintptr_t start;
    granule length;
} freed;

/* The length of the extent before p, which is free. Is it as long as its header says? */
TINY_STEP hak_word length_before(uintptr_t p) { return *tiny_last_word(p); }
TINY_STEP bool is_as_long(uintptr_t p, hak_word length)
{
    return length << GRANULE_SHIFT <= p - tiny.base &&
           tiny_free_length(tiny_says(p - (length << GRANULE_SHIFT))) == length;
}

TINY_STEP void finish(uintptr_t p, granule length)
{
    tiny_say_free(p, length);
    tiny_insert(p, length);
}

static void finish_slowly(freed f, bool is_top)
{
    if (!is_top) {
        finish(f.start, f.length);
        return;
    }
    tiny_say_free(f.start, f.length);
    tiny_set_top(f.start, f.length);
}

/* The extent at q, which lies behind. true: it was the top. */
static bool join_behind(freed *f, uintptr_t q)
{
    hak_word says = tiny_says(q);
    if (!tiny_is_after_block(says)) {
        tiny.corrupt = q;
        return false;
    }
    if ((says & TINY_BLOCK) != 0) {
        *tiny_header(q) ^= TINY_AFTER_FREE;
        return false;
    }
    granule more = tiny_length_of(says);
    f->length += more;
    *tiny_header(q) = 0;
    return tiny_leave_somehow(q, more);
}

static bool join_before(freed *f)
{
    uintptr_t p = f->start, q;
    hak_word says = length_before(p);
    granule more = (granule)says;
    if (!is_as_long(p, says)) {
        tiny.corrupt = p;
        return false;
    }
    q = p - ((uintptr_t)more << GRANULE_SHIFT);
    *tiny_header(p) = 0;
    *f = (freed){q, f->length + more};
    return tiny_leave_somehow(q, more);
}

void tiny_give(uintptr_t p, hak_word says)
{
    freed f = {p, tiny_length_of(says)};
    uintptr_t q = tiny_behind(p, f.length);
    bool is_top = (says & TINY_AFTER_FREE) != 0 && join_before(&f);
    is_top |= join_behind(&f, q);
    finish_slowly(f, is_top);
}

/* The whole of it, slowly. Masked; leaves the mask. */
static TINY_COLD void free_slowly(uintptr_t p, hak_mask state, const void *call_site)
{
    if (p == 0) {
        hak_port_unmask(state);
        return;
    }
    hak_word says = tiny_block((const void *)p, state, call_site);
    if (says == 0)
        return;
    tiny_count_given(tiny_length_of(says));
    tiny_give(p, says);
    tiny_end(state, call_site);
}

/* Two lengths in one argument: a fifth one would be on the stack. */
TINY_STEP uint32_t both(granule a, granule b) { return (uint32_t)a << 16 | b; }

/* The extent p, which is joined with what is behind it, is still to leave its list. */
static TINY_COLD void leave_before(uintptr_t p, uint32_t lengths, hak_mask state,
                                   const void *call_site)
{
    granule before = lengths >> 16, length = lengths & 0xffff;
    freed f = {p, before + length};
    bool is_top = tiny_leave_somehow(p, before);
    is_top |= join_behind(&f, tiny_behind(p, f.length));
    finish_slowly(f, is_top);
    tiny_end(state, call_site);
}

/* The end of what is freed is still to leave its list. */
static TINY_COLD void leave_behind(uintptr_t p, uint32_t lengths, hak_mask state,
                                   const void *call_site)
{
    granule length = lengths >> 16, behind = lengths & 0xffff;
    uintptr_t q = tiny_behind(p, length);
    bool is_top = tiny_leave_somehow(q, behind);
    *tiny_header(q) = 0;
    finish_slowly((freed){p, length + behind}, is_top);
    tiny_end(state, call_site);
}

/* What is rarely needed; nothing else is to be done after it. */
#define ELSE_SLOWLY(wrong, call)                                                                   \
    do {                                                                                           \
        if (TINY_RARE(wrong)) {                                                                    \
            call;                                                                                  \
            return;                                                                                \
        }                                                                                          \
    } while (0)

void hak_free(void *block)
{
    uintptr_t p = (uintptr_t)block;
    hak_mask state = hak_port_mask();
    const void *call_site = __builtin_return_address(0);
    ELSE_SLOWLY(!tiny_may_be(p), free_slowly(p, state, call_site));
    hak_word says = tiny_says(p);
    ELSE_SLOWLY(!tiny_is_plain(says), free_slowly(p, state, call_site));
    granule length = tiny_length_of(says);
    uintptr_t q = tiny_behind(p, length);
    TINY_MEET(q);
    hak_word header = *tiny_header(q), behind = header - tiny_tag(q);
    ELSE_SLOWLY(!tiny_is_after_block(behind), free_slowly(p, state, call_site));
    if ((says & TINY_AFTER_FREE) != 0) {
        hak_word before = length_before(p);
        granule more = (granule)before;
        ELSE_SLOWLY(!is_as_long(p, before), free_slowly(p, state, call_site));
        tiny_count_given(length);
        *tiny_header(p) = 0;
        p -= (uintptr_t)more << GRANULE_SHIFT;
        ELSE_SLOWLY(!tiny_leave(p, more), leave_before(p, both(more, length), state, call_site));
        length += more;
    } else {
        tiny_count_given(length);
    }
    if ((behind & TINY_BLOCK) == 0) {
        granule more = tiny_length_of(behind);
        ELSE_SLOWLY(!tiny_leave(q, more), leave_behind(p, both(length, more), state, call_site));
        *tiny_header(q) = 0;
        length += more;
    } else {
        *tiny_header(q) = header ^ TINY_AFTER_FREE;
    }
    TINY_MEET(p);
    TINY_MEET(length);
    finish(p, length);
    hak_port_unmask(state);
}
