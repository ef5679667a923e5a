/* SPDX-License-Identifier: MIT */
/* Peaks, and frees that are carried off. */

/* Does the account of a site say what lies there? */
static bool account_agrees(const hak_site *site)
{
    hak_place_of_site *place = &pools.sites[sites_find(site)];
    hak_word room = word_get(&place->account) & TALLY_ROOM;
    return word_get(tally_peak(place)) - room == line_of(site).live_bytes;
}

static void test_accounts(void)
{
    hak_place_of_site *place = &pools.sites[sites_find(&blue)];
    hak_site_info before = line_of(&blue);
    void *p = hak_malloc_at(before.peak_bytes + 1000, &blue);
    KIT_CHECK(p != NULL);
    hak_site_info now = line_of(&blue);
    KIT_CHECK(now.peak_bytes == hak_usable_size(p) && now.mallocs == before.mallocs + 1);
    hak_free(p);
    p = hak_malloc_at(100, &blue);
    now = line_of(&blue);
    KIT_CHECK(now.peak_bytes > before.peak_bytes && now.mallocs == before.mallocs + 2);
    /* as if it had freed almost as often as fits */
    size_t more = ((size_t)1 << TALLY_FREES_BITS) - 3;
    word_set(&place->account, word_get(&place->account) + (more << PLACE_ROOM_BITS));
    KIT_CHECK(line_of(&blue).mallocs == now.mallocs + more);
    for (unsigned i = 0; i < 10; i++) {
        hak_free(p);
        p = hak_malloc_at(100, &blue);
        KIT_CHECK(line_of(&blue).mallocs == now.mallocs + more + i + 1);
    }
    KIT_CHECK(word_get(&place->account) >> 63 == 0 && line_of(&blue).live_blocks == 1);
    hak_free(p);
    /* what is counted and what lies there */
    word_set(&place->account, word_get(&place->account) + 16);
    KIT_CHECK(hak_check() != NULL);
    word_set(&place->account, word_get(&place->account) - 16);
    KIT_CHECK(hak_check() == NULL);
}
