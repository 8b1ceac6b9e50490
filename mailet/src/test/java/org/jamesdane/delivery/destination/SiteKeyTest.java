/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

/** Names of sites: the same for the same hosts, and for no others. */
class SiteKeyTest {
    @Test
    void shouldNameASiteByItsHostsInAnyOrder() {
        assertThat(SiteKey.of(List.of("mx2.example", "MX1.example", "mx1.example"), 25))
            .isEqualTo(SiteKey.of(List.of("mx1.example", "mx2.example"), 25))
            .hasToString("mx1.example,mx2.example");
    }

    @Test
    void shouldTellSitesApartByOneHostAndByPort() {
        assertThat(List.of(SiteKey.of(List.of("mx1.example"), 25), SiteKey.of(List.of("mx1.example", "mx2.example"), 25),
            SiteKey.of(List.of("mx1.example"), 2525))).doesNotHaveDuplicates();
    }

    @Test
    void shouldTellLongListsApartInBoundedNames() {
        List<String> hosts = IntStream.range(0, 100).mapToObj(i -> "host" + i + ".mail.provider.example").toList();
        SiteKey all = SiteKey.of(hosts, 25);

        assertThat(all.name()).hasSizeLessThanOrEqualTo(255);
        assertThat(all).isNotEqualTo(SiteKey.of(hosts.subList(0, 99), 25)).isEqualTo(SiteKey.of(hosts, 25));
    }
}
