/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;

class WireNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"@", "@.example", "*", "a\\.b.example", "\\000.example", "\\\\", "mx.example"})
    void shouldKeepANameThatLooksSpecial(String text) {
        DomainName name = DomainName.of(text);
        Name wire = WireNames.toWire(name);

        assertThat(wire.labels()).isEqualTo(name.labels().size() + 1);
        assertThat(WireNames.fromWire(wire)).isEqualTo(name);
    }
}
